"""What the counter is told of somebody before and after an application is entered: lists, duplicates (INT-7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from models.customers import BlockedParty, Customer
from models.queries.customers import customers_alike, listed_parties, open_applications

_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "个体工商户", "合作社", "商行", "公司", "厂", "店")
"""Legal forms at the end of a firm's name, by which two firms are not told apart."""

_SHORTEST_CORE = 2


@dataclass(frozen=True)
class Found:
    """`warnings` are doubts that compliance has to clear; `hints` are what may be a duplicate."""

    warnings: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    blocked: bool = False


@dataclass(frozen=True)
class Applicant:
    """Somebody as given at the counter; `product` is the code of the product applied for."""

    kind: str
    name: str
    id_number: str
    phone: str | None = None
    product: str | None = None


def look_up(
    session: Session, customer: Customer | None, given: Applicant, on: dt.date, besides: uuid.UUID | None = None
) -> Found:
    """Compares somebody with the file of the same paper, the lists, and other customers; `besides` is the own case."""
    listed = listed_parties(session, given.name, given.id_number, on) if given.name or given.id_number else []
    blocked = customer is not None and customer.blocked_at is not None
    return Found(
        warnings=[*_doubts(customer, given), *_hits(listed, given)],
        hints=[*_duplicates(session, given), *_open(session, customer, given, besides)],
        blocked=blocked or any(party.id_number == given.id_number for party in listed),
    )


def core_of(kind: str, name: str) -> str:
    """The part of a name by which two customers are told apart: of a firm without its legal form."""
    core = "".join(name.split())
    if kind == "company":
        form = next((form for form in _FORMS if core.endswith(form)), "")
        core = core[: len(core) - len(form)] if len(core) - len(form) >= _SHORTEST_CORE else core
    return core


def _doubts(customer: Customer | None, given: Applicant) -> list[str]:
    if customer is None:
        return []
    doubts = [f"客户已被冻结：{customer.blocked_reason}"] if customer.blocked_at is not None else []
    if given.name and customer.name != given.name:
        doubts.append(f"姓名与档案不符，档案中为：{customer.name}")
    return doubts


def _hits(listed: Sequence[BlockedParty], given: Applicant) -> list[str]:
    return [
        f"{'证件号码' if party.id_number == given.id_number else '姓名'}在名单“{party.list_name}”中：{party.reason}"
        for party in listed
    ]


def _duplicates(session: Session, given: Applicant) -> list[str]:
    core = core_of(given.kind, given.name)
    alike = customers_alike(session, given.kind, core, given.phone, given.id_number)
    hints = []
    for customer in alike:
        if given.phone and customer.phone == given.phone:
            hints.append(f"电话与客户 {customer.number} {customer.name} 相同")
        elif core and core_of(customer.kind, customer.name) == core:
            hints.append(f"名称与客户 {customer.number} {customer.name} 相同或相近，证件不同")
    return hints


def _open(session: Session, customer: Customer | None, given: Applicant, besides: uuid.UUID | None) -> list[str]:
    if customer is None or given.product is None:
        return []
    found = open_applications(session, customer, given.product, besides)
    return [f"同一客户、同一产品还有在办申请 {number}" for number in found]
