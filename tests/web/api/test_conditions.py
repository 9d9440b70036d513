"""Conditions of an approval from open to met: who sees to them, proves, confirms and waives them (REV-8)."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from models.queries.people import set_authority
from tests.web.api.test_loan_over_rest import Replay, origination
from tests.web.api.test_meetings import until
from tests.web.pages.conftest import Visitor


@pytest.fixture
def package():
    return origination()


@pytest.fixture
def approved(package, settings):
    """A loan that the committee approved on two conditions."""
    replay = Replay("25_committee_approves_with_conditions", package, settings)
    until(replay, "confirm_resolution")
    return replay


def conditions(replay, who="wang"):
    return replay.as_(who).get(f"/instances/{replay.case}/conditions").json["items"]


def act(replay, who, n, what, **given):
    return replay.as_(who).post(f"/instances/{replay.case}/conditions/{n}/{what}", given or None)


def paper(replay, who="wang"):
    visitor = Visitor(replay.app)
    visitor.enter(replay.house, who)
    visitor.post(f"/cases/{replay.case}/files", {"file": (io.BytesIO(b"%PDF-1.4 x"), "policy.pdf")})
    return 1


def test_a_condition_begins_open_with_who_sees_to_it_by_when(approved):
    first, second = conditions(approved)
    assert (first["text"], first["state"], first["responsible"]) == ("办妥厂房火灾保险", "open", "wang")
    assert second["due_on"] is not None


def test_a_condition_is_worked_on_proved_and_confirmed_by_another(approved):
    assert act(approved, "wang", 1, "work", note="已询价", due_on="2026-03-06").json["state"] == "in_work"
    assert act(approved, "wang", 1, "fulfil", note="保单已交", evidence=99).status_code == 422
    number = paper(approved)
    assert act(approved, "wang", 1, "fulfil", note="保单已交", evidence=number).json["state"] == "fulfilled"
    assert act(approved, "wang", 1, "confirm").status_code == 403
    assert act(approved, "he", 1, "confirm").json["confirmed_by"] == "he"
    assert act(approved, "he", 1, "confirm").status_code == 409
    assert act(approved, "he", 1, "reopen", reason="再看看").status_code == 409
    assert act(approved, "wang", 1, "work", note="再办").status_code == 409
    events = approved.as_("he").get(f"/instances/{approved.case}/events", limit=500).json["items"]
    kinds = [event["kind"] for event in events if event["kind"].startswith("condition.")]
    assert sorted(kinds) == ["condition.changed", "condition.changed", "condition.confirmed"]


def test_what_does_not_prove_it_is_sent_back(approved):
    number = paper(approved)
    act(approved, "wang", 2, "fulfil", note="结清证明", evidence=number)
    again = act(approved, "he", 2, "reopen", reason="证明没有盖章").json
    assert (again["state"], again["fulfilled_by"], again["note"]) == ("in_work", None, "证明没有盖章")


def test_waiving_takes_the_power_of_whoever_decided(approved):
    """The committee approved 1.2 million: the general manager's limit of 1 million does not reach."""
    assert act(approved, "he", 1, "waive", reason="已有替代担保").status_code == 403
    assert act(approved, "gao", 1, "waive", reason="已有替代担保").status_code == 403
    with approved.house.step() as step:
        set_authority(step.session, "gao", "approve_loan", Decimal(2000000), None)
    waived = act(approved, "gao", 1, "waive", reason="已有替代担保").json
    assert (waived["state"], waived["waived_by"]) == ("waived", "gao")
    assert act(approved, "gao", 1, "waive", reason="再来一次").status_code == 409


def test_others_change_nothing(approved):
    for who in ("eyes", "mi", "bai"):
        assert act(approved, who, 1, "work", note="办理").status_code == 403
        assert act(approved, who, 1, "confirm").status_code == 403
    assert act(approved, "wang", 9, "work", note="办理").status_code == 404
    assert [row["state"] for row in conditions(approved)] == ["open", "open"]


def test_who_must_stand_back_from_the_case_changes_none(approved):
    """GOV-1: conditions are a part of the decision."""
    with approved.house.step() as step:
        set_authority(step.session, "gao", "approve_loan", Decimal(2000000), None)
    for who in ("wang", "he", "gao"):
        told = approved.as_(who).post(f"/instances/{approved.case}/conflict", {"reason": "借款人是我的亲戚"})
        assert told.status_code < 300, told.text
    for who, what in (("wang", "work"), ("he", "confirm"), ("he", "reopen"), ("gao", "waive")):
        given = {} if what == "confirm" else {"note" if what == "work" else "reason": "办理"}
        answer = act(approved, who, 1, what, **given)
        assert (answer.status_code, answer.json["rule"]) == (403, "recusal")
    assert [row["state"] for row in conditions(approved)] == ["open", "open"]
    visitor = Visitor(approved.app)
    visitor.enter(approved.house, "gao")
    visitor.get(f"/cases/{approved.case}")
    assert "声明与本案有利益冲突" in visitor.post(f"/cases/{approved.case}/conditions/1/waive", {"reason": "x"}).text


def test_the_step_of_the_contract_counts_what_was_met_or_waived_here(approved):
    number = paper(approved)
    act(approved, "wang", 1, "fulfil", note="保单已交", evidence=number)
    until(approved, "register_collateral")
    while approved.left[0].options.get("form", {}).get("fulfilled") == ["办妥厂房火灾保险"]:
        approved.left.pop(0)
    until(approved, "fulfil_conditions")
    assert [row["state"] for row in conditions(approved)] == ["fulfilled", "fulfilled"]
    open_tasks = approved.as_("eyes").get(f"/instances/{approved.case}/tasks", state="open").json["items"]
    assert "fulfil_conditions" not in [task["element"] for task in open_tasks]


def test_the_case_page_shows_them_and_takes_what_is_done(approved):
    visitor = Visitor(approved.app)
    visitor.enter(approved.house, "wang")
    page = visitor.get(f"/cases/{approved.case}").text
    assert "办妥厂房火灾保险" in page
    assert "2 项中完成 0 项" in page
    assert "已登记办理情况" in visitor.post(f"/cases/{approved.case}/conditions/1/work", {"note": "已询价"}).text
    told = visitor.post(f"/cases/{approved.case}/conditions/1/fulfil", {"note": "保单"}).text
    assert "请选一份本案资料作为依据" in told
    told = visitor.post(f"/cases/{approved.case}/conditions/1/waive", {"reason": "不需要了"}).text
    assert "须由规定岗位办理" in told


def test_the_limits_of_the_review_and_the_approval_stand_as_clocks(approved):
    visitor = Visitor(approved.app)
    visitor.enter(approved.house, "wang")
    page = visitor.get(f"/cases/{approved.case}").text
    clocks = page.split('id="clocks"')[1].split("</section>")[0]
    assert "合规审查" in clocks
    assert "按时办完" in clocks
    assert "剩 60 天" in clocks
