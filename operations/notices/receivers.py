"""Who a notice is for, and where and by which ways each is reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.packages import Package
from models.cases import Instance
from models.customers import Customer
from models.notices import NoticeChoice, PersonContact
from models.people import Person, Unit
from models.queries.customers import find_customers
from models.queries.staff import holders_of

PARTIES = {"borrower": "customer", "guarantors": "guarantors"}
"""Whom a notice may name by what they are in the case."""

WANTED_BY_DEFAULT = {"email": frozenset({"late", "back", "mention", "cosign", "told"}), "sms": frozenset({"late"})}
"""By which channel people of the house are told of which topics, unless they choose otherwise."""


@dataclass(frozen=True)
class Receiver:
    """Somebody to be told. `addresses` maps a channel to where it reaches them, empty where it does not."""

    name: str
    language: str
    addresses: dict[str, str]
    person: bool
    quiet: tuple[dt.time, dt.time] | None = None


def receivers_of(session: Session, to: str, instance: Instance, package: Package, topic: str) -> list[Receiver]:
    """Those whom `to` names: `borrower`, `guarantors`, a customer's number, a role of the package, or a person."""
    if to in PARTIES:
        return customers(session, instance.parties.get(PARTIES[to], []))
    if to in package.manifest.roles:
        path = session.scalars(sa.select(Unit.path).where(Unit.id == instance.unit_id)).one()
        return people(session, holders_of(session, [to], path), topic)
    known = session.scalars(sa.select(Person).where(Person.name == to, Person.disabled.is_(False))).all()
    return people(session, known, topic) or customers(session, [to])


def customers(session: Session, numbers: Iterable[str]) -> list[Receiver]:
    """Customers, by message to the phone on file; those who are not on file are nobody."""
    found: dict[str, Customer] = find_customers(session, list(numbers))
    return [
        Receiver(number, "zh", {"sms": found[number].phone or ""}, person=False)
        for number in numbers
        if number in found
    ]


def people(session: Session, persons: Sequence[Person], topic: str) -> list[Receiver]:
    """People of the house, by what each wants to be told by."""
    ids = [person.id for person in persons]
    contacts = {row.person_id: row for row in session.scalars(_of(PersonContact, ids))}
    chosen = {(row.person_id, row.channel): row.wanted for row in session.scalars(_of(NoticeChoice, ids, topic=topic))}
    return [_person(person, contacts.get(person.id), chosen, topic) for person in persons]


def _of(table: Any, ids: list[int], **more: Any) -> Any:
    return sa.select(table).where(table.person_id.in_(ids)).filter_by(**more)


def _person(person: Person, contact: PersonContact | None, chosen: dict[tuple[int, str], bool], topic: str) -> Receiver:
    known = {"email": contact.email, "sms": contact.phone} if contact is not None else {}
    addresses = {
        channel: address
        for channel, address in known.items()
        if address and chosen.get((person.id, channel), topic in WANTED_BY_DEFAULT[channel])
    }
    quiet = None
    if contact is not None and contact.quiet_from is not None and contact.quiet_to is not None:
        quiet = contact.quiet_from, contact.quiet_to
    return Receiver(person.name, person.language, addresses, person=True, quiet=quiet)
