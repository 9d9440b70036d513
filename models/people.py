"""Units, people, their roles, limits, relations, tokens and failed sign-ins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Money

MAX_NAME = 64
"""Characters of a sign-in name."""


class Unit(Base):
    """A node of the tree of units; `path` ("/1/4/") names it and all above it, so that a prefix finds a subtree."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(255), unique=True)


class Person(Base):
    """Somebody who signs in. `name` is the sign-in name and the name the engine knows people by."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME), unique=True)
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(sa.String(5), default="zh")
    credential_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    unit: Mapped[Unit] = relationship(lazy="joined")
    roles: Mapped[list[PersonRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PersonRole(Base):
    """A role that a person holds, in the person's unit and in all units below it."""

    __tablename__ = "person_role"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    __table_args__ = (sa.Index(None, "role", "person_id"),)


class AuthorityLimit(Base):
    """Up to which amount a person may use a power, from a day and until another if they are given, both included."""

    __tablename__ = "authority_limit"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    power: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    since: Mapped[dt.date | None] = mapped_column(sa.Date)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
    __table_args__ = (sa.CheckConstraint("amount >= 0", name="amount_not_negative"),)


STAFF_RELATIONS = ("self", "spouse", "family", "friend", "invested", "leads", "other")
"""What somebody of the house is to a customer: the customer itself, a near relative, its investor, its manager."""


class StaffRelation(Base):
    """A person of the house is related to a customer (by the customer's number), so that recusal can be found (GOV-1).

    Recorded by the person, who declares it, or by those who watch over it.
    """

    __tablename__ = "staff_relation"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    customer: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(sa.String(16), default="other", server_default="other")
    note: Mapped[str | None] = mapped_column(sa.String(500))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    __table_args__ = (sa.CheckConstraint(f"kind IN {STAFF_RELATIONS}", name="kind_known"),)


class PersonRegion(Base):
    """A place that a person looks after, as it stands in addresses: "柳林镇"."""

    __tablename__ = "person_region"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    __table_args__ = (sa.CheckConstraint("region <> ''", name="region_named"),)


class ApiToken(Base):
    """A bearer token; only its hash is kept."""

    __tablename__ = "api_token"
    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_version: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    expires_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)


class FailedSignIn(Base):
    """One failure, counted against a name or an address. Only a digest of either is kept: people type passwords into
    the wrong field."""

    __tablename__ = "failed_sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    counted: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    __table_args__ = (sa.Index(None, "counted", "at"),)


class IdempotentAnswer(Base):
    """What a write with an Idempotency-Key answered, stored in the same transaction as what it did."""

    __tablename__ = "idempotent_answer"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
