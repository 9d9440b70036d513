"""Look-ups in registers outside the house: what was asked with whose authorisation, and what came back (INT-6)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant, Json

REGISTERS = ("credit", "fund", "presale")
"""The credit registry 征信, deposits of the provident fund 缴存, the register of houses sold in advance 预登记."""
ASKED, ANSWERED, FAILED, TYPED = "asked", "answered", "failed", "typed"
STATES = (ASKED, ANSWERED, FAILED, TYPED)


class RegisterQuery(Base):
    """One look-up of one party. Without a signed authorisation there is none: its number and day are kept.

    `typed` was looked up by hand and entered; `source` names the connector that answered, or is `manual`.
    """

    __tablename__ = "register_query"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column()
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    party: Mapped[str] = mapped_column(sa.String(16))
    register: Mapped[str] = mapped_column(sa.String(16))
    authorisation_no: Mapped[str] = mapped_column(sa.String(40))
    authorised_on: Mapped[dt.date] = mapped_column(sa.Date)
    state: Mapped[str] = mapped_column(sa.String(16))
    source: Mapped[str] = mapped_column(sa.String(40))
    query_no: Mapped[str | None] = mapped_column(sa.String(60))
    queried_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    answer: Mapped[Any] = mapped_column(Json)
    summary: Mapped[str | None] = mapped_column(sa.Text)
    error: Mapped[str | None] = mapped_column(sa.Text)
    asked_by: Mapped[str | None] = mapped_column(sa.String(64))
    asked_at: Mapped[dt.datetime] = mapped_column(Instant)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint(f"register IN {REGISTERS}", name="register_known"),
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.CheckConstraint("authorisation_no <> ''", name="authorised"),
        sa.CheckConstraint(
            "state NOT IN ('answered', 'typed') OR (query_no IS NOT NULL AND queried_on IS NOT NULL)", name="answered"
        ),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed_for_a_reason"),
        sa.Index(None, "instance_id", "id"),
        sa.Index(None, "party", "register", "queried_on"),
    )
