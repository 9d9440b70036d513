"""What cases wait for: people (tasks), time (timers), messages (subscriptions), other programs (external tasks)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.cases import Instance
from models.database import Base, Instant, Json

OPEN, COMPLETED, CANCELLED, RETURNED, WITHDRAWN = "open", "completed", "cancelled", "returned", "withdrawn"
STATES = (OPEN, COMPLETED, CANCELLED, RETURNED, WITHDRAWN)
STEP, COSIGN = "step", "cosign"
_IS_OPEN = sa.text("state = 'open'")


class Task(Base):
    """A step that a person has to do, has done, or no longer has to do. Its id is the token's in the engine's state.

    Of the kind `cosign` it is no token: somebody is asked to sign with another's step (`of_task`), by `asked_by`.
    """

    __tablename__ = "task"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"))
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("definition.id"))
    process: Mapped[str] = mapped_column(sa.String(128))
    element: Mapped[str] = mapped_column(sa.String(255))
    name: Mapped[str] = mapped_column(sa.String(255))
    item: Mapped[str | None] = mapped_column(sa.String(255))
    role: Mapped[str | None] = mapped_column(sa.String(255))
    assignee: Mapped[str | None] = mapped_column(sa.String(64))
    owner: Mapped[str | None] = mapped_column(sa.String(64))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(8), default=STEP)
    of_task: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("task.id"), index=True)
    asked_by: Mapped[str | None] = mapped_column(sa.String(64))
    pending: Mapped[str | None] = mapped_column(sa.Text)
    """What the form gave and who gave it, as a draft, while others are asked to sign before it counts."""
    cosigners: Mapped[int] = mapped_column(default=0)
    """How many are still asked to sign with it."""
    cosigned: Mapped[bool] = mapped_column(default=False)
    """Whether anybody was ever asked: then nobody completes it who has signed with it."""
    state: Mapped[str] = mapped_column(sa.String(16))
    paused_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    """Since when its clock stands; `paused_due_at` is when it was due, and `due_at` is empty meanwhile."""
    paused_due_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    due_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    follow_up_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    priority: Mapped[int] = mapped_column(default=50)
    amount: Mapped[str | None] = mapped_column(sa.String(64))
    """What the step's authority is measured by, as decimal text; kept here so that lists can ask without the state."""
    escalated: Mapped[list[str]] = mapped_column(Json, default=list)
    draft: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    completed_by: Mapped[str | None] = mapped_column(sa.String(64))
    """Who has acted on it; of a cancelled one the administrator who ended it, if one did."""
    completed_for: Mapped[str | None] = mapped_column(sa.String(64))
    lock_version: Mapped[int] = mapped_column(default=1)
    instance: Mapped[Instance] = relationship(lazy="raise")
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'completed', 'cancelled', 'returned', 'withdrawn')", name="state_known"),
        sa.CheckConstraint(
            "state = 'cancelled' OR (state = 'open') = (completed_by IS NULL)",
            name="completed_by_somebody",
        ),
        sa.CheckConstraint("(kind = 'cosign') = (of_task IS NOT NULL)", name="cosign_of_a_step"),
        sa.Index(None, "instance_id", "state"),
        sa.Index("ix_task_mine", "assignee", "due_at", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_task_due", "due_at", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        *(
            sa.Index(f"ix_task_by_{column}", column, "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
            for column in ("priority", "created_at", "name")
        ),
        sa.Index(None, "completed_by", "closed_at"),
    )


class Candidate(Base):
    """An open task is offered to a role in a unit. The row goes when the task closes: the inbox reads what is open."""

    __tablename__ = "candidate"
    task_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    unit_id: Mapped[int]
    __table_args__ = (sa.Index(None, "role", "unit_id", "task_id"),)


class Timer(Base):
    """A time at which something happens to a case: a BPMN timer event (`kind` bpmn), an escalation of a task, or the
    end of a pause (`resume`). What is held does not happen until the step's clock goes on.
    """

    __tablename__ = "timer"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"))
    token: Mapped[uuid.UUID]
    element: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(16))
    due_at: Mapped[dt.datetime] = mapped_column(Instant)
    action: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    held: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (sa.Index(None, "instance_id", "due_at"), sa.Index(None, "token"))


class Subscription(Base):
    """A case waits for a message or signal.

    `keys` names the declared correlation keys, `correlation` is the canonical text of their values, taken when the
    case began to wait.
    """

    __tablename__ = "subscription"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    token: Mapped[uuid.UUID] = mapped_column(index=True)
    element: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(255))
    keys: Mapped[str] = mapped_column(sa.Text)
    correlation: Mapped[str] = mapped_column(sa.Text)
    __table_args__ = (sa.Index(None, "kind", "name", "keys", "correlation"),)


class KeptMessage(Base):
    """A message that nobody waited for yet. Delivered when somebody does; after `expires_at` shown to operators."""

    __tablename__ = "kept_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    correlation: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16), default="kept")
    received_at: Mapped[dt.datetime] = mapped_column(Instant)
    received_from: Mapped[str | None] = mapped_column(sa.String(64))
    expires_at: Mapped[dt.datetime] = mapped_column(Instant)
    instance_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("instance.id"))
    __table_args__ = (
        sa.CheckConstraint("state IN ('kept', 'delivered', 'expired')", name="state_known"),
        sa.Index(None, "state", "name", "correlation"),
        sa.Index(None, "state", "expires_at"),
    )


class ExternalTask(Base):
    """Work for another program: fetched under a lock, answered once. Its id is the token's id."""

    __tablename__ = "external_task"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    element: Mapped[str] = mapped_column(sa.String(255))
    topic: Mapped[str] = mapped_column(sa.String(128))
    variables: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16), default="open")
    worker: Mapped[str | None] = mapped_column(sa.String(128))
    locked_until: Mapped[dt.datetime | None] = mapped_column(Instant)
    retries: Mapped[int] = mapped_column(default=3)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'completed', 'failed', 'cancelled')", name="state_known"),
        sa.Index(None, "state", "topic", "locked_until"),
    )


class Notice(Base):
    """Somebody is to be told something about a task or case: an escalation, a mention, a result."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(sa.String(32))
    person: Mapped[str | None] = mapped_column(sa.String(64))
    role: Mapped[str | None] = mapped_column(sa.String(64))
    unit_id: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    outgoing_notice_id: Mapped[int | None]
    """The outgoing notice that this one shows in the program, of the kind `told`."""
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    read_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "person", "created_at"), sa.Index(None, "role", "unit_id", "created_at"))


class Job(Base):
    """An effect outside the database, done at least once; `key` lets the receiver tell a repetition."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    payload: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16), default="waiting")
    due_at: Mapped[dt.datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
    instance_id: Mapped[uuid.UUID | None]
    __table_args__ = (sa.Index(None, "state", "due_at", "id"),)
