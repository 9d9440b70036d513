"""Spreading payments over what is owed, in the order that the contract sets; knows nothing of schedules or books.

Source: the public contract of `loanflow calc allocate` (docs/lending.md); the order itself is data, its usual values
stand in trade.md section 4 (costs, interest, principal: 民法典 561).
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from lending.errors import InvalidField
from lending.rounding import EXACT


class Kind(StrEnum):
    """What is owed."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEE = "fee"
    PENALTY = "penalty"


@dataclass(frozen=True, slots=True)
class Order:
    """Which kinds go first within a period: among items already due, and among later ones paid in advance."""

    due: tuple[Kind, ...]
    advance: tuple[Kind, ...]

    def __post_init__(self) -> None:
        for name, kinds in (("order.due", self.due), ("order.advance", self.advance)):
            for index, kind in enumerate(kinds):
                if kind in kinds[:index]:
                    raise InvalidField(f"{name}[{index}]", f"names {kind.value} twice")


@dataclass(frozen=True, slots=True)
class Item:
    """Something owed: `amount` falls due on `due` and belongs to the period numbered `period`."""

    kind: Kind
    due: date
    period: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where one payment went; `excess` found nothing owed, `principal_balance` is the principal still open after it.

    `parts` are the items it served, in that order, each with how much of the payment it took.
    """

    on: date
    paid: dict[Kind, Decimal]
    excess: Decimal
    principal_balance: Decimal
    parts: tuple[tuple[Item, Decimal], ...]


@dataclass(slots=True)
class _Open:
    """An item with what is still open of it, and its places in the two orders."""

    item: Item
    left: Decimal
    due_rank: tuple[int, int, date, int]
    advance_rank: tuple[int, int, date, int]


@dataclass(slots=True)
class _Ledger:
    """What is open, kept in both orders."""

    order: Order
    by_due: list[_Open] = field(default_factory=list)
    by_advance: list[_Open] = field(default_factory=list)
    principal: Decimal = Decimal(0)
    count: int = 0

    def owe(self, item: Item, where: str) -> None:
        ranks = [self._rank(item, kinds, where) for kinds in (self.order.due, self.order.advance)]
        opened = _Open(item, item.amount, *ranks)
        insort(self.by_due, opened, key=lambda entry: entry.due_rank)
        insort(self.by_advance, opened, key=lambda entry: entry.advance_rank)
        self.count += 1
        if item.kind is Kind.PRINCIPAL:
            self.principal += item.amount

    def _rank(self, item: Item, kinds: tuple[Kind, ...], where: str) -> tuple[int, int, date, int]:
        if item.kind not in kinds:
            raise InvalidField(f"{where}.kind", f"{item.kind.value} has no place in order.due and order.advance")
        return item.period, kinds.index(item.kind), item.due, self.count

    def pay(self, payment: Payment) -> Allocation:
        paid = dict.fromkeys(Kind, Decimal(0))
        parts: list[tuple[Item, Decimal]] = []
        money = payment.amount
        for entry in self._in_turn(payment.on):
            if not money:
                break
            part = min(money, entry.left)
            entry.left -= part
            money -= part
            paid[entry.item.kind] += part
            parts.append((entry.item, part))
        self.principal -= paid[Kind.PRINCIPAL]
        self.by_due = [entry for entry in self.by_due if entry.left]
        self.by_advance = [entry for entry in self.by_advance if entry.left]
        return Allocation(payment.on, paid, money, self.principal, tuple(parts))

    def _in_turn(self, day: date) -> Iterator[_Open]:
        yield from (entry for entry in self.by_due if entry.item.due <= day)
        yield from (entry for entry in self.by_advance if entry.item.due > day)


def allocate(order: Order, events: Sequence[Item | Payment]) -> list[Allocation]:
    """What each payment served, the events taken in the order in which they happened.

    A payment goes first to items due on or before its day, by period and then by `order.due`, then to later items, by
    period and then by `order.advance`; within one kind of a period the earlier due day goes first. What exceeds all
    that is open is that payment's excess and serves nothing later. Raises InvalidField for an item whose kind has no
    place in the order.
    """
    with localcontext(EXACT):
        return list(_allocations(order, events))


def _allocations(order: Order, events: Iterable[Item | Payment]) -> Iterator[Allocation]:
    ledger = _Ledger(order)
    for index, event in enumerate(events):
        if isinstance(event, Payment):
            yield ledger.pay(event)
        else:
            ledger.owe(event, f"events[{index}]")
