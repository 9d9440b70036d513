"""Waivers: which condition before a payout need not be met, decided by whoever decided the loan (DIS-1)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant


class PreconditionWaiver(Base):
    """One condition of one draw that need not be met, with the reason of the decider."""

    __tablename__ = "precondition_waiver"
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    draw_no: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(1000))
    waived_by: Mapped[str] = mapped_column(sa.String(64))
    waived_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint("reason <> ''", name="with_reason"),)
