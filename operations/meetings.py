"""The committee's meetings as the diagram sees them: a case is put on an agenda, its votes are entered (REV-3, REV-4).

A member who is recused leaves both numerator and denominator. The president or general manager is no member, the
secretary has no vote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.ports import OperationCall
from lending import voting
from models.cases import Conflict, Instance
from models.meetings import (
    ADJOURNED,
    DECIDED,
    KINDS,
    OPEN,
    PLANNED,
    SEATS,
    SITTING,
    AgendaBallot,
    AgendaItem,
    AgendaRecusal,
    Meeting,
    MeetingMember,
)
from models.numbering import next_number
from models.people import Person, PersonRole, Unit
from models.queries import meetings as rows
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation
from operations.filing import send_notice
from operations.inputs import (
    Input,
    Wrong,
    choice,
    context,
    contexts,
    flag,
    instant,
    number,
    optional,
    text,
    texts,
    whole,
)

NUMBERS = "M-{year}-{unit}-{seq:3}"

_SEAT = {
    "sign_in": text("A member's sign-in name", 64),
    "seat": optional(choice("The seat", SEATS), "member"),
    "stands_back": optional(flag("Whether the member is recused"), False),
}


def share(about: str) -> Input:
    """A part of the members, such as 2/3 or >1/2."""

    def read(value: Any) -> str:
        try:
            voting.parse_share(str(value))
        except ValueError as error:
            raise Wrong(str(error)) from None
        return str(value)

    return Input(about, read)


@operation(
    "meeting.put_on_agenda",
    "列入贷审会议程 Put a case on a committee's agenda",
    inputs={
        "application_no": APPLICATION_NO,
        "meeting_no": optional(text("Number of a meeting that is planned or sits already; without it a new one", 40)),
        "kind": optional(choice("A meeting, or signatures instead of one", KINDS), "meeting"),
        "circulation_allowed": optional(flag("Whether signatures instead of a meeting will do"), False),
        "held_at": optional(instant("When it is held")),
        "place": optional(text("Where it is held", 120)),
        "secretary": optional(text("The secretary's sign-in name", 64)),
        "members": optional(contexts("The members: sign_in, seat, stands_back", _SEAT), ()),
        "recused": optional(texts("Members of an existing meeting who are recused from this case", 64), ()),
        "facts": optional(context("The main facts for the members"), {}),
        "quorum": share("Part of the members without the recused who must vote, such as 2/3"),
        "majority": share("Part who must be for it, such as 2/3"),
        "counted_over": choice("Of whom the majority is reckoned", tuple(voting.Basis)),
        "fewest": whole("Fewest members who can vote"),
        "most_cases": optional(whole("How many cases the agenda of a new meeting takes; any number without it")),
        "agenda_closes": optional(number("Hours before a new meeting at which its agenda closes; else when it ends")),
        "advised_from": optional(whole("Fewest members that are advised"), 5),
        "advised_to": optional(whole("Most members that are advised"), 13),
    },
    outputs={
        "meeting_no": "Number of the meeting; null when the case could not be put on an agenda",
        "held_at": "When it is held",
        "place": "Where it is held",
        "secretary": "Its secretary",
        "members": "Sign-in names of its members",
        "recused": "Those who are recused from this case: as listed, declared, or found in the register of relations",
        "voters": "Those who vote on it",
        "problem": "What stands against it in words, else null",
    },
)
def put_on_agenda(call: OperationCall, *, application_no: str, meeting_no: str | None, **given: Any) -> Outputs:
    """Puts the case on the agenda of a meeting that is open, or of a new one, and invites its members."""
    application = application_of(call, application_no)
    if meeting_no is None:
        problem, roster = _new_roster(call.session, given)
        meeting = None
    else:
        meeting = rows.lock_meeting(call.session, meeting_no)
        problem, roster = _known_roster(call, meeting, meeting_no, given)
    listed = {name for name, member in roster.items() if member.get("stands_back")} | set(given["recused"])
    recused = recused_now(call, roster, listed)
    voters = [name for name in roster if name not in recused]
    if problem is None and len(voters) < given["fewest"]:
        problem = "可表决委员不足"
    if problem is not None:
        return {
            "meeting_no": None,
            **{name: given[name] for name in ("held_at", "place", "secretary")},
            "members": list(roster),
            "recused": list(recused),
            "voters": voters,
            "problem": problem,
        }
    if meeting is None:
        meeting = _convene(call, given, roster)
    _leave_other_agendas(call)
    last = call.session.scalar(sa.select(sa.func.max(AgendaItem.n)).where(AgendaItem.meeting_id == meeting.id))
    item = AgendaItem(
        meeting_id=meeting.id,
        n=(last or 0) + 1,
        instance_id=call.instance_id,
        application_id=application.id,
        reporter=rows.first_investigator(call.session, call.instance_id),
        facts=given["facts"],
        quorum_share=given["quorum"],
        majority_share=given["majority"],
        counted_over=given["counted_over"],
        state=OPEN,
        added_at=call.now,
        recusals=[AgendaRecusal(person=name, reason=reason) for name, reason in recused.items()],
    )
    call.session.add(item)
    call.session.flush()
    _invite(call, meeting, voters, application_no)
    return {
        "meeting_no": meeting.number,
        "held_at": meeting.held_at.astimezone(call.zone),
        "place": meeting.place,
        "secretary": meeting.secretary,
        "members": list(roster),
        "recused": list(recused),
        "voters": voters,
        "problem": None,
    }


def _new_roster(session: Session, given: dict[str, Any]) -> tuple[str | None, dict[str, dict[str, Any]]]:
    roster = {member["sign_in"]: member for member in given["members"]}
    problem = None
    if given["held_at"] is None or given["place"] is None or given["secretary"] is None:
        problem = "新会议须填时间、地点和秘书"
    elif given["kind"] == "circulation" and not given["circulation_allowed"]:
        problem = "不符合会签条件：只有低风险业务和复议可以会签"
    elif given["secretary"] in roster:
        problem = "秘书不得担任委员"
    elif len(roster) != len(given["members"]):
        problem = "委员重复"
    else:
        known = _known(session, [*roster, given["secretary"]])
        unknown = [name for name in [*roster, given["secretary"]] if name not in known]
        presiding = _holding(session, roster, "general_manager")
        if unknown:
            problem = f"没有这个人：{unknown[0]}"
        elif presiding:
            problem = f"总经理不担任委员：{presiding[0]}"
    return problem, roster


def _known_roster(
    call: OperationCall, meeting: Meeting | None, number: str, given: dict[str, Any]
) -> tuple[str | None, dict[str, dict[str, Any]]]:
    if meeting is None or not _reaches(call.session, meeting, call.unit_id):
        return f"没有编号为 {number} 的会议", {}
    roster = {member.person: {"seat": member.seat} for member in meeting.members}
    strangers = [name for name in given["recused"] if name not in roster]
    problem = None
    if meeting.state not in (PLANNED, SITTING):
        problem = f"会议 {number} 已经结束"
    elif meeting.agenda_closes_at is not None and meeting.agenda_closes_at <= call.now:
        closed_at = meeting.agenda_closes_at.astimezone(call.zone)
        problem = f"会议 {number} 的议程已于 {closed_at:%m-%d %H:%M} 截止，请另选会议或召集新会议"
    elif meeting.most_cases is not None and meeting.cases >= meeting.most_cases:
        problem = f"会议 {number} 的议程已满（{meeting.most_cases} 案），请另选会议或召集新会议"
    elif strangers:
        problem = f"不是该会议的委员：{strangers[0]}"
    return problem, roster


def _known(session: Session, names: list[str]) -> set[str]:
    return set(session.scalars(sa.select(Person.name).where(Person.name.in_(names), Person.disabled.is_(False))))


def _holding(session: Session, names: Any, role: str) -> list[str]:
    query = sa.select(Person.name).join(PersonRole).where(Person.name.in_(list(names)), PersonRole.role == role)
    return sorted(session.scalars(query))


def _reaches(session: Session, meeting: Meeting, unit_id: int) -> bool:
    """Whether a case of this unit comes before the committee: it is one of the case's unit or of one above."""
    paths = dict(session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_([meeting.unit_id, unit_id]))).all())
    return bool(paths[unit_id].startswith(paths[meeting.unit_id]))


