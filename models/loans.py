"""The loan book: loans, their schedules by version, what was paid out and in, and the vouchers (DIS-2, DIS-3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.contracts import Contract
from models.customers import Customer
from models.database import Base, Instant, Money, Rate
from models.products import Product
from models.search import Found, Searchable

STATUSES = ("paying", "active", "settled", "reversed")
"""`paying`: booked, the money not yet out; `reversed`: it never went out, and the entry was undone."""
METHODS = ("equal_installment", "equal_principal", "interest_only", "single", "flat")
DAY_COUNTS = ("30/360", "ACT/360", "ACT/365", "ACT/364", "ACT/ACT")
PAYMENT_KINDS = ("own", "entrusted")
DUE_DAY_RULES = ("as_is", "next_working_day")
_LIVE = "status <> 'reversed'"


class Loan(Searchable, Base):
    """A draw of a contract (借据). Amounts in CNY; `schedule_version` is the schedule in force.

    A contract is drawn at once or in parts, each a loan of its own. One that never left the house stays as `reversed`,
    and the draw may be paid anew.
    """

    __tablename__ = "loan"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    draw_no: Mapped[int] = mapped_column(default=1, server_default="1")
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    principal: Mapped[Decimal] = mapped_column(Money)
    annual_rate: Mapped[Decimal] = mapped_column(Rate)
    repayment_method: Mapped[str] = mapped_column(sa.String(24))
    day_count: Mapped[str] = mapped_column(sa.String(8))
    every: Mapped[str] = mapped_column(sa.String(16))
    term_months: Mapped[int]
    start: Mapped[dt.date] = mapped_column(sa.Date)
    maturity: Mapped[dt.date] = mapped_column(sa.Date)
    receiving_account: Mapped[str] = mapped_column(sa.String(64))
    payment_kind: Mapped[str] = mapped_column(sa.String(16))
    payee: Mapped[str | None] = mapped_column(sa.String(200))
    due_day_rule: Mapped[str] = mapped_column(sa.String(20), default="as_is", server_default="as_is")
    schedule_version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    settled_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    reversed_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    disbursed_at: Mapped[dt.datetime] = mapped_column(Instant)
    disbursed_by: Mapped[str | None] = mapped_column(sa.String(64))
    contract: Mapped[Contract] = relationship()
    customer: Mapped[Customer] = relationship(lazy="joined")
    product: Mapped[Product] = relationship()
    __table_args__ = (
        sa.CheckConstraint("principal > 0", name="principal_positive"),
        sa.CheckConstraint("annual_rate >= 0", name="rate_not_negative"),
        sa.CheckConstraint("term_months > 0 AND maturity > start", name="maturity_after_start"),
        sa.CheckConstraint(f"repayment_method IN {METHODS}", name="method_known"),
        sa.CheckConstraint(f"day_count IN {DAY_COUNTS}", name="day_count_known"),
        sa.CheckConstraint(f"payment_kind IN {PAYMENT_KINDS}", name="payment_kind_known"),
        sa.CheckConstraint("(payment_kind = 'entrusted') = (payee IS NOT NULL)", name="entrusted_to_a_payee"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status_known"),
        sa.CheckConstraint("(status = 'settled') = (settled_on IS NOT NULL)", name="settled_on_a_day"),
        sa.CheckConstraint("(status = 'reversed') = (reversed_on IS NOT NULL)", name="reversed_on_a_day"),
        sa.CheckConstraint("draw_no > 0", name="draw_counts"),
        sa.CheckConstraint(f"due_day_rule IN {DUE_DAY_RULES}", name="due_day_rule_known"),
        sa.Index(
            "uq_loan_draw",
            "contract_id",
            "draw_no",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
        sa.Index(None, "unit_id", "id"),
        sa.Index(None, "status", "maturity"),
        sa.Index(None, "disbursed_at", "id"),
    )

    def found_by(self, _connection: sa.Connection) -> Found:
        """Its number, in its unit and above."""
        return Found("loan", self.number, self.number, unit_id=self.unit_id)


class Instalment(Base):
    """One row of a schedule: what is due on a day, and what of it is paid. Plans are replaced, never changed."""

    __tablename__ = "instalment"
    loan_id: Mapped[int] = mapped_column(sa.ForeignKey("loan.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[dt.date] = mapped_column(sa.Date)
    principal: Mapped[Decimal] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money)
    total: Mapped[Decimal] = mapped_column(Money)
    balance: Mapped[Decimal] = mapped_column(Money)
    paid_principal: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    paid_interest: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    __table_args__ = (
        sa.UniqueConstraint("loan_id", "version", "due"),
        sa.CheckConstraint("n > 0 AND version > 0", name="counted"),
        sa.CheckConstraint("principal >= 0 AND interest >= 0 AND balance >= 0", name="not_negative"),
        sa.CheckConstraint("total = principal + interest", name="total_adds_up"),
        sa.CheckConstraint("0 <= paid_principal AND paid_principal <= principal", name="principal_paid_once"),
        sa.CheckConstraint("0 <= paid_interest AND paid_interest <= interest", name="interest_paid_once"),
        sa.Index(None, "due"),
    )

    @property
    def open_principal(self) -> Decimal:
        """The principal that is not paid yet, in CNY."""
        return self.principal - self.paid_principal

    @property
    def open_interest(self) -> Decimal:
        """The interest that is not paid yet, in CNY."""
        return self.interest - self.paid_interest

    @property
    def paid(self) -> Decimal:
        """What of `total` is paid, in CNY."""
        return self.paid_principal + self.paid_interest

    @property
    def state(self) -> str:
        """`open`, `partly` or `paid`."""
        if self.paid == self.total:
            return "paid"
        return "partly" if self.paid else "open"


class LoanTransaction(Base):
    """Money that moved on a loan, and which parts of the debt it served. Append only; amounts in CNY, never negative.

    `reference` is the payer's or the bank's, once for each loan; `excess` found nothing owed and is kept for the
    payer; `principal_balance` is the principal still owed afterwards.
    """

    __tablename__ = "loan_transaction"
    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(sa.ForeignKey("loan.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    on: Mapped[dt.date] = mapped_column("value_date", sa.Date)
    amount: Mapped[Decimal] = mapped_column(Money)
    principal: Mapped[Decimal] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money)
    fee: Mapped[Decimal] = mapped_column(Money)
    penalty: Mapped[Decimal] = mapped_column(Money)
    excess: Mapped[Decimal] = mapped_column(Money)
    principal_balance: Mapped[Decimal] = mapped_column(Money)
    reference: Mapped[str] = mapped_column(sa.String(100))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    parts: Mapped[list[TransactionPart]] = relationship(order_by="TransactionPart.n")
    __table_args__ = (
        sa.UniqueConstraint("loan_id", "seq"),
        sa.UniqueConstraint("loan_id", "reference"),
        sa.CheckConstraint("kind IN ('disbursement', 'repayment', 'reversal')", name="kind_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint(
            "principal >= 0 AND interest >= 0 AND fee >= 0 AND penalty >= 0 AND excess >= 0 AND principal_balance >= 0",
            name="not_negative",
        ),
        sa.CheckConstraint("amount = principal + interest + fee + penalty + excess", name="adds_up"),
        sa.CheckConstraint("seq > 0 AND (seq = 1) = (kind = 'disbursement')", name="disbursement_first"),
    )


class TransactionPart(Base):
    """How much of a repayment went to one instalment."""

    __tablename__ = "transaction_part"
    transaction_id: Mapped[int] = mapped_column(sa.ForeignKey("loan_transaction.id"), primary_key=True)
    loan_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    principal: Mapped[Decimal] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money)
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["loan_id", "version", "n"], ["instalment.loan_id", "instalment.version", "instalment.n"]
        ),
        sa.CheckConstraint("principal >= 0 AND interest >= 0 AND principal + interest > 0", name="something"),
        sa.Index(None, "loan_id", "version", "n"),
    )


class Voucher(Base):
    """The document of a payout (借据): one for a disbursement, void when the money never left."""

    __tablename__ = "voucher"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    transaction_id: Mapped[int] = mapped_column(sa.ForeignKey("loan_transaction.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    booked_on: Mapped[dt.date] = mapped_column(sa.Date)
    receiving_account: Mapped[str] = mapped_column(sa.String(64))
    payee: Mapped[str | None] = mapped_column(sa.String(200))
    void_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    made_by: Mapped[str | None] = mapped_column(sa.String(64))
    transaction: Mapped[LoanTransaction] = relationship()
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)
