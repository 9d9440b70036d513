"""Loan products, by version: an application pins the version under which it was made (INT-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Money, Rate

TOPICS = ("customer_kind", "repayment_method", "guarantee_kind")


class Product(Base):
    """One version of a product. Versions are never changed; a later one holds from its `valid_from` on.

    Amounts in CNY, terms in months, `annual_rate` per year as a fraction; an approval of a loan of this product holds
    for `approval_days` days.
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
