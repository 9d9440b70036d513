"""Templates of contracts, by version: written by the legal desk, in force once a second person has approved (LEG-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.database import Base, Instant, Json

TEMPLATE_KINDS = ("loan", "guarantee", "mortgage", "pledge")
BINDS = ("each", "together")
STATES = ("draft", "submitted", "approved", "withdrawn")


class ContractTemplate(Base):
    """A form of contract for some products and kinds of guarantee; an empty list stands for all of them.

    `binds`: a contract for each guarantor, or one that all sign together (LEG-5).
    """

    __tablename__ = "contract_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    products: Mapped[list[str]] = mapped_column(Json, default=list)
    guarantee_kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    binds: Mapped[str] = mapped_column(sa.String(8), default="each")
    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template", order_by="TemplateVersion.n", cascade="all, delete-orphan"
    )
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {TEMPLATE_KINDS}", name="kind_known"),
        sa.CheckConstraint(f"binds IN {BINDS}", name="binds_known"),
    )


class TemplateVersion(Base):
    """One wording: clauses in their order, each a map of `title`, `text`, `when` (FEEL, "" for always), `variable`.

    `word` is a Word file of the house's own in which the facts are filled instead, where it has one.
    """

    __tablename__ = "contract_template_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("contract_template.id"))
    n: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(12), default="draft")
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    in_force_from: Mapped[dt.date | None] = mapped_column(sa.Date)
    lock_version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[dt.datetime] = mapped_column(Instant)
    written_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    remarks: Mapped[str | None] = mapped_column(sa.String(2000))
    word_name: Mapped[str | None] = mapped_column(sa.String(255))
    word: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    template: Mapped[ContractTemplate] = relationship(back_populates="versions")
    __mapper_args__ = {"version_id_col": lock_version}  # noqa: RUF012
    __table_args__ = (
        sa.UniqueConstraint("template_id", "n"),
        sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
        sa.CheckConstraint("n > 0", name="n_counts"),
        sa.CheckConstraint("state <> 'approved' OR in_force_from IS NOT NULL", name="approved_from_a_day"),
        sa.CheckConstraint("state <> 'approved' OR decided_by IS NULL OR decided_by <> written_by", name="two_people"),
    )
