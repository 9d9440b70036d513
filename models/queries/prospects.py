"""Prospects by account manager and week, and how many each was to find. Judges nobody's right to change anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.care import Prospect, ProspectContact, WeeklyTarget
from models.people import Person, PersonRole, Unit
from models.queries.paging import Order, instant_key, number_key
from models.queries.visibility import units_below

NEWEST_FIRST = Order("-recorded_at", instant_key(Prospect.recorded_at), number_key(Prospect.id), descending=True)
SEES_THE_UNITS = frozenset({"dept_manager", "risk_manager", "general_manager"})
_MOST = 1_000


@dataclass(frozen=True)
class Standing:
    """A person's week: how many new prospects were to be found (None: no target), were found, and talks were held."""

    person: Person
    target: int | None
    found: int
    talks: int

    @property
    def title(self) -> str:
        """The person's display name."""
        return self.person.title or self.person.name


def visible(who: Any) -> sa.Select[Any]:
    """The prospects that a person may see: the own ones, and for managers those of their unit and below."""
    query = sa.select(Prospect)
    if who.reads_everything:
        return query
    own = Prospect.owner == who.name
    if who.roles & SEES_THE_UNITS:
        return query.where(sa.or_(own, Prospect.unit_id.in_(units_below(who.unit_path))))
    return query.where(own)


def monday(day: dt.date) -> dt.date:
    """The first day of the week of a day."""
    return day - dt.timedelta(days=day.weekday())


def to_contact(session: Session, today: dt.date) -> Sequence[Prospect]:
    """Open prospects that should be talked to by today, those that wait longest first."""
    query = sa.select(Prospect).where(Prospect.next_contact_on <= today, Prospect.state.in_(("new", "talking")))
    return session.scalars(query.order_by(Prospect.next_contact_on, Prospect.id).limit(_MOST)).all()


def officers(session: Session, unit_path: str, roles: Iterable[str]) -> Sequence[Person]:
    """People of a unit and below who hold one of the roles and can sign in, by unit and name."""
    holding = sa.select(PersonRole.person_id).where(PersonRole.role.in_(sorted(roles)))
    query = sa.select(Person).join(Unit, Unit.id == Person.unit_id)
    query = query.where(Person.disabled.is_(False), Person.id.in_(holding), Unit.path.startswith(unit_path))
    return session.scalars(query.order_by(Unit.path, Person.name).limit(_MOST)).all()


def managers(session: Session, officer: Person) -> Sequence[Person]:
    """The department managers of a person's unit and of those above it."""
    holding = sa.select(PersonRole.person_id).where(PersonRole.role == "dept_manager")
    query = sa.select(Person).join(Unit, Unit.id == Person.unit_id)
    above = sa.literal(officer.unit.path).startswith(Unit.path)
    return session.scalars(query.where(Person.disabled.is_(False), Person.id.in_(holding), above)).all()


def standings(session: Session, unit_path: str, week: dt.date, roles: Iterable[str]) -> list[Standing]:
    """The week of everybody in a unit and below who keeps prospects or has a target."""
    people = officers(session, unit_path, roles)
    found, talks = _found(session, week), _talks(session, week)
    by_person, by_role = targets(session, week)
    standing = []
    for person in people:
        of_roles = [by_role[held.role] for held in person.roles if held.role in by_role]
        target = by_person.get(person.name, max(of_roles, default=None))
        standing.append(Standing(person, target, found.get(person.name, 0), talks.get(person.name, 0)))
    return standing


def targets(session: Session, week: dt.date) -> tuple[dict[str, int], dict[str, int]]:
    """The targets in force in a week, by person and by role: of several the latest."""
    query = sa.select(WeeklyTarget).where(WeeklyTarget.since <= week).order_by(WeeklyTarget.since)
    by_person: dict[str, int] = {}
    by_role: dict[str, int] = {}
    for target in session.scalars(query):
        if target.person is not None:
            by_person[target.person] = target.prospects
        elif target.role is not None:
            by_role[target.role] = target.prospects
    return by_person, by_role


def _found(session: Session, week: dt.date) -> dict[str, int]:
    query = sa.select(Prospect.recorded_by, sa.func.count()).where(
        Prospect.found_on >= week, Prospect.found_on < week + dt.timedelta(days=7)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Prospect.recorded_by))}


def _talks(session: Session, week: dt.date) -> dict[str, int]:
    # A talk is an instant; that the week begins some hours off in UTC does not matter for a count beside the target.
    since = dt.datetime.combine(week, dt.time(), dt.UTC)
    query = sa.select(ProspectContact.person, sa.func.count()).where(
        ProspectContact.contacted_at >= since, ProspectContact.contacted_at < since + dt.timedelta(days=7)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(ProspectContact.person))}
