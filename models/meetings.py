"""Meetings of the loan committee: who was invited and came, which cases were on the agenda, how each was voted on.

Votes stand here once all have voted (REV-4); what was resolved is a row of `models.resolutions`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Json
from models.people import MAX_NAME

KINDS = ("meeting", "circulation")
PLANNED, SITTING, CLOSED, CANCELLED = "planned", "sitting", "closed", "cancelled"
MEETING_STATES = (PLANNED, SITTING, CLOSED, CANCELLED)
SEATS = ("chair", "member")
OPEN, DECIDED, ADJOURNED = "open", "decided", "adjourned"
ITEM_STATES = (OPEN, DECIDED, ADJOURNED)
BALLOTS = ("for", "against", "more", "absent")


class Meeting(Base):
    """A sitting of the committee, or a round of signatures instead of one (`circulation` 会签)."""

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    held_at: Mapped[dt.datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(sa.String(120))
    secretary: Mapped[str] = mapped_column(sa.String(MAX_NAME))
    state: Mapped[str] = mapped_column(sa.String(16))
    size_advised: Mapped[bool]
    """Whether the number of members is one that is advised (odd, 5 to 13 unless the package says otherwise)."""
    most_cases: Mapped[int | None]
    """How many cases its agenda takes; None: any number."""
    agenda_closes_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    """Until when cases are put on its agenda; None: until it ends."""
    convened_at: Mapped[dt.datetime] = mapped_column(Instant)
    opened_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    members: Mapped[list[MeetingMember]] = relationship(order_by="MeetingMember.n")
    items: Mapped[list[AgendaItem]] = relationship(order_by="AgendaItem.n", back_populates="meeting")

    @property
    def cases(self) -> int:
        """How many cases stand on its agenda, without those that went to another meeting."""
        return sum(item.state != ADJOURNED for item in self.items)

    __table_args__ = (
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        sa.CheckConstraint(f"state IN {MEETING_STATES}", name="state_known"),
        sa.Index(None, "state", "held_at"),
        sa.Index(None, "unit_id", "held_at"),
    )


class MeetingMember(Base):
    """A member who was invited, and who signed for being there."""

    __tablename__ = "meeting_member"
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meeting.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(MAX_NAME), primary_key=True)
    n: Mapped[int]
    seat: Mapped[str] = mapped_column(sa.String(16))
    attended_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint(f"seat IN {SEATS}", name="seat_known"), sa.Index(None, "person", "meeting_id"))


class AgendaItem(Base):
    """A case before the committee. It is open on one agenda at most; without quorum it is adjourned to another."""

    __tablename__ = "agenda_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meeting.id"))
    n: Mapped[int]
    instance_id: Mapped[uuid.UUID]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"))
    reporter: Mapped[str | None] = mapped_column(sa.String(MAX_NAME))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """The main facts as they were sent to the members (INV-8): texts and amounts by the variables' names."""
    quorum_share: Mapped[str] = mapped_column(sa.String(20))
    majority_share: Mapped[str] = mapped_column(sa.String(20))
    counted_over: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(16))
    result: Mapped[str | None] = mapped_column(sa.String(16))
    eligible: Mapped[int | None]
    present: Mapped[int | None]
    quorum: Mapped[int | None]
    needed: Mapped[int | None]
    discussion: Mapped[str] = mapped_column(sa.Text, default="")
    resolution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resolution.id"), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    recusals: Mapped[list[AgendaRecusal]] = relationship(order_by="AgendaRecusal.person")
    ballots: Mapped[list[AgendaBallot]] = relationship(order_by="AgendaBallot.n")
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "n"),
        sa.CheckConstraint(f"state IN {ITEM_STATES}", name="state_known"),
        sa.Index(None, "instance_id", "added_at"),
        sa.Index(
            "uq_agenda_item_open",
            "instance_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )


class AgendaRecusal(Base):
    """A member who stands back from a case, and why; counted neither above nor below the line."""

    __tablename__ = "agenda_recusal"
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("agenda_item.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(MAX_NAME), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(16))
    """`declared` by the person, `related` by the register, `listed` by the secretary."""


class AgendaBallot(Base):
    """How a member voted on a case; `absent` until the vote was closed."""

    __tablename__ = "agenda_ballot"
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("agenda_item.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(MAX_NAME), primary_key=True)
    n: Mapped[int]
    ballot: Mapped[str] = mapped_column(sa.String(8))
    reasons: Mapped[str] = mapped_column(sa.Text)
    conditions: Mapped[str] = mapped_column(sa.Text)
    __table_args__ = (sa.CheckConstraint(f"ballot IN {BALLOTS}", name="ballot_known"),)
