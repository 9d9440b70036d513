"""Identifying customers at intake (INT-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.ports import OperationCall
from models.customers import KINDS, BlockedParty, Customer, CustomerCheck
from models.database import insert_or_ignore
from models.numbering import next_number
from models.queries.customers import customer_by_identity, listed_parties
from operations.declaring import Outputs, business_day, operation
from operations.inputs import choice, optional, text

NUMBERS = "C-{seq:6}"
_ID_KIND = {"person": "resident_id", "company": "credit_code"}


@operation(
    "customer.identify",
    "识别客户 Identify a customer",
    inputs={
        "kind": choice("What the customer is", KINDS),
        "name": text("Name as on the identity paper"),
        "id_number": text("Resident identity number, or unified social credit code of a firm", 40),
        "phone": optional(text("Telephone", 40)),
        "address": optional(text("Address", 300)),
    },
    outputs={
        "customer_id": "The customer's number, such as C-000123",
        "known": "Whether the customer was on file before",
        "blocked": "Whether the customer is blocked, or on a list of the blocked by identity number",
        "warnings": "What a person should look at before going on, as texts",
    },
)
def identify(
    call: OperationCall, *, kind: str, name: str, id_number: str, phone: str | None, address: str | None
) -> Outputs:
    """Finds the customer by identity paper, or opens a file; compares with the lists and files the result.

    A telephone or address that is given replaces the one on file; a name never does, it gives a warning.
    """
    id_number = id_number.upper()
    customer = customer_by_identity(call.session, _ID_KIND[kind], id_number)
    known = customer is not None
    if customer is None:
        customer = _opened(call, kind=kind, name=name, id_kind=_ID_KIND[kind], id_number=id_number)
    customer.phone = phone or customer.phone
    customer.address = address or customer.address
    listed = listed_parties(call.session, name, id_number, business_day(call))
    warnings = _warnings(customer, name, listed)
    blocked = customer.blocked_at is not None or any(party.id_number == id_number for party in listed)
    given = {"kind": kind, "name": name, "id_number": id_number, "phone": phone, "address": address}
    call.session.add(
        CustomerCheck(
            customer_id=customer.id,
            instance_id=call.instance_id,
            known=known,
            blocked=blocked,
            given=given,
            warnings=warnings,
            checked_at=call.now,
            checked_by=call.actor,
        )
    )
    call.session.flush()
    return {"customer_id": customer.number, "known": known, "blocked": blocked, "warnings": warnings}


def _opened(call: OperationCall, **identity: Any) -> Customer:
    row = {**identity, "number": next_number(call.session, NUMBERS), "recorded_at": call.now, "recorded_by": call.actor}
    # Somebody else may open a file for the same paper at this moment: then theirs is taken.
    insert_or_ignore(call.session, Customer, row, ["id_kind", "id_number"])
    customer = customer_by_identity(call.session, identity["id_kind"], identity["id_number"])
    assert customer is not None
    return customer


def _warnings(customer: Customer, name: str, listed: Sequence[BlockedParty]) -> list[str]:
    warnings = [f"客户已被冻结：{customer.blocked_reason}"] if customer.blocked_at is not None else []
    if customer.name != name:
        warnings.append(f"姓名与档案不符，档案中为：{customer.name}")
    for party in listed:
        matched = "证件号码" if party.id_number == customer.id_number else "姓名"
        warnings.append(f"{matched}在名单“{party.list_name}”中：{party.reason}")
    return warnings
