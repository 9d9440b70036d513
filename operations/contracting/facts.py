"""The facts that contracts may state: their names, what they mean, and how each is written.

The one list against which templates are checked; gathering them for an application is `gathering`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Fact:
    """`label` for the legal desk; `written` turns the value into the words of the contract ("" for none)."""

    label: str
    written: Callable[[Any], str]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: dt.date | None) -> str:
    return "" if value is None else f"{value.year}年{value.month}月{value.day}日"


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".") + "%"


def _lines(values: list[Any] | None) -> str:
    return "\n".join(f"{n}. {value}" for n, value in enumerate(values or [], start=1))


def _names(values: list[str] | None) -> str:
    return "、".join(values or [])


FACTS: dict[str, Fact] = {
    "contract_no": Fact("本合同编号", _text),
    "loan_contract_no": Fact("借款合同编号", _text),
    "application_no": Fact("申请编号", _text),
    "resolution_no": Fact("决议编号", _text),
    "lender": Fact("贷款人名称", _text),
    "drafted_on": Fact("拟定日期", _day),
    "customer_name": Fact("借款人", _text),
    "customer_kind": Fact("借款人类型（person、company）", _text),
    "customer_id_number": Fact("借款人证件号码", _text),
    "customer_address": Fact("借款人地址", _text),
    "customer_phone": Fact("借款人电话", _text),
    "spouse_name": Fact("借款人配偶", _text),
    "product": Fact("产品代码", _text),
    "product_name": Fact("产品名称", _text),
    "purpose": Fact("借款用途", _text),
    "amount": Fact("借款金额（元，小写）", _money),
    "amount_in_words": Fact("借款金额（大写）", _text),
    "term_months": Fact("期限（月）", _text),
    "start": Fact("起始日", _day),
    "maturity": Fact("到期日", _day),
    "annual_rate_percent": Fact("年利率", _percent),
    "rate_in_words": Fact("利率约定（LPR 加减点或固定）", _text),
    "interest_in_words": Fact("计息约定（按产品的计息天数）", _text),
    "due_days_in_words": Fact("应还日遇休息日的约定", _text),
    "repayment_method": Fact("还款方式代码", _text),
    "repayment_in_words": Fact("还款方式", _text),
    "receiving_account": Fact("收款账号", _text),
    "guarantee_kind": Fact("担保方式代码", _text),
    "guarantee_in_words": Fact("担保方式", _text),
    "liability": Fact("保证责任（joint 连带、general 一般）", _text),
    "guarantors": Fact("保证人（名单）", _names),
    "guarantor_count": Fact("保证人人数", _text),
    "collateral": Fact("担保物清单（逐项）", _lines),
    "conditions": Fact("决议条件（逐项）", _lines),
    "special_clauses": Fact("特别约定（逐项）", _lines),
    "parties": Fact("与贷款人签约的各方", _names),
    "party_count": Fact("签约方人数", _text),
    "party_details": Fact("签约各方及证件（逐项）", _lines),
}
