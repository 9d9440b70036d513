"""Loan products, by version: an application pins the version under which it was made (INT-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Json, Money, Rate

TOPICS = ("customer_kind", "repayment_method", "guarantee_kind")
PROPOSED, APPROVED, REFUSED, WITHDRAWN = "proposed", "approved", "refused", "withdrawn"
PROPOSAL_STATES = (PROPOSED, APPROVED, REFUSED, WITHDRAWN)


class Product(Base):
    """One version of a product. Versions are never changed; a later one holds from its `valid_from` on.

    Amounts in CNY, terms in months, `annual_rate` per year as a fraction; an approval of a loan of this product holds
    for `approval_days` days. `conditions` says in words who may have it (INT-1). From `withdrawn_on` on it is on offer
    no more.
    """

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    title_zh: Mapped[str] = mapped_column(sa.String(100))
    title_en: Mapped[str] = mapped_column(sa.String(100))
    min_amount: Mapped[Decimal] = mapped_column(Money)
    max_amount: Mapped[Decimal] = mapped_column(Money)
    min_term_months: Mapped[int]
    max_term_months: Mapped[int]
    annual_rate: Mapped[Decimal] = mapped_column(Rate)
    day_count: Mapped[str] = mapped_column(sa.String(8))
    approval_days: Mapped[int]
    conditions: Mapped[str | None] = mapped_column(sa.String(2000))
    valid_from: Mapped[dt.date] = mapped_column(sa.Date)
    withdrawn_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    options: Mapped[list[ProductOption]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    __table_args__ = (
        sa.UniqueConstraint("code", "version"),
        sa.UniqueConstraint("code", "valid_from"),
        sa.CheckConstraint("version > 0", name="version_counts"),
        sa.CheckConstraint("0 < min_amount AND min_amount <= max_amount", name="amounts_in_order"),
        sa.CheckConstraint("0 < min_term_months AND min_term_months <= max_term_months", name="terms_in_order"),
        sa.CheckConstraint("annual_rate >= 0", name="rate_not_negative"),
        sa.CheckConstraint("approval_days > 0", name="approval_days_positive"),
        sa.CheckConstraint("withdrawn_on >= valid_from", name="withdrawn_later"),
    )

    def offered(self, topic: str) -> frozenset[str]:
        """What the product offers under one of `TOPICS`."""
        return frozenset(option.value for option in self.options if option.topic == topic)


class ProductOption(Base):
    """Something a version of a product allows: a kind of customer, a repayment method, a kind of guarantee."""

    __tablename__ = "product_option"
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    __table_args__ = (sa.CheckConstraint(f"topic IN {TOPICS}", name="topic_known"),)


class ProductProposal(Base):
    """A version of a product that somebody proposes: it becomes one when a second person approves (INT-1).

    `terms` are the columns of the version and `options`, what it offers under each topic; amounts and the rate as text.
    `based_on` is the version that the proposer saw, 0 for a new product; one proposal of a product waits at a time.
    """

    __tablename__ = "product_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    based_on: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(12), default=PROPOSED)
    proposed_by: Mapped[str] = mapped_column(sa.String(64))
    proposed_at: Mapped[dt.datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    remarks: Mapped[str | None] = mapped_column(sa.String(1000))
    __table_args__ = (
        sa.CheckConstraint(f"state IN {PROPOSAL_STATES}", name="state_known"),
        sa.CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name="two_people"),
        sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_once"),
        sa.Index(
            "ix_product_proposal_waiting",
            "code",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        sa.Index(None, "state", "id"),
    )
