"""What the product managers of the demonstration have proposed: a next version that waits for approval (INT-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.service import actors
from engine.service.house import Step
from models.queries.products import latest_product
from operations.product_desk import OFFERED, propose

_CODE, _RATE = "personal_consumption", Decimal("0.0685")
_NOTICE = dt.timedelta(days=14)
_CONDITIONS = "年满 18 周岁，不超过 60 周岁\n有稳定收入，近两年无累计六次逾期\n用途真实，不得购房、炒股"


def propose_products(step: Step) -> None:
    """Consumption loans at a lower rate in a fortnight, with the conditions as they are published."""
    last = latest_product(step.session, _CODE)
    if last is None:
        return
    today = step.now.astimezone(step.house.calendar.zone).date()
    names = ("title_zh", "title_en", "min_amount", "max_amount", "min_term_months", "max_term_months")
    kept = {name: getattr(last, name) for name in (*names, "day_count", "approval_days")}
    offered = {topic: sorted(last.offered(topic)) for topic in OFFERED}
    changed = {"annual_rate": _RATE, "conditions": _CONDITIONS, "valid_from": today + _NOTICE, "withdrawn_on": None}
    propose(step, actors.load(step.session, "pin"), _CODE, {**kept, **offered, **changed})
