"""Who investigates: two of those who may, the nearer one as A (INV-1). Pure; knows no people's files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """Somebody who may investigate.

    `nearness`: how closely the person's region fits the customer's address, 0 for not at all. `open_work`: steps that
    the person has now. `last_done`: when the person last finished one.
    """

    name: str
    nearness: int = 0
    open_work: int = 0
    last_done: dt.datetime | None = None


def nearness(address: str, regions: Iterable[str]) -> int:
    """Characters of the longest of the regions that the address names: "柳林镇建设路" fits closer than "柳林镇"."""
    return max((len(region) for region in regions if region in address), default=0)


def in_turn(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Who comes first: the nearest, then who has least open work, then who has waited longest, then by name."""
    return sorted(
        candidates,
        key=lambda one: (
            -one.nearness,
            one.open_work,
            one.last_done is not None,
            one.last_done.timestamp() if one.last_done is not None else 0,
            one.name,
        ),
    )


def assign(
    candidates: Iterable[Candidate], again: tuple[str | None, str | None] = (None, None)
) -> tuple[str | None, str | None]:
    """A and B, never the same person; None where nobody is left.

    `again` names who did A and B in the round before: they go on, as long as they are candidates still.
    """
    ordered = [one.name for one in in_turn(candidates)]
    first, second = (name if name in ordered else None for name in again)
    if first == second:
        second = None
    rest = iter(name for name in ordered if name not in (first, second))
    first = first or next(rest, None)
    return first, second or next(rest, None)
