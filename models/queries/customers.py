"""Finding customers, and the names that are on a list of the blocked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.customers import BlockedParty, Customer


def find_customer(session: Session, number: str) -> Customer | None:
    """The customer with this number."""
    return session.scalar(sa.select(Customer).where(Customer.number == number))


def find_customers(session: Session, numbers: Iterable[str]) -> dict[str, Customer]:
    """The customers with these numbers, by number; numbers of nobody are left out."""
    found = session.scalars(sa.select(Customer).where(Customer.number.in_(set(numbers))))
    return {customer.number: customer for customer in found}


def customer_by_identity(session: Session, id_kind: str, id_number: str) -> Customer | None:
    """The customer with this identity paper, locked until the end of the transaction."""
    query = sa.select(Customer).where(Customer.id_kind == id_kind, Customer.id_number == id_number)
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


def listed_parties(session: Session, name: str, id_number: str, on: dt.date) -> Sequence[BlockedParty]:
    """The entries of lists in force on a day that have this name or this identity number."""
    return session.scalars(
        sa.select(BlockedParty)
        .where(
            sa.or_(BlockedParty.name == name, BlockedParty.id_number == id_number),
            BlockedParty.listed_on <= on,
            sa.or_(BlockedParty.delisted_on.is_(None), BlockedParty.delisted_on > on),
        )
        .order_by(BlockedParty.id)
    ).all()
