"""Contracts: drafting them from templates, the desk's own clauses, the legal review, and what voids them (LEG-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from engine.ports import OperationCall
from engine.values import decode, encode
from models.applications import Application
from models.contract_templates import TemplateVersion
from models.contracts import KINDS, Contract, ContractParty, ContractVersion
from models.customers import Customer
from models.loans import DUE_DAY_RULES, METHODS
from models.numbering import next_number
from models.queries.applications import find_contract, latest_resolution, live_contracts
from models.queries.contract_templates import template_for
from models.queries.units import is_below
from models.resolutions import Resolution
from operations.applications import APPLICATION_NO, application_of
from operations.contracting import gathering
from operations.contracting.appointments import cancelled
from operations.contracting.filling import fill, text_hash, unfilled
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, choices, context, day, money, optional, rate, text, texts, values, whole

NUMBERS = {
    "loan": "LC-{year}-{unit}-{seq:4}",
    "guarantee": "GC-{year}-{unit}-{seq:4}",
    "mortgage": "MC-{year}-{unit}-{seq:4}",
    "pledge": "PC-{year}-{unit}-{seq:4}",
}
CAPACITIES = {"loan": "borrower", "guarantee": "guarantor", "mortgage": "mortgagor", "pledge": "pledgor"}
"""As what those sign whom a contract binds."""

_TITLES = {"loan": "借款合同", "guarantee": "保证合同", "mortgage": "抵押合同", "pledge": "质押合同"}
_NOT_LISTED = "担保物（见合同）"
"""What is registered where nobody has listed the things."""

CONTRACT_NO = text("Number of the loan contract", 40)


def contract_of(call: OperationCall, number: str) -> Contract:
    """The loan contract with this number in the case's unit or below it; raises `Invalid` when there is none."""
    contract = find_contract(call.session, number)
    if (
        contract is None
        or contract.kind != "loan"
        or not is_below(call.session, contract.application.unit_id, call.unit_id)
    ):
        raise refuse("contract_no", f"there is no loan contract {number} in this unit")
    return contract


@operation(
    "contract.draft",
    "拟定合同 Draft the contracts",
    inputs={
        "application_no": APPLICATION_NO,
        "kinds": choices("Which contracts", KINDS),
        "needed": optional(choices("Which the kind of guarantee needs at least", KINDS), ()),
        "amount": money("Amount of the loan, at most the approved one"),
        "annual_rate": rate("Rate of the loan"),
        "term_months": whole("Term in months, at most the approved one"),
        "repayment_method": choice("How it is repaid", METHODS),
        "start": day("First day of interest"),
        "clauses": optional(values("Special clauses"), ()),
        "collateral": optional(texts("What is given as security, where none is on record"), ()),
        "liability": optional(choice("How guarantors are liable", ("joint", "general")), "joint"),
        "due_day_rule": optional(choice("What of due days on which nobody works", DUE_DAY_RULES), "as_is"),
        "reference_rate": optional(
            context("LPR of the day: rate in percent a year, source; without it the rate is fixed"), None
        ),
    },
    outputs={
        "contract_no": "Number of the loan contract",
        "contracts": "All contracts: a list of contexts with kind, number and title",
        "security_items": "The things given as security, each to be registered",
        "guarantee_issuers": "Who guarantees, each by a letter of his own; one empty name where nobody is known",
    },
)
def draft(
    call: OperationCall,
    *,
    application_no: str,
    kinds: list[str],
    needed: Sequence[str],
    clauses: list[Any],
    **terms: Any,
) -> Outputs:
    """Drafts the contracts of an approved application; drafting again changes the drafts and keeps their numbers.

    Each is worded by the template in force for its kind, the product and the kind of guarantee; one that binds each
    guarantor for himself is drafted for every one of them. What a draft no longer needs is void, with the reason.
    """
    application = application_of(call, application_no)
    if "loan" not in kinds:
        raise refuse("kinds", "must name loan: the other contracts secure one")
    if not set(needed) <= set(kinds):
        missing = [kind for kind in needed if kind not in kinds]
        titles = "、".join(_TITLES[kind] for kind in missing)
        guarantee = gathering.GUARANTEES_IN_WORDS[application.guarantee_kind]
        raise refuse("kinds", f"担保方式为{guarantee}，还须拟定{titles}。 Missing: {', '.join(missing)}.")
    today = business_day(call)
    wording = {name: terms.pop(name) for name in ("collateral", "liability", "due_day_rule", "reference_rate")}
    resolution = _require_approved(call, application, today, **terms)
    before = live_contracts(call.session, application)
    if any(contract.status == "signed" for contract in before):
        raise refuse("application_no", "its contracts are signed already")
    facts = gathering.of_application(
        call.session, application, resolution, drafted_on=today, special_clauses=clauses, **terms, **wording
    )
    planned = [plan for kind in kinds for plan in _planned(call, application, kind, today)]
    held = {(contract.kind, contract.n): contract for contract in before}
    for key, contract in held.items():
        if key not in {(plan.kind, plan.n) for plan in planned}:
            contract.status, contract.void_reason = "void", "拟定时改变了合同种类或签约方"
    drafted = [_drafted(call, application, plan, held.get((plan.kind, plan.n)), clauses, terms) for plan in planned]
    loan_no = next(contract.number for contract in drafted if contract.kind == "loan")
    for contract, plan in zip(drafted, planned, strict=True):
        _word(call, contract, plan.template, {**facts, **gathering.of_contract(contract, loan_no)})
    application.status = "contracted"
    call.session.flush()
    listed = [{"kind": each.kind, "number": each.number, "title": each.title} for each in drafted]
    return {
        "contract_no": loan_no,
        "contracts": listed,
        "security_items": facts["collateral"] or [_NOT_LISTED],
        "guarantee_issuers": [guarantor.name for guarantor in application.guarantors] or [""],
    }


