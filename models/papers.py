"""The papers of a case: what each desk must hold and found of it, the documents taken in, who holds the paper file."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant

PAPER_STATES = ("open", "complete", "missing", "not_applicable")
WHOSE = ("borrower", "guarantor", "collateral")
OTHER = "other"
"""The kind of a document that belongs to no item of a checklist."""
CONTRACTS = {kind: f"{kind}_contract" for kind in ("loan", "guarantee", "mortgage", "pledge")}
"""As which kind of document a contract is kept; its party is the contract's number."""
PRINTED = ("interview", *CONTRACTS.values(), "minutes", "notice", "voucher", "schedule", "payment")
"""The kinds of documents that the program prints itself and keeps with the case."""
PLACE_FROM = ("exif", "device")


class PaperItem(Base):
    """One paper on a desk's checklist of a case, drawn up from a decision table (INT-2, FND-2).

    `checked_by`, `checked_at` and `desk` are the stamp 核对章 (INT-3). `party` is the customer's number where each
    guarantor has one of the kind, else empty. `reason` says why an item does not apply: whoever checked it waived it.
    `needs_scan` refuses the stamp until a document of the kind was taken in.
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
    needs_scan: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
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


class Document(Base):
    """What a file of a case is: of which kind of paper, whose, in which version, until when it holds, where taken.

    Kind and party are those of the items of checklists that it serves, of all desks alike. Files that came together are
    one version, the sides and pages of one paper. Latitude and longitude are in millionths of a degree, read from the
    photograph itself or told by the device that sent it (`place_from`); neither is proof. Who took it in stands at the
    file.
    """

    __tablename__ = "document"
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"))
    kind: Mapped[str] = mapped_column(sa.String(64))
    party: Mapped[str] = mapped_column(sa.String(32), default="")
    version: Mapped[int]
    issued_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    taken_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    latitude: Mapped[int | None]
    longitude: Mapped[int | None]
    place_from: Mapped[str | None] = mapped_column(sa.String(8))
    __table_args__ = (
        sa.Index(None, "instance_id", "kind", "party", "version"),
        sa.CheckConstraint("version > 0", name="version_positive"),
        sa.CheckConstraint("latitude BETWEEN -90000000 AND 90000000", name="latitude_on_earth"),
        sa.CheckConstraint("longitude BETWEEN -180000000 AND 180000000", name="longitude_on_earth"),
        sa.CheckConstraint(f"place_from IN {PLACE_FROM}", name="place_from_known"),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (place_from IS NULL)",
            name="place_whole",
        ),
        sa.CheckConstraint("expires_on >= issued_on", name="expires_after_issue"),
    )


class PaperFileMove(Base):
    """Somebody confirmed that the paper file of a case is now in their hands (FND-3); the latest holds it.

    `element` is the step at which it came, where it came at one. Rows are never changed.
    """

    __tablename__ = "paper_file_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column()
    holder: Mapped[str] = mapped_column(sa.String(64))
    element: Mapped[str | None] = mapped_column(sa.String(255))
    note: Mapped[str | None] = mapped_column(sa.String(300))
    received_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "instance_id", "id"),)