def recused_now(call: OperationCall, members: Iterable[str], listed: Collection[str]) -> dict[str, str]:
    """Who stands back and why (GOV-1): declared, related by the register, or on the secretary's list."""
    declared = set(call.session.scalars(sa.select(Conflict.person).where(Conflict.instance_id == call.instance_id)))
    parties = call.session.scalar(sa.select(Instance.parties).where(Instance.id == call.instance_id)) or {}
    found: dict[str, str] = {}
    for name in members:
        if name in declared:
            found[name] = "declared"
        elif call.relations.related(call.session, name, parties) is not None:
            found[name] = "related"
        elif name in listed:
            found[name] = "listed"
    return found


def _convene(call: OperationCall, given: dict[str, Any], roster: dict[str, dict[str, Any]]) -> Meeting:
    unit = call.session.scalar(sa.select(Person.unit_id).where(Person.name == given["secretary"]))
    number = next_number(call.session, NUMBERS, unit or call.unit_id, business_day(call).year)
    size = len(roster)
    meeting = Meeting(
        number=number,
        unit_id=unit or call.unit_id,
        kind=given["kind"],
        held_at=given["held_at"],
        place=given["place"],
        secretary=given["secretary"],
        state=PLANNED,
        most_cases=given["most_cases"],
        agenda_closes_at=_closing(call, given),
        size_advised=size % 2 == 1 and given["advised_from"] <= size <= given["advised_to"],
        convened_at=call.now,
        members=[
            MeetingMember(person=name, n=n, seat=member["seat"])
            for n, (name, member) in enumerate(roster.items(), start=1)
        ],
    )
    call.session.add(meeting)
    call.session.flush()
    return meeting