class _Plan:
    """One contract that shall be drafted: the n-th of its kind, from a template, with those it binds."""

    def __init__(self, kind: str, n: int, template: TemplateVersion, parties: Sequence[Customer]) -> None:
        self.kind, self.n, self.template, self.parties = kind, n, template, parties


def _planned(call: OperationCall, application: Application, kind: str, today: dt.date) -> list[_Plan]:
    template = template_for(call.session, kind, application.product.code, application.guarantee_kind, today)
    if template is None:
        raise refuse("kinds", f"there is no template in force for {kind}, {application.guarantee_kind}")
    bound = _bound(call, application, kind)
    if template.template.binds == "together" or len(bound) < 2:
        return [_Plan(kind, 1, template, bound)]
    return [_Plan(kind, n, template, [party]) for n, party in enumerate(bound, start=1)]


def _bound(call: OperationCall, application: Application, kind: str) -> list[Customer]:
    if kind == "loan":
        return [application.customer]
    if kind == "guarantee":
        return list(application.guarantors)
    owners = {thing.owner_id for thing in gathering.collateral_of(call.session, application)}
    return [call.session.get_one(Customer, owner) for owner in sorted(owners)] or [application.customer]


def _drafted(
    call: OperationCall,
    application: Application,
    plan: _Plan,
    contract: Contract | None,
    clauses: list[Any],
    terms: Mapping[str, Any],
) -> Contract:
    if contract is None:
        number = next_number(call.session, NUMBERS[plan.kind], call.unit_id, business_day(call).year)
        contract = Contract(number=number, application=application, kind=plan.kind, n=plan.n, status="draft", version=0)
        call.session.add(contract)
    contract.title = plan.template.template.title
    contract.drafted_at, contract.drafted_by, contract.clauses = call.now, call.actor, list(clauses)
    for name, value in terms.items():
        setattr(contract, name, value)
    kept = {party.n: party for party in contract.parties}
    contract.parties = [
        _party(kept.get(n) or ContractParty(n=n), plan.kind, customer)
        for n, customer in enumerate(plan.parties, start=1)
    ]
    call.session.flush()
    return contract


