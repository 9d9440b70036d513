"""Who acts: a person with unit and roles as they are at this moment."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from models.people import Person, PersonRole, Unit

READS_EVERYTHING = frozenset({"admin", "auditor"})


@dataclass(frozen=True)
class Actor:
    """A person who acts. A role counts in the person's unit and in all units below it."""

    name: str
    unit_id: int
    unit_path: str
    roles: frozenset[str]

    def is_above(self, unit_path: str) -> bool:
        """Whether a unit is the person's own or lies below it."""
        return unit_path.startswith(self.unit_path)

    @property
    def reads_everything(self) -> bool:
        """Administrators and auditors see every case."""
        return bool(self.roles & READS_EVERYTHING)


def of(person: Person) -> Actor:
    """Somebody as the rules see them."""
    return Actor(person.name, person.unit_id, person.unit.path, frozenset(held.role for held in person.roles))


def load(session: Session, name: str) -> Actor:
    """The person as actor. Raises `NotFound` for nobody, and for somebody who is disabled."""
    rows = session.execute(
        sa.select(Unit.id, Unit.path, PersonRole.role)
        .select_from(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.name == name, Person.disabled.is_(False))
    ).all()
    if not rows:
        raise NotFound(f"there is no person {name}")
    return Actor(name, rows[0].id, rows[0].path, frozenset(row.role for row in rows if row.role))
