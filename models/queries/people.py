"""Units, people, their roles, limits and relations: finding and changing them. Judges nobody's right to do so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.passwords import hash_password
from models.people import AuthorityLimit, Person, PersonRegion, PersonRole, StaffRelation, Unit

ROOT_UNIT = "总部"


class UnknownName(LookupError):
    """There is nobody, or no unit, of this name."""


class NameTaken(ValueError):
    """The name is already in use."""


def root_unit(session: Session) -> Unit:
    """The unit above all others; made when there is none yet."""
    unit = session.scalar(sa.select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    return unit or _insert_unit(session, ROOT_UNIT, None)


def find_unit(session: Session, name: str) -> Unit:
    """The unit called `name`; raises `UnknownName`."""
    unit = session.scalar(sa.select(Unit).where(Unit.name == name))
    if unit is None:
        raise UnknownName(f"There is no unit {name!r}.")
    return unit


def add_unit(session: Session, name: str, under: str | None = None) -> Unit:
    """A new unit below `under`, or below the root. Raises `NameTaken`, `UnknownName`."""
    if session.scalar(sa.select(Unit.id).where(Unit.name == name)) is not None:
        raise NameTaken(f"There is a unit {name!r} already.")
    parent = root_unit(session) if under is None else find_unit(session, under)
    return _insert_unit(session, name, parent)


def rename_unit(session: Session, name: str, to: str) -> Unit:
    """Calls a unit otherwise; the root unit's name is that of the house. Raises `NameTaken`, `UnknownName`."""
    unit = find_unit(session, name)
    if to != name and session.scalar(sa.select(Unit.id).where(Unit.name == to)) is not None:
        raise NameTaken(f"There is a unit {to!r} already.")
    unit.name = to
    return unit


def list_units(session: Session) -> Sequence[Unit]:
    """All units, each after the one above it."""
    return session.scalars(sa.select(Unit).order_by(Unit.path)).all()


def _insert_unit(session: Session, name: str, parent: Unit | None) -> Unit:
    # The path needs the id, which the database gives; a name that cannot be a path keeps the column unique meanwhile.
    unit = Unit(name=name, parent_id=parent.id if parent else None, path=f"?{name}")
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit


def find_person(session: Session, name: str) -> Person:
    """The person with this sign-in name; raises `UnknownName`."""
    person = session.scalar(sa.select(Person).where(Person.name == name))
    if person is None:
        raise UnknownName(f"There is nobody called {name!r}.")
    return person


def add_person(
    session: Session,
    now: dt.datetime,
    name: str,
    password: str,
    *,
    title: str = "",
    roles: Iterable[str] = (),
    unit: str | None = None,
    demo: bool = False,
    password_hash: str | None = None,
) -> Person:
    """A new person, in the root unit unless `unit` names another. Raises `NameTaken`, `UnknownName`.

    `password_hash` is the password's, where it was made already.
    """
    if session.scalar(sa.select(Person.id).where(Person.name == name)) is not None:
        raise NameTaken(f"There is somebody called {name!r} already.")
    person = Person(
        name=name,
        title=title,
        password_hash=password_hash or hash_password(password),
        unit=root_unit(session) if unit is None else find_unit(session, unit),
        roles=[PersonRole(role=role) for role in dict.fromkeys(roles)],
        demo=demo,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def list_people(session: Session, *, demo_only: bool = False) -> Sequence[Person]:
    """Everybody, by name."""
    query = sa.select(Person).order_by(Person.name)
    return session.scalars(query.where(Person.demo) if demo_only else query).all()


def demo_people_can_sign_in(session: Session) -> bool:
    """Whether a person of the demo data, whose password everybody knows, is not disabled."""
    return bool(session.scalar(sa.select(sa.exists().where(Person.demo, Person.disabled.is_(False)))))


def disable(session: Session, name: str) -> Person:
    """Lets nobody sign in as `name` any more; sessions and tokens end at once. Raises `UnknownName`."""
    person = find_person(session, name)
    person.disabled = True
    person.credential_version += 1
    return person


def enable(session: Session, name: str) -> Person:
    """Lets a disabled person sign in again, with the password as it was. Raises `UnknownName`."""
    person = find_person(session, name)
    person.disabled = False
    return person


def set_password(person: Person, password: str) -> None:
    """A new password; sessions and tokens made with the old one end at once."""
    person.password_hash = hash_password(password)
    person.credential_version += 1


def grant_role(session: Session, name: str, role: str) -> bool:
    """Gives `role` to a person; tells whether that was new. Raises `UnknownName`."""
    person = find_person(session, name)
    if any(held.role == role for held in person.roles):
        return False
    person.roles.append(PersonRole(role=role))
    return True


def revoke_role(session: Session, name: str, role: str) -> bool:
    """Takes `role` away; tells whether the person held it. Raises `UnknownName`."""
    person = find_person(session, name)
    held = [item for item in person.roles if item.role == role]
    for item in held:
        person.roles.remove(item)
    return bool(held)


def set_authority(
    session: Session, name: str, power: str, amount: Decimal, until: dt.date | None, since: dt.date | None = None
) -> None:
    """Up to which amount (CNY) a person may use `power`, from `since` to `until`, both included.

    Raises `UnknownName`.
    """
    person = find_person(session, name)
    session.merge(AuthorityLimit(person_id=person.id, power=power, amount=amount, since=since, until=until))


def set_regions(session: Session, name: str, regions: Iterable[str]) -> None:
    """For which places a person is responsible from now on, as they stand in addresses. Raises `UnknownName`."""
    person = find_person(session, name)
    session.execute(sa.delete(PersonRegion).where(PersonRegion.person_id == person.id))
    session.add_all(PersonRegion(person_id=person.id, region=region) for region in dict.fromkeys(regions))
    session.flush()


def relate(
    session: Session,
    now: dt.datetime,
    name: str,
    customer: str,
    kind: str = "other",
    note: str | None = None,
    recorded_by: str | None = None,
) -> bool:
    """Records what a customer is to a person of the house (GOV-1); False when it was recorded. Raises `UnknownName`.

    One relation is kept of each two: recording another kind replaces it.
    """
    person = find_person(session, name)
    known = session.get(StaffRelation, (person.id, customer))
    if known is not None and (known.kind, known.note) == (kind, note):
        return False
    relation = StaffRelation(person_id=person.id, customer=customer, kind=kind, note=note)
    relation.recorded_at, relation.recorded_by = now, recorded_by
    session.merge(relation)
    return True


def customers_related_to(session: Session, name: str) -> frozenset[str]:
    """The numbers of the customers to whom a person is related."""
    query = sa.select(StaffRelation.customer).join(Person, Person.id == StaffRelation.person_id)
    return frozenset(session.scalars(query.where(Person.name == name)))
