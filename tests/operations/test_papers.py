"""Checklists: drawn up once for a desk, and stamped paper by paper."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import Invalid
from models.queries import papers as found
from tests.operations.conftest import MONDAY


def rule(kind: str, **changed: Any) -> dict[str, Any]:
    """A paper as the decision table asks for it."""
    asked = {"kind": kind, "title": kind.title(), "whose": "borrower", "required": True, "original": True}
    return {**asked, "valid_days": None, "party": "", **changed}


def draw_up(case: Any, *rules: dict[str, Any], desk: str = "intake") -> list[dict[str, Any]]:
    papers: list[dict[str, Any]] = case.call("papers.draw_up", desk=desk, items=list(rules))["papers"]
    return papers


def check(case: Any, papers: list[dict[str, Any]], *states: dict[str, Any], desk: str = "intake") -> dict[str, Any]:
    given = [{**paper, **state} for paper, state in zip(papers, states, strict=True)]
    outputs: dict[str, Any] = case.call("papers.check", desk=desk, papers=given)
    return outputs


IN_ORDER = {"state": "complete", "original_compared": True}


def test_each_paper_is_stamped_with_who_compared_it_and_when(case, session):
    papers = draw_up(case, rule("identity"), rule("income", original=False, valid_days=Decimal(90)))
    assert [paper["requirement"] for paper in papers] == ["必备、核原件", "必备"]
    outputs = check(case, papers, {**IN_ORDER, "number": "4101"}, {"state": "complete", "issued_on": "2026-02-01"})
    assert outputs["complete"] is True
    identity, income = found.of_case(session, case.instance_id)
    assert (identity.checked_by, identity.checked_at, identity.original_compared) == ("li", MONDAY, True)
    assert identity.number == "4101"
    assert income.expires_on == dt.date(2026, 5, 2)


def test_a_missing_paper_leaves_the_file_incomplete_only_when_it_is_required(case):
    papers = draw_up(case, rule("identity"), rule("valuation", required=False))
    outputs = check(case, papers, IN_ORDER, {"state": "missing"})
    assert (outputs["complete"], outputs["missing"]) == (True, "Valuation")
    outputs = check(case, papers, {"state": "missing"}, {"state": "missing"})
    assert (outputs["complete"], outputs["missing"]) == (False, "Identity、Valuation")


@pytest.mark.parametrize(
    ("state", "place", "code"),
    [
        ({"state": "complete"}, "papers[0].original_compared", "original_required"),
        ({"state": "not_applicable"}, "papers[0].reason", "reason_required"),
    ],
)
def test_what_cannot_be_passed_on_is_refused_by_its_place(case, session, state, place, code):
    papers = draw_up(case, rule("identity"))
    with pytest.raises(Invalid) as refused:
        check(case, papers, state)
    assert refused.value.errors[place][0]["code"] == code
    assert found.of_desk(session, case.instance_id, "intake")[0].state == "open"


def test_no_item_may_be_left_out_of_a_check(case):
    papers = draw_up(case, rule("identity"), rule("income"))
    with pytest.raises(Invalid, match="not those of the checklist"):
        check(case, papers[:1], IN_ORDER)


def test_a_paper_of_tomorrow_is_refused(case):
    papers = draw_up(case, rule("identity"))
    with pytest.raises(Invalid, match="future"):
        check(case, papers, {**IN_ORDER, "issued_on": "2026-03-03"})


def test_two_rules_for_one_paper_ask_for_whatever_either_asks(case, session):
    draw_up(case, rule("deed", required=False, valid_days=Decimal(90)), rule("deed", original=False))
    (deed,) = found.of_desk(session, case.instance_id, "intake")
    assert (deed.required, deed.needs_original, deed.valid_days) == (True, True, 90)


def test_a_list_drawn_up_again_keeps_what_was_found(case, session):
    papers = draw_up(case, rule("identity"), rule("income"), rule("deed"))
    check(case, papers, IN_ORDER, IN_ORDER, {"state": "missing"})
    again = draw_up(case, rule("deed"), rule("identity"), rule("purpose"))
    assert [(paper["kind"], paper.get("state")) for paper in again] == [
        ("deed", "missing"),
        ("identity", "complete"),
        ("purpose", None),
        ("income", "complete"),
    ]


def test_desks_have_lists_of_their_own(case, session):
    check(case, draw_up(case, rule("identity")), IN_ORDER)
    draw_up(case, rule("identity"), desk="compliance")
    assert [row.state for row in found.of_case(session, case.instance_id)] == ["complete", "open"]


def test_each_guarantor_has_one_of_a_kind(case, session):
    papers = draw_up(case, *(rule("guarantor_identity", whose="guarantor", party=f"C-{n}") for n in (1, 2)))
    check(case, papers, IN_ORDER, {"state": "missing"})
    assert [row.party for row in found.of_case(session, case.instance_id)] == ["C-1", "C-2"]


def test_a_house_that_asks_for_no_scans_passes_papers_without(case):
    papers = draw_up(case, rule("identity", scan=True))
    assert check(case, papers, IN_ORDER)["complete"] is True


def test_a_desk_cannot_pass_the_file_on_with_a_required_paper_missing(case):
    papers = draw_up(case, rule("report"), rule("plan", required=False), desk="compliance")
    given = [{**papers[0], "state": "missing"}, {**papers[1], "state": "missing"}]
    with pytest.raises(Invalid) as refused:
        case.call("papers.check", desk="compliance", papers=given, passing=True)
    assert {place: told[0]["code"] for place, told in refused.value.errors.items()} == {"papers[0].state": "missing"}
    given[0] = {**papers[0], **IN_ORDER}
    assert case.call("papers.check", desk="compliance", papers=given, passing=True)["complete"] is True


def test_the_paper_file_is_confirmed_before_it_is_passed_on_where_the_house_wants_it(case, session):
    [paper] = draw_up(case, rule("report"))
    given = {"desk": "intake", "papers": [{**paper, **IN_ORDER}], "passing": True, "paper_file_needed": True}
    with pytest.raises(Invalid) as refused:
        case.call("papers.check", **given)
    assert refused.value.errors.keys() == {"paper_file_held"}
    case.call("papers.check", **given, paper_file_held=True)
    case.call("papers.check", **given)  # who holds it need not confirm it again
    assert [(move.holder, move.received_at) for move in found.paper_file_moves(session, case.instance_id)] == [
        ("li", MONDAY)
    ]
    case.actor = "wang"
    with pytest.raises(Invalid):
        case.call("papers.check", **given)
    case.call("papers.check", **{**given, "passing": False})  # a desk that asks for papers passes nothing on
    case.call("papers.check", **given, paper_file_held=True)
    assert found.paper_file_holder(session, case.instance_id) == "wang"
