"""Papers of a security that end: insurance, valuation, registration; each watched until renewed (LEG-4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.database import Base, Instant, Money

PAPER_KINDS = ("insurance", "valuation", "registration")
_WATCHED = "ended_on IS NULL AND asked_at IS NULL"


class SecurityPaper(Base):
    """A policy, an appraisal or a registration with a day on which it ends (`valid_until`, the last day it holds).

    `issuer` is insurer, appraiser or authority; `amount` in CNY. `asked_at`: when its renewal became a task;
    `ended_on` with `ended_why`: renewed (`renewed_by_id`), or needed no more.
    """

    __tablename__ = "security_paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    item: Mapped[str] = mapped_column(sa.String(1000))
    issuer: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(100))
    beneficiary: Mapped[str | None] = mapped_column(sa.String(200))
    amount: Mapped[Decimal | None] = mapped_column(Money)
    valid_from: Mapped[dt.date] = mapped_column(sa.Date)
    valid_until: Mapped[dt.date] = mapped_column(sa.Date)
    asked_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    ended_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    ended_why: Mapped[str | None] = mapped_column(sa.String(1000))
    renewed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("security_paper.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    application: Mapped[Application] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("application_id", "kind", "issuer", "number"),
        sa.CheckConstraint(f"kind IN {PAPER_KINDS}", name="kind_known"),
        sa.CheckConstraint("valid_until >= valid_from", name="ends_later"),
        sa.CheckConstraint("ended_on IS NULL OR ended_why IS NOT NULL", name="ended_for_a_reason"),
        sa.Index(
            "ix_security_paper_watched",
            "valid_until",
            sqlite_where=sa.text(_WATCHED),
            postgresql_where=sa.text(_WATCHED),
        ),
        sa.Index(
            "ix_security_paper_holding",
            "valid_until",
            "id",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
    )
