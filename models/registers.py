"""Registers kept beside the cases: refusals, loans not disbursed; and the outbox of notices."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Json

REGISTERS = ("refusals", "not_disbursed")


class RegisterEntry(Base):
    """An application that was refused (INT-5) or approved and not paid out (REV-7), with the reason."""

    __tablename__ = "register_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    register: Mapped[str] = mapped_column(sa.String(16))
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    stage: Mapped[str | None] = mapped_column(sa.String(64))
    reason_code: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.Text)
    entered_at: Mapped[dt.datetime] = mapped_column(Instant)
    entered_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.CheckConstraint(f"register IN {REGISTERS}", name="register_known"),
        sa.CheckConstraint("register <> 'not_disbursed' OR stage IS NOT NULL", name="not_disbursed_at_a_stage"),
        sa.CheckConstraint("reason <> ''", name="with_reason"),
        sa.Index(None, "register", "entered_at", "id"),
    )


class RegisterExport(Base):
    """Somebody took a register out of the house, as a sheet or on paper: which, how much, narrowed by what (GOV-6)."""

    __tablename__ = "register_export"
    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(sa.String(32))
    form: Mapped[str] = mapped_column(sa.String(8))
    conditions: Mapped[str] = mapped_column(sa.String(1000))
    rows: Mapped[int]
    person: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    exported_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("form IN ('xlsx', 'print')", name="form_known"),
        sa.Index(None, "exported_at", "id"),
    )


class OutgoingNotice(Base):
    """Something to tell a customer or a person of the house, waiting to leave."""

    __tablename__ = "outgoing_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    recipient: Mapped[str] = mapped_column(sa.String(64))
    template: Mapped[str] = mapped_column(sa.String(64))
    facts: Mapped[Any] = mapped_column(Json)
    queued_at: Mapped[dt.datetime] = mapped_column(Instant)
    queued_by: Mapped[str | None] = mapped_column(sa.String(64))
    sent_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "queued_at", "id"),
        sa.Index(
            "ix_outgoing_notice_waiting",
            "queued_at",
            "id",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )

    @property
    def number(self) -> str:
        """What people call the notice."""
        return f"N-{self.id:06d}"
