"""Finding customers, and the names that are on a list of the blocked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application
from models.customers import BlockedParty, Customer
from models.products import Product


def find_customer(session: Session, number: str) -> Customer | None:
    """The customer with this number."""
    return session.scalar(sa.select(Customer).where(Customer.number == number))


def find_customers(session: Session, numbers: Iterable[str]) -> dict[str, Customer]:
    """The customers with these numbers, by number; numbers of nobody are left out."""
    wanted = set(numbers)
    found = session.scalars(sa.select(Customer).where(Customer.number.in_(wanted))) if wanted else ()
    return {customer.number: customer for customer in found}


def customer_by_identity(session: Session, id_kind: str, id_number: str) -> Customer | None:
    """The customer with this identity paper, locked until the end of the transaction."""
    query = sa.select(Customer).where(Customer.id_kind == id_kind, Customer.id_number == id_number)
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


def known_by_identity(session: Session, id_kind: str, id_number: str) -> Customer | None:
    """The customer with this identity paper, for looking only."""
    return session.scalar(sa.select(Customer).where(Customer.id_kind == id_kind, Customer.id_number == id_number))


def customers_alike(
    session: Session, kind: str, core: str, phone: str | None, besides_id_number: str
) -> Sequence[Customer]:
    """Customers of another paper with this telephone, or of this kind whose name begins with `core`; at most ten."""
    same = []
    if core:
        same.append(sa.and_(Customer.kind == kind, Customer.name.startswith(core, autoescape=True)))
    if phone:
        same.append(Customer.phone == phone)
    if not same:
        return []
    query = sa.select(Customer).where(sa.or_(*same), Customer.id_number != besides_id_number)
    return session.scalars(query.order_by(Customer.id).limit(10)).all()


def open_applications(session: Session, customer: Customer, product: str, besides: uuid.UUID | None) -> Sequence[str]:
    """The numbers of the customer's applications for a product that are under way, but for a case's own."""
    query = (
        sa.select(Application.number)
        .join(Product, Product.id == Application.product_id)
        .where(
            Application.customer_id == customer.id,
            Application.status.in_(("registered", "approved", "contracted")),
            Product.code == product,
        )
    )
    if besides is not None:
        query = query.where(Application.instance_id != besides)
    return session.scalars(query.order_by(Application.id).limit(10)).all()


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
