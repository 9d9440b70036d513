"""Who acts: a person with unit and roles as they are at this moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from models.people import Person, PersonRole, Unit

READS_EVERYTHING = frozenset({"admin", "auditor"})
_SLASHES_OF_ROOT = 2
"""A unit's path names it and all above it: "/1/" is the root's, "/1/4/" that of a branch."""


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

    def holds_for_house(self, roles: Collection[str]) -> bool:
        """Whether the person holds one of the roles at the root unit, and so for what counts in the whole house."""
        return self.unit_path.count("/") == _SLASHES_OF_ROOT and not self.roles.isdisjoint(roles)

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
