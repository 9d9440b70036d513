"""The archive: volumes with their lists and places, who handed them over, and who has one on loan (DIS-4)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.customers import Customer
from models.database import Base, Instant
from models.search import Found, Searchable

_OUT = "returned_at IS NULL"
_ON_THE_WAY = "received_at IS NULL"


class ArchiveEntry(Searchable, Base):
    """A volume of an application's papers. `location` is where it stands in words; room, shelf, box when known.

    `holder` is who answers for it now: the archivist who registered or last received it.
    """

    __tablename__ = "archive_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    location: Mapped[str] = mapped_column(sa.String(200))
    room: Mapped[str | None] = mapped_column(sa.String(60))
    shelf: Mapped[str | None] = mapped_column(sa.String(60))
    box: Mapped[str | None] = mapped_column(sa.String(60))
    bound_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    holder: Mapped[str | None] = mapped_column(sa.String(64))
    registered_at: Mapped[dt.datetime] = mapped_column(Instant)
    registered_by: Mapped[str | None] = mapped_column(sa.String(64))
    application: Mapped[Application] = relationship()
    items: Mapped[list[ArchiveItem]] = relationship(order_by="ArchiveItem.n")
    loans: Mapped[list[ArchiveLoan]] = relationship(order_by="ArchiveLoan.id.desc()")
    handovers: Mapped[list[ArchiveHandover]] = relationship(order_by="ArchiveHandover.id.desc()")

    def found_by(self, connection: sa.Connection) -> Found:
        """Number, customer, application and place, in its unit and above."""
        query = sa.select(Application.unit_id, Application.number, Customer.name)
        query = query.join(Customer, Customer.id == Application.customer_id)
        unit_id, application_no, customer = connection.execute(query.where(Application.id == self.application_id)).one()
        texts = (application_no, self.location, self.room)
        return Found("volume", self.number, self.number, customer, texts, unit_id=unit_id)

    @property
    def lent(self) -> ArchiveLoan | None:
        """Who has it, if anybody."""
        return next((loan for loan in self.loans if loan.returned_at is None), None)

    @property
    def moving(self) -> ArchiveHandover | None:
        """The hand-over that waits for its receipt."""
        return next((handed for handed in self.handovers if handed.received_at is None), None)


class ArchiveItem(Base):
    """A line of a volume's list of papers."""

    __tablename__ = "archive_item"
    archive_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(300))


class ArchiveLoan(Base):
    """A volume lent: to whom, why, until when, and when it came back. One at a time."""

    __tablename__ = "archive_loan"
    id: Mapped[int] = mapped_column(primary_key=True)
    archive_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    instance_id: Mapped[uuid.UUID]
    borrower: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(1000))
    until: Mapped[dt.date] = mapped_column(sa.Date)
    lent_at: Mapped[dt.datetime] = mapped_column(Instant)
    lent_by: Mapped[str | None] = mapped_column(sa.String(64))
    returned_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    returned_to: Mapped[str | None] = mapped_column(sa.String(64))
    condition: Mapped[str | None] = mapped_column(sa.String(1000))
    __table_args__ = (
        sa.CheckConstraint("(returned_at IS NULL) = (returned_to IS NULL)", name="returned_to_somebody"),
        sa.CheckConstraint("reason <> ''", name="with_reason"),
        sa.Index(
            "uq_archive_loan_out",
            "archive_entry_id",
            unique=True,
            sqlite_where=sa.text(_OUT),
            postgresql_where=sa.text(_OUT),
        ),
        sa.Index("ix_archive_loan_until", "until", "id", sqlite_where=sa.text(_OUT), postgresql_where=sa.text(_OUT)),
    )


class ArchiveHandover(Base):
    """A volume handed over, with the receipt of a second person."""

    __tablename__ = "archive_handover"
    id: Mapped[int] = mapped_column(primary_key=True)
    archive_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    instance_id: Mapped[uuid.UUID]
    handed_by: Mapped[str] = mapped_column(sa.String(64))
    handed_to: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(1000))
    handed_at: Mapped[dt.datetime] = mapped_column(Instant)
    received_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    location: Mapped[str | None] = mapped_column(sa.String(200))
    __table_args__ = (
        sa.CheckConstraint("handed_by <> handed_to", name="two_people"),
        sa.Index(
            "uq_archive_handover_on_the_way",
            "archive_entry_id",
            unique=True,
            sqlite_where=sa.text(_ON_THE_WAY),
            postgresql_where=sa.text(_ON_THE_WAY),
        ),
    )
