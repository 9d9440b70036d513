"""What is deployed: packages as they were, and the versions of the processes in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Base, Instant, Json


class Deployment(Base):
    """One deployment of a package; going back to an earlier content is a deployment of its own."""

    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(primary_key=True)
    package: Mapped[str] = mapped_column(sa.String(128))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    deployed_at: Mapped[dt.datetime] = mapped_column(Instant)
    deployed_by: Mapped[str | None] = mapped_column(sa.String(64))
    files: Mapped[list[DeployedFile]] = relationship(cascade="all, delete-orphan")
    __table_args__ = (sa.Index(None, "package", "id"),)


class DeployedFile(Base):
    """A file of a deployed package, byte for byte."""

    __tablename__ = "deployed_file"
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Definition(Base):
    """A version of a process. Versions of a key count up and are never used again."""

    __tablename__ = "definition"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128))
    version: Mapped[int]
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(255))
    deployment: Mapped[Deployment] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("key", "version"),)


class StartEvent(Base):
    """A start event of a process's latest version that listens: to a message, to a signal, or for a time.

    `name` is that of the message or signal; `due_at` the next time, and `cycle` how a repeating timer goes on.
    """

    __tablename__ = "start_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("definition.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(128))
    element: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str | None] = mapped_column(sa.String(255))
    due_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    cycle: Mapped[dict[str, Any] | None] = mapped_column(Json)
    __table_args__ = (
        sa.UniqueConstraint("key", "element"),
        sa.CheckConstraint("kind IN ('message', 'signal', 'timer')", name="kind_known"),
        sa.CheckConstraint("(kind = 'timer') = (due_at IS NOT NULL)", name="timers_are_due"),
        sa.Index(None, "kind", "name"),
        sa.Index(None, "due_at"),
    )


class PackageDraft(Base):
    """A file of a package that a designer has changed and not yet deployed; `content` is null for a deleted one."""

    __tablename__ = "package_draft"
    package: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(sa.String(64))
    lock_version: Mapped[int] = mapped_column(default=1)
