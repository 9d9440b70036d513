"""Customers: who they are, how they belong together, who is blocked, and each time one was identified."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from models.database import Base, Instant, Json, Rate
from models.search import Found, Searchable

KINDS = ("person", "company")
TAIL = 4
"""How many of the last signs of an identity or phone number are kept by themselves, for finding it by its end."""
ID_KINDS = ("resident_id", "passport", "credit_code")
RELATION_KINDS = (
    "family",
    "spouse",
    "shareholder",
    "beneficial_owner",
    "legal_representative",
    "guarantor_of",
    "affiliate",
)


class Customer(Searchable, Base):
    """A person or firm that borrows, guarantees or owns collateral, known by its `number` ("C-000123")."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    id_kind: Mapped[str] = mapped_column(sa.String(16))
    id_number: Mapped[str] = mapped_column(sa.String(40))
    id_tail: Mapped[str | None] = mapped_column(sa.String(TAIL), index=True)
    phone: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    phone_tail: Mapped[str | None] = mapped_column(sa.String(TAIL), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(300))
    blocked_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    blocked_reason: Mapped[str | None] = mapped_column(sa.Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.UniqueConstraint("id_kind", "id_number"),
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        sa.CheckConstraint(f"id_kind IN {ID_KINDS}", name="id_kind_known"),
        sa.CheckConstraint("(kind = 'company') = (id_kind = 'credit_code')", name="id_kind_of_kind"),
        sa.CheckConstraint("(blocked_at IS NULL) = (blocked_reason IS NULL)", name="blocked_for_a_reason"),
    )

    @validates("id_number", "phone")
    def _keep_tail(self, name: str, value: str | None) -> str | None:
        tail = value and value[-TAIL:]
        if name == "phone":
            self.phone_tail = tail
        else:
            self.id_tail = tail
        return value

    def found_by(self, _connection: sa.Connection) -> Found:
        """Number and name. Identity and phone numbers are asked for in the row itself, whole or by their ends."""
        return Found("customer", self.number, self.number, self.name)


class CustomerRelation(Base):
    """The customer is the `kind` of the other: its shareholder, its guarantor. `share` is the fraction held."""

    __tablename__ = "customer_relation"
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), primary_key=True, index=True)
    share: Mapped[Decimal | None] = mapped_column(Rate)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {RELATION_KINDS}", name="kind_known"),
        sa.CheckConstraint("customer_id <> other_id", name="not_with_oneself"),
    )


class BlockedParty(Base):
    """A name, with its identity number if known, on a list of the blocked and sanctioned (INT-7)."""

    __tablename__ = "blocked_party"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    id_number: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    list_name: Mapped[str] = mapped_column(sa.String(100))
    reason: Mapped[str] = mapped_column(sa.Text)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    listed_on: Mapped[dt.date] = mapped_column(sa.Date)
    delisted_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    delisted_by: Mapped[str | None] = mapped_column(sa.String(64))
    delisted_reason: Mapped[str | None] = mapped_column(sa.Text)
    __table_args__ = (sa.CheckConstraint("delisted_on >= listed_on", name="delisted_later"),)


class CustomerCheck(Base):
    """The filed result of one identification: what was given and what was found (INT-7). Append only."""

    __tablename__ = "customer_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    instance_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    known: Mapped[bool]
    blocked: Mapped[bool]
    given: Mapped[Any] = mapped_column(Json)
    warnings: Mapped[list[str]] = mapped_column(Json)
    checked_at: Mapped[dt.datetime] = mapped_column(Instant)
    checked_by: Mapped[str | None] = mapped_column(sa.String(64))
