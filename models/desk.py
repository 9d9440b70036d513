"""What a person arranges for the inbox: cases followed, and conditions kept under a name."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Instant


class FollowedCase(Base):
    """A person follows a case: its open tasks are in the inbox, whoever has to do them."""

    __tablename__ = "followed_case"
    person: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    followed_at: Mapped[dt.datetime] = mapped_column(Instant)


class SavedFilter(Base):
    """Conditions of a tab of the inbox, as its address has them; shared with one unit, or the person's own."""

    __tablename__ = "saved_filter"
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(40))
    tab: Mapped[str] = mapped_column(sa.String(16))
    conditions: Mapped[str] = mapped_column(sa.String(1000))
    shared_with: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    __table_args__ = (sa.UniqueConstraint("person", "name"),)
