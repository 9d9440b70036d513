"""Questions of the compliance desk to the investigators, each answered apart, round by round (REV-2)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant

ASKED, ANSWERED = "asked", "answered"
QUESTION_STATES = (ASKED, ANSWERED)
ENTRIES = ("asked", "answered", "reopened")


class ReviewQuestion(Base):
    """A numbered question of a case. It is asked until it is answered, and may be reopened."""

    __tablename__ = "review_question"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID]
    n: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(1000))
    state: Mapped[str] = mapped_column(sa.String(16))
    entries: Mapped[list[QuestionEntry]] = relationship(order_by="QuestionEntry.seq")
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "n"),
        sa.CheckConstraint(f"state IN {QUESTION_STATES}", name="state_known"),
    )


class QuestionEntry(Base):
    """What was said to a question, by whom and when, in which round."""

    __tablename__ = "question_entry"
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("review_question.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    round: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    by: Mapped[str | None] = mapped_column(sa.String(64))
    at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint(f"kind IN {ENTRIES}", name="kind_known"),)
