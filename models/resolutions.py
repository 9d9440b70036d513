"""Decisions on applications: the resolution, its votes, and its conditions until each is met (REV-4, REV-8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Money, Rate

RESULTS = ("approved", "refused", "more_work", "no_quorum")
DECIDERS = ("manager", "general_manager", "committee")
VOTES = ("for", "against", "more")
OPEN, IN_WORK, FULFILLED, WAIVED = "open", "in_work", "fulfilled", "waived"
CONDITION_STATES = (OPEN, IN_WORK, FULFILLED, WAIVED)


class Resolution(Base):
    """What was decided on an application, and by which body. An application decided again gets another round.

    An approval ends after `valid_until`, and may be extended once: `extended_from` keeps its first last day.
    """

    __tablename__ = "resolution"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"))
    round: Mapped[int]
    result: Mapped[str] = mapped_column(sa.String(16))
    decided_by: Mapped[str] = mapped_column(sa.String(24))
    amount: Mapped[Decimal | None] = mapped_column(Money)
    term_months: Mapped[int | None]
    annual_rate: Mapped[Decimal | None] = mapped_column(Rate)
    valid_until: Mapped[dt.date | None] = mapped_column(sa.Date)
    extended_from: Mapped[dt.date | None] = mapped_column(sa.Date)
    extended_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    extended_by: Mapped[str | None] = mapped_column(sa.String(64))
    extension_reason: Mapped[str | None] = mapped_column(sa.String(1000))
    minutes: Mapped[str] = mapped_column(sa.Text)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    votes: Mapped[list[CommitteeVote]] = relationship(order_by="CommitteeVote.member")
    conditions: Mapped[list[ResolutionCondition]] = relationship(order_by="ResolutionCondition.n")
    __table_args__ = (
        sa.UniqueConstraint("application_id", "round"),
        sa.CheckConstraint(f"result IN {RESULTS}", name="result_known"),
        sa.CheckConstraint(f"decided_by IN {DECIDERS}", name="decided_by_known"),
        sa.CheckConstraint("round > 0", name="round_counts"),
        sa.CheckConstraint(
            "result <> 'approved' OR (amount IS NOT NULL AND term_months IS NOT NULL AND annual_rate IS NOT NULL"
            " AND valid_until IS NOT NULL)",
            name="approved_with_terms",
        ),
        sa.CheckConstraint("amount > 0 AND term_months > 0 AND annual_rate >= 0", name="terms_possible"),
    )


def unconfirmed(condition: ResolutionCondition) -> bool:
    """Whether no second person has confirmed a condition that was not waived."""
    return condition.state != WAIVED and condition.confirmed_at is None


class CommitteeVote(Base):
    """A member's vote, by name and with reasons; one of each member (REV-4)."""

    __tablename__ = "committee_vote"
    resolution_id: Mapped[int] = mapped_column(sa.ForeignKey("resolution.id"), primary_key=True)
    member: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    vote: Mapped[str] = mapped_column(sa.String(8))
    reasons: Mapped[str] = mapped_column(sa.Text)
    conditions: Mapped[str] = mapped_column(sa.Text)
    __table_args__ = (sa.CheckConstraint(f"vote IN {VOTES}", name="vote_known"), sa.Index(None, "member"))


class ResolutionCondition(Base):
    """A condition of an approval, followed until it is met or waived (REV-8).

    Whoever fulfilled it does not confirm it; waiving takes the power of whoever decided.
    """

    __tablename__ = "resolution_condition"
    resolution_id: Mapped[int] = mapped_column(sa.ForeignKey("resolution.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(1000))
    state: Mapped[str] = mapped_column(sa.String(16), default=OPEN, server_default=OPEN)
    responsible: Mapped[str | None] = mapped_column(sa.String(64))
    due_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    note: Mapped[str | None] = mapped_column(sa.String(1000))
    evidence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"))
    fulfilled_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    fulfilled_by: Mapped[str | None] = mapped_column(sa.String(64))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(64))
    waived_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    waived_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.UniqueConstraint("resolution_id", "text"),
        sa.CheckConstraint("fulfilled_by IS NULL OR fulfilled_at IS NOT NULL", name="fulfilled_at_some_time"),
        sa.CheckConstraint(f"state IN {CONDITION_STATES}", name="state_known"),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> fulfilled_by", name="confirmed_by_another"),
        sa.CheckConstraint("state <> 'waived' OR waived_by IS NOT NULL", name="waived_by_somebody"),
    )
