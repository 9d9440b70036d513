"""What people do with a meeting besides voting: begin it, sign for being there, move it, end it (REV-3, REV-4).

Whatever a case waits for is done at its tasks; here stands only what belongs to the meeting as a whole.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service.actors import Actor
from engine.service.house import Step
from models.meetings import CANCELLED, CLOSED, OPEN, PLANNED, SITTING, Meeting
from models.people import Unit
from models.queries import meetings as rows
from models.registers import OutgoingNotice

SEES_ALL_MEETINGS = frozenset({"committee_secretary", "legal_officer", "general_manager", "risk_manager"})
_MAX_PLACE = 120


def overseen(who: Actor) -> str | None:
    """The unit whose meetings one may see besides the own: "" the whole house, None no other."""
    if who.reads_everything:
        return ""
    return who.unit_path if who.roles & SEES_ALL_MEETINGS else None


def begin(step: Step, who: Actor, number: str) -> Meeting:
    """The sitting begins."""
    meeting = _of_secretary(step, who, number)
    _require(meeting, PLANNED)
    meeting.state, meeting.opened_at = SITTING, step.now
    step.session.flush()
    return meeting


def attend(step: Step, who: Actor, number: str) -> Meeting:
    """A member signs for being there, in person: nobody signs for somebody else."""
    meeting = _locked(step, who, number)
    seat = next((member for member in meeting.members if member.person == who.name), None)
    if seat is None:
        raise Forbidden("Only members who were invited sign for being there.")
    _require(meeting, SITTING)
    if seat.attended_at is None:
        seat.attended_at = step.now
    step.session.flush()
    return meeting


def move(step: Step, who: Actor, number: str, held_at: dt.datetime | None, place: str | None) -> Meeting:
    """Another time or place while it has not begun; the members are told."""
    meeting = _of_secretary(step, who, number)
    _require(meeting, PLANNED)
    where = (place or "").strip()
    wrong = ({} if held_at else {"held_at": ["required"]}) | (
        {} if 0 < len(where) <= _MAX_PLACE else {"place": ["required"]}
    )
    if held_at is None or wrong:
        raise Invalid("a meeting has a time and a place", wrong)
    if held_at <= step.now:
        raise Invalid("a meeting is moved to a time that is still to come", {"held_at": ["past"]})
    if meeting.agenda_closes_at is not None:
        meeting.agenda_closes_at += held_at - meeting.held_at
    meeting.held_at, meeting.place = held_at, where
    for item in meeting.items:
        if item.state == OPEN:
            standing_back = {recusal.person for recusal in item.recusals}
            for member in meeting.members:
                if member.person not in standing_back:
                    step.session.add(_moved(step, meeting, item.instance_id, member.person, who.name))
            break
    step.session.flush()
    return meeting


def _moved(step: Step, meeting: Meeting, instance_id: object, person: str, by: str) -> OutgoingNotice:
    local = meeting.held_at.astimezone(step.house.calendar.zone)
    return OutgoingNotice(
        instance_id=instance_id,
        unit_id=meeting.unit_id,
        recipient=person,
        template="committee_moved",
        facts={"meeting_no": meeting.number, "held_at": local.isoformat(), "place": meeting.place},
        queued_at=step.now,
        queued_by=by,
    )


def end(step: Step, who: Actor, number: str) -> Meeting:
    """The meeting ends, once every case on its agenda is voted on or adjourned; one that never sat is cancelled."""
    meeting = _of_secretary(step, who, number)
    _require(meeting, PLANNED, SITTING)
    waiting = sum(item.state == OPEN for item in meeting.items)
    if waiting:
        raise Conflict(f"{waiting} cases of {meeting.number} are not voted on yet")
    meeting.state = CLOSED if meeting.state == SITTING or meeting.items else CANCELLED
    meeting.closed_at = step.now
    step.session.flush()
    return meeting


def is_secretary(step_or_look: object, who: Actor, meeting: Meeting) -> bool:
    """Whether the actor keeps this meeting: its secretary, or another of the unit or above."""
    if meeting.secretary == who.name:
        return True
    session = step_or_look.session  # type: ignore[attr-defined]
    path = session.scalar(sa.select(Unit.path).where(Unit.id == meeting.unit_id))
    return "committee_secretary" in who.roles and who.is_above(path or "")


def _of_secretary(step: Step, who: Actor, number: str) -> Meeting:
    meeting = _locked(step, who, number)
    if not is_secretary(step, who, meeting):
        raise Forbidden("This is for the secretary of the committee.")
    return meeting


def _locked(step: Step, who: Actor, number: str) -> Meeting:
    if rows.find_meeting(step.session, who.name, overseen(who), number) is None:
        raise NotFound("There is no such meeting.")
    meeting = rows.lock_meeting(step.session, number)
    assert meeting is not None
    return meeting


def _require(meeting: Meeting, *states: str) -> None:
    if meeting.state not in states:
        raise Conflict(f"{meeting.number} is {meeting.state}")
