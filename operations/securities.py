"""Securities: registration with its certificate, insurance, valuation, and the watch over what ends (LEG-4, LEG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from models.contracts import GuaranteeRegistration
from models.numbering import next_number
from models.queries.applications import find_registration
from models.queries.securities import account_manager_of, ending
from models.security_papers import SecurityPaper
from operations.applications import APPLICATION_NO, application_of
from operations.contracting.security_desk import end, keep, replace
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import day, flag, money, optional, text, whole

REGISTRATION_NUMBERS = "GR-{year}-{unit}-{seq:4}"
_MOST_AT_ONCE = 500
"""Papers that one day's watch takes up; what is left is taken the next day."""


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
        "item": optional(text("What of the collateral it is about", 1000)),
        "applied_on": optional(day("Day on which it was applied for")),
        "rank": optional(whole("Order among the securities on the same thing", 20)),
        "valid_until": optional(day("Last day on which the registration holds")),
        "fee": optional(money("Fee")),
        "custodian": optional(text("Who keeps the certificate")),
        "insurer": optional(text("Insurer")),
        "policy_no": optional(text("Number of the policy", 100)),
        "beneficiary": optional(text("First beneficiary of the insurance")),
        "insured_amount": optional(money("Sum insured")),
        "insured_until": optional(day("Last day of the insurance")),
        "appraiser": optional(text("Appraiser")),
        "report_no": optional(text("Number of the appraisal", 100)),
        "appraised_value": optional(money("Appraised value")),
        "valued_until": optional(day("Last day on which the appraisal holds")),
    },
    outputs={"guarantee_no": "Number of the registration in our books"},
)
def register_guarantee(
    call: OperationCall,
    *,
    application_no: str,
    kind: str,
    certificate_no: str,
    registered_on: dt.date,
    authority_name: str,
    notarised: bool,
    **more: Any,
) -> Outputs:
    """Records mortgage, pledge or guarantee with its certificate (LEG-4). The same certificate is recorded once.

    Insurance and valuation that are given with it are kept beside, and watched with it until they end.
    """
    application = application_of(call, application_no)
    if more["applied_on"] is not None and more["applied_on"] > registered_on:
        raise refuse("applied_on", f"lies behind the registration on {registered_on}")
    recorded = find_registration(call.session, authority_name, certificate_no)
    if recorded is not None and recorded.application_id != application.id:
        raise refuse("certificate_no", "is recorded for another application")
    if recorded is None:
        year = business_day(call).year
        recorded = GuaranteeRegistration(
            number=next_number(call.session, REGISTRATION_NUMBERS, call.unit_id, year),
            application_id=application.id,
            authority_name=authority_name,
            certificate_no=certificate_no,
        )
        call.session.add(recorded)
    recorded.kind, recorded.registered_on, recorded.notarised = kind, registered_on, notarised
    recorded.recorded_at, recorded.recorded_by = call.now, call.actor
    for name in ("item", "applied_on", "rank", "valid_until", "fee", "custodian"):
        setattr(recorded, name, more[name])
    call.session.flush()
    for paper in _papers(recorded, more, registered_on):
        keep(call.session, application, call.actor, call.now, **paper)
    return {"guarantee_no": recorded.number}


def _papers(recorded: GuaranteeRegistration, more: Mapping[str, Any], since: dt.date) -> list[dict[str, Any]]:
    """What of a registration ends some day, each with who issued it; raises `Invalid` for one that is told in part."""
    item = recorded.item or recorded.certificate_no
    found: list[dict[str, Any]] = []
    if recorded.valid_until is not None:
        found.append(
            {
                "kind": "registration",
                "item": item,
                "issuer": recorded.authority_name,
                "number": recorded.certificate_no,
                "valid_until": recorded.valid_until,
                "valid_from": since,
            }
        )
    told = {
        "insurance": ("insurer", "policy_no", "insured_until", "insured_amount", "beneficiary"),
        "valuation": ("appraiser", "report_no", "valued_until", "appraised_value", None),
    }
    for kind, (issuer, number, until, amount, beneficiary) in told.items():
        given = [more[name] for name in (issuer, number, until)]
        if all(value is None for value in given):
            continue
        for name, value in zip((issuer, number, until), given, strict=True):
            if value is None:
                raise refuse(name, "is missing: issuer, number and last day belong together")
        found.append(
            {
                "kind": kind,
                "item": item,
                "issuer": more[issuer],
                "number": more[number],
                "valid_until": more[until],
                "valid_from": since,
                "amount": more[amount],
                "beneficiary": more[beneficiary] if beneficiary else None,
            }
        )
    return found


@operation(
    "security.ending",
    "查找将到期的押品凭证 Find what of securities ends soon",
    inputs={"within_days": whole("How many days ahead", 3660)},
    outputs={"papers": "What ends: contexts with paper_id, kind, item, number, valid_until, application_no, manager"},
)
def find_ending(call: OperationCall, *, within_days: int) -> Outputs:
    """Takes up what ends within some days or has ended, each once: what is taken up is not found again."""
    until = business_day(call) + dt.timedelta(days=within_days)
    papers = ending(call.session, until, _MOST_AT_ONCE)
    for paper in papers:
        paper.asked_at = call.now
    call.session.flush()
    return {
        "papers": [
            {
                "paper_id": Decimal(paper.id),
                "paper_kind": paper.kind,
                "item": paper.item,
                "issuer": paper.issuer,
                "number": paper.number,
                "valid_until": paper.valid_until,
                "application_no": paper.application.number,
                "customer_name": paper.application.customer.name,
                "manager": account_manager_of(call.session, paper.application),
            }
            for paper in papers
        ]
    }


@operation(
    "security.renew",
    "更新押品凭证 Record the renewal of what ended",
    inputs={
        "paper_id": whole("The paper that ends", 2**31 - 1),
        "renewed": flag("Whether it was renewed; otherwise it is needed no more"),
        "issuer": optional(text("Who issued the new one")),
        "number": optional(text("Number of the new one", 100)),
        "amount": optional(money("Sum insured, or value")),
        "valid_from": optional(day("First day of the new one")),
        "valid_until": optional(day("Last day of the new one")),
        "reason": optional(text("Why it is needed no more", 1000)),
    },
    outputs={"renewed": "Whether it was renewed"},
)
def renew(call: OperationCall, *, paper_id: int, renewed: bool, reason: str | None, **new: Any) -> Outputs:
    """Puts a new paper in the place of the one that ends, or says why none is needed (LEG-4).

    One that the desk has dealt with meanwhile stays as it is, and needs no more.
    """
    paper = call.session.get(SecurityPaper, paper_id)
    if paper is None:
        raise refuse("paper_id", f"there is no paper {paper_id}")
    if renewed and paper.ended_on is not None:
        raise refuse("paper_id", f"the {paper.kind} {paper.number} was dealt with on {paper.ended_on}")
    if not renewed and paper.ended_on is None:
        end(call.session, paper, reason, business_day(call))
    elif renewed:
        replace(call.session, paper, new, call.actor, call.now, business_day(call))
    return {"renewed": paper.renewed_by_id is not None}
