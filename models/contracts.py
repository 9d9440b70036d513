"""Contracts and the registrations of guarantees (LEG-1 to LEG-5)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.applications import Application
from models.contract_templates import TemplateVersion
from models.customers import Customer
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
    """A contract. An application has one loan contract and any number that secure it, counted by `n` in each kind.

    Amounts in CNY, `annual_rate` per year as a fraction, `start` the first day of interest; terms are the loan's.
    The wording stands in `versions`: `version` is the last of them, `reviewed_version` the one that the legal desk
    found in order, `text_hash` pins what was signed. `parties` are those who sign it with the house.
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
    n: Mapped[int] = mapped_column(default=1, server_default="1")
    title: Mapped[str | None] = mapped_column(sa.String(200))
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    reviewed_version: Mapped[int | None]
    reviewed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    reviewed_by: Mapped[str | None] = mapped_column(sa.String(64))
    text_hash: Mapped[str | None] = mapped_column(sa.String(64))
    void_reason: Mapped[str | None] = mapped_column(sa.String(1000))
    application: Mapped[Application] = relationship()
    parties: Mapped[list[ContractParty]] = relationship(order_by="ContractParty.n", cascade="all, delete-orphan")
    versions: Mapped[list[ContractVersion]] = relationship(order_by="ContractVersion.n")
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
            "n",
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


class ContractParty(Base):
    """Somebody whom a contract binds, in the order in which they sign; a customer, where known as one."""

    __tablename__ = "contract_party"
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(200))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    customer: Mapped[Customer | None] = relationship()


class ContractVersion(Base):
    """One wording of a contract: clauses in their order as filled, and the hash of all of it. Never changed.

    `facts` are the values it was filled with, encoded without loss by whoever filled it.
    """

    __tablename__ = "contract_version"
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    template_version_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_template_version.id"), index=True)
    clauses: Mapped[list[Any]] = mapped_column(Json)
    facts: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[dt.datetime] = mapped_column(Instant)
    made_by: Mapped[str | None] = mapped_column(sa.String(64))
    template_version: Mapped[TemplateVersion] = relationship()
    __table_args__ = (sa.CheckConstraint("n > 0", name="n_counts"),)


class ContractRemark(Base):
    """What the legal desk says to a version of a contract, to one clause or to all of it (LEG-1)."""

    __tablename__ = "contract_remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    version: Mapped[int]
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.String(2000))
    person: Mapped[str] = mapped_column(sa.String(64))
    written_at: Mapped[dt.datetime] = mapped_column(Instant)


class GuaranteeRegistration(Searchable, Base):
    """A mortgage, pledge or other guarantee entered with an authority, with its certificate, a title (LEG-4, DIS-1).

    `item` says what of the collateral it is about, `rank` its order among the mortgages of the thing, `fee` in CNY,
    `custodian` who keeps the certificate.
    """

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
    item: Mapped[str | None] = mapped_column(sa.String(1000))
    applied_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    rank: Mapped[int | None]
    valid_until: Mapped[dt.date | None] = mapped_column(sa.Date)
    fee: Mapped[Decimal | None] = mapped_column(Money)
    custodian: Mapped[str | None] = mapped_column(sa.String(200))
    __table_args__ = (
        sa.UniqueConstraint("authority_name", "certificate_no"),
        sa.Index(None, "recorded_at", "id"),
        sa.CheckConstraint("released_on >= registered_on", name="released_later"),
    )

    def found_by(self, connection: sa.Connection) -> Found:
        """Our number and the certificate's, by those who may see the case."""
        case = case_of_application(connection, self.application_id)
        return Found("title", self.number, self.number, self.certificate_no, instance_id=case)


class DrawPeriod(Base):
    """Until when a loan contract may be drawn in parts; one that is drawn at once has none (DIS-2)."""

    __tablename__ = "draw_period"
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), primary_key=True)
    until: Mapped[dt.date] = mapped_column(sa.Date)
    agreed_at: Mapped[dt.datetime] = mapped_column(Instant)
    agreed_by: Mapped[str | None] = mapped_column(sa.String(64))
