"""Forty customers of the demonstration, persons and firms, and how they belong together. All of them are invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from models.customers import BlockedParty, Customer, CustomerRelation
from models.numbering import next_number
from operations.customers import NUMBERS

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


def _relations() -> list[tuple[int, str, int, Decimal | None]]:
    firms = len(_PERSONS)
    family = [(person, "spouse", person + 1, None) for person in range(0, 12, 2)]
    owners = [(8 + number, "shareholder", firms + number, Decimal("0.6")) for number in range(12)]
    leaders = [(8 + number, "legal_representative", firms + number, None) for number in range(12)]
    circle = [(1, "guarantor_of", 2, None), (2, "guarantor_of", 4, None), (4, "guarantor_of", 1, None)]
    return [*family, *owners, *leaders, *circle, (firms, "affiliate", firms + 4, None)]
