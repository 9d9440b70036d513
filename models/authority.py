"""Powers lent for a time, and who changed which power when. The limits themselves are in `models.people`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Money
from models.people import MAX_NAME

CHANGES = ("limit_set", "delegated", "withdrawn")
DECISIONS = ("confirmed", "refused", "withdrawn")


class AuthorityDelegation(Base):
    """`giver` lends `receiver` a power up to an amount, from one day to another, both included (REV-6).

    What the giver was lent cannot be lent on: the giver's own limit is what a delegation rests on while it is used.
    """

    __tablename__ = "authority_delegation"
    id: Mapped[int] = mapped_column(primary_key=True)
    giver: Mapped[str] = mapped_column(sa.String(MAX_NAME), sa.ForeignKey("person.name"), index=True)
    receiver: Mapped[str] = mapped_column(sa.String(MAX_NAME), sa.ForeignKey("person.name"))
    power: Mapped[str] = mapped_column(sa.String(64))
    amount: Mapped[Decimal] = mapped_column(Money)
    since: Mapped[dt.date] = mapped_column(sa.Date)
    until: Mapped[dt.date] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.String(500))
    granted_by: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    granted_at: Mapped[dt.datetime] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_of_something"),
        sa.CheckConstraint("giver <> receiver", name="to_somebody_else"),
        sa.CheckConstraint("since <= until", name="dates_in_order"),
        sa.CheckConstraint("reason <> ''", name="with_reason"),
        sa.Index(None, "receiver", "power", "until"),
    )


class LimitProposal(Base):
    """A limit that an administrator proposes for themselves; it counts once a second person confirmed it (GOV-2)."""

    __tablename__ = "limit_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(MAX_NAME), sa.ForeignKey("person.name"))
    power: Mapped[str] = mapped_column(sa.String(64))
    amount: Mapped[Decimal] = mapped_column(Money)
    since: Mapped[dt.date | None] = mapped_column(sa.Date)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.String(500))
    proposed_at: Mapped[dt.datetime] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(sa.String(16))
    decided_by: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    decided_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint("reason <> ''", name="with_reason"),
        sa.CheckConstraint(f"decision IN {DECISIONS}", name="decision_known"),
        sa.CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        sa.CheckConstraint("decision IS NULL OR decision = 'withdrawn' OR decided_by <> person", name="by_a_second"),
        sa.Index(
            "uq_limit_proposal_open",
            "person",
            "power",
            unique=True,
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
    )


class AuthorityChange(Base):
    """A change of a limit or a delegation, kept for good. `person` is whose power it is, `other` to whom it is lent."""

    __tablename__ = "authority_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    kind: Mapped[str] = mapped_column(sa.String(16))
    person: Mapped[str] = mapped_column(sa.String(MAX_NAME), index=True)
    other: Mapped[str | None] = mapped_column(sa.String(MAX_NAME), index=True)
    power: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[Decimal | None] = mapped_column(Money)
    amount: Mapped[Decimal] = mapped_column(Money)
    since: Mapped[dt.date | None] = mapped_column(sa.Date)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.String(500))
    __table_args__ = (sa.CheckConstraint(f"kind IN {CHANGES}", name="kind_known"),)
