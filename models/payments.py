"""Payment orders of disbursements, and the recorded bank that answers them in demonstrations and tests (DIS-2)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Json, Money
from models.loans import PAYMENT_KINDS, Loan

STATES = ("waiting", "sent", "unknown", "paid", "failed")
"""`waiting` for its day; `sent`, without a final answer; `unknown` when asking has not helped; then the bank's word."""

_LIVE = "state <> 'failed'"


class PaymentOrder(Base):
    """Money that is to leave, once: a loan has at most one order that has not failed.

    `key` tells the bank a repetition; `planned_on` is the working day on which it goes to the bank, `pay_by` the last
    day by which the payee should have it. `evidence` is the contract or invoice behind an entrusted payment.
    """

    __tablename__ = "payment_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    loan_id: Mapped[int] = mapped_column(sa.ForeignKey("loan.id"), index=True)
    instance_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(sa.String(16))
    amount: Mapped[Decimal] = mapped_column(Money)
    payee: Mapped[str] = mapped_column(sa.String(200))
    account: Mapped[str] = mapped_column(sa.String(64))
    evidence: Mapped[str | None] = mapped_column(sa.String(200))
    planned_on: Mapped[dt.date] = mapped_column(sa.Date)
    pay_by: Mapped[dt.date] = mapped_column(sa.Date)
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    bank_reference: Mapped[str | None] = mapped_column(sa.String(100))
    message: Mapped[str | None] = mapped_column(sa.String(1000))
    ordered_at: Mapped[dt.datetime] = mapped_column(Instant)
    ordered_by: Mapped[str | None] = mapped_column(sa.String(64))
    settled_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(sa.String(64))
    loan: Mapped[Loan] = relationship()
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.CheckConstraint(f"kind IN {PAYMENT_KINDS}", name="kind_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("pay_by >= planned_on", name="paid_after_it_is_planned"),
        sa.CheckConstraint("(state IN ('paid', 'failed')) = (settled_at IS NOT NULL)", name="settled_at_some_time"),
        sa.Index(
            "uq_payment_order_live",
            "loan_id",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
        sa.Index(None, "state", "pay_by"),
    )


class RecordedPayment(Base):
    """What the recorded bank has on its books under a key; `submitted` counts how often it was handed in."""

    __tablename__ = "recorded_payment"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64))
    payee: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[Decimal] = mapped_column(Money)
    state: Mapped[str] = mapped_column(sa.String(8))
    reference: Mapped[str] = mapped_column(sa.String(100), unique=True)
    message: Mapped[str | None] = mapped_column(sa.String(1000))
    submitted: Mapped[int] = mapped_column(default=1)
    asked: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)


class RecordedAnswer(Base):
    """How the recorded bank answers for an account: one answer after another, the last for ever.

    An answer is `paid`, `accepted`, `failed`, `unknown` or `by_hand`; an account without a row is paid at once.
    """

    __tablename__ = "recorded_answer"
    account: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    answers: Mapped[list[Any]] = mapped_column(Json)
    message: Mapped[str | None] = mapped_column(sa.String(1000))
