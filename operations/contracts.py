"""Contracts: drafting, signing face to face, and registering guarantees (LEG-1 to LEG-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.ports import OperationCall
from models.applications import Application
from models.contracts import KINDS, Contract, GuaranteeRegistration
from models.loans import METHODS
from models.numbering import next_number
from models.queries.applications import find_contract, find_registration, latest_resolution, live_contracts
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, choices, day, flag, money, optional, rate, text, texts, values, whole

NUMBERS = {
    "loan": "LC-{year}-{unit}-{seq:4}",
    "guarantee": "GC-{year}-{unit}-{seq:4}",
    "mortgage": "MC-{year}-{unit}-{seq:4}",
    "pledge": "PC-{year}-{unit}-{seq:4}",
}
REGISTRATION_NUMBERS = "GR-{year}-{unit}-{seq:4}"

CONTRACT_NO = text("Number of the loan contract", 40)


def contract_of(call: OperationCall, number: str) -> Contract:
    """The loan contract with this number in the case's unit; raises `Invalid` when there is none."""
    contract = find_contract(call.session, number)
    if contract is None or contract.kind != "loan" or contract.application.unit_id != call.unit_id:
        raise refuse("contract_no", f"there is no loan contract {number} in this unit")
    return contract


@operation(
    "contract.draft",
    "拟定合同 Draft the contracts",
    inputs={
        "application_no": APPLICATION_NO,
        "kinds": choices("Which contracts", KINDS),
        "amount": money("Amount of the loan, at most the approved one"),
        "annual_rate": rate("Rate of the loan"),
        "term_months": whole("Term in months, at most the approved one"),
        "repayment_method": choice("How it is repaid", METHODS),
        "start": day("First day of interest"),
        "clauses": optional(values("Special clauses"), ()),
    },
    outputs={
        "contract_no": "Number of the loan contract",
        "contracts": "All contracts: a list of contexts with kind and number",
    },
)
def draft(call: OperationCall, *, application_no: str, kinds: list[str], clauses: list[Any], **terms: Any) -> Outputs:
    """Drafts the contracts of an approved application; drafting again changes the drafts and keeps their numbers."""
    application = application_of(call, application_no)
    if "loan" not in kinds:
        raise refuse("kinds", "must name loan: the other contracts secure one")
    today = business_day(call)
    _require_approved(call, application, today, **terms)
    drafts = live_contracts(call.session, application)
    if any(contract.status == "signed" for contract in drafts.values()):
        raise refuse("application_no", "its contracts are signed already")
    for kind, contract in drafts.items():
        if kind not in kinds:
            contract.status = "void"
    for kind in kinds:
        contract = drafts.get(kind) or _numbered(call, application, kind, today.year)
        drafts[kind] = contract
        contract.drafted_at, contract.drafted_by, contract.clauses = call.now, call.actor, list(clauses)
        for name, value in terms.items():
            setattr(contract, name, value)
    application.status = "contracted"
    call.session.flush()
    contracts = [{"kind": kind, "number": drafts[kind].number} for kind in kinds]
    return {"contract_no": drafts["loan"].number, "contracts": contracts}


def _numbered(call: OperationCall, application: Application, kind: str, year: int) -> Contract:
    number = next_number(call.session, NUMBERS[kind], call.unit_id, year)
    contract = Contract(number=number, application_id=application.id, kind=kind, status="draft")
    call.session.add(contract)
    return contract


def _require_approved(call: OperationCall, application: Application, today: dt.date, **terms: Any) -> None:
    resolution = latest_resolution(call.session, application)
    if resolution is None or resolution.result != "approved" or application.status not in ("approved", "contracted"):
        raise refuse("application_no", f"it is not approved but {application.status}")
    assert resolution.amount is not None
    assert resolution.term_months is not None
    assert resolution.valid_until is not None
    if today > resolution.valid_until:
        raise refuse("application_no", f"its approval ended on {resolution.valid_until}")
    if terms["amount"] > resolution.amount:
        raise refuse("amount", f"is more than the approved {resolution.amount}")
    if terms["term_months"] > resolution.term_months:
        raise refuse("term_months", f"is more than the approved {resolution.term_months}")


@operation(
    "contract.sign",
    "签订合同 Record the signing",
    inputs={
        "contract_no": CONTRACT_NO,
        "signed_on": day("Day of signing"),
        "place": text("Where it was signed"),
        "receiving_account": text("Account to which the money shall be paid", 64),
        "witnesses": texts("The two witnesses", 100),
        "spouse_signed": flag("Whether the spouse signed too"),
        "spouse_reason": optional(text("Why the spouse did not sign", 1000)),
    },
    outputs={"signed": "Whether the contracts are signed: true"},
)
def sign(
    call: OperationCall,
    *,
    contract_no: str,
    witnesses: list[str],
    spouse_signed: bool,
    spouse_reason: str | None,
    **signing: Any,
) -> Outputs:
    """Signs the loan contract and those that secure it, face to face and before two witnesses (LEG-3)."""
    contract = contract_of(call, contract_no)
    if contract.status != "draft":
        raise refuse("contract_no", f"the contract is {contract.status}, not a draft")
    if len(witnesses) != 2:
        raise refuse("witnesses", f"must name two people, not {len(witnesses)}")
    if not spouse_signed and spouse_reason is None:
        raise refuse("spouse_reason", "is missing: say why the spouse did not sign")
    for signed in live_contracts(call.session, contract.application).values():
        signed.status = "signed"
        signed.witness_1, signed.witness_2 = witnesses
        signed.spouse_signed, signed.spouse_reason = spouse_signed, spouse_reason
        for name, value in signing.items():
            setattr(signed, name, value)
    call.session.flush()
    return {"signed": True}


@operation(
    "guarantee.register",
    "登记担保 Record the registration of a guarantee",
    inputs={
        "application_no": APPLICATION_NO,
        "kind": text("Kind of guarantee", 64),
        "certificate_no": text("Number of the certificate", 100),
        "registered_on": day("Day of registration"),
        "authority_name": text("Authority with which it is registered"),
        "notarised": flag("Whether it was notarised"),
    },
    outputs={"guarantee_no": "Number of the registration in our books"},
)
def register_guarantee(call: OperationCall, *, application_no: str, **registration: Any) -> Outputs:
    """Records mortgage, pledge or guarantee with its certificate (LEG-4). The same certificate is recorded once."""
    application = application_of(call, application_no)
    recorded = find_registration(call.session, registration["authority_name"], registration["certificate_no"])
    if recorded is not None and recorded.application_id != application.id:
        raise refuse("certificate_no", "is recorded for another application")
    if recorded is None:
        year = business_day(call).year
        recorded = GuaranteeRegistration(
            number=next_number(call.session, REGISTRATION_NUMBERS, call.unit_id, year), application_id=application.id
        )
        call.session.add(recorded)
    recorded.recorded_at, recorded.recorded_by = call.now, call.actor
    for name, value in registration.items():
        setattr(recorded, name, value)
    call.session.flush()
    return {"guarantee_no": recorded.number}
