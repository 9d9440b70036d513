"""Cases: the instance with its opaque state, and what happened to it.

Events, signatures, incidents, comments and attachments; knows nothing of what a case is about.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.database import Base, Instant, Json
from models.definitions import Definition
from models.search import Found, Searchable

STATES = ("running", "completed", "terminated", "incident")


class Instance(Searchable, Base):
    """A case. `state_data` is opened by the engine alone; everything that lists need stands beside it."""

    __tablename__ = "instance"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("definition.id"))
    key: Mapped[str] = mapped_column(sa.String(128))
    business_key: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    started_by: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(16))
    outcome: Mapped[str | None] = mapped_column(sa.String(255))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    parties: Mapped[dict[str, Any]] = mapped_column(Json)
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    next_due_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    lock_version: Mapped[int] = mapped_column(default=1)
    event_count: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str] = mapped_column(sa.String(64), default="")
    sealed: Mapped[list[Any]] = mapped_column(Json, default=list)
    state_data: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    definition: Mapped[Definition] = relationship(lazy="joined")
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.Index(
            "ix_instance_due",
            "next_due_at",
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
        ),
        sa.Index(None, "key", "state", "created_at"),
        sa.Index(None, "unit_id", "created_at"),
        sa.Index(None, "created_at", "id"),
    )

    def found_by(self, _connection: sa.Connection) -> Found:
        """The business key and the package's `search` variables that are under no seal."""
        return found_case(self.id, self.business_key, self.search_text)


def found_case(instance_id: uuid.UUID, business_key: str | None, search_text: str) -> Found:
    """By what a case is found."""
    return Found("case", instance_id.hex, business_key, search_text, instance_id=instance_id)


class CaseEvent(Base):
    """Something that happened to a case. Append only; each hash covers the one before it."""

    __tablename__ = "event"
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(sa.String(64))
    on_behalf_of: Mapped[str | None] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(40))
    element: Mapped[str | None] = mapped_column(sa.String(255))
    task_id: Mapped[uuid.UUID | None]
    data: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.String(64))
    __table_args__ = (sa.Index(None, "actor", "at"),)


class Participant(Base):
    """Somebody took part in a case and may therefore see it.

    `set_right` says that they changed its course or its variables as an administrator: then none of the steps that must
    be apart is theirs (GOV-2).
    """

    __tablename__ = "participant"
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    set_right: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    __table_args__ = (sa.Index(None, "person", "instance_id"),)


class Continuation(Base):
    """A case that goes on with the matter of another (a later draw): for the rules on who may act both are one."""

    __tablename__ = "continuation"
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    of_instance: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    __table_args__ = (sa.CheckConstraint("instance_id <> of_instance", name="of_another_case"),)


class Conflict(Base):
    """A person declared a conflict of interest in a case (recusal)."""

    __tablename__ = "conflict"
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    declared_at: Mapped[dt.datetime] = mapped_column(Instant)


class Signature(Base):
    """Who answers for which duty, on which facts: the hash covers what the person saw and what the person gave."""

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[uuid.UUID]
    element: Mapped[str] = mapped_column(sa.String(255))
    duty: Mapped[str] = mapped_column(sa.String(255))
    person: Mapped[str] = mapped_column(sa.String(64), index=True)
    on_behalf_of: Mapped[str | None] = mapped_column(sa.String(64))
    power_of: Mapped[str | None] = mapped_column(sa.String(64))
    """Whose power was used by a dated delegation, where one's own did not reach."""
    facts_hash: Mapped[str] = mapped_column(sa.String(64))
    form_hash: Mapped[str] = mapped_column(sa.String(64))
    signed_at: Mapped[dt.datetime] = mapped_column(Instant)


class SignedContent(Base):
    """What somebody has seen or given when signing, compressed, under its hash; the same content stands once."""

    __tablename__ = "signed_content"
    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Incident(Base):
    """An element could not do its work; the case waits there until somebody retries or repairs it."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    token: Mapped[uuid.UUID]
    element: Mapped[str] = mapped_column(sa.String(255))
    message: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[dt.datetime] = mapped_column(Instant)
    resolved_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.Index(
            "ix_incident_open",
            "opened_at",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        ),
    )


class Comment(Base):
    """A remark on a case, by a person, at a task or not."""

    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[uuid.UUID | None]
    person: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[dt.datetime] = mapped_column(Instant)


class Attachment(Searchable, Base):
    """A file of a case; its bytes lie in the data folder under `stored_as`, outside the web root."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[uuid.UUID | None]
    element: Mapped[str | None] = mapped_column(sa.String(255))
    name: Mapped[str] = mapped_column(sa.String(255))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stored_as: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person: Mapped[str] = mapped_column(sa.String(64))
    attached_at: Mapped[dt.datetime] = mapped_column(Instant)

    def found_by(self, _connection: sa.Connection) -> Found:
        """The file's name."""
        return Found("document", str(self.id), None, self.name, instance_id=self.instance_id)


class CaseNumber(Base):
    """The last number given for a pattern, unit and year; gapless, for it is taken in the transaction that uses it."""

    __tablename__ = "case_number"
    pattern: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
