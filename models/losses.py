"""Confirmed losses of cases and who bears them, kept for life (GOV-3, GOV-4)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Money, Rate


class Loss(Base):
    """A loss of a case (`instance_id`), confirmed by two persons in a case of its own (`decided_in`)."""

    __tablename__ = "loss"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    decided_in: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    indirect_part: Mapped[Decimal] = mapped_column(Rate)
    grounds: Mapped[str] = mapped_column(sa.Text)
    proposed_by: Mapped[str] = mapped_column(sa.String(64))
    confirmed_by: Mapped[str] = mapped_column(sa.String(64))
    confirmed_at: Mapped[dt.datetime] = mapped_column(Instant)
    shares: Mapped[list[LossShare]] = relationship(order_by="LossShare.n", lazy="selectin")
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_above_zero"),
        sa.CheckConstraint("proposed_by <> confirmed_by", name="confirmed_by_another"),
    )


class LossShare(Base):
    """What one person bears of a loss, directly or indirectly responsible, and for which duties.

    `confirmed_at` is the loss's: the register of shares is read in its order.
    """

    __tablename__ = "loss_share"
    id: Mapped[int] = mapped_column(primary_key=True)
    loss_id: Mapped[int] = mapped_column(sa.ForeignKey("loss.id"))
    n: Mapped[int]
    confirmed_at: Mapped[dt.datetime] = mapped_column(Instant)
    person: Mapped[str] = mapped_column(sa.String(64), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    duties: Mapped[str] = mapped_column(sa.String(255))
    amount: Mapped[Decimal] = mapped_column(Money)
    __table_args__ = (
        sa.UniqueConstraint("loss_id", "person"),
        sa.UniqueConstraint("loss_id", "n"),
        sa.Index(None, "confirmed_at", "id"),
        sa.CheckConstraint("kind IN ('direct', 'indirect')", name="kind_known"),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    )
