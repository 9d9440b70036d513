"""How people are reached: addresses, what they want to be told by which way, deliveries, and other programs told."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Json

CHANNELS = ("email", "sms", "webhook")
"""Ways out of the house; in the program everybody is told in any case."""
TOPICS = ("late", "back", "mention", "cosign", "told")
WAITING, SENT, FAILED = "waiting", "sent", "failed"
STATES = (WAITING, SENT, FAILED)


class PersonContact(Base):
    """Where a person of the house is reached outside the program, and when not: between `quiet_from` and `quiet_to`
    of the institution's day nothing goes out but mail."""

    __tablename__ = "person_contact"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    quiet_from: Mapped[dt.time | None] = mapped_column(sa.Time)
    quiet_to: Mapped[dt.time | None] = mapped_column(sa.Time)
    __table_args__ = (sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_from_and_to"),)


class NoticeChoice(Base):
    """Whether a person wants to be told of a topic by a channel, where it is not as the house has it."""

    __tablename__ = "notice_choice"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    wanted: Mapped[bool]
    __table_args__ = (
        sa.CheckConstraint(f"topic IN {TOPICS}", name="topic_known"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="channel_known"),
    )


class Delivery(Base):
    """One text to one address by one channel. `address` is empty when there is none: then it has failed.

    `receiver` is a person's sign-in name, a customer's number, or a webhook's title. `calendar` is the file of an
    appointment (RFC 5545) that goes with a mail.
    """

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    outgoing_notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_notice.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notice.id"), index=True)
    channel: Mapped[str] = mapped_column(sa.String(16))
    receiver: Mapped[str] = mapped_column(sa.String(100))
    address: Mapped[str] = mapped_column(sa.String(500))
    language: Mapped[str] = mapped_column(sa.String(5))
    subject: Mapped[str] = mapped_column(sa.String(500))
    text: Mapped[str] = mapped_column(sa.Text)
    calendar: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16), default=WAITING)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    due_at: Mapped[dt.datetime] = mapped_column(Instant)
    sent_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(sa.Text)
    __table_args__ = (
        sa.CheckConstraint(f"channel IN {CHANNELS}", name="channel_known"),
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_a_time"),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed_for_a_reason"),
        sa.Index(None, "created_at", "id"),
        sa.Index(None, "state", "created_at"),
    )


class Webhook(Base):
    """Another program that is told: what concerns cases of the unit and those below, as JSON signed with `secret`."""

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(100), unique=True)
    url: Mapped[str] = mapped_column(sa.String(500))
    secret: Mapped[str] = mapped_column(sa.String(100))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    templates: Mapped[list[Any]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(Instant)


class StandInMessage(Base):
    """What the stand-ins of the demonstration received in place of a mail server and a phone."""

    __tablename__ = "stand_in_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(16))
    address: Mapped[str] = mapped_column(sa.String(500))
    subject: Mapped[str] = mapped_column(sa.String(500))
    text: Mapped[str] = mapped_column(sa.Text)
    calendar: Mapped[str | None] = mapped_column(sa.Text)
    received_at: Mapped[dt.datetime] = mapped_column(Instant)
