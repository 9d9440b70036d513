"""What ends in a folder or leaves the house: the archive (DIS-4), and notices queued for sending."""

from __future__ import annotations

from typing import Any

from engine.ports import OperationCall
from models.numbering import next_number
from models.registers import ArchiveEntry, ArchiveItem, OutgoingNotice
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import context, optional, text, texts

ARCHIVE_NUMBERS = "AR-{year}-{unit}-{seq:4}"


@operation(
    "archive.register",
    "归档 Register the archive volume",
    inputs={
        "application_no": APPLICATION_NO,
        "location": text("Where the volume stands"),
        "list": texts("The papers in it", 200),
    },
    outputs={"archive_no": "Number of the volume"},
)
def register_archive(call: OperationCall, *, application_no: str, location: str, **contents: Any) -> Outputs:
    """Gives the papers of an application a number and a place; each call is another volume."""
    application = application_of(call, application_no)
    papers: list[str] = contents["list"]
    if not papers:
        raise refuse("list", "must name at least one paper")
    entry = ArchiveEntry(
        number=next_number(call.session, ARCHIVE_NUMBERS, call.unit_id, business_day(call).year),
        application_id=application.id,
        location=location,
        registered_at=call.now,
        registered_by=call.actor,
        items=[ArchiveItem(n=n, title=title) for n, title in enumerate(papers, start=1)],
    )
    call.session.add(entry)
    call.session.flush()
    return {"archive_no": entry.number}


@operation(
    "notice.send",
    "发送通知 Queue a notice",
    inputs={
        "to": text("borrower, guarantors, a customer's number, a role, or a person's sign-in name", 64),
        "template": text("Code of the text in the package's notices.yaml", 64),
        "facts": optional(context("What the text speaks of"), {}),
    },
    outputs={"notice_no": "Number of the notice in the outbox"},
    text_input="template",
)
def send_notice(call: OperationCall, *, to: str, template: str, facts: Any) -> Outputs:
    """Puts a notice into the outbox. Nothing leaves the house in this transaction; an errand passes it on."""
    notice = OutgoingNotice(
        instance_id=call.instance_id,
        unit_id=call.unit_id,
        recipient=to,
        template=template,
        facts=facts,
        queued_at=call.now,
        queued_by=call.actor,
    )
    call.session.add(notice)
    call.session.flush()
    call.queue_job("notice", {"notice": notice.id})
    return {"notice_no": notice.number}
