"""What is open in somebody's hands, as rows; and the handovers that concern somebody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application
from models.archive import ArchiveEntry, ArchiveLoan
from models.care import Prospect
from models.cases import Instance, Signature
from models.contracts import Contract
from models.handovers import Handover, HandoverItem
from models.loans import Loan
from models.meetings import Meeting, MeetingMember
from models.queries.paging import Order, number_key
from models.resolutions import Resolution, ResolutionCondition
from models.tasks import OPEN, Task

LATEST_FIRST = Order("-id", number_key(Handover.id), number_key(Handover.id), descending=True)
_MOST = 2000
_FIRST_RESPONSIBLE = "INV-7"
"""The duty of the loan's first responsible person: whoever signed it has the loan in charge."""


def open_tasks(session: Session, person: str) -> Sequence[Any]:
    """Open tasks that somebody has, or in whose name others do them."""
    query = (
        sa.select(Task.id, Task.name, Instance.business_key)
        .join(Instance, Instance.id == Task.instance_id)
        .where(Task.state == OPEN, sa.or_(Task.assignee == person, Task.owner == person))
    )
    return session.execute(query.order_by(Task.created_at, Task.id).limit(_MOST)).all()


def all_else(session: Session, person: str) -> Iterator[tuple[str, str, str]]:
    """Everything else that is open: kind, reference and title."""
    started = sa.select(Instance.business_key, Instance.key).where(
        Instance.started_by == person, Instance.state.in_(("running", "incident"))
    )
    for row in session.execute(started.order_by(Instance.created_at).limit(_MOST)):
        yield "case", row.business_key or "", row.key
    signed = sa.select(Signature.instance_id).where(
        Signature.person == person, Signature.duty.contains(_FIRST_RESPONSIBLE)
    )
    loans = (
        sa.select(Loan)
        .join(Contract, Contract.id == Loan.contract_id)
        .join(Application, Application.id == Contract.application_id)
        .where(Application.instance_id.in_(signed), Loan.settled_on.is_(None))
    )
    for loan in session.scalars(loans.order_by(Loan.id).limit(_MOST)):
        yield "loan", loan.number, f"{loan.customer.name} {loan.principal:,.2f}"
    for condition, number in session.execute(conditions_of(person).limit(_MOST)):
        yield "condition", number, condition.text
    for meeting in session.scalars(_meetings(person).limit(_MOST)):
        yield "meeting", meeting.number, f"{meeting.place} {meeting.held_at:%Y-%m-%d}"
    lent = sa.select(ArchiveLoan, ArchiveEntry.number).join(
        ArchiveEntry, ArchiveEntry.id == ArchiveLoan.archive_entry_id
    )
    out = lent.where(ArchiveLoan.borrower == person, ArchiveLoan.returned_at.is_(None)).order_by(ArchiveLoan.until)
    for volume, number in session.execute(out.limit(_MOST)):
        yield "volume", number, f"{volume.reason} {volume.until}"
    for prospect in session.scalars(prospects_of(person).limit(_MOST)):
        yield "prospect", prospect.number, prospect.name


def conditions_of(person: str) -> Any:
    """Conditions of approvals that somebody has to see fulfilled, with the number of the resolution."""
    return (
        sa.select(ResolutionCondition, Resolution.number)
        .join(Resolution, Resolution.id == ResolutionCondition.resolution_id)
        .where(ResolutionCondition.responsible == person, ResolutionCondition.state == "open")
        .order_by(Resolution.id, ResolutionCondition.n)
    )


def prospects_of(person: str) -> sa.Select[Any]:
    """Prospects that somebody follows."""
    ended = Prospect.state.not_in(("lost", "applied"))
    return sa.select(Prospect).where(Prospect.owner == person, ended).order_by(Prospect.id)


def _meetings(person: str) -> sa.Select[Any]:
    invited = sa.select(MeetingMember.meeting_id).where(MeetingMember.person == person)
    concerned = sa.or_(Meeting.secretary == person, Meeting.id.in_(invited))
    return sa.select(Meeting).where(concerned, Meeting.closed_at.is_(None)).order_by(Meeting.held_at)


def handovers_of(person: str | None) -> sa.Select[Any]:
    """Handovers in which somebody leaves, takes over or supervises; all for None."""
    query = sa.select(Handover)
    if person is None:
        return query
    return query.where(
        sa.or_(*(column == person for column in (Handover.leaver, Handover.receiver, Handover.supervisor)))
    )


def definitions_of(session: Session, handover: Handover) -> dict[uuid.UUID, int]:
    """To which version of a process each task of the list belongs."""
    query = (
        sa.select(Task.id, Instance.definition_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(HandoverItem, HandoverItem.task_id == Task.id)
        .where(HandoverItem.handover_id == handover.id)
    )
    return {row.id: row.definition_id for row in session.execute(query)}


def find(session: Session, number: str) -> Handover | None:
    """The handover of a number."""
    return session.scalar(sa.select(Handover).where(Handover.number == number))
