"""What the counter is told of an applicant while the form is written: the same for page and REST interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models.queries.customers import known_by_identity
from operations.counter import Applicant, look_up
from operations.exposure import circle_words, exposure_of, over_limits

_LONGEST = 200


def counter_view(session: Session, given: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Warnings and hints about what the fields of an application's form hold so far; the texts are Chinese."""
    kind = "company" if given.get("customer_kind") == "company" else "person"
    id_number = _text(given, "credit_code" if kind == "company" else "id_number").upper()
    applicant = Applicant(
        kind, _text(given, "customer_name"), id_number, _text(given, "phone") or None, _text(given, "product") or None
    )
    customer = known_by_identity(session, "credit_code" if kind == "company" else "resident_id", id_number)
    found = look_up(session, customer, applicant, today)
    hints = list(found.hints)
    if customer is not None:
        exposure = exposure_of(session, customer)
        amount = given.get("amount")
        adding = amount if isinstance(amount, Decimal) and amount.is_finite() and amount > 0 else Decimal(0)
        exceeded = over_limits(exposure.figures, exposure.own + adding, exposure.group + adding)
        words = {"single": "单一客户", "group": "关联方"}
        hints += [f"连同本笔超出{words[name]}授信限额" for name in exceeded]
        hints += [f"联保圈：{circle_words(circle)}" for circle in exposure.circles]
    return {"warnings": found.warnings, "hints": hints, "customer": customer.number if customer else None}


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value.strip()[:_LONGEST].replace("\0", "") if isinstance(value, str) else ""
