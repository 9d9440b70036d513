"""What the demonstration's account managers find on site: statements, guarantors, collateral, in believable figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from operations.demo.plan import Application

Answers = dict[str, Any]

_THOUSAND = Decimal(1000)

_STANDINGS = {9: "weak", 13: "fair", 16: "fair", 18: "fair", 19: "poor", 20: "weak", 22: "fair", 33: "fair", 36: "fair"}
"""How customers stand, by their index, where it is not good: their ratings go from A to D by it."""
_OVERDUE = {"good": 0, "fair": 1, "weak": 3, "poor": 6}
_DEBTS = {"good": Decimal("0.8"), "fair": Decimal("1.8"), "weak": Decimal("2.3"), "poor": Decimal("3")}
_CREDIT = {"good": "good", "fair": "fair", "weak": "fair", "poor": "poor"}

_AT_ODDS = 22
"""The customer of whom B finds less stock and a private loan that A was not told of."""


def report(side: str, application: Application, now: dt.datetime) -> Answers:
    """The report of A or B. B, who asks others, sometimes finds a little less, and then proposes a lower amount."""
    cautious = side == "b" and application.customer.index % 2 == 0
    amount = Decimal(application.amount)
    care = Decimal("0.95") if cautious else Decimal(1)
    answers = _visit(application, now, side) | _statement(application, care) | _opinion(amount, cautious)
    if side == "b" and application.customer.index == _AT_ODDS:
        answers |= _at_odds(amount)
    if application.guarantee_kind == "mortgage":
        answers["collateral"] = [_home(application, now, care)]
    if application.guarantor is not None:
        answers["guarantors"] = [_guarantor(amount, care)]
    return {f"{side}_{name}": value for name, value in answers.items()} | _words(side)


def credit_record(application: Application) -> Answers:
    """What the credit registry says of the customer."""
    standing = standing_of(application)
    overdue = _OVERDUE[standing]
    return {
        "overdue_count": Decimal(overdue),
        "guarantees_given": _guarantees(application),
        "credit_summary": f"近 24 个月逾期 {overdue} 次，均已结清" if overdue else "无逾期记录",
    }


def standing_of(application: Application) -> str:
    """`good`, `fair`, `weak` or `poor`."""
    return _STANDINGS.get(application.customer.index, "good")


def _guarantees(application: Application) -> Decimal:
    return Decimal(0) if standing_of(application) == "good" else _round(Decimal(application.amount) * Decimal("1.5"))


def _at_odds(amount: Decimal) -> Answers:
    return {
        "inventory": _round(amount * Decimal("0.3")),
        "private_debts": _round(amount * Decimal("0.4")),
        "amount": _round(amount * Decimal("0.7")),
        "credit_standing": "poor",
        "reasons": "盘点存货只有账面一半；据邻近商户，另有民间借款未入账。建议压降三成，并补充借款凭据",
    }


def _visit(application: Application, now: dt.datetime, side: str) -> Answers:
    return {
        "visited_on": now.date().isoformat(),
        "place": application.customer.address,
        "people_met": application.customer.name,
        "evidence": ["photos", "accounts", "stock"] if side == "a" else ["photos", "interview"],
        "video_interview": False,
    }


def _statement(application: Application, care: Decimal) -> Answers:
    """Figures that carry the loan: assets of five times the amount, and twice the yearly instalments as income."""
    amount = Decimal(application.amount)
    service = _round(amount * Decimal("0.55"))
    answers: Answers = {
        "cash": _round(amount * Decimal("0.3") * care),
        "receivables": _round(amount * Decimal("0.4") * care),
        "inventory": _round(amount * Decimal("0.6") * care),
        "equipment": _round(amount * Decimal("0.7") * care),
        "property": _round(amount * 3),
        "bank_debts": _round(amount * _DEBTS[standing_of(application)]),
        "payables": _round(amount * Decimal("0.2")),
        "due_within_year": _round(amount * Decimal("0.4")),
        "guarantees": _guarantees(application),
        "annual_debt_service": service,
        "stability_years": Decimal(3 + application.customer.index % 7),
        "credit_standing": _CREDIT[standing_of(application)],
    }
    if application.product == "personal_consumption":
        return answers | {
            "salary_monthly": _round(service / 5 * care),
            "other_income": _round(service / 4),
            "living_monthly": _round(service / 20),
        }
    years = [
        {"year": Decimal(2025 - back), "revenue": _round(amount * 6 * care) - 7000 * back, "costs": _round(amount * 4)}
        | {"expenses": _round(amount * Decimal("0.5"))}
        for back in range(2)
    ]
    answers |= {"years": years, "employees": Decimal(3 + application.customer.index % 9), "seasonality": "some"}
    if application.customer.kind == "person":
        answers["living_monthly"] = _round(service / 40)
    return answers


def _home(application: Application, now: dt.datetime, care: Decimal) -> Answers:
    amount, index = Decimal(application.amount), application.customer.index
    return {
        "collateral_kind": "residence" if application.customer.kind == "person" else "shop",
        "description": f"{application.customer.address} 房产一处",
        "owner": application.customer.name,
        "certificate_no": f"豫（2021）柳林不动产权第 {20000 + index:07d} 号",
        "clear": "yes",
        "encumbrance": Decimal(0),
        "own_value": _round(amount * Decimal("1.9") * care),
        "appraised_value": _round(amount * 2),
        "appraiser": "柳林评估事务所",
        "appraised_on": (now.date() - dt.timedelta(days=12)).isoformat(),
        "realisable": "easy",
        "collateral_note": "自住，无租约，同地段近半年有成交",
    }


def _guarantor(amount: Decimal, care: Decimal) -> Answers:
    return {
        "qualified": "yes",
        "standing": "good",
        "guarantor_assets": _round(amount * 4 * care),
        "guarantor_debts": _round(amount * Decimal("0.5")),
        "guarantor_income": _round(amount),
        "guarantor_guarantees": Decimal(0),
        "guarantor_opinion": "有稳定收入，愿意承担连带责任",
    }


def _opinion(amount: Decimal, cautious: bool) -> Answers:
    return {
        "opinion": "for",
        "amount": _round(amount * Decimal("0.9")) if cautious else amount,
        "reasons": "同意，建议略为压降金额" if cautious else "经营正常，还款来源充足",
        "truthful": True,
    }


def _words(side: str) -> Answers:
    if side == "b":
        return {"b_purpose_real": "yes", "b_findings": "走访上下游与村委，情况与申请一致"}
    return {"a_operations": "现场核对，经营正常，订单已核原件", "a_repayment_source": "农产品与货物销售收入"}


def _round(value: Decimal) -> Decimal:
    """Whole thousands, as people estimate."""
    return (value / _THOUSAND).quantize(Decimal(1)) * _THOUSAND
