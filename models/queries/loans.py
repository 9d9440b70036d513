"""Reading the loan book: loans of some units, a loan's schedule in force, what was paid. Changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application
from models.cases import Continuation
from models.contracts import Contract
from models.customers import Customer
from models.loans import Instalment, Loan, LoanTransaction, Voucher
from models.queries.paging import DEFAULT_LIMIT, Page, fetch_page, number_key, order_by
from models.queries.visibility import units_below

_LOAN_ID = number_key(Loan.id)
_NEWEST_FIRST = order_by("-id", {"id": _LOAN_ID}, _LOAN_ID)
_SEQ = number_key(LoanTransaction.seq)
_AS_RECORDED = order_by("seq", {"seq": _SEQ}, number_key(LoanTransaction.id))


def list_loans(
    session: Session,
    unit_path: str | None,
    *,
    status: str | None = None,
    customer: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """The loans of a unit and all below it (None: of all units), newest first. Raises `paging.BadCursor`.

    `customer` is a customer's number.
    """
    query = _in_units(unit_path)
    if status is not None:
        query = query.where(Loan.status == status)
    if customer is not None:
        query = query.where(Loan.customer.has(Customer.number == customer))
    return fetch_page(session, query, _NEWEST_FIRST, cursor, limit)


def find_loan(session: Session, number: str, unit_path: str | None) -> Loan | None:
    """The loan with this number, if it belongs to the unit or one below it (None: to any)."""
    return session.scalar(_in_units(unit_path).where(Loan.number == number))


def _in_units(unit_path: str | None) -> sa.Select[Any]:
    query = sa.select(Loan)
    return query if unit_path is None else query.where(Loan.unit_id.in_(units_below(unit_path)))


def schedule(session: Session, loan: Loan) -> Sequence[Instalment]:
    """The instalments of the schedule in force, in order."""
    return session.scalars(
        sa.select(Instalment)
        .where(Instalment.loan_id == loan.id, Instalment.version == loan.schedule_version)
        .order_by(Instalment.n)
    ).all()


def transactions(session: Session, loan: Loan, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """What was paid out and in, in the order in which it was recorded. Raises `paging.BadCursor`."""
    query = sa.select(LoanTransaction).where(LoanTransaction.loan_id == loan.id)
    return fetch_page(session, query, _AS_RECORDED, cursor, limit)


def loans_of_case(session: Session, instance_id: uuid.UUID, unit_path: str | None) -> Sequence[Loan]:
    """What was paid out in the matter of a case, the oldest first, if the unit has it or one below it (None: any).

    A case that continues another (a later draw) has all draws of the contract, and so has the first.
    """
    continued = sa.select(Continuation.of_instance).where(Continuation.instance_id == instance_id).scalar_subquery()
    matter = Application.instance_id.in_([instance_id, continued])
    of_case = Loan.contract.has(Contract.application.has(matter))
    return session.scalars(_in_units(unit_path).where(of_case).order_by(Loan.id)).all()


def voucher_of(session: Session, loan: Loan) -> Voucher:
    """The voucher of a loan's payout."""
    return session.scalars(sa.select(Voucher).join(Voucher.transaction).where(LoanTransaction.loan_id == loan.id)).one()


def locked_loan(session: Session, loan: Loan) -> Loan:
    """The loan as it is now, locked until the end of the transaction."""
    query = sa.select(Loan).where(Loan.id == loan.id).with_for_update(of=Loan, key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def transaction_by_reference(session: Session, loan: Loan, reference: str) -> LoanTransaction | None:
    """What was booked on a loan under a reference."""
    return session.scalar(
        sa.select(LoanTransaction).where(LoanTransaction.loan_id == loan.id, LoanTransaction.reference == reference)
    )


def last_seq(session: Session, loan: Loan) -> int:
    """The number of the loan's last transaction."""
    return session.scalar(sa.select(sa.func.max(LoanTransaction.seq)).where(LoanTransaction.loan_id == loan.id)) or 0
