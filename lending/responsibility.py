"""Sharing a confirmed loss among those who answer for it (GOV-4): indirect responsibility a part, direct the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DIRECT, INDIRECT = "direct", "indirect"
_FEN = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """What one person bears of a loss, in CNY."""

    person: str
    kind: str
    amount: Decimal


def share_loss(loss: Decimal, direct: Sequence[str], indirect: Sequence[str], indirect_part: Decimal) -> list[Share]:
    """Who bears how much of `loss` (CNY): the indirectly responsible together `indirect_part` of it (a fraction), the
    directly responsible the rest, evenly among the persons of each kind and to the fen without one lost or made.

    Who is both is directly responsible. Without anybody indirectly responsible the direct ones bear all of it. Raises
    ValueError for a loss that is none, a part that is no fraction, or nobody directly responsible.
    """
    if loss <= 0 or loss != round(loss, 2):
        raise ValueError("a loss is an amount above zero with at most two decimals")
    if not 0 <= indirect_part <= 1:
        raise ValueError("the indirect part is a fraction from 0 to 1")
    if not direct:
        raise ValueError("nobody is directly responsible")
    first = list(dict.fromkeys(direct))
    second = [name for name in dict.fromkeys(indirect) if name not in first]
    part = (loss * indirect_part).quantize(_FEN, ROUND_HALF_UP) if second else Decimal(0)
    return [*_evenly(loss - part, first, DIRECT), *_evenly(part, second, INDIRECT)]


def _evenly(amount: Decimal, people: Sequence[str], kind: str) -> list[Share]:
    """The fen that do not divide go to the first ones, one each."""
    if not people:
        return []
    each, left = divmod(int(amount / _FEN), len(people))
    return [Share(person, kind, (each + (n < left)) * _FEN) for n, person in enumerate(people)]
