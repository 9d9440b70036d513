"""Whom to tell of an appointment for a signing, and taking one back."""

from __future__ import annotations

from typing import Any

from engine.ports import OperationCall
from models.applications import Application
from models.queries.signings import latest_appointment
from models.signings import SigningAppointment

_TEMPLATES = {"arranged": "signing_appointment", "cancelled": "signing_cancelled"}


def told(
    call: OperationCall, application: Application, appointment: SigningAppointment, contract_no: str
) -> list[dict[str, Any]]:
    """The customer and both witnesses; a witness who is not named is told by the role of those who may be it.

    Contexts with `to`, `template` and `facts` as notice.send takes them.
    """
    facts = {
        "application_no": application.number,
        "contract_no": contract_no,
        "customer_name": application.customer.name,
        "signing_at": appointment.signing_at.astimezone(call.zone).isoformat(),
        "place": appointment.place,
        "receiving_account": appointment.receiving_account,
        "bring": appointment.bring,
    }
    to = ["borrower", appointment.witness_1 or "contract_clerk", appointment.witness_2 or "account_manager"]
    return [{"to": name, "template": _TEMPLATES[appointment.status], "facts": facts} for name in dict.fromkeys(to)]


def cancelled(call: OperationCall, application: Application, contract_no: str) -> list[dict[str, Any]]:
    """Takes back what was agreed on; gives whom to tell, nobody when nothing was."""
    appointment = latest_appointment(call.session, application)
    if appointment is None or appointment.status != "arranged":
        return []
    appointment.status = "cancelled"
    call.session.flush()
    return told(call, application, appointment, contract_no)
