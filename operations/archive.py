"""The archive: a volume's number, list and place; lending it out, taking it back, handing it over (DIS-4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import BpmnError
from engine.ports import OperationCall
from models.archive import ArchiveEntry, ArchiveHandover, ArchiveItem, ArchiveLoan
from models.numbering import next_number
from models.people import Person
from models.queries.archive import locked_volume, on_the_way, out_on_loan, papers_of
from models.queries.units import is_below
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import day, optional, text, texts
from operations.paper_file import note_receipt

NUMBERS = "AR-{year}-{unit}-{seq:4}"

PARTS = {
    "application": "申请资料",
    "investigation": "调查报告",
    "approval": "审批资料",
    "contract": "合同与权证",
    "voucher": "借据与凭证",
}
"""What the parts of a volume are called on its list; anything else stands on it as it was written."""

ARCHIVE_NO = text("Number of the volume", 40)


@operation(
    "archive.register",
    "归档 Register the archive volume",
    inputs={
        "application_no": APPLICATION_NO,
        "location": text("Where the volume stands"),
        "list": texts("The parts or papers in it; parts are listed with what the case has of them", 200),
        "room": optional(text("Room", 60)),
        "shelf": optional(text("Shelf", 60)),
        "box": optional(text("Box", 60)),
        "bound_on": optional(day("Day on which it was bound")),
    },
    outputs={"archive_no": "Number of the volume"},
)
def register(call: OperationCall, *, application_no: str, **contents: Any) -> Outputs:
    """Gives the papers of an application a number and a place; each call is another volume."""
    application = application_of(call, application_no)
    parts: list[str] = contents.pop("list")
    if not parts:
        raise refuse("list", "must name at least one paper")
    papers = papers_of(call.session, application)
    titles: list[str] = []
    for part in parts:
        name = PARTS.get(part, part)
        listed = papers.get(part)
        titles += [f"{name}：{paper}"[:300] for paper in listed] if listed else [name]
    entry = ArchiveEntry(
        number=next_number(call.session, NUMBERS, call.unit_id, business_day(call).year),
        application_id=application.id,
        registered_at=call.now,
        registered_by=call.actor,
        holder=call.actor,
        items=[ArchiveItem(n=n, title=title) for n, title in enumerate(titles, start=1)],
        **contents,
    )
    call.session.add(entry)
    call.session.flush()
    if call.actor:
        note_receipt(call.session, call.instance_id, call.actor, call.now, call.element, entry.location)
    return {"archive_no": entry.number}


@operation(
    "archive.lend",
    "借出档案 Lend a volume",
    inputs={
        "archive_no": ARCHIVE_NO,
        "borrower": text("Sign-in name of who takes it", 64),
        "reason": text("What for", 1000),
        "until": day("Day by which it comes back"),
    },
    outputs={"title": "Whose volume it is", "location": "Where it stands"},
    errors={"VOLUME_AWAY": "The volume is lent, or on its way to somebody else"},
)
def lend(call: OperationCall, *, archive_no: str, borrower: str, reason: str, until: dt.date) -> Outputs:
    """Notes who took a volume. Only one person has it at a time; a day that is past is refused."""
    volume = _volume(call, archive_no)
    if until < business_day(call):
        raise refuse("until", f"{until} is past")
    _require_person(call, "borrower", borrower)
    _require_in_place(call, volume)
    call.session.add(
        ArchiveLoan(
            archive_entry_id=volume.id,
            instance_id=call.instance_id,
            borrower=borrower,
            reason=reason,
            until=until,
            lent_at=call.now,
            lent_by=call.actor,
        )
    )
    call.session.flush()
    return {"title": volume.application.customer.name, "location": volume.location}


@operation(
    "archive.return",
    "归还档案 Take a volume back",
    inputs={
        "archive_no": ARCHIVE_NO,
        "condition": optional(text("What is missing or damaged", 1000)),
    },
    outputs={"overdue_days": "How many days late it came back; 0 when in time"},
)
def take_back(call: OperationCall, *, archive_no: str, condition: str | None) -> Outputs:
    """Notes that a volume is back in its place."""
    volume = _volume(call, archive_no)
    lent = out_on_loan(call.session, volume)
    if lent is None:
        raise refuse("archive_no", f"the volume {archive_no} is not lent")
    lent.returned_at, lent.returned_to, lent.condition = call.now, call.actor or "—", condition
    call.session.flush()
    return {"overdue_days": Decimal(max((business_day(call) - lent.until).days, 0))}


@operation(
    "archive.hand_over",
    "移交档案 Hand a volume over",
    inputs={
        "archive_no": ARCHIVE_NO,
        "to": text("Sign-in name of who receives it", 64),
        "reason": text("Why", 1000),
    },
    outputs={"title": "Whose volume it is"},
    errors={"VOLUME_AWAY": "The volume is lent, or on its way to somebody else"},
)
def hand_over(call: OperationCall, *, archive_no: str, to: str, reason: str) -> Outputs:
    """Sends a volume on its way to a second person, who gives the receipt."""
    volume = _volume(call, archive_no)
    _require_person(call, "to", to)
    if to == call.actor:
        raise refuse("to", "must be somebody else")
    _require_in_place(call, volume)
    call.session.add(
        ArchiveHandover(
            archive_entry_id=volume.id,
            instance_id=call.instance_id,
            handed_by=call.actor or "—",
            handed_to=to,
            reason=reason,
            handed_at=call.now,
        )
    )
    call.session.flush()
    return {"title": volume.application.customer.name}


@operation(
    "archive.receive",
    "签收档案 Give the receipt for a volume",
    inputs={"archive_no": ARCHIVE_NO, "location": text("Where it stands now")},
    outputs={"holder": "Who answers for it now"},
)
def receive(call: OperationCall, *, archive_no: str, location: str) -> Outputs:
    """Ends a hand-over: the volume is with whom it was meant for, in its new place."""
    volume = _volume(call, archive_no)
    handed = on_the_way(call.session, volume)
    if handed is None:
        raise refuse("archive_no", f"the volume {archive_no} is not on its way")
    if call.actor == handed.handed_by:
        raise refuse("archive_no", "the receipt is given by somebody else than who handed it over")
    handed.received_at, handed.location = call.now, location
    volume.location, volume.holder = location, handed.handed_to
    volume.room = volume.shelf = volume.box = None
    call.session.flush()
    return {"holder": handed.handed_to}


def _volume(call: OperationCall, number: str) -> ArchiveEntry:
    """The volume under its lock. Head office archives for its branches, so the case's unit is the volume's or above."""
    volume = locked_volume(call.session, number)
    if volume is None or not is_below(call.session, volume.application.unit_id, call.unit_id):
        raise refuse("archive_no", f"there is no volume {number} here")
    return volume


def _require_in_place(call: OperationCall, volume: ArchiveEntry) -> None:
    lent, handed = out_on_loan(call.session, volume), on_the_way(call.session, volume)
    if lent is None and handed is None:
        return
    away = f"案卷 {volume.number} " + (f"由 {lent.borrower} 借出" if lent is not None else "移交途中")
    raise BpmnError("VOLUME_AWAY", away, {"archive_refusal": away})


def _require_person(call: OperationCall, name: str, person: str) -> None:
    if call.session.scalar(sa.select(Person.id).where(Person.name == person)) is None:
        raise refuse(name, f"there is nobody with the sign-in name {person}")
