"""What things offered as security are worth to the house, from two reports that were made apart (INV-4). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Thing:
    """One thing as a report assesses it. Amounts are CNY; `encumbrance` is what it secures for others already."""

    kind: str
    description: str
    owner: str
    own_value: Decimal
    certificate_no: str | None = None
    appraised_value: Decimal | None = None
    appraiser: str | None = None
    appraised_on: dt.date | None = None
    encumbrance: Decimal = Decimal(0)
    clear: bool = True
    realisable: str = "possible"
    note: str | None = None

    @property
    def value(self) -> Decimal:
        """What the house counts it for: the lower of its own and the appraiser's value, less what it secures already;
        nothing when it is not clear who owns it.
        """
        if not self.clear:
            return Decimal(0)
        values = [self.own_value] if self.appraised_value is None else [self.own_value, self.appraised_value]
        return max(Decimal(0), min(values) - self.encumbrance)


@dataclass(frozen=True)
class Cover:
    """What all things are counted for, the most that may be lent on them, and how far the amount goes beyond it."""

    value: Decimal
    most: Decimal
    gap: Decimal
    loan_to_value: Decimal | None
    """The amount in percent of the value; None when nothing counts."""


_EASE = ("easy", "possible", "hard")


def same_thing(one: Thing, other: Thing) -> bool:
    """Whether two reports speak of one thing: by certificate where both have one, else by description."""
    if one.certificate_no and other.certificate_no:
        return one.certificate_no == other.certificate_no
    return one.description == other.description


def prudent(first: Sequence[Thing], second: Sequence[Thing]) -> list[Thing]:
    """The things that both reports found, each with the more careful figure of either.

    What only one of the two has seen is kept and counts for nothing: the second pair of eyes is missing.
    """
    left = list(second)
    found = []
    for thing in first:
        other = next((one for one in left if same_thing(thing, one)), None)
        if other is not None:
            left.remove(other)
        found.append(replace(thing, clear=False) if other is None else _careful(thing, other))
    return found + [replace(thing, clear=False) for thing in left]


def _careful(one: Thing, other: Thing) -> Thing:
    appraised = [thing for thing in (one, other) if thing.appraised_value is not None]
    lowest = min(appraised, key=lambda thing: thing.appraised_value or 0, default=None)
    return replace(
        one,
        certificate_no=one.certificate_no or other.certificate_no,
        own_value=min(one.own_value, other.own_value),
        appraised_value=lowest.appraised_value if lowest else None,
        appraiser=lowest.appraiser if lowest else None,
        appraised_on=lowest.appraised_on if lowest else None,
        encumbrance=max(one.encumbrance, other.encumbrance),
        clear=one.clear and other.clear and one.kind == other.kind,
        realisable=max(one.realisable, other.realisable, key=_EASE.index),
    )


def lendable(thing: Thing, limits: Mapping[str, Decimal]) -> Decimal:
    """The most that may be lent on a thing: its value times the limit of its kind (percent), rounded down to the cent.

    A kind without limit is not taken as security.
    """
    return (thing.value * limits.get(thing.kind, Decimal(0)) / 100).quantize(CENT, ROUND_DOWN)


def cover(things: Iterable[Thing], limits: Mapping[str, Decimal], amount: Decimal) -> Cover:
    """What the things are good for when `amount` is lent on all of them."""
    counted = list(things)
    value = sum((thing.value for thing in counted if thing.kind in limits), Decimal(0))
    most = sum((lendable(thing, limits) for thing in counted), Decimal(0))
    share = (100 * amount / value).quantize(CENT) if value > 0 else None
    return Cover(value, most, max(Decimal(0), amount - most), share)
