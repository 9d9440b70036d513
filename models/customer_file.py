"""What the file of a customer gathers over the years: contacts, statements, ratings, and every change (CUS-1)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Json, Rate

CONTACT_KINDS = ("phone", "address", "email", "employer", "emergency")


class CustomerContact(Base):
    """A way to reach a customer beside the one on the first page of the file; ended, never deleted."""

    __tablename__ = "customer_contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    value: Mapped[str] = mapped_column(sa.String(300))
    note: Mapped[str | None] = mapped_column(sa.String(300))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    ended_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint(f"kind IN {CONTACT_KINDS}", name="kind_known"),)


class FinancialStatement(Base):
    """A customer's figures as of a day, as an investigation took them down. A later one of the same day replaces none.

    `figures` maps names of figures to amounts in CNY or ratios.
    """

    __tablename__ = "financial_statement"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    as_of: Mapped[dt.date] = mapped_column(sa.Date)
    figures: Mapped[Any] = mapped_column(Json)
    instance_id: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (sa.Index(None, "customer_id", "as_of"),)


class CustomerRating(Base):
    """A rating of a customer with what it rests on: `inputs` holds every input of the rule that gave it."""

    __tablename__ = "customer_rating"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    rated_on: Mapped[dt.date] = mapped_column(sa.Date)
    code: Mapped[str] = mapped_column(sa.String(16))
    score: Mapped[Decimal | None] = mapped_column(Rate)
    risk_degree: Mapped[Decimal | None] = mapped_column(Rate)
    inputs: Mapped[Any] = mapped_column(Json)
    valid_until: Mapped[dt.date | None] = mapped_column(sa.Date)
    instance_id: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (sa.Index(None, "customer_id", "rated_on"),)


class CustomerChange(Base):
    """One change of a customer's file: who, when, what it was before and after, and why if that was asked. Append only.

    `what` names what was changed: a field ("phone"), "relation", "contact", "blocked".
    """

    __tablename__ = "customer_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    what: Mapped[str] = mapped_column(sa.String(32))
    before: Mapped[str | None] = mapped_column(sa.Text)
    after: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.String(1000))
    changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    changed_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (sa.Index(None, "customer_id", "id"),)


class HouseFigure(Base):
    """A figure that the house has set for itself instead of the usual one: a limit, a share, its net capital."""

    __tablename__ = "house_figure"
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    changed_by: Mapped[str | None] = mapped_column(sa.String(64))


class HouseFigureChange(Base):
    """One change of a figure of the house: who, when, what held before and what after. Append only."""

    __tablename__ = "house_figure_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)
    changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    changed_by: Mapped[str | None] = mapped_column(sa.String(64))
