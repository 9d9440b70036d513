"""The ledger: double entries of what happened to loans, each once for its business event (DIS-3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Money
from models.loans import Loan

ROLES = ("loans", "clearing", "settlement", "interest_income", "fee_income", "penalty_income", "customer_deposits")


class LedgerAccount(Base):
    """Which account of the house's chart plays a part in lending. Codes and titles are the house's."""

    __tablename__ = "ledger_account"
    role: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(24), unique=True)
    title_zh: Mapped[str] = mapped_column(sa.String(100))
    title_en: Mapped[str] = mapped_column(sa.String(100))
    __table_args__ = (sa.CheckConstraint(f"role IN {ROLES}", name="role_known"),)


class JournalEntry(Base):
    """One business event in the ledger. `event` names it, so that it is booked once. Append only."""

    __tablename__ = "journal_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    event: Mapped[str] = mapped_column(sa.String(160), unique=True)
    loan_id: Mapped[int] = mapped_column(sa.ForeignKey("loan.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    booked_on: Mapped[dt.date] = mapped_column(sa.Date)
    voucher_no: Mapped[str | None] = mapped_column(sa.String(100))
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("journal_entry.id"), unique=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    loan: Mapped[Loan] = relationship()
    postings: Mapped[list[Posting]] = relationship(order_by="Posting.n")
    __table_args__ = (sa.Index(None, "booked_on", "id"),)


class Posting(Base):
    """One line of an entry: an amount in CNY on the debit or the credit side of an account."""

    __tablename__ = "posting"
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("journal_entry.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(sa.ForeignKey("ledger_account.role"))
    debit: Mapped[Decimal] = mapped_column(Money)
    credit: Mapped[Decimal] = mapped_column(Money)
    account: Mapped[LedgerAccount] = relationship(lazy="joined")
    __table_args__ = (
        sa.CheckConstraint("debit >= 0 AND credit >= 0", name="not_negative"),
        sa.CheckConstraint("(debit = 0) <> (credit = 0)", name="one_side"),
        sa.Index(None, "role", "entry_id"),
    )
