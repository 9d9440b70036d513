"""Reading how customers hang together, step by step outwards: one query a step, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application, ApplicationGuarantor
from models.contracts import Contract
from models.customers import Customer, CustomerRelation
from models.loans import Loan
from models.people import Person, StaffRelation

MOST = 500
"""Customers that one look gathers at most; who hangs together with more is shown as so many."""

_GUARANTEES = "guarantor_of"
_LIVE = ("registered", "approved", "contracted")


def relations_around(
    session: Session, ids: Iterable[int], kinds: Collection[str], steps: int | None = None
) -> list[CustomerRelation]:
    """The relations of these kinds within so many steps of the customers (None: all who hang together), both ways."""
    front, known = set(ids), set(ids)
    found: dict[Any, CustomerRelation] = {}
    while front and (steps is None or steps > 0) and len(known) < MOST:
        query = sa.select(CustomerRelation).where(
            CustomerRelation.kind.in_(sorted(kinds)),
            sa.or_(CustomerRelation.customer_id.in_(front), CustomerRelation.other_id.in_(front)),
        )
        rows = session.scalars(query.order_by(CustomerRelation.customer_id, CustomerRelation.other_id).limit(MOST * 4))
        for row in rows:
            found[row.customer_id, row.kind, row.other_id] = row
        ends = {end for row in found.values() for end in (row.customer_id, row.other_id)}
        front, known = ends - known, known | ends
        steps = None if steps is None else steps - 1
    return list(found.values())


def relations_among(session: Session, ids: Collection[int]) -> Sequence[CustomerRelation]:
    """The relations between any two of these customers."""
    both = sa.and_(CustomerRelation.customer_id.in_(ids), CustomerRelation.other_id.in_(ids))
    order = (CustomerRelation.customer_id, CustomerRelation.kind, CustomerRelation.other_id)
    return session.scalars(sa.select(CustomerRelation).where(both).order_by(*order).limit(MOST * 4)).all()


def guarantees_around(session: Session, ids: Iterable[int], steps: int) -> set[tuple[int, int]]:
    """Pairs of guarantor and guaranteed within so many steps onwards of the customers.

    Of standing relations, and of applications that are under way or whose loan is not settled.
    """
    front, known = set(ids), set(ids)
    found: set[tuple[int, int]] = set()
    while front and steps > 0 and len(known) < MOST:
        found |= _guaranteed_by(session, front)
        ends = {guaranteed for _, guaranteed in found}
        front, known, steps = ends - known, known | ends, steps - 1
    return found


def guarantees_of(session: Session, ids: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of guarantor and guaranteed of live applications and unsettled loans, with one of these on either side."""
    query = _of_applications().where(
        sa.or_(ApplicationGuarantor.customer_id.in_(ids), Application.customer_id.in_(ids))
    )
    return {(row[0], row[1]) for row in session.execute(query.limit(MOST * 4))}


def _of_applications() -> sa.Select[int, int]:
    lent = sa.select(Contract.application_id).join(Loan, Loan.contract_id == Contract.id)
    active = Application.id.in_(lent.where(Loan.status == "active"))
    query = sa.select(ApplicationGuarantor.customer_id, Application.customer_id)
    joined = query.join(Application, Application.id == ApplicationGuarantor.application_id)
    return joined.where(sa.or_(Application.status.in_(_LIVE), active))


def _guaranteed_by(session: Session, ids: Collection[int]) -> set[tuple[int, int]]:
    standing = sa.select(CustomerRelation.customer_id, CustomerRelation.other_id).where(
        CustomerRelation.kind == _GUARANTEES, CustomerRelation.customer_id.in_(ids)
    )
    of_applications = _of_applications().where(ApplicationGuarantor.customer_id.in_(ids))
    return {(row[0], row[1]) for query in (standing, of_applications) for row in session.execute(query.limit(MOST * 4))}


def customers_by_id(session: Session, ids: Iterable[int]) -> dict[int, Customer]:
    """The customers, by id."""
    wanted = set(ids)
    rows = session.scalars(sa.select(Customer).where(Customer.id.in_(wanted))) if wanted else ()
    return {customer.id: customer for customer in rows}


def staff_relations_of(session: Session, people: Iterable[str]) -> list[tuple[str, StaffRelation]]:
    """What people of the house are to customers, each with the sign-in name."""
    query = sa.select(Person.name, StaffRelation).join(Person, Person.id == StaffRelation.person_id)
    return [(row[0], row[1]) for row in session.execute(query.where(Person.name.in_(set(people))))]


def staff_related_to(session: Session, numbers: Iterable[str]) -> list[tuple[Person, StaffRelation]]:
    """The people of the house who are related to customers of these numbers."""
    query = sa.select(Person, StaffRelation).join(Person, Person.id == StaffRelation.person_id)
    found = session.execute(query.where(StaffRelation.customer.in_(set(numbers))).order_by(Person.name).limit(MOST))
    return [(row[0], row[1]) for row in found]
