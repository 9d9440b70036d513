"""Applications for a loan, their guarantors and collateral, and the opinions given on them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.customers import Customer
from models.database import Base, Instant, Json, Money, Rate
from models.products import Product

STATUSES = ("registered", "approved", "refused", "contracted", "not_disbursed", "disbursed")
STAGES = (
    "investigation_a",
    "investigation_b",
    "dept_review",
    "compliance",
    "legal",
    "manager",
    "general_manager",
)
OPINIONS = ("for", "against", "more")
REALISABLE = ("easy", "possible", "hard")


class Application(Base):
    """An application. Its number is the business key of its case, so it is one of a kind in its unit."""

    __tablename__ = "application"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    number: Mapped[str] = mapped_column(sa.String(255))
    instance_id: Mapped[uuid.UUID] = mapped_column(index=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    term_months: Mapped[int]
    purpose: Mapped[str] = mapped_column(sa.String(1000))
    repayment_method: Mapped[str] = mapped_column(sa.String(24))
    guarantee_kind: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[str] = mapped_column(sa.String(16), default="registered")
    registered_at: Mapped[dt.datetime] = mapped_column(Instant)
    registered_by: Mapped[str | None] = mapped_column(sa.String(64))
    customer: Mapped[Customer] = relationship(lazy="joined")
    product: Mapped[Product] = relationship(lazy="joined")
    guarantors: Mapped[list[Customer]] = relationship(secondary="application_guarantor", viewonly=True)
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "number"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("term_months > 0", name="term_positive"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status_known"),
        sa.Index(None, "status", "registered_at"),
        sa.Index(None, "registered_at", "id"),
    )


class ApplicationGuarantor(Base):
    """A customer who guarantees the loan applied for."""

    __tablename__ = "application_guarantor"
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), primary_key=True, index=True)


class Collateral(Base):
    """A thing that secures loans, with the house's own value and the appraiser's, in CNY (INV-4).

    `owner_id` names the owner's file if the owner has one. `encumbrance` is what the thing secures for others already;
    `lendable` the most that may be lent on it by the limit of its kind, which was `limit_percent` then.
    """

    __tablename__ = "collateral"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    description: Mapped[str] = mapped_column(sa.String(1000))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    owner_name: Mapped[str] = mapped_column(sa.String(200), server_default=sa.text("''"))
    certificate_no: Mapped[str | None] = mapped_column(sa.String(120))
    clear: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    encumbrance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    realisable: Mapped[str] = mapped_column(sa.String(16), default="possible", server_default="possible")
    limit_percent: Mapped[Decimal | None] = mapped_column(Rate)
    lendable: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), server_default="0")
    note: Mapped[str | None] = mapped_column(sa.String(1000))
    own_value: Mapped[Decimal] = mapped_column(Money)
    appraised_value: Mapped[Decimal | None] = mapped_column(Money)
    appraiser: Mapped[str | None] = mapped_column(sa.String(200))
    appraised_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.CheckConstraint("own_value >= 0 AND (appraised_value IS NULL OR appraised_value >= 0)", name="not_negative"),
        sa.CheckConstraint(f"realisable IN {REALISABLE}", name="realisable_known"),
        sa.CheckConstraint(
            "(appraised_value IS NULL) = (appraiser IS NULL) AND (appraised_value IS NULL) = (appraised_on IS NULL)",
            name="appraised_by_somebody",
        ),
    )


class ApplicationCollateral(Base):
    """A thing offered as security for an application."""

    __tablename__ = "application_collateral"
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    collateral_id: Mapped[int] = mapped_column(sa.ForeignKey("collateral.id"), primary_key=True, index=True)


class Opinion(Base):
    """What one person holds of an application at one stage; a returned case gives a stage another round (INV-7)."""

    __tablename__ = "opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"))
    stage: Mapped[str] = mapped_column(sa.String(24))
    round: Mapped[int]
    opinion: Mapped[str] = mapped_column(sa.String(8))
    reasons: Mapped[str] = mapped_column(sa.Text)
    facts: Mapped[Any] = mapped_column(Json)
    person: Mapped[str] = mapped_column(sa.String(64))
    given_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("application_id", "stage", "round"),
        sa.CheckConstraint(f"stage IN {STAGES}", name="stage_known"),
        sa.CheckConstraint(f"opinion IN {OPINIONS}", name="opinion_known"),
        sa.CheckConstraint("round > 0", name="round_counts"),
        sa.CheckConstraint("reasons <> ''", name="with_reasons"),
    )
