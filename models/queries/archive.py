"""Reading the archive: volumes of some units, one by its number, and what papers a case has left. Changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models.applications import Application
from models.archive import ArchiveEntry, ArchiveHandover, ArchiveLoan
from models.cases import Attachment
from models.contracts import Contract, GuaranteeRegistration
from models.loans import Loan, LoanTransaction, Voucher
from models.queries.paging import DEFAULT_LIMIT, Page, fetch_page, number_key, order_by
from models.queries.search import refs_that_fit
from models.queries.visibility import units_below
from models.tasks import OPEN, Task

_NEWEST_FIRST = order_by("-id", {"id": number_key(ArchiveEntry.id)}, number_key(ArchiveEntry.id))
STATES = ("in", "out", "overdue", "moving")


def list_volumes(
    session: Session,
    unit_path: str | None,
    today: dt.date,
    *,
    state: str | None = None,
    q: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """The volumes of a unit and all below it (None: of all), newest first. Raises `paging.BadCursor`.

    `state` is `in` (its place), `out`, `overdue` (out after its day) or `moving` (handed over, no receipt yet); `q` is
    words of its number, place, customer's name or application's number, as the search has them.
    """
    query = _in_units(unit_path).options(
        selectinload(ArchiveEntry.loans),
        selectinload(ArchiveEntry.handovers),
        joinedload(ArchiveEntry.application).joinedload(Application.customer),
    )
    out = sa.exists().where(ArchiveLoan.archive_entry_id == ArchiveEntry.id, ArchiveLoan.returned_at.is_(None))
    moving = sa.exists().where(
        ArchiveHandover.archive_entry_id == ArchiveEntry.id, ArchiveHandover.received_at.is_(None)
    )
    if state == "in":
        query = query.where(~out, ~moving)
    elif state == "out":
        query = query.where(out)
    elif state == "moving":
        query = query.where(moving)
    elif state == "overdue":
        query = query.where(out.where(ArchiveLoan.until < today))
    if q:
        query = query.where(ArchiveEntry.number.in_(refs_that_fit(session, "volume", q)))
    return fetch_page(session, query, _NEWEST_FIRST, cursor, limit)


def find_volume(session: Session, number: str, unit_path: str | None) -> ArchiveEntry | None:
    """The volume with this number, if it belongs to the unit or one below it (None: to any)."""
    return session.scalar(_in_units(unit_path).where(ArchiveEntry.number == number))


def locked_volume(session: Session, number: str) -> ArchiveEntry | None:
    """The volume with this number, locked until the end of the transaction."""
    query = sa.select(ArchiveEntry).where(ArchiveEntry.number == number).with_for_update(of=ArchiveEntry)
    return session.scalar(query.execution_options(populate_existing=True))


def out_on_loan(session: Session, volume: ArchiveEntry) -> ArchiveLoan | None:
    """Who has the volume, if anybody."""
    return session.scalar(
        sa.select(ArchiveLoan).where(ArchiveLoan.archive_entry_id == volume.id, ArchiveLoan.returned_at.is_(None))
    )


def on_the_way(session: Session, volume: ArchiveEntry) -> ArchiveHandover | None:
    """The hand-over of the volume that waits for its receipt."""
    return session.scalar(
        sa.select(ArchiveHandover).where(
            ArchiveHandover.archive_entry_id == volume.id, ArchiveHandover.received_at.is_(None)
        )
    )


def open_task(session: Session, instance_id: uuid.UUID) -> Task | None:
    """The step at which the case of a loan or a hand-over waits."""
    return session.scalar(sa.select(Task).where(Task.instance_id == instance_id, Task.state == OPEN).limit(1))


def volumes_of(session: Session, application_id: int) -> Sequence[ArchiveEntry]:
    """The volumes of an application, oldest first."""
    query = sa.select(ArchiveEntry).where(ArchiveEntry.application_id == application_id)
    return session.scalars(query.order_by(ArchiveEntry.id)).all()


def papers_of(session: Session, application: Application) -> dict[str, list[str]]:
    """What a case has left on paper, from its rows: by part of the volume, as lines of its list."""
    contracts = session.scalars(
        sa.select(Contract)
        .where(Contract.application_id == application.id, Contract.status == "signed")
        .order_by(Contract.id)
    ).all()
    registrations = session.scalars(
        sa.select(GuaranteeRegistration)
        .where(GuaranteeRegistration.application_id == application.id)
        .order_by(GuaranteeRegistration.id)
    ).all()
    vouchers = session.scalars(
        sa.select(Voucher)
        .join(Voucher.transaction)
        .join(Loan, Loan.id == LoanTransaction.loan_id)
        .join(Contract, Contract.id == Loan.contract_id)
        .where(Contract.application_id == application.id)
        .order_by(Voucher.id)
    ).all()
    files: Sequence[Attachment] = session.scalars(
        sa.select(Attachment)
        .where(Attachment.instance_id == application.instance_id)
        .order_by(Attachment.id)
        .limit(400)
    ).all()
    return {
        "contract": [
            *[contract.number for contract in contracts],
            *[f"{row.certificate_no}（{row.authority_name}）" for row in registrations],
        ],
        "voucher": [voucher.number + ("（作废）" if voucher.void_on else "") for voucher in vouchers],
        "application": [file.name for file in files],
    }


def _in_units(unit_path: str | None) -> sa.Select[ArchiveEntry]:
    query = sa.select(ArchiveEntry).join(ArchiveEntry.application)
    return query if unit_path is None else query.where(Application.unit_id.in_(units_below(unit_path)))
