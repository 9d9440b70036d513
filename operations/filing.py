"""Notices queued for sending."""

from __future__ import annotations

from typing import Any

from engine.ports import OperationCall
from models.registers import OutgoingNotice
from operations.declaring import Outputs, operation
from operations.inputs import context, optional, text


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
