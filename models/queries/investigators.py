"""Who may be given an investigation: holders of a role for a unit, their regions, and how much they have to do."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Conflict
from models.people import Person, PersonRegion, PersonRole, Unit
from models.tasks import OPEN, Task


class Work(NamedTuple):
    """Open steps of a person, and when they last finished one."""

    open: int
    last_done: dt.datetime | None


def holders(session: Session, role: str, unit_id: int, instance_id: uuid.UUID) -> list[str]:
    """Sign-in names of those who hold a role for a unit and have declared no conflict in a case, by name.

    A role counts in its holder's unit and in all below it.
    """
    path = session.scalars(sa.select(Unit.path).where(Unit.id == unit_id)).one()
    above = [f"{'/'.join(parts)}/" for parts in _prefixes(path.strip("/").split("/"))]
    recused = sa.select(Conflict.person).where(Conflict.instance_id == instance_id)
    query = (
        sa.select(Person.name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(PersonRole.role == role, Unit.path.in_(above), Person.disabled.is_(False), Person.name.not_in(recused))
    )
    return list(session.scalars(query.order_by(Person.name)))


def _prefixes(parts: Sequence[str]) -> Iterable[list[str]]:
    return (["", *parts[:count]] for count in range(1, len(parts) + 1))


def regions_of(session: Session, names: Iterable[str]) -> dict[str, list[str]]:
    """The regions of people, by sign-in name; who has none is not in it."""
    query = (
        sa.select(Person.name, PersonRegion.region)
        .join(PersonRegion, PersonRegion.person_id == Person.id)
        .where(Person.name.in_(list(names)))
        .order_by(Person.name, PersonRegion.region)
    )
    found: dict[str, list[str]] = {}
    for name, region in session.execute(query):
        found.setdefault(name, []).append(region)
    return found


def work_of(session: Session, names: Iterable[str]) -> dict[str, Work]:
    """How much people have to do, and when they last finished something, by sign-in name."""
    wanted = list(names)
    have = sa.select(Task.assignee, sa.func.count()).where(Task.state == OPEN, Task.assignee.in_(wanted))
    done = sa.select(Task.completed_by, sa.func.max(Task.closed_at)).where(Task.completed_by.in_(wanted))
    open_steps = {row[0]: row[1] for row in session.execute(have.group_by(Task.assignee))}
    last_done = {row[0]: row[1] for row in session.execute(done.group_by(Task.completed_by))}
    return {name: Work(open_steps.get(name, 0), last_done.get(name)) for name in wanted}
