"""Forty customers of the demonstration, persons and firms, and how they belong together. All of them are invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from models.customer_file import CustomerRating, FinancialStatement
from models.customers import BlockedParty, Customer, CustomerRelation
from models.numbering import next_number
from operations.customer_changes import NUMBERS, Editor
from operations.house_figures import set_figures

_PERSONS = [
    "陈梅",
    "刘建国",
    "王秀英",
    "李志强",
    "张桂兰",
    "杨帆",
    "赵国庆",
    "黄丽",
    "周建军",
    "吴芳",
    "徐海涛",
    "孙玉珍",
    "马超",
    "朱红梅",
    "胡伟",
    "郭金凤",
    "何永福",
    "高翠莲",
    "林志远",
    "罗小燕",
    "梁永刚",
    "宋桂芝",
    "郑大勇",
    "谢春花",
    "韩磊",
    "唐淑芬",
    "冯德才",
    "于海燕",
]
_FIRMS = [
    "柳林粮油有限公司",
    "徐记粮油商行",
    "禾丰农机合作社",
    "清河建材有限公司",
    "金穗种业有限公司",
    "龙湾砖瓦厂",
    "城关机械配件厂",
    "绿源果蔬合作社",
    "东兴物流有限公司",
    "惠民超市连锁",
    "云峰养殖合作社",
    "兴旺食品加工厂",
]
NET_CAPITAL = Decimal(30_000_000)
"""Of the demonstration's bank, in yuan: by it the limits of one customer and of a group are reckoned."""

_BLOCKED = 30
_FIRST_LEADER = 8
"""The firms belong to this person and the following ones, in order."""
_STREETS = ("建设路", "人民路", "解放街", "柳林大道", "河西村", "清河街", "龙湾村")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class DemoCustomer:
    """One invented customer; numbers are well formed and belong to nobody."""

    index: int
    kind: str
    name: str
    id_number: str
    phone: str
    address: str


def customers() -> list[DemoCustomer]:
    """All forty, persons first."""
    names = [*(("person", name) for name in _PERSONS), *(("company", name) for name in _FIRMS)]
    return [
        DemoCustomer(
            index=index,
            kind=kind,
            name=name,
            id_number=resident_id(index) if kind == "person" else credit_code(index),
            phone=f"138{12345600 + index:08d}",
            address=f"柳林镇{_STREETS[index % len(_STREETS)]} {index + 1} 号",
        )
        for index, (kind, name) in enumerate(names)
    ]


def leader_of(firm: DemoCustomer) -> DemoCustomer:
    """Who owns most of a firm and leads it."""
    return customers()[_FIRST_LEADER + firm.index - len(_PERSONS)]


def resident_id(index: int) -> str:
    """A well-formed resident identity number (GB 11643) of a county that has none of it: 419999."""
    born = dt.date(1962, 3, 1) + dt.timedelta(days=313 * index)
    body = f"419999{born:%Y%m%d}{(index * 2 + 1) % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def credit_code(index: int) -> str:
    """A well-formed unified social credit code (GB 32100)."""
    body = f"91419999MA{index:07d}"
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def add_customers(session: Session, now: dt.datetime) -> None:
    """The customers' files, their relations, and one name on the list of the blocked."""
    rows = []
    for customer in customers():
        row = Customer(
            number=next_number(session, NUMBERS),
            kind=customer.kind,
            name=customer.name,
            id_kind="resident_id" if customer.kind == "person" else "credit_code",
            id_number=customer.id_number,
            phone=customer.phone,
            address=customer.address,
            recorded_at=now,
            recorded_by="admin",
        )
        session.add(row)
        session.flush()
        rows.append(row)
    for one, kind, other, share in _relations():
        session.add(
            CustomerRelation(
                customer_id=rows[one].id,
                kind=kind,
                other_id=rows[other].id,
                share=share,
                recorded_at=now,
                recorded_by="admin",
            )
        )
    _fill_files(session, rows, now)
    session.add(
        BlockedParty(
            name="钱多多",
            id_number=resident_id(99),
            list_name="本行禁入名单",
            reason="骗取贷款，已移送",
            listed_on=dt.date(2024, 5, 6),
        )
    )
    session.flush()


def _fill_files(session: Session, rows: list[Customer], now: dt.datetime) -> None:
    """Contacts, figures of two years and ratings of some, one blocked customer, and the figures of the house."""
    editor = Editor(session, now, "admin")
    editor.add_contact(rows[0], "emergency", "刘建国 13812345601", "配偶")
    editor.block(rows[_BLOCKED], "提供虚假购销合同，2025 年 3 月查实")
    for customer, assets, income in ((rows[0], 820_000, 240_000), (rows[len(_PERSONS)], 9_200_000, 3_600_000)):
        for years, part in ((2, Decimal("0.9")), (1, Decimal(1))):
            figures = {"总资产": assets * part, "总负债": assets * part / 4, "年收入": income * part}
            statement = FinancialStatement(customer_id=customer.id, as_of=dt.date(now.year - years, 12, 31))
            statement.figures, statement.recorded_at, statement.recorded_by = figures, now, "wang"
            rating = CustomerRating(customer_id=customer.id, rated_on=dt.date(now.year - years + 1, 2, 10))
            rating.code, rating.score = ("B", Decimal(74)) if years == 2 else ("A", Decimal(82))
            rating.inputs = figures
            rating.risk_degree, rating.recorded_at, rating.recorded_by = Decimal("0.42"), now, "wang"
            session.add_all([statement, rating])
    set_figures(session, {"net_capital": NET_CAPITAL}, now, "admin")


def _relations() -> list[tuple[int, str, int, Decimal | None]]:
    firms = len(_PERSONS)
    family = [(person, "spouse", person + 1, None) for person in range(0, 12, 2)]
    owners = [(_FIRST_LEADER + number, "shareholder", firms + number, Decimal("0.6")) for number in range(12)]
    leaders = [(_FIRST_LEADER + number, "legal_representative", firms + number, None) for number in range(12)]
    circle = [(1, "guarantor_of", 2, None), (2, "guarantor_of", 4, None), (4, "guarantor_of", 1, None)]
    return [*family, *owners, *leaders, *circle, (firms, "affiliate", firms + 4, None)]
