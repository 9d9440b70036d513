"""The JSON that `loanflow calc allocate` reads and writes; knows nothing of how payments are spread."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lending.allocation import Allocation, Item, Kind, Order, Payment
from lending.documents import Fields, as_choice
from lending.errors import InvalidField
from lending.rounding import MAX_AMOUNT, amount_text, decimal_places

MAX_EVENTS = 10_000
MAX_PERIOD = 1_000_000
MAX_PLACES = 10


def read_events(document: Fields) -> tuple[Order, list[Item | Payment]]:
    """The order and the events that a document gives; raises InvalidField for what is missing, unknown or wrong."""
    document.only("order", "events")
    order = document.nested("order")
    order.only("due", "advance")
    events = [_event(Fields(value, where)) for where, value in document.entries("events", MAX_EVENTS)]
    return Order(_kinds(order, "due"), _kinds(order, "advance")), events


def _kinds(order: Fields, name: str) -> tuple[Kind, ...]:
    return tuple(as_choice(field, value, Kind) for field, value in order.entries(name, longest=100))


def _event(event: Fields) -> Item | Payment:
    match event.text("type"):
        case "item":
            event.only("type", "kind", "due", "period", "amount")
            period = event.integer("period", 0, MAX_PERIOD)
            return Item(event.choice("kind", Kind), event.day("due"), period, _amount(event))
        case "payment":
            event.only("type", "on", "amount")
            payment = Payment(event.day("on"), _amount(event))
            if not payment.amount:
                raise InvalidField(event.field("amount"), "must be greater than 0")
            return payment
        case _:
            raise InvalidField(event.field("type"), "must be item or payment")


def _amount(event: Fields) -> Decimal:
    amount = event.decimal("amount")
    if not 0 <= amount <= MAX_AMOUNT:
        raise InvalidField(event.field("amount"), f"must lie between 0 and {MAX_AMOUNT:f}")
    if decimal_places(amount) > MAX_PLACES:
        raise InvalidField(event.field("amount"), f"may not have more than {MAX_PLACES} digits after the point")
    return amount


def allocations_document(allocations: Sequence[Allocation]) -> dict[str, Any]:
    """Where each payment went, amounts as decimal text."""
    return {"payments": [_row(allocation) for allocation in allocations]}


def _row(allocation: Allocation) -> dict[str, str]:
    parts = {kind.value: amount_text(amount) for kind, amount in allocation.paid.items()}
    return {
        "on": allocation.on.isoformat(),
        **parts,
        "excess": amount_text(allocation.excess),
        "principal_balance": amount_text(allocation.principal_balance),
    }
