"""People as pages show them: display names, holders of roles, units. Judges nobody's right to do anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.people import Person, PersonRole, Unit
from models.queries.visibility import units_below
from models.tasks import OPEN, Task

MOST_HOLDERS = 200
PROGRAM = "integration"
"""The role of other programs that use the REST interface."""
MOST_UNITS = 200


def titles_of(session: Session, names: Iterable[str | None]) -> dict[str, str]:
    """The display names of people, by sign-in name; whoever has none, or is nobody any more, keeps the sign-in name."""
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    rows = session.execute(sa.select(Person.name, Person.title).where(Person.name.in_(wanted)))
    titles = {row.name: row.title or row.name for row in rows}
    return {name: titles.get(name, name) for name in wanted}


def holders_of(session: Session, roles: Iterable[str], unit_path: str) -> Sequence[Person]:
    """People who can sign in and hold one of the roles in a unit or above it, by name; at most `MOST_HOLDERS`."""
    holding = sa.select(PersonRole.person_id).where(PersonRole.role.in_(sorted(roles)))
    above = sa.literal(unit_path).startswith(Unit.path)
    query = (
        sa.select(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled.is_(False), Person.id.in_(holding), above)
        .order_by(Person.name)
        .limit(MOST_HOLDERS)
    )
    return session.scalars(query).all()


def open_tasks_of(session: Session, names: Iterable[str]) -> Counter[str]:
    """How many open tasks each of these people has."""
    query = sa.select(Task.assignee, sa.func.count()).where(Task.state == OPEN, Task.assignee.in_(set(names)))
    return Counter({str(row[0]): row[1] for row in session.execute(query.group_by(Task.assignee))})


def colleagues(session: Session, name: str, unit_path: str) -> Sequence[Person]:
    """Others who can sign in, of a unit, those below it and those above it, by name; at most `MOST_HOLDERS`.

    Accounts of programs are no people.
    """
    is_program = sa.and_(
        Person.roles.any(PersonRole.role == PROGRAM), sa.not_(Person.roles.any(PersonRole.role != PROGRAM))
    )
    near = sa.or_(Unit.path.startswith(unit_path, autoescape=True), sa.literal(unit_path).startswith(Unit.path))
    query = (
        sa.select(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.disabled.is_(False), Person.name != name, near, sa.not_(is_program))
        .order_by(Person.name)
        .limit(MOST_HOLDERS)
    )
    return session.scalars(query).all()


def names_below(unit_path: str) -> sa.Select[Any]:
    """The sign-in names of everybody of a unit and of those below it."""
    return sa.select(Person.name).join(Unit, Unit.id == Person.unit_id).where(Unit.id.in_(units_below(unit_path)))


def units_within(session: Session, unit_path: str) -> Sequence[Unit]:
    """A unit and those below it, in the order of the tree; at most `MOST_UNITS`."""
    query = sa.select(Unit).where(Unit.id.in_(units_below(unit_path))).order_by(Unit.path).limit(MOST_UNITS)
    return session.scalars(query).all()


def unit_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names of units, by id."""
    rows = session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def institution(session: Session) -> str:
    """What the house is called: the name of its root unit; empty before `loanflow init`."""
    return session.scalar(sa.select(Unit.name).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)) or ""
