"""The products that a new house starts with. From then on products are data: houses add versions, never edit these."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models.queries.products import add_product_version, product_codes

GUARANTEE_KINDS = (
    "credit",
    "guarantor",
    "fund_members",
    "payroll_account",
    "mortgage",
    "pledge",
    "guarantee_company",
    "mortgage_staged",
    "joint_farmers",
)
"""Kinds of guarantee (LEG-5), and `credit` for none."""

_VALID_FROM = dt.date(2020, 1, 1)
_ANY_METHOD = ("equal_installment", "equal_principal", "interest_only", "single")

# Terms follow trade.md section 7 (consumption and business at most 5 years); amounts and rates are a house's own.
STANDARD_PRODUCTS: dict[str, dict[str, Any]] = {
    "personal_consumption": {
        "title_zh": "个人消费贷款",
        "title_en": "Personal consumption loan",
        "amounts": ("1000", "300000"),
        "months": (1, 60),
        "annual_rate": "0.072",
        "day_count": "30/360",
        "customer_kind": ("person",),
        "repayment_method": _ANY_METHOD,
        "guarantee_kind": (
            "credit",
            "guarantor",
            "fund_members",
            "payroll_account",
            "mortgage",
            "mortgage_staged",
            "pledge",
            "guarantee_company",
        ),
    },
    "personal_business": {
        "title_zh": "个人经营贷款",
        "title_en": "Personal business loan",
        "amounts": ("10000", "5000000"),
        "months": (1, 60),
        "annual_rate": "0.0685",
        "day_count": "ACT/360",
        "customer_kind": ("person",),
        "repayment_method": _ANY_METHOD,
        "guarantee_kind": ("credit", "guarantor", "payroll_account", "mortgage", "pledge", "guarantee_company"),
    },
    "sme_working_capital": {
        "title_zh": "小微企业流动资金贷款",
        "title_en": "Working capital loan for small firms",
        "amounts": ("50000", "10000000"),
        "months": (1, 36),
        "annual_rate": "0.0565",
        "day_count": "ACT/360",
        "customer_kind": ("company",),
        "repayment_method": _ANY_METHOD,
        "guarantee_kind": ("credit", "guarantor", "mortgage", "pledge", "guarantee_company"),
    },
    "farmers_joint": {
        "title_zh": "农户联保贷款",
        "title_en": "Joint farmers' loan",
        "amounts": ("1000", "200000"),
        "months": (1, 36),
        "annual_rate": "0.063",
        "day_count": "ACT/360",
        "customer_kind": ("person",),
        "repayment_method": _ANY_METHOD,
        "guarantee_kind": ("joint_farmers", "guarantor"),
    },
    "housing_fund": {
        "title_zh": "住房公积金贷款",
        "title_en": "Housing provident fund loan",
        "amounts": ("10000", "1200000"),
        "months": (12, 360),
        "annual_rate": "0.026",
        "day_count": "30/360",
        "customer_kind": ("person",),
        "repayment_method": ("equal_installment", "equal_principal"),
        "guarantee_kind": ("fund_members", "mortgage", "mortgage_staged", "pledge", "guarantee_company"),
    },
}

_APPROVAL_DAYS = 60
"""How long an approval holds unless a house says otherwise (trade.md section 14, pricing)."""


def add_standard_products(session: Session) -> None:
    """Adds the products whose code the house does not have yet; those that exist stay as they are."""
    known = product_codes(session)
    for code, product in STANDARD_PRODUCTS.items():
        if code not in known:
            _add(session, code, **product)


def _add(session: Session, code: str, *, amounts: tuple[str, str], months: tuple[int, int], **rest: Any) -> None:
    topics = ("customer_kind", "repayment_method", "guarantee_kind")
    add_product_version(
        session,
        code,
        options={topic: rest[topic] for topic in topics},
        title_zh=rest["title_zh"],
        title_en=rest["title_en"],
        min_amount=Decimal(amounts[0]),
        max_amount=Decimal(amounts[1]),
        min_term_months=months[0],
        max_term_months=months[1],
        annual_rate=Decimal(rest["annual_rate"]),
        day_count=rest["day_count"],
        approval_days=_APPROVAL_DAYS,
        valid_from=_VALID_FROM,
        withdrawn_on=None,
    )
