"""Meetings of the committee: what comes on which agenda, who is counted, and that two do not mix (REV-3, REV-4)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models.meetings import AgendaItem, Meeting
from models.people import Person, Unit
from models.queries.meetings import open_for
from models.queries.people import add_person, grant_role
from models.registers import OutgoingNotice
from operations.choosing import ChoicesOfTheHouse
from tests.operations.conftest import MONDAY, SHANGHAI, Case

MEMBERS = ("bai", "cao", "ding", "feng", "jiang", "kong", "lu")
SHARES = {"quorum": "2/3", "majority": "2/3", "counted_over": "present", "fewest": Decimal(3)}


@pytest.fixture
def committee(case: Case) -> Case:
    for name in (*MEMBERS, "mi", "gao"):
        if case.session.scalar(sa.select(Person.id).where(Person.name == name)) is None:
            add_person(case.session, MONDAY, name, "long enough", roles=["committee_member"])
    grant_role(case.session, "gao", "general_manager")
    case.session.flush()
    return case


def another(case: Case, key: str) -> Case:
    return Case(case.session, case.unit_id, business_key=key, actor=case.actor, instance_id=uuid.uuid4())


def convene(case: Case, number: str, **given: Any) -> dict[str, Any]:
    members = given.pop("members", MEMBERS)
    return case.call(
        "meeting.put_on_agenda",
        application_no=number,
        **{
            "held_at": dt.datetime(2026, 3, 3, 14, tzinfo=SHANGHAI),
            "place": "三楼会议室",
            "secretary": "mi",
            "members": [{"sign_in": name} for name in members],
            **SHARES,
            **given,
        },
    )


def tally(case: Case, put: dict[str, Any], **votes: str) -> dict[str, Any]:
    return case.call(
        "vote.tally",
        members=put["members"],
        recused=put["recused"],
        votes=[{"member": name, "vote": vote, "reasons": "已阅全部资料"} for name, vote in votes.items()],
        quorum="2/3",
        majority="2/3",
        counted_over="present",
        meeting_no=put["meeting_no"],
    )


def item_of(case: Case) -> AgendaItem:
    query = sa.select(AgendaItem).where(AgendaItem.instance_id == case.instance_id).order_by(AgendaItem.id.desc())
    return case.session.scalars(query).first()


def test_a_new_meeting_has_number_members_and_invitations(committee: Case) -> None:
    put = convene(committee, committee.register())
    meeting = committee.session.scalars(sa.select(Meeting)).one()
    assert (put["problem"], put["meeting_no"], meeting.state) == (None, meeting.number, "planned")
    assert [member.person for member in meeting.members] == list(MEMBERS)
    assert meeting.size_advised
    invited = committee.session.scalars(sa.select(OutgoingNotice.recipient)).all()
    assert sorted(invited) == sorted(MEMBERS)


def test_the_committee_of_seven_of_the_trade_rules(committee: Case) -> None:
    """trade.md example 9: of 7, quorum 5; of 5 present 4 yes are needed."""
    put = convene(committee, committee.register())
    yes = dict.fromkeys(MEMBERS[:4], "for")
    figures = tally(committee, put, **yes, jiang="against")
    assert (figures["result"], figures["quorum"], figures["needed"]) == ("approved", 5, 4)
    item = item_of(committee)
    assert (item.state, item.present, item.quorum, item.needed) == ("decided", 5, 5, 4)
    assert [(row.person, row.ballot) for row in item.ballots][-2:] == [("kong", "absent"), ("lu", "absent")]


def test_four_of_seven_are_no_quorum_and_the_case_goes_to_another_meeting(committee: Case) -> None:
    number = committee.register()
    put = convene(committee, number)
    assert tally(committee, put, **dict.fromkeys(MEMBERS[:4], "for"))["result"] == "no_quorum"
    assert item_of(committee).state == "adjourned"
    again = convene(committee, number)
    assert again["meeting_no"] != put["meeting_no"]
    assert item_of(committee).state == "open"


def test_the_recused_leave_numerator_and_denominator(committee: Case) -> None:
    members = [{"sign_in": name, "stands_back": name in ("bai", "cao")} for name in MEMBERS]
    number = committee.register()
    put = committee.call(
        "meeting.put_on_agenda", application_no=number, held_at=MONDAY, place="三楼", secretary="mi",
        members=members, **SHARES,
    )  # fmt: skip
    assert put["recused"] == ["bai", "cao"]
    figures = tally(committee, put, ding="for", feng="for", jiang="for", kong="against")
    assert (figures["quorum"], figures["needed"], figures["result"]) == (4, 3, "approved")
    assert {row.person for row in item_of(committee).ballots} == set(MEMBERS) - {"bai", "cao"}


def test_several_cases_stand_on_one_agenda_and_their_votes_do_not_mix(committee: Case) -> None:
    first = convene(committee, committee.register())
    other = another(committee, "A-2026-0002")
    second = convene(other, other.register(), meeting_no=first["meeting_no"], recused=["bai"])
    assert second["meeting_no"] == first["meeting_no"]
    assert second["voters"] == list(MEMBERS[1:])
    assert (item_of(committee).n, item_of(other).n) == (1, 2)
    tally(other, second, **dict.fromkeys(MEMBERS[1:], "against"))
    assert (item_of(other).result, item_of(committee).result) == ("refused", None)
    tally(committee, first, **dict.fromkeys(MEMBERS, "for"))
    assert (item_of(other).result, item_of(committee).result) == ("refused", "approved")


def test_two_committees_at_once_keep_their_own_agenda(committee: Case) -> None:
    one = convene(committee, committee.register())
    other = another(committee, "A-2026-0002")
    two = convene(other, other.register())
    assert one["meeting_no"] != two["meeting_no"]
    tally(committee, one, **dict.fromkeys(MEMBERS, "for"))
    assert item_of(other).state == "open"
    assert item_of(other).ballots == []


def test_a_case_stands_on_one_open_agenda_only(committee: Case) -> None:
    number = committee.register()
    first = convene(committee, number)
    convene(committee, number)
    states = committee.session.scalars(sa.select(AgendaItem.state).order_by(AgendaItem.id)).all()
    assert states == ["adjourned", "open"]
    earlier = committee.session.scalars(sa.select(AgendaItem).order_by(AgendaItem.id)).first()
    earlier.state = "open"
    with pytest.raises(IntegrityError):
        committee.session.flush()
    assert first["problem"] is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"members": ("bai", "cao", "mi")}, "秘书不得担任委员"),
        ({"members": ("bai", "bai", "cao")}, "委员重复"),
        ({"members": ("bai", "cao")}, "可表决委员不足"),
        ({"members": ("bai", "cao", "gao")}, "总经理不担任委员：gao"),
        ({"members": ("bai", "cao", "nobody at all")}, "没有这个人：nobody at all"),
        ({"place": None}, "新会议须填时间、地点和秘书"),
        ({"kind": "circulation"}, "不符合会签条件：只有低风险业务和复议可以会签"),
        ({"meeting_no": "M-2026-9-999"}, "没有编号为 M-2026-9-999 的会议"),
    ],
)
def test_what_stands_against_a_roster_is_said_and_nothing_is_convened(
    committee: Case, given: dict[str, Any], problem: str
) -> None:
    assert convene(committee, committee.register(), **given)["problem"] == problem
    assert committee.session.scalars(sa.select(Meeting)).all() == []


def test_signatures_instead_of_a_meeting_where_the_package_allows(committee: Case) -> None:
    put = convene(committee, committee.register(), kind="circulation", circulation_allowed=True)
    assert put["problem"] is None
    assert committee.session.scalars(sa.select(Meeting.kind)).one() == "circulation"


def test_six_members_are_no_advised_number(committee: Case) -> None:
    convene(committee, committee.register(), members=MEMBERS[:6])
    assert not committee.session.scalars(sa.select(Meeting.size_advised)).one()


def test_a_full_agenda_takes_no_more_cases(committee: Case) -> None:
    put = convene(committee, committee.register(), most_cases=Decimal(1))
    other = another(committee, "A-2026-0002")
    number = other.register()
    found = convene(other, number, meeting_no=put["meeting_no"])
    assert found["problem"] == f"会议 {put['meeting_no']} 的议程已满（1 案），请另选会议或召集新会议"
    item_of(committee).state = "adjourned"
    committee.session.flush()
    committee.session.expire_all()
    assert convene(other, number, meeting_no=put["meeting_no"])["problem"] is None


def test_an_agenda_closes_before_the_meeting_and_moves_with_it(committee: Case) -> None:
    put = convene(committee, committee.register(), agenda_closes=Decimal("2.5"))
    meeting = committee.session.scalars(sa.select(Meeting)).one()
    assert meeting.agenda_closes_at == dt.datetime(2026, 3, 3, 11, 30, tzinfo=SHANGHAI)
    other = another(committee, "A-2026-0002")
    other.now = meeting.agenda_closes_at
    found = convene(other, other.register(), meeting_no=put["meeting_no"])
    assert "的议程已于 03-03 11:30 截止" in found["problem"]


def test_meetings_that_still_take_a_case_are_listed_the_next_first(committee: Case) -> None:
    session, root = committee.session, committee.session.get(Unit, committee.unit_id)
    numbers = []
    for n, hour in enumerate((15, 9, 11)):
        case = another(committee, f"A-2026-{n:04}")
        held_at = dt.datetime(2026, 3, 3, hour, tzinfo=SHANGHAI)
        given = {"held_at": held_at, "agenda_closes": Decimal(0), "most_cases": Decimal(2 if hour > 9 else 1)}
        numbers.append(convene(case, case.register(), **given)["meeting_no"])
    assert [meeting.number for meeting in open_for(session, root.path, MONDAY)] == [numbers[2], numbers[0]]
    noon = dt.datetime(2026, 3, 3, 12, tzinfo=SHANGHAI)
    assert [meeting.number for meeting in open_for(session, root.path, noon)] == [numbers[0]]
    assert open_for(session, "/0/", MONDAY) == []
    offers = ChoicesOfTheHouse(SHANGHAI)(session, "open_meetings", root.path, MONDAY, "zh")
    assert offers[0] == {"value": numbers[2], "label": f"{numbers[2]} · 2026-03-03 11:00 · 三楼会议室 · 1/2"}


def test_people_of_a_role_are_offered_by_name(committee: Case) -> None:
    root = committee.session.get(Unit, committee.unit_id)
    found = ChoicesOfTheHouse(SHANGHAI)(committee.session, "holders_of_committee_member", root.path, MONDAY, "zh")
    assert [offer["value"] for offer in found] == sorted((*MEMBERS, "mi", "gao"))
    assert ChoicesOfTheHouse(SHANGHAI)(committee.session, "nothing_known", root.path, MONDAY, "zh") is None


def test_a_meeting_that_is_over_takes_no_more_cases(committee: Case) -> None:
    put = convene(committee, committee.register())
    committee.session.scalars(sa.select(Meeting)).one().state = "closed"
    other = another(committee, "A-2026-0002")
    found = convene(other, other.register(), meeting_no=put["meeting_no"])
    assert found["problem"] == f"会议 {put['meeting_no']} 已经结束"