def _closing(call: OperationCall, given: dict[str, Any]) -> dt.datetime | None:
    """Until when cases come on the agenda of a meeting that is convened now; at least the one for which it is."""
    hours = given["agenda_closes"]
    return None if hours is None else max(given["held_at"] - dt.timedelta(minutes=int(hours * 60)), call.now)


def _leave_other_agendas(call: OperationCall) -> None:
    """A case is on one open agenda only: whatever brought it here anew, the earlier item is adjourned."""
    earlier = rows.open_item(call.session, call.instance_id)
    if earlier is not None:
        earlier.state, earlier.closed_at = ADJOURNED, call.now
        call.session.flush()


def _invite(call: OperationCall, meeting: Meeting, voters: list[str], application_no: str) -> None:
    facts = {
        "meeting_no": meeting.number,
        "held_at": meeting.held_at.astimezone(call.zone),
        "place": meeting.place,
        "application_no": application_no,
    }
    for name in voters:
        send_notice.run(call, to=name, template="committee_invitation", facts=facts)


def enter_votes(
    call: OperationCall,
    meeting_no: str,
    votes: list[dict[str, Any]],
    members: list[str],
    recused: dict[str, str],
    figures: dict[str, Any],
) -> None:
    """Enters a closed vote in the record of the meeting; without quorum the case is adjourned to another.

    `recused`: who stood back, as known when the vote was closed, and why.
    """
    item = rows.open_item(call.session, call.instance_id)
    if item is None or item.meeting.number != meeting_no:
        return
    known = {row.person for row in item.recusals}
    item.recusals += [AgendaRecusal(person=name, reason=why) for name, why in recused.items() if name not in known]
    given = {vote["member"]: vote for vote in votes}
    absent = {"vote": "absent", "reasons": "", "conditions": ""}
    for n, name in enumerate((name for name in members if name not in recused), start=1):
        vote = given.get(name, absent)
        item.ballots.append(
            AgendaBallot(person=name, n=n, ballot=vote["vote"], reasons=vote["reasons"], conditions=vote["conditions"])
        )
    item.result, item.closed_at = figures["result"], call.now
    item.state = ADJOURNED if figures["result"] == "no_quorum" else DECIDED
    item.eligible, item.present = figures["eligible"], figures["present"]
    item.quorum, item.needed = figures["quorum"], figures["needed"]
    call.session.flush()
