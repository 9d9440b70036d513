"""Reading what was drawn, ordered, paid and posted. Changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models.contracts import Contract, DrawPeriod
from models.ledger import JournalEntry, Posting
from models.loans import Loan, LoanTransaction, Voucher
from models.payments import PaymentOrder


def draws(session: Session, contract: Contract) -> Sequence[Loan]:
    """The draws of a contract that were not reversed, in their order."""
    query = sa.select(Loan).where(Loan.contract_id == contract.id, Loan.status != "reversed")
    return session.scalars(query.order_by(Loan.draw_no)).all()


def left_to_draw(session: Session, contract: Contract) -> Decimal:
    """What of the contract's amount was not drawn yet, in CNY."""
    drawn = sa.select(sa.func.sum(Loan.principal)).where(Loan.contract_id == contract.id, Loan.status != "reversed")
    return contract.amount - (session.scalar(drawn) or Decimal(0))


def draw_until(session: Session, contract: Contract) -> dt.date | None:
    """The last day for drawing; None for a contract that is drawn at once."""
    return session.scalar(sa.select(DrawPeriod.until).where(DrawPeriod.contract_id == contract.id))


def live_order(session: Session, loan: Loan) -> PaymentOrder | None:
    """The payment order of a loan that has not failed."""
    return session.scalar(
        sa.select(PaymentOrder).where(PaymentOrder.loan_id == loan.id, PaymentOrder.state != "failed")
    )


def find_order(session: Session, number: str) -> PaymentOrder | None:
    """The payment order with this number, locked until the end of the transaction."""
    query = sa.select(PaymentOrder).where(PaymentOrder.number == number).with_for_update(of=PaymentOrder)
    return session.scalar(query.execution_options(populate_existing=True))


def orders_of(session: Session, loans: Iterable[Loan]) -> Sequence[PaymentOrder]:
    """All orders of these loans, oldest first."""
    ids = [loan.id for loan in loans]
    return session.scalars(sa.select(PaymentOrder).where(PaymentOrder.loan_id.in_(ids)).order_by(PaymentOrder.id)).all()


def vouchers_of(session: Session, loans: Iterable[Loan]) -> Sequence[Voucher]:
    """The vouchers of these loans, void ones included, oldest first."""
    ids = [loan.id for loan in loans]
    query = sa.select(Voucher).join(Voucher.transaction).where(LoanTransaction.loan_id.in_(ids))
    return session.scalars(query.order_by(Voucher.id)).all()


def entries_of(session: Session, loan: Loan, limit: int = 200) -> Sequence[JournalEntry]:
    """What the ledger has of a loan, oldest first."""
    query = sa.select(JournalEntry).where(JournalEntry.loan_id == loan.id).options(selectinload(JournalEntry.postings))
    return session.scalars(query.order_by(JournalEntry.id).limit(limit)).all()


def balance(session: Session, loan: Loan, role: str) -> Decimal:
    """Debits less credits of a loan on the account of a role, in CNY."""
    query = (
        sa.select(sa.func.sum(Posting.debit), sa.func.sum(Posting.credit))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.loan_id == loan.id, Posting.role == role)
    )
    debit, credit = session.execute(query).one()
    return (debit or Decimal(0)) - (credit or Decimal(0))


def all_draws(session: Session, contract_id: int) -> Sequence[Loan]:
    """Every draw of a contract, reversed ones included, in the order in which they were booked."""
    return session.scalars(sa.select(Loan).where(Loan.contract_id == contract_id).order_by(Loan.id)).all()
