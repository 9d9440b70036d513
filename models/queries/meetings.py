"""Meetings as lists, and what of the engine's rows a meeting shows: who has voted, who gave the legal opinion."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models.applications import Opinion
from models.cases import Instance
from models.meetings import ADJOURNED, OPEN, PLANNED, SITTING, AgendaItem, Meeting, MeetingMember
from models.people import Unit
from models.queries.paging import Order, number_key
from models.queries.visibility import Viewer, units_below, visible_to
from models.tasks import COMPLETED, Task

_ID = number_key(Meeting.id)
NEWEST_FIRST = Order("-id", _ID, _ID, descending=True)
MOST = 100


def meetings(name: str, unit_path: str | None, *, state: str | None = None) -> sa.Select[Any]:
    """Meetings to which `name` was invited or whose secretary `name` is, and those of a unit and below.

    "" is the whole house, None no unit at all. Members and agendas come with them, whatever their number.
    """
    query = sa.select(Meeting).where(_seen_by(name, unit_path))
    query = query.options(
        selectinload(Meeting.members),
        selectinload(Meeting.items).selectinload(AgendaItem.recusals),
        selectinload(Meeting.items).selectinload(AgendaItem.ballots),
    )
    return query if state is None else query.where(Meeting.state == state)


def find_meeting(session: Session, name: str, unit_path: str | None, number: str) -> Meeting | None:
    """The meeting with this number, if it may be seen."""
    return session.scalar(sa.select(Meeting).where(Meeting.number == number, _seen_by(name, unit_path)))


def _seen_by(name: str, unit_path: str | None) -> Any:
    if unit_path == "":
        return sa.true()
    invited = sa.select(MeetingMember.meeting_id).where(MeetingMember.person == name)
    own = sa.or_(Meeting.secretary == name, Meeting.id.in_(invited))
    return own if unit_path is None else sa.or_(own, Meeting.unit_id.in_(units_below(unit_path)))


def lock_meeting(session: Session, number: str) -> Meeting | None:
    """The meeting, locked until the end of the transaction: agendas are written one after another."""
    query = sa.select(Meeting).where(Meeting.number == number).with_for_update(of=Meeting, key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def open_for(session: Session, unit_path: str, now: dt.datetime) -> Sequence[Meeting]:
    """Meetings on whose agenda a case of this unit can still be put, the next first."""
    on_agenda = (
        sa.select(sa.func.count())
        .where(AgendaItem.meeting_id == Meeting.id, AgendaItem.state != ADJOURNED)
        .scalar_subquery()
    )
    query = (
        sa.select(Meeting)
        .join(Unit, Unit.id == Meeting.unit_id)
        .where(
            Meeting.state.in_((PLANNED, SITTING)),
            sa.literal(unit_path).startswith(Unit.path),
            sa.or_(Meeting.agenda_closes_at.is_(None), Meeting.agenda_closes_at > now),
            sa.or_(Meeting.most_cases.is_(None), Meeting.most_cases > on_agenda),
        )
        .options(selectinload(Meeting.items))
    )
    return session.scalars(query.order_by(Meeting.held_at, Meeting.id).limit(MOST)).all()


def open_item(session: Session, instance_id: uuid.UUID) -> AgendaItem | None:
    """The agenda on which a case stands now."""
    return session.scalar(sa.select(AgendaItem).where(AgendaItem.instance_id == instance_id, AgendaItem.state == OPEN))


def items_of(session: Session, instance_id: uuid.UUID) -> Sequence[AgendaItem]:
    """Every agenda on which a case stood, the latest first."""
    query = sa.select(AgendaItem).where(AgendaItem.instance_id == instance_id)
    return session.scalars(query.order_by(AgendaItem.id.desc()).limit(MOST)).all()


def undecided(session: Session, instance_id: uuid.UUID) -> AgendaItem | None:
    """The latest agenda item of a case that is voted on and not resolved yet."""
    query = sa.select(AgendaItem).where(
        AgendaItem.instance_id == instance_id, AgendaItem.state != ADJOURNED, AgendaItem.resolution_id.is_(None)
    )
    return session.scalar(query.order_by(AgendaItem.id.desc()).limit(1))


def before_the_committee(
    session: Session, name: str, unit_path: str | None, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """The number of the meeting before which each of these cases is until it is resolved, if it may be seen."""
    query = (
        sa.select(AgendaItem.instance_id, Meeting.number)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.instance_id.in_(ids),
            AgendaItem.state != ADJOURNED,
            AgendaItem.resolution_id.is_(None),
            _seen_by(name, unit_path),
        )
        .order_by(AgendaItem.id)
    )
    return dict(session.execute(query).all())


def legal_opinion(session: Session, item: AgendaItem) -> Opinion | None:
    """The legal officer's opinion on the case, given since it stands on this agenda (REV-5)."""
    query = sa.select(Opinion).where(
        Opinion.application_id == item.application_id,
        Opinion.stage == "legal",
        Opinion.given_at >= item.added_at,
    )
    if item.closed_at is not None:
        query = query.where(Opinion.given_at <= item.closed_at)
    return session.scalar(query.order_by(Opinion.round.desc()).limit(1))


def visible_instances(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Instance]:
    """Those of these cases that the viewer may see."""
    query = sa.select(Instance).where(Instance.id.in_(list(ids)), visible_to(viewer))
    return {instance.id: instance for instance in session.scalars(query)}


def acted(session: Session, ids: Collection[uuid.UUID], element: str) -> dict[uuid.UUID, list[Task]]:
    """The tasks of one step of these cases, open or completed, by case, the oldest first."""
    found: dict[uuid.UUID, list[Task]] = {}
    query = sa.select(Task).where(Task.instance_id.in_(ids), Task.element == element, Task.state.in_((COMPLETED, OPEN)))
    for task in session.scalars(query.order_by(Task.created_at, Task.id)):
        found.setdefault(task.instance_id, []).append(task)
    return found


def first_investigator(session: Session, instance_id: uuid.UUID) -> str | None:
    """Who did role A last: the one who reports, and the loan's first responsible person (INV-7)."""
    query = sa.select(Task.completed_by).where(
        Task.instance_id == instance_id, Task.element == "investigate_a", Task.state == COMPLETED
    )
    return session.scalar(query.order_by(Task.closed_at.desc()).limit(1))