def _party(party: ContractParty, kind: str, customer: Customer) -> ContractParty:
    party.capacity, party.name, party.customer = CAPACITIES[kind], customer.name, customer
    return party


def _word(call: OperationCall, contract: Contract, template: TemplateVersion, facts: Mapping[str, Any]) -> None:
    """Gives a contract a new wording, unless it says the same as the last; the desk's own clauses are kept."""
    last = contract.versions[-1] if contract.versions else None
    same_template = last is not None and last.template_version_id == template.id
    own = own_clauses(last) if last is not None and same_template else {}
    add_version(contract, template, fill(template.clauses, facts, own), facts, call.now, call.actor)


def own_clauses(version: ContractVersion) -> dict[str, str]:
    """The variable clauses of a wording, by their titles, as the desk has written them."""
    return {clause["title"]: clause["text"] for clause in version.clauses if clause["variable"]}


def facts_of(version: ContractVersion) -> dict[str, Any]:
    """The facts that a wording was filled with."""
    facts: dict[str, Any] = decode(version.facts)
    return facts


def add_version(
    contract: Contract,
    template: TemplateVersion,
    clauses: list[dict[str, Any]],
    facts: Mapping[str, Any],
    now: dt.datetime,
    person: str | None,
) -> bool:
    """Keeps a wording as the contract's next version; False when it says what the last one says."""
    digest = text_hash(contract.number, contract.title or "", [party.name for party in contract.parties], clauses)
    if contract.versions and contract.versions[-1].hash == digest:
        return False
    contract.version += 1
    contract.versions.append(
        ContractVersion(
            n=contract.version,
            template_version=template,
            clauses=clauses,
            facts=encode(dict(facts)),
            hash=digest,
            made_at=now,
            made_by=person,
        )
    )
    return True


def _require_approved(call: OperationCall, application: Application, today: dt.date, **terms: Any) -> Resolution:
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
    return resolution


@operation(
    "contract.review",
    "审核合同 Record the legal review",
    inputs={
        "contract_no": CONTRACT_NO,
        "contract_check": choice("Conclusion", ("pass", "return")),
        "contract_check_reasons": text("Reasons, and what is to be mended", 2000),
    },
    outputs={
        "contract_check": "The conclusion",
        "contract_check_reasons": "The reasons",
    },
)
def review(call: OperationCall, *, contract_no: str, contract_check: str, contract_check_reasons: str) -> Outputs:
    """Finds the wording of all contracts in order, or returns them (LEG-1). What is blank cannot be in order."""
    contract = contract_of(call, contract_no)
    for each in live_contracts(call.session, contract.application):
        if each.status != "draft":
            raise refuse("contract_no", f"the contract {each.number} is {each.status}, not a draft")
        blank = unfilled(each.versions[-1].clauses) if each.versions else []
        if contract_check == "pass" and blank:
            raise refuse(
                "contract_check", f"the contract {each.number} has clauses that nobody wrote: {', '.join(blank)}"
            )
        each.reviewed_version = each.version if contract_check == "pass" else None
        each.reviewed_at, each.reviewed_by = call.now, call.actor
    call.session.flush()
    return {"contract_check": contract_check, "contract_check_reasons": contract_check_reasons}


@operation(
    "contract.void",
    "作废合同 Void the contracts that were not signed",
    inputs={"contract_no": CONTRACT_NO, "reason": text("Why", 1000)},
    outputs={
        "voided": "Numbers of the contracts that are void now",
        "recipients": "Whom to tell that there is no signing, as signing.arrange gives it",
    },
)
def void(call: OperationCall, *, contract_no: str, reason: str) -> Outputs:
    """Voids the drafts of an application: their numbers stay taken, with the reason beside them.

    A signing that was agreed on is cancelled with them.
    """
    contract = contract_of(call, contract_no)
    drafts = [each for each in live_contracts(call.session, contract.application) if each.status == "draft"]
    for each in drafts:
        each.status, each.void_reason = "void", reason
    call.session.flush()
    return {
        "voided": [each.number for each in drafts],
        "recipients": cancelled(call, contract.application, contract_no),
    }
