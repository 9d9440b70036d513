"""Contracts and the registrations of guarantees (LEG-1 to LEG-5)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.database import Base, Instant, Json, Money, Rate
from models.search import Found, Searchable

KINDS = ("loan", "guarantee", "mortgage", "pledge")
STATUSES = ("draft", "signed", "void")
_LIVE = "status <> 'void'"
_SIGNED_PROPERLY = (
    "status <> 'signed' OR (signed_on IS NOT NULL AND place IS NOT NULL AND receiving_account IS NOT NULL"
    " AND witness_1 IS NOT NULL AND witness_2 IS NOT NULL AND spouse_signed IS NOT NULL)"
)


class Contract(Searchable, Base):
    """A contract. An application has at most one of each kind that is not void; terms are those of the loan.

    Amounts in CNY, `annual_rate` per year as a fraction, `start` the first day of interest.
    """

    __tablename__ = "contract"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    status: Mapped[str] = mapped_column(sa.String(8), default="draft")
    amount: Mapped[Decimal] = mapped_column(Money)
    annual_rate: Mapped[Decimal] = mapped_column(Rate)
    term_months: Mapped[int]
    repayment_method: Mapped[str] = mapped_column(sa.String(24))
    start: Mapped[dt.date] = mapped_column(sa.Date)
    clauses: Mapped[list[Any]] = mapped_column(Json)
    drafted_at: Mapped[dt.datetime] = mapped_column(Instant)
    drafted_by: Mapped[str | None] = mapped_column(sa.String(64))
    signed_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    place: Mapped[str | None] = mapped_column(sa.String(200))
    receiving_account: Mapped[str | None] = mapped_column(sa.String(64))
    witness_1: Mapped[str | None] = mapped_column(sa.String(100))
    witness_2: Mapped[str | None] = mapped_column(sa.String(100))
    spouse_signed: Mapped[bool | None]
    spouse_reason: Mapped[str | None] = mapped_column(sa.String(1000))
    application: Mapped[Application] = relationship()
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status_known"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("annual_rate >= 0", name="rate_not_negative"),
        sa.CheckConstraint("term_months > 0", name="term_positive"),
        sa.CheckConstraint(_SIGNED_PROPERLY, name="signed_properly"),
        sa.CheckConstraint("witness_1 <> witness_2", name="two_witnesses"),
        sa.CheckConstraint("spouse_signed IS NULL OR spouse_signed OR spouse_reason IS NOT NULL", name="spouse_or_why"),
        sa.Index(
            "uq_contract_live",
            "application_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(_LIVE),
            postgresql_where=sa.text(_LIVE),
        ),
    )

    def found_by(self, connection: sa.Connection) -> Found:
        """Its number, by those who may see the case."""
        case = case_of_application(connection, self.application_id)
        return Found("contract", self.number, self.number, instance_id=case)


def case_of_application(connection: sa.Connection, application_id: int) -> uuid.UUID | None:
    """The case of an application."""
    return connection.scalar(sa.select(Application.instance_id).where(Application.id == application_id))


class GuaranteeRegistration(Searchable, Base):
    """A mortgage, pledge or other guarantee entered with an authority, with its certificate (LEG-4)."""

    __tablename__ = "guarantee_registration"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    certificate_no: Mapped[str] = mapped_column(sa.String(100))
    authority_name: Mapped[str] = mapped_column(sa.String(200))
    registered_on: Mapped[dt.date] = mapped_column(sa.Date)
    notarised: Mapped[bool]
    released_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(sa.String(64))
    __table_args__ = (
        sa.UniqueConstraint("authority_name", "certificate_no"),
        sa.Index(None, "recorded_at", "id"),
        sa.CheckConstraint("released_on >= registered_on", name="released_later"),
    )

    def found_by(self, connection: sa.Connection) -> Found:
        """Our number and the certificate's, by those who may see the case."""
        case = case_of_application(connection, self.application_id)
        return Found("title", self.number, self.number, self.certificate_no, instance_id=case)
