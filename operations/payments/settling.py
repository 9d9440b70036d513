"""What the bank's final word does to our books: paid, the loan is active; failed, it may be reversed (DIS-3)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from models.payments import PaymentOrder
from models.queries.loans import locked_loan, voucher_of
from operations.ledger import Line, book


def paid(
    session: Session,
    order: PaymentOrder,
    reference: str | None,
    message: str | None,
    *,
    on: dt.date,
    now: dt.datetime,
    actor: str | None,
) -> None:
    """The money is out: the clearing account is cleared, the loan is active."""
    loan = locked_loan(session, order.loan)
    _settled(order, "paid", reference, message, now, actor)
    if loan.status == "paying":
        loan.status = "active"
    book(
        session,
        loan,
        "payment",
        f"payment:{order.number}",
        [Line("clearing", order.amount), Line("settlement", -order.amount)],
        on=on,
        now=now,
        actor=actor,
        voucher_no=voucher_of(session, loan).number,
    )
    session.flush()


def failed(
    session: Session,
    order: PaymentOrder,
    reference: str | None,
    message: str | None,
    *,
    on: dt.date,
    now: dt.datetime,
    actor: str | None,
) -> None:
    """The bank did not pay. The loan waits to be reversed by the diagram (`loan.reverse`); it is not active."""
    del on
    _settled(order, "failed", reference, message, now, actor)
    session.flush()


def _settled(
    order: PaymentOrder, state: str, reference: str | None, message: str | None, now: dt.datetime, actor: str | None
) -> None:
    order.state, order.bank_reference, order.message = state, reference, (message or "")[:1000] or None
    order.settled_at, order.settled_by = now, actor
