"""Gathers the facts of an application for its contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lending.capitals import in_capitals
from lending.dates import add_months
from lending.daycount import DayCount
from models.applications import Application, ApplicationCollateral, Collateral
from models.contracts import Contract, ContractParty
from models.customers import Customer, CustomerRelation
from models.people import Unit
from models.queries import staff
from models.resolutions import Resolution

METHODS_IN_WORDS = {
    "equal_installment": "等额本息",
    "equal_principal": "等额本金",
    "interest_only": "按期付息、到期还本",
    "single": "到期一次还本付息",
    "flat": "等本等息",
}
_ACTUAL_DAYS = "按实际占用天数计收，算头不算尾；日利率为年利率除以{year}"
INTEREST_IN_WORDS = {
    DayCount.THIRTY_360: "计收，每月按三十天、每年按三百六十天计算",
    DayCount.ACT_360: _ACTUAL_DAYS.format(year="三百六十"),
    DayCount.ACT_364: _ACTUAL_DAYS.format(year="三百六十四"),
    DayCount.ACT_365: _ACTUAL_DAYS.format(year="三百六十五"),
    DayCount.ACT_ACT: _ACTUAL_DAYS.format(year="当年的实际天数"),
}
DUE_DAYS_IN_WORDS = {
    "as_is": "应还日遇法定休息日的，应还日不变",
    "next_working_day": "应还日遇法定休息日的，顺延至其后第一个工作日",
}
GUARANTEES_IN_WORDS = {
    "credit": "信用",
    "guarantor": "保证人保证",
    "fund_members": "职工联保",
    "payroll_account": "工资账户担保",
    "mortgage": "抵押",
    "pledge": "质押",
    "guarantee_company": "担保公司保证",
    "mortgage_staged": "抵押加阶段性连带责任保证",
    "joint_farmers": "农户联保",
}


def of_application(
    session: Session,
    application: Application,
    resolution: Resolution,
    *,
    amount: Decimal,
    annual_rate: Decimal,
    term_months: int,
    repayment_method: str,
    start: dt.date,
    drafted_on: dt.date,
    special_clauses: Sequence[str],
    collateral: Sequence[str],
    liability: str,
    due_day_rule: str,
    reference_rate: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What all contracts of an application state alike; amounts in CNY, the rate per year as a fraction."""
    borrower = application.customer
    things = [thing.description for thing in collateral_of(session, application)] or list(collateral)
    return {
        "application_no": application.number,
        "resolution_no": resolution.number,
        "lender": _lender(session, application),
        "drafted_on": drafted_on,
        "customer_name": borrower.name,
        "customer_kind": borrower.kind,
        "customer_id_number": borrower.id_number,
        "customer_address": borrower.address,
        "customer_phone": borrower.phone,
        "spouse_name": spouse_of(session, borrower),
        "product": application.product.code,
        "product_name": application.product.title_zh,
        "purpose": application.purpose,
        "amount": amount,
        "amount_in_words": in_capitals(amount),
        "term_months": Decimal(term_months),
        "start": start,
        "maturity": add_months(start, term_months),
        "annual_rate_percent": annual_rate * 100,
        "rate_in_words": rate_in_words(annual_rate, reference_rate),
        "repayment_method": repayment_method,
        "interest_in_words": INTEREST_IN_WORDS[DayCount(application.product.day_count)],
        "due_days_in_words": DUE_DAYS_IN_WORDS[due_day_rule],
        "repayment_in_words": METHODS_IN_WORDS[repayment_method],
        "guarantee_kind": application.guarantee_kind,
        "guarantee_in_words": GUARANTEES_IN_WORDS.get(application.guarantee_kind, application.guarantee_kind),
        "liability": liability,
        "guarantors": [guarantor.name for guarantor in application.guarantors],
        "guarantor_count": Decimal(len(application.guarantors)),
        "collateral": things,
        "conditions": [condition.text for condition in resolution.conditions],
        "special_clauses": list(special_clauses),
    }


def _lender(session: Session, application: Application) -> str:
    """The house, and the branch that signs for it."""
    branch = session.get_one(Unit, application.unit_id)
    return branch.name if branch.parent_id is None else f"{staff.institution(session)}{branch.name}"


def of_contract(contract: Contract, loan_contract_no: str) -> dict[str, Any]:
    """What one contract states of itself."""
    parties = contract.parties
    return {
        "contract_no": contract.number,
        "loan_contract_no": loan_contract_no,
        "receiving_account": contract.receiving_account,
        "parties": [party.name for party in parties],
        "party_count": Decimal(len(parties)),
        "party_details": [_details(party) for party in parties],
    }


def _details(party: ContractParty) -> str:
    customer = party.customer
    if customer is None:
        return party.name
    known = [f"证件号码 {customer.id_number}", customer.address and f"地址 {customer.address}"]
    known.append(customer.phone and f"电话 {customer.phone}")
    return f"{party.name}，{'，'.join(part for part in known if part)}"


def rate_in_words(annual_rate: Decimal, reference: Mapping[str, Any] | None) -> str:
    """The rate as the reference rate (LPR) plus or minus basis points, or as a fixed one without a reference."""
    percent = annual_rate * 100
    if not reference:
        return f"固定年利率 {_plain(percent)}%"
    lpr = Decimal(str(reference["rate"]))
    points = (percent - lpr) * 100
    sign = "加" if points >= 0 else "减"
    return (
        f"贷款市场报价利率（LPR）{_plain(lpr)}%（{reference['source']}）"
        f"{sign} {_plain(abs(points))} 个基点，即年利率 {_plain(percent)}%"
    )


def _plain(number: Decimal) -> str:
    written = f"{number:.4f}"
    return written.rstrip("0").rstrip(".")


def spouse_of(session: Session, customer: Customer) -> str | None:
    """The name of the spouse on record."""
    one_way = sa.select(CustomerRelation.other_id).where(CustomerRelation.customer_id == customer.id)
    other_way = sa.select(CustomerRelation.customer_id).where(CustomerRelation.other_id == customer.id)
    married = [query.where(CustomerRelation.kind == "spouse") for query in (one_way, other_way)]
    spouse = sa.select(Customer.name).where(sa.or_(*(Customer.id.in_(query) for query in married)))
    return session.scalar(spouse.limit(1))


def collateral_of(session: Session, application: Application) -> Sequence[Collateral]:
    """What was offered as security, in the order of record."""
    return session.scalars(
        sa.select(Collateral)
        .join(ApplicationCollateral, ApplicationCollateral.collateral_id == Collateral.id)
        .where(ApplicationCollateral.application_id == application.id)
        .order_by(Collateral.id)
    ).all()
