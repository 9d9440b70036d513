"""Lists of what compliance keeps: blocked names, and what people of the house are to customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.customer_file import HouseFigureChange
from models.customers import BlockedParty, Customer
from models.people import Person, StaffRelation
from models.queries.paging import Order, number_key
from models.queries.visibility import units_below

_PARTY = number_key(BlockedParty.id)
LISTED_LAST_FIRST = Order("-id", _PARTY, _PARTY, descending=True)
_FIGURE = number_key(HouseFigureChange.id)
CHANGED_LAST_FIRST = Order("-id", _FIGURE, _FIGURE, descending=True)
MOST = 500


def blocked_parties(words: str | None = None, *, in_force: bool = True) -> sa.Select[Any]:
    """Names on the lists, by words of name, list or number."""
    query = sa.select(BlockedParty)
    for word in (words or "").split():
        query = query.where(
            sa.or_(
                BlockedParty.name.contains(word, autoescape=True),
                BlockedParty.list_name.contains(word, autoescape=True),
                BlockedParty.id_number == word.upper(),
            )
        )
    return query.where(BlockedParty.delisted_on.is_(None)) if in_force else query


def customers_listed(session: Session, parties: Sequence[BlockedParty]) -> dict[int, list[Customer]]:
    """Customers of the house whom listed names mean: by the number where the list has one, else by the name."""
    numbers = {party.id_number for party in parties if party.id_number}
    names = {party.name for party in parties if not party.id_number}
    query = sa.select(Customer).where(sa.or_(Customer.id_number.in_(numbers), Customer.name.in_(names))).limit(MOST)
    found = session.scalars(query.order_by(Customer.number)).all()
    return {
        party.id: [
            customer
            for customer in found
            if (customer.id_number == party.id_number if party.id_number else customer.name == party.name)
        ]
        for party in parties
    }


def staff_relations(
    session: Session, person: str, unit_path: str | None
) -> list[tuple[StaffRelation, Person, Customer | None]]:
    """Relations of staff with the customer if there is a file: of the person, and of all of a unit and below, "" being
    the whole house; at most `MOST`."""
    query = (
        sa.select(StaffRelation, Person, Customer)
        .join(Person, Person.id == StaffRelation.person_id)
        .outerjoin(Customer, Customer.number == StaffRelation.customer)
        .order_by(Person.name, StaffRelation.customer)
        .limit(MOST)
    )
    if unit_path is None:
        query = query.where(Person.name == person)
    elif unit_path:
        query = query.where(sa.or_(Person.name == person, Person.unit_id.in_(units_below(unit_path))))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def figure_changes() -> sa.Select[Any]:
    """What was changed of the figures of the house."""
    return sa.select(HouseFigureChange)
