"""Identifying customers at intake (INT-7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from models.customers import KINDS, Customer, CustomerCheck
from models.database import insert_or_ignore
from models.numbering import next_number
from models.queries.customers import customer_by_identity, find_customer
from operations.counter import Applicant, Found, look_up
from operations.customer_changes import NUMBERS, Editor
from operations.declaring import Outputs, business_day, operation, refuse
from operations.house_figures import figures_of
from operations.inputs import choice, contexts, number, optional, text

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
        "product": optional(
            text("Code of the product applied for: other applications for it under way are hinted at", 64)
        ),
    },
    outputs={
        "customer_id": "The customer's number, such as C-000123",
        "known": "Whether the customer was on file before",
        "blocked": "Whether the customer is blocked, or on a list of the blocked by identity number",
        "warnings": "What a person should look at before going on, as texts",
        "hints": "What may be a duplicate: other customers with the telephone or a like name, applications under way",
    },
)
def identify(
    call: OperationCall,
    *,
    kind: str,
    name: str,
    id_number: str,
    phone: str | None,
    address: str | None,
    product: str | None,
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
    given_now = Applicant(kind, name, id_number, phone, product)
    found = look_up(call.session, customer, given_now, business_day(call), call.instance_id)
    given = {"kind": kind, "name": name, "id_number": id_number, "phone": phone, "address": address}
    call.session.add(
        CustomerCheck(
            customer_id=customer.id,
            instance_id=call.instance_id,
            known=known,
            blocked=found.blocked,
            given=given,
            warnings=found.warnings,
            checked_at=call.now,
            checked_by=call.actor,
        )
    )
    call.session.flush()
    return {
        "customer_id": customer.number,
        "known": known,
        "blocked": found.blocked,
        "warnings": found.warnings,
        "hints": found.hints,
    }


def _opened(call: OperationCall, **identity: Any) -> Customer:
    row = {**identity, "number": next_number(call.session, NUMBERS), "recorded_at": call.now, "recorded_by": call.actor}
    # Somebody else may open a file for the same paper at this moment: then theirs is taken.
    insert_or_ignore(call.session, Customer, row, ["id_kind", "id_number"])
    customer = customer_by_identity(call.session, identity["id_kind"], identity["id_number"])
    assert customer is not None
    return customer


@operation(
    "customer.identify_related",
    "识别配偶、法定代表人与受益所有人 Identify spouse, legal representative and beneficial owners",
    inputs={
        "customer_id": text("Number of the customer", 16),
        "spouse_name": optional(text("Name of the spouse")),
        "spouse_id_number": optional(text("Identity number of the spouse", 40)),
        "legal_representative": optional(text("Name of the legal representative")),
        "owners": optional(
            contexts(
                "The beneficial owners",
                {
                    "owner_name": text("Name"),
                    "owner_id_number": text("Identity number", 40),
                    "owner_share": optional(number("Share in percent")),
                },
            ),
            (),
        ),
    },
    outputs={
        "related_ids": "Numbers of those identified",
        "blocked": "Whether one of them is blocked, or on a list of the blocked by identity number",
        "warnings": "What a person should look at before going on, as texts",
        "hints": "What is lacking: a firm without an owner of more than the share that makes a beneficial owner",
    },
)
def identify_related(
    call: OperationCall,
    *,
    customer_id: str,
    spouse_name: str | None,
    spouse_id_number: str | None,
    legal_representative: str | None,
    owners: list[dict[str, Any]],
) -> Outputs:
    """Identifies who stands behind the customer, files how each is related and what the lists say of them (INT-7).

    Somebody without an identity number is not filed, only compared by name. The legal representative is known by the
    owner of that name.
    """
    customer = find_customer(call.session, customer_id)
    if customer is None:
        raise refuse("customer_id", f"there is no customer {customer_id}")
    named: list[tuple[str, str, str | None, Decimal | None]] = []
    if spouse_name is not None:
        named.append(("spouse", spouse_name, spouse_id_number, None))
    for owner in owners:
        share = None if owner["owner_share"] is None else owner["owner_share"] / 100
        named.append(("beneficial_owner", owner["owner_name"], owner["owner_id_number"], share))
    if legal_representative is not None:
        paper = next((one["owner_id_number"] for one in owners if one["owner_name"] == legal_representative), None)
        named.append(("legal_representative", legal_representative, paper, None))
    outcome = [_related(call, customer, *somebody) for somebody in named]
    least = figures_of(call.session).beneficial_share
    shares = [share for *_, share in named if share is not None]
    unknown = customer.kind == "company" and not any(share > least for share in shares)
    return {
        "related_ids": list(dict.fromkeys(number for number, _ in outcome if number is not None)),
        "blocked": any(found.blocked for _, found in outcome),
        "warnings": _said(named, [found.warnings for _, found in outcome]),
        "hints": [f"没有登记持股超过 {least:.0%} 的受益所有人"] if unknown else [],
    }


def _said(named: list[tuple[str, str, str | None, Decimal | None]], told: list[list[str]]) -> list[str]:
    pairs = zip(named, told, strict=True)
    return list(dict.fromkeys(f"{somebody[1]}：{words}" for somebody, several in pairs for words in several))


def _related(
    call: OperationCall, customer: Customer, kind: str, name: str, id_number: str | None, share: Decimal | None
) -> tuple[str | None, Found]:
    """Somebody who stands behind the customer: identified, related and compared with the lists."""
    if id_number is None:
        return None, look_up(call.session, None, Applicant("person", name, ""), business_day(call))
    found = identify.run(call, kind="person", name=name, id_number=id_number)
    editor = Editor(call.session, call.now, call.actor or "")
    other = find_customer(call.session, found["customer_id"])
    if other is not None and other.id != customer.id:
        editor.relate(other, kind, customer.number, share if share and share <= 1 else None)
    return found["customer_id"], Found(found["warnings"], found["hints"], found["blocked"])
