"""The papers of a case: what each desk must hold, and what it found of each."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant

PAPER_STATES = ("open", "complete", "missing", "not_applicable")
WHOSE = ("borrower", "guarantor", "collateral")


class PaperItem(Base):
    """One paper on a desk's checklist of a case, drawn up from a decision table (INT-2, FND-2).

    `checked_by`, `checked_at` and `desk` are the stamp 核对章 (INT-3). `party` is the customer's number where each
    guarantor has one of the kind, else empty. `reason` says why an item does not apply: whoever checked it waived it.
    """

    __tablename__ = "paper_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column()
    desk: Mapped[str] = mapped_column(sa.String(64))
    n: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(64))
    party: Mapped[str] = mapped_column(sa.String(32), default="")
    title: Mapped[str] = mapped_column(sa.String(200))
    whose: Mapped[str] = mapped_column(sa.String(16))
    required: Mapped[bool]
    needs_original: Mapped[bool]
    valid_days: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(16), default="open")
    original_compared: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str | None] = mapped_column(sa.String(60))
    issued_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    reason: Mapped[str | None] = mapped_column(sa.Text)
    note: Mapped[str | None] = mapped_column(sa.Text)
    checked_by: Mapped[str | None] = mapped_column(sa.String(64))
    checked_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "desk", "kind", "party"),
        sa.CheckConstraint(f"state IN {PAPER_STATES}", name="state_known"),
        sa.CheckConstraint(f"whose IN {WHOSE}", name="whose_known"),
        sa.CheckConstraint("valid_days > 0", name="validity_positive"),
        sa.CheckConstraint("(state = 'open') = (checked_by IS NULL)", name="stamped_when_checked"),
        sa.CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="stamp_has_time"),
        sa.CheckConstraint("state <> 'not_applicable' OR reason IS NOT NULL", name="waived_with_reason"),
    )
