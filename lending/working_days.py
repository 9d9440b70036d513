"""Which days are worked: Monday to Friday but for holidays, with make-up working days 调休; knows nothing of hours.

The table of mainland China is a file of ours (`data/working_days_cn.json`, written by `make_working_days`), so that
deadlines do not move when a library is updated. Announced years follow the State Council's notices; later ones are
computed and provisional. A house with other holidays reads a table of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days off, weekend days worked, and the years for which both were announced; `version` says whence they come."""

    version: str
    off: frozenset[date]
    made_up: frozenset[date]
    announced: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`; outside the table every Monday to Friday counts."""
        if day in self.made_up:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def is_provisional(self, year: int) -> bool:
        """Whether the year's holidays are computed, not announced, and may still change."""
        return year not in self.announced


def read_working_days(text: str) -> WorkingDays:
    """A table from `{"version", "announced": [first, last], "years": {"2026": {"off": ["02-17"], "made_up": []}}}`."""
    table = json.loads(text)
    years: Mapping[str, Mapping[str, Sequence[str]]] = table["years"]
    first, last = table["announced"]
    return WorkingDays(
        version=table["version"],
        off=_days(years, "off"),
        made_up=_days(years, "made_up"),
        announced=frozenset(range(first, last + 1)),
    )


def _days(years: Mapping[str, Mapping[str, Sequence[str]]], kind: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for year, kinds in years.items() for day in kinds[kind])


@cache
def china() -> WorkingDays:
    """The table of mainland China: announced from 2004, computed up to 2100."""
    return read_working_days(files("lending").joinpath("data/working_days_cn.json").read_text(encoding="utf-8"))
