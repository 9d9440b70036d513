"""Deputies: who does a person's work while that person is away, from which day to which."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Json


class Deputy(Base):
    """`deputy` stands in for `person` (sign-in names) on every day from `begins` to `until`, both included.

    `roles` and `processes` narrow it to steps of these roles and cases of these processes; empty means all. It ends by
    itself; `ended_at` is when somebody ended it before.
    """

    __tablename__ = "deputy"
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(64))
    deputy: Mapped[str] = mapped_column(sa.String(64))
    begins: Mapped[dt.date] = mapped_column(sa.Date)
    until: Mapped[dt.date] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.Text)
    roles: Mapped[list[str]] = mapped_column(Json, default=list)
    processes: Mapped[list[str]] = mapped_column(Json, default=list)
    set_by: Mapped[str] = mapped_column(sa.String(64))
    set_at: Mapped[dt.datetime] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(sa.String(64))
    ended_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("begins <= until", name="begins_before_it_ends"),
        sa.CheckConstraint("person <> deputy", name="somebody_else"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        sa.Index(None, "deputy", "until"),
        sa.Index(None, "person", "until"),
    )
