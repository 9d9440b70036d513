"""Caring for customers: prospects and weekly targets (CUS-2), visits (CUS-3, INV-1), complaints (CUS-4)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.customers import Customer
from models.database import Base, Instant
from models.search import Found, Searchable

PROSPECT_STATES = ("new", "talking", "applied", "lost")
SOURCES = ("visit", "referral", "counter", "phone", "market", "other")
CONTACT_WAYS = ("visit", "phone", "message", "counter")
VISIT_KINDS = ("return", "on_site")
VISIT_STATES = ("due", "done", "missed")
COMPLAINT_STATES = ("open", "answered", "closed")
CHANNELS = ("counter", "phone", "letter", "online", "visit", "regulator")
COMPLAINT_KINDS = ("service", "fee", "contract", "collection", "conduct", "privacy", "other")
CONCLUSIONS = ("upheld", "partly", "not_upheld", "not_admissible")


class Prospect(Searchable, Base):
    """Somebody who might become a customer, and the account manager who sees to it (CUS-2)."""

    __tablename__ = "prospect"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    source: Mapped[str] = mapped_column(sa.String(16))
    need: Mapped[str] = mapped_column(sa.String(1000))
    survey: Mapped[str | None] = mapped_column(sa.Text)
    """Notes of the market survey."""
    state: Mapped[str] = mapped_column(sa.String(16), default="new")
    lost_reason: Mapped[str | None] = mapped_column(sa.String(1000))
    next_contact_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    owner: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    application_id: Mapped[int | None] = mapped_column(sa.ForeignKey("application.id"), unique=True)
    found_on: Mapped[dt.date] = mapped_column(sa.Date)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(sa.String(64))
    lock_version: Mapped[int] = mapped_column(default=1)
    contacts: Mapped[list[ProspectContact]] = relationship(order_by="ProspectContact.id.desc()")
    __table_args__ = (
        sa.CheckConstraint(f"source IN {SOURCES}", name="source_known"),
        sa.CheckConstraint(f"state IN {PROSPECT_STATES}", name="state_known"),
        sa.CheckConstraint("(state = 'lost') = (lost_reason IS NOT NULL)", name="lost_for_a_reason"),
        sa.CheckConstraint("(state = 'applied') = (application_id IS NOT NULL)", name="applied_with_an_application"),
        sa.Index(None, "owner", "recorded_at", "id"),
        sa.Index(None, "recorded_at", "id"),
        sa.Index(None, "found_on", "recorded_by"),
        sa.Index(None, "next_contact_on"),
    )

    def found_by(self, _connection: sa.Connection) -> Found:
        """Number and name, by its account manager and the managers of its unit."""
        return Found("prospect", self.number, self.number, self.name, unit_id=self.unit_id, person=self.owner)


class ProspectContact(Base):
    """One talk with a prospect: what was said, and when the next one should be."""

    __tablename__ = "prospect_contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    prospect_id: Mapped[int] = mapped_column(sa.ForeignKey("prospect.id"), index=True)
    way: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.Text)
    next_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    person: Mapped[str] = mapped_column(sa.String(64))
    contacted_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint(f"way IN {CONTACT_WAYS}", name="way_known"),
        sa.CheckConstraint("note <> ''", name="with_note"),
        sa.Index(None, "person", "contacted_at"),
    )


class WeeklyTarget(Base):
    """How many new prospects a person, or each holder of a role, should find in a week, from a Monday on (PLN-2)."""

    __tablename__ = "weekly_target"
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str | None] = mapped_column(sa.String(64))
    role: Mapped[str | None] = mapped_column(sa.String(64))
    since: Mapped[dt.date] = mapped_column(sa.Date)
    prospects: Mapped[int]
    set_by: Mapped[str | None] = mapped_column(sa.String(64))
    set_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("(person IS NULL) <> (role IS NULL)", name="of_a_person_or_a_role"),
        sa.CheckConstraint("prospects >= 0", name="not_negative"),
        sa.UniqueConstraint("person", "since"),
        sa.UniqueConstraint("role", "since"),
    )


class Visit(Base):
    """A visit to a customer: a return visit after a loan was paid out (CUS-3), once for each loan, or one on site.

    A return visit that is due has nothing of what was found yet.
    """

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(8), default="due")
    loan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loan.id"))
    application_id: Mapped[int | None] = mapped_column(sa.ForeignKey("application.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    customer_name: Mapped[str] = mapped_column(sa.String(200))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    instance_id: Mapped[uuid.UUID | None]
    visitor: Mapped[str | None] = mapped_column(sa.String(64))
    visited_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    place: Mapped[str | None] = mapped_column(sa.String(300))
    satisfaction: Mapped[int | None]
    """From 1, very unhappy, to 5, very happy."""
    use_as_agreed: Mapped[str | None] = mapped_column(sa.String(16))
    findings: Mapped[str | None] = mapped_column(sa.Text)
    needs: Mapped[str | None] = mapped_column(sa.Text)
    entered_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    customer: Mapped[Customer | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {VISIT_KINDS}", name="kind_known"),
        sa.CheckConstraint(f"state IN {VISIT_STATES}", name="state_known"),
        sa.CheckConstraint(
            "state <> 'done' OR (visited_on IS NOT NULL AND visitor IS NOT NULL)", name="done_by_somebody"
        ),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_of_five"),
        sa.Index(
            "uq_visit_return",
            "loan_id",
            unique=True,
            sqlite_where=sa.text("kind = 'return' AND loan_id IS NOT NULL"),
            postgresql_where=sa.text("kind = 'return' AND loan_id IS NOT NULL"),
        ),
        sa.Index(None, "entered_at", "id"),
    )


class Complaint(Searchable, Base):
    """A complaint, anonymous or not, and how it ended (CUS-4). `answer_due` is put off once at most."""

    __tablename__ = "complaint"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    channel: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[str] = mapped_column(sa.String(16))
    complainant: Mapped[str | None] = mapped_column(sa.String(200))
    """None when the complaint is anonymous."""
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    about_person: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    content: Mapped[str] = mapped_column(sa.Text)
    serious: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(16), default="open")
    conclusion: Mapped[str | None] = mapped_column(sa.String(16))
    measures: Mapped[str | None] = mapped_column(sa.Text)
    summary: Mapped[str | None] = mapped_column(sa.Text)
    received_at: Mapped[dt.datetime] = mapped_column(Instant)
    received_by: Mapped[str | None] = mapped_column(sa.String(64))
    answer_due: Mapped[dt.datetime] = mapped_column(Instant)
    extended_because: Mapped[str | None] = mapped_column(sa.String(1000))
    answered_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    customer: Mapped[Customer | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint(f"channel IN {CHANNELS}", name="channel_known"),
        sa.CheckConstraint(f"kind IN {COMPLAINT_KINDS}", name="kind_known"),
        sa.CheckConstraint(f"state IN {COMPLAINT_STATES}", name="state_known"),
        sa.CheckConstraint(f"conclusion IN {CONCLUSIONS}", name="conclusion_known"),
        sa.CheckConstraint("content <> ''", name="with_content"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_or_open"),
        sa.CheckConstraint("state = 'open' OR conclusion IS NOT NULL", name="answered_with_a_conclusion"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_a_time"),
        sa.Index(None, "received_at", "id"),
    )

    def found_by(self, _connection: sa.Connection) -> Found:
        """Number and whoever complains, by those who may see the case; never by whom it is about."""
        return Found(
            "complaint",
            self.number,
            self.number,
            self.complainant or "",
            (self.content,),
            instance_id=self.instance_id,
            person=self.about_person,
        )
