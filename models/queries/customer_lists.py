"""Lists of customers by name, number or identity number, and what belongs to one customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models.applications import Application, ApplicationGuarantor, Collateral
from models.cases import Instance
from models.customer_file import CustomerChange, CustomerContact, CustomerRating, FinancialStatement
from models.customers import TAIL, Customer, CustomerCheck, CustomerRelation
from models.queries.paging import Order, number_key
from models.queries.visibility import Viewer, visible_to

_ID = number_key(Customer.id)
NEWEST_FIRST = Order("-id", _ID, _ID, descending=True)
MOST = 100


def customers(*, words: str | None = None, kind: str | None = None, blocked: bool = False) -> sa.Select[Any]:
    """Customers in whose name or number each word occurs, whose identity number it is, or whose phone ends so."""
    query = sa.select(Customer)
    for word in (words or "").split():
        query = query.where(
            sa.or_(
                Customer.name.contains(word, autoescape=True),
                Customer.number.contains(word.upper(), autoescape=True),
                Customer.id_number == word.upper(),
                Customer.phone == word,
                sa.and_(Customer.phone_tail == word[-TAIL:], Customer.phone.endswith(word, autoescape=True))
                if len(word) >= TAIL
                else sa.false(),
            )
        )
    if kind is not None:
        query = query.where(Customer.kind == kind)
    return query.where(Customer.blocked_at.is_not(None)) if blocked else query


def relations(session: Session, customer: Customer) -> list[tuple[CustomerRelation, Customer, bool]]:
    """The relations of a customer, with the other side, and whether the customer is the one who is something to it."""
    other = aliased(Customer)
    found: list[tuple[CustomerRelation, Customer, bool]] = []
    for mine, theirs, is_subject in (
        (CustomerRelation.customer_id, CustomerRelation.other_id, True),
        (CustomerRelation.other_id, CustomerRelation.customer_id, False),
    ):
        query = sa.select(CustomerRelation, other).join(other, other.id == theirs).where(mine == customer.id)
        rows = session.execute(query.order_by(CustomerRelation.kind).limit(MOST))
        found += [(row[0], row[1], is_subject) for row in rows]
    return found


def checks(session: Session, customer: Customer) -> Sequence[CustomerCheck]:
    """The filed identifications, the latest first."""
    query = sa.select(CustomerCheck).where(CustomerCheck.customer_id == customer.id)
    return session.scalars(query.order_by(CustomerCheck.id.desc()).limit(MOST)).all()


def cases_of(session: Session, viewer: Viewer, customer: Customer) -> Sequence[Instance]:
    """The cases of the customer's applications, and of those the customer guarantees, that the viewer may see."""
    guaranteed = sa.select(ApplicationGuarantor.application_id).where(ApplicationGuarantor.customer_id == customer.id)
    about = sa.select(Application.instance_id).where(
        sa.or_(Application.customer_id == customer.id, Application.id.in_(guaranteed))
    )
    query = sa.select(Instance).where(Instance.id.in_(about), visible_to(viewer))
    return session.scalars(query.order_by(Instance.created_at.desc(), Instance.id).limit(MOST)).all()


def contacts(session: Session, customer: Customer) -> Sequence[CustomerContact]:
    """The ways to reach the customer that still count."""
    query = sa.select(CustomerContact).where(
        CustomerContact.customer_id == customer.id, CustomerContact.ended_at.is_(None)
    )
    return session.scalars(query.order_by(CustomerContact.id).limit(MOST)).all()


def statements(session: Session, customer: Customer) -> Sequence[FinancialStatement]:
    """The customer's figures, the latest day first."""
    query = sa.select(FinancialStatement).where(FinancialStatement.customer_id == customer.id)
    return session.scalars(
        query.order_by(FinancialStatement.as_of.desc(), FinancialStatement.id.desc()).limit(12)
    ).all()


def ratings(session: Session, customer: Customer) -> Sequence[CustomerRating]:
    """The customer's ratings, the latest first."""
    query = sa.select(CustomerRating).where(CustomerRating.customer_id == customer.id)
    return session.scalars(query.order_by(CustomerRating.rated_on.desc(), CustomerRating.id.desc()).limit(MOST)).all()


def collateral_of(session: Session, customer: Customer) -> Sequence[Collateral]:
    """What the customer has given as security, the latest first."""
    query = sa.select(Collateral).where(Collateral.owner_id == customer.id)
    return session.scalars(query.order_by(Collateral.id.desc()).limit(MOST)).all()


def changes(customer: Customer) -> sa.Select[Any]:
    """What was changed of the customer's file."""
    return sa.select(CustomerChange).where(CustomerChange.customer_id == customer.id)


_CHANGE = number_key(CustomerChange.id)
CHANGES_LAST_FIRST = Order("-id", _CHANGE, _CHANGE, descending=True)
