"""Signing face to face: the appointment, who signed and how they were known, the house's seals (LEG-2, LEG-3)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant

APPOINTMENT_STATES = ("arranged", "moved", "held", "cancelled")
CAPACITIES = ("borrower", "spouse", "guarantor", "mortgagor", "pledgor", "representative")


class SigningAppointment(Base):
    """Time and place agreed for a signing. Agreed anew it gets the next `sequence`; the one before is `moved`."""

    __tablename__ = "signing_appointment"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"))
    sequence: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(12), default="arranged")
    signing_at: Mapped[dt.datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(sa.String(200))
    receiving_account: Mapped[str] = mapped_column(sa.String(64))
    bring: Mapped[str] = mapped_column(sa.String(1000))
    witness_1: Mapped[str | None] = mapped_column(sa.String(64))
    witness_2: Mapped[str | None] = mapped_column(sa.String(64))
    arranged_at: Mapped[dt.datetime] = mapped_column(Instant)
    arranged_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.UniqueConstraint("application_id", "sequence"),
        sa.CheckConstraint(f"status IN {APPOINTMENT_STATES}", name="status_known"),
        sa.CheckConstraint("witness_1 <> witness_2", name="two_witnesses"),
    )


class ContractSigner(Base):
    """Somebody who signed, or did not: the paper that was seen, and why not."""

    __tablename__ = "contract_signer"
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(200))
    paper_kind: Mapped[str] = mapped_column(sa.String(64))
    paper_no: Mapped[str] = mapped_column(sa.String(64))
    original_seen: Mapped[bool]
    marriage_paper: Mapped[str | None] = mapped_column(sa.String(100))
    signed: Mapped[bool]
    by_video: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(sa.String(1000))
    seen_at: Mapped[dt.datetime] = mapped_column(Instant)
    seen_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.CheckConstraint(f"capacity IN {CAPACITIES}", name="capacity_known"),
        sa.CheckConstraint("signed OR reason IS NOT NULL", name="signed_or_why"),
        sa.CheckConstraint("NOT signed OR original_seen", name="original_seen"),
    )


class SealUse(Base):
    """A line of the seal register 用印登记: which seal, by whom, on how many copies of which contract."""

    __tablename__ = "seal_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    seal: Mapped[str] = mapped_column(sa.String(100))
    used_by: Mapped[str] = mapped_column(sa.String(100))
    used_on: Mapped[dt.date] = mapped_column(sa.Date)
    copies: Mapped[int]
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (sa.CheckConstraint("copies > 0", name="copies_counted"),)
