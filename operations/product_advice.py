"""What a customer would repay under a product: a trial reckoning for the counter, kept nowhere (INT-1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import Invalid
from engine.ports import Calendar
from lending.schedule import Schedule
from models.loans import METHODS
from models.products import Product
from operations.instalment_plan import plan


@dataclass(frozen=True)
class Advice:
    """The schedule, and what is asked for beyond what the product offers: codes `amount`, `term_months`, `method`."""

    schedule: Schedule
    beyond: tuple[str, ...]


def advise(product: Product, amount: Decimal, term_months: int, method: str, on: dt.date, calendar: Calendar) -> Advice:
    """What would be repaid at the product's usual rate, month by month, were it paid out on a day.

    Raises `Invalid` that names the field for what can be no loan at all.
    """
    if not 0 < amount < Decimal(10) ** 13:
        raise Invalid("amount: must be above nothing", {"amount": "must be above nothing"})
    if not 0 < term_months <= 600:
        raise Invalid("term_months: must be 1 to 600", {"term_months": "must be 1 to 600"})
    if method not in METHODS:
        raise Invalid(f"repayment_method: is none of {', '.join(METHODS)}", {"repayment_method": "is unknown"})
    schedule = plan(
        amount,
        calendar,
        annual_rate=product.annual_rate,
        start=on,
        term_months=term_months,
        every="P1M",
        repayment_method=method,
        day_count=product.day_count,
        due_day_rule="as_is",
        maturity=None,
    )
    holds = {
        "amount": product.min_amount <= amount <= product.max_amount,
        "term_months": product.min_term_months <= term_months <= product.max_term_months,
        "method": method in product.offered("repayment_method"),
    }
    return Advice(schedule, tuple(name for name, offered in holds.items() if not offered))
