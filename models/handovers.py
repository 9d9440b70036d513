"""Handing over a post under supervision 交接监交 (GOV-5): what was open, and what became of each item."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant

KINDS = ("task", "case", "loan", "condition", "meeting", "prospect", "volume")
LISTED, MOVED, RETURNED, LEFT, GONE = "listed", "moved", "returned", "left", "gone"
ITEM_STATES = (LISTED, MOVED, RETURNED, LEFT, GONE)


class Handover(Base):
    """Who leaves a post, who takes it over, who supervises; a snapshot of what was open, from rows."""

    __tablename__ = "handover"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    leaver: Mapped[str] = mapped_column(sa.String(64), index=True)
    receiver: Mapped[str] = mapped_column(sa.String(64), index=True)
    supervisor: Mapped[str] = mapped_column(sa.String(64), index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    listed_at: Mapped[dt.datetime] = mapped_column(Instant)
    listed_by: Mapped[str | None] = mapped_column(sa.String(64))
    moved_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    items: Mapped[list[HandoverItem]] = relationship(order_by="HandoverItem.n")
    __table_args__ = (
        sa.CheckConstraint(
            "leaver <> receiver AND leaver <> supervisor AND receiver <> supervisor", name="three_people"
        ),
    )


class HandoverItem(Base):
    """One thing that was open: a task, a case, a loan in charge, a condition, a meeting, a prospect, a volume lent.

    `state` says what became of a task: the receiver has it (moved), its role has it again, for a rule (`why`) stands
    against the receiver (returned), it stays with the leaver (left), it was done meanwhile (gone).
    """

    __tablename__ = "handover_item"
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("handover.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    reference: Mapped[str] = mapped_column(sa.String(255))
    title: Mapped[str] = mapped_column(sa.String(1000))
    task_id: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(sa.String(16), default=LISTED)
    why: Mapped[str | None] = mapped_column(sa.String(40))
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        sa.CheckConstraint(f"state IN {ITEM_STATES}", name="state_known"),
    )
