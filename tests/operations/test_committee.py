"""Reckoning a vote, recording the resolution, following its conditions (REV-4, REV-8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.values import check_variable
from models.applications import Application
from models.resolutions import Resolution
from operations.registry import OPERATIONS

FIVE = ["a", "b", "c", "d", "e"]


def tally(votes: str, members=FIVE, **changed):
    """The tally of votes written as letters: f(or), a(gainst), m(ore), - for none."""
    words = {"f": "for", "a": "against", "m": "more"}
    given_votes = [
        {"member": member, "vote": words[letter], "reasons": None}
        for member, letter in zip(members, votes, strict=False)
        if letter != "-"
    ]
    inputs = {"quorum": "2/3", "majority": "2/3", "counted_over": "members", **changed}
    return OPERATIONS["vote.tally"].run(None, members=members, votes=given_votes, **inputs)


@pytest.mark.parametrize(
    ("votes", "changed", "result"),
    [
        ("ffffa", {}, "approved"),
        ("fffaa", {}, "refused"),
        ("fffma", {}, "more_work"),
        ("ffmaa", {}, "refused"),
        ("mmmmm", {}, "more_work"),
        ("fff--", {}, "no_quorum"),
        ("ffff-", {}, "approved"),
        ("fffa-", {"counted_over": "present"}, "approved"),
        ("fffa-", {}, "refused"),
        ("fff--", {"recused": ["e"]}, "approved"),
        ("fffaa", {"majority": ">1/2"}, "approved"),
    ],
)
def test_the_result_follows_the_rule(votes, changed, result):
    assert tally(votes, **changed)["result"] == result


def test_seven_members_of_whom_five_come_need_four():
    """trade.md section 13, example 9."""
    found = tally("ffffa--", members=list("abcdefg"), counted_over="present")
    assert found == {
        "result": "approved",
        "for_count": Decimal(4),
        "against_count": Decimal(1),
        "present_count": Decimal(5),
        "needed": Decimal(4),
        "quorum": Decimal(5),
        "conditions": [],
        "recused": [],
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"votes": [{"member": "x", "vote": "for"}]}, "votes"),
        ({"votes": [{"member": "e", "vote": "for"}], "recused": ["e"]}, "votes"),
        ({"votes": [{"member": "a", "vote": "for"}, {"member": "a", "vote": "for"}]}, "votes"),
        ({"votes": [{"member": "a", "vote": "maybe"}]}, "votes"),
        ({"votes": [{"member": "a", "vote": "for", "weight": Decimal(2)}]}, "votes"),
        ({"votes": ["for"]}, "votes"),
        ({"quorum": "most"}, "quorum"),
        ({"majority": "3/2"}, "majority"),
        ({"counted_over": "everybody"}, "counted_over"),
        ({"members": ["a", "a"]}, "members"),
    ],
)
def test_what_cannot_be_a_vote_is_refused_by_name(wrong, field):
    inputs = {"members": FIVE, "votes": [], "quorum": "2/3", "majority": "2/3", "counted_over": "members", **wrong}
    with pytest.raises(Invalid) as refused:
        OPERATIONS["vote.tally"].run(None, **inputs)
    assert list(refused.value.errors) == [field]


@given(st.text("fam-", min_size=5, max_size=5), st.sampled_from(["members", "present"]))
def test_a_changed_no_never_hurts_and_outputs_can_be_variables(votes, counted_over):
    better = votes.replace("a", "f", 1)
    before, after = tally(votes, counted_over=counted_over), tally(better, counted_over=counted_over)
    check_variable(before, "tally")
    assert before["result"] != "approved" or after["result"] == "approved"
    assert after["for_count"] == before["for_count"] + (1 if "a" in votes else 0)


def test_a_resolution_keeps_votes_and_conditions(case):
    number = case.register()
    votes = [
        {"member": "b", "vote": "against", "reasons": "负债高"},
        {"member": "a", "vote": "for", "conditions": "追加担保"},
    ]
    found = case.resolve(number, votes=votes, conditions=["追加担保", "补充流水"])
    assert found == {"resolution_no": f"R-2026-{case.unit_id}-0001", "valid_until": dt.date(2026, 5, 1)}
    case.session.expire_all()
    kept = case.session.scalars(sa.select(Resolution)).one()
    assert [(vote.member, vote.vote, vote.reasons) for vote in kept.votes] == [
        ("a", "for", ""),
        ("b", "against", "负债高"),
    ]
    assert [condition.text for condition in kept.conditions] == ["追加担保", "补充流水"]
    assert case.session.scalars(sa.select(Application.status)).one() == "approved"


def test_a_second_review_is_another_round(case):
    number = case.register()
    refused = {"result": "refused", "amount": None, "term_months": None, "annual_rate": None}
    assert case.resolve(number, **refused)["valid_until"] is None
    assert case.session.scalars(sa.select(Application.status)).one() == "refused"
    case.resolve(number)
    assert list(case.session.scalars(sa.select(Resolution.round).order_by(Resolution.id))) == [1, 2]
    assert case.session.scalars(sa.select(Application.status)).one() == "approved"


@pytest.mark.parametrize("result", ["more_work", "no_quorum"])
def test_no_decision_leaves_the_application_as_it_is(case, result):
    case.resolve(case.register(), result=result)
    assert case.session.scalars(sa.select(Application.status)).one() == "registered"


@pytest.mark.parametrize("missing", ["amount", "term_months", "annual_rate"])
def test_an_approval_says_amount_term_and_rate(case, missing):
    with pytest.raises(Invalid) as refused:
        case.resolve(case.register(), **{missing: None})
    assert list(refused.value.errors) == [missing]


def test_a_rate_written_as_percent_is_refused(case):
    with pytest.raises(Invalid, match=r"0\.0435 is 4\.35 %"):
        case.resolve(case.register(), annual_rate=Decimal(6))


def test_conditions_are_open_until_each_is_met(case):
    number = case.register()
    case.resolve(number, conditions=["追加担保", "补充流水"])

    def fulfil(*conditions):
        return case.call("conditions.fulfil", application_no=number, fulfilled=list(conditions))["open_conditions"]

    assert fulfil() == 2
    assert fulfil("追加担保") == 1
    met_at = case.session.scalars(sa.select(Resolution)).one().conditions[0].fulfilled_at
    case.now += dt.timedelta(days=1)
    assert fulfil("追加担保") == 1
    assert fulfil("补充流水", "追加担保") == 0
    first, second = case.session.scalars(sa.select(Resolution)).one().conditions
    assert first.fulfilled_at == met_at
    assert (second.fulfilled_at, second.fulfilled_by) == (case.now, "li")
    with pytest.raises(Invalid, match="no condition"):
        fulfil("卖房")


def test_a_second_person_confirms_what_was_met_or_sends_it_back(case):
    number = case.register()
    case.resolve(number, conditions=["追加担保", "补充流水"])
    case.call("conditions.fulfil", application_no=number, fulfilled=["追加担保", "补充流水"])
    with pytest.raises(Invalid, match="does not confirm"):
        case.call("conditions.confirm", application_no=number, decision="confirm", reason="看过原件")
    case.actor = "he"
    back = case.call("conditions.confirm", application_no=number, decision="return", reason="没有盖章")
    assert back == {"unconfirmed_conditions": 2}
    assert case.call("conditions.status", application_no=number)["open_conditions"] == 2
    case.actor = "li"
    case.call("conditions.fulfil", application_no=number, fulfilled=["追加担保", "补充流水"])
    case.actor = "he"
    done = case.call("conditions.confirm", application_no=number, decision="confirm", reason="看过原件")
    assert done == {"unconfirmed_conditions": 0}
    assert {row.confirmed_by for row in case.session.scalars(sa.select(Resolution)).one().conditions} == {"he"}


def test_an_approval_is_extended_once_while_it_holds(case):
    number = case.register()
    case.resolve(number)
    wanted = {"application_no": number, "days": Decimal(30), "reason": "登记排期较晚"}
    assert case.call("resolution.validity", application_no=number) == {
        "valid_until": dt.date(2026, 5, 1), "over": False,
    }  # fmt: skip
    assert case.call("resolution.extend", decision="deny", **wanted)["extended"] is False
    assert case.call("resolution.extend", decision="grant", **wanted)["valid_until"] == dt.date(2026, 5, 31)
    with pytest.raises(Invalid, match="once already"):
        case.call("resolution.extend", decision="grant", **wanted)
    case.now = dt.datetime(2026, 6, 1, 9, tzinfo=case.now.tzinfo)
    assert case.call("resolution.validity", application_no=number)["over"] is True


def test_an_approval_that_has_ended_is_not_extended(case):
    number = case.register()
    case.resolve(number)
    case.now = dt.datetime(2026, 5, 2, 9, tzinfo=case.now.tzinfo)
    with pytest.raises(Invalid, match="has ended"):
        case.call("resolution.extend", application_no=number, decision="grant", days=Decimal(30), reason="登记排期较晚")
