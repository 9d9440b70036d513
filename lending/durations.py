"""ISO 8601 durations as people write them in diagrams (`P1M`, `PT4H`, `P1DT2H`); knows nothing of calendars.

Weeks are kept apart from days, because in working time seven days are seven working days and a week is a natural one.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from lending.errors import InvalidDuration

LONGEST_DAYS = 73_200
"""About two hundred years: nothing in lending lasts longer, and adding stays quick."""

_NUMBER = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """Months, weeks and days, which differ in length, and `clock`, the hours, minutes and seconds, which do not."""

    months: int = 0
    weeks: int = 0
    days: int = 0
    clock: timedelta = timedelta(0)

    @property
    def is_zero(self) -> bool:
        return not (self.months or self.weeks or self.days or self.clock)

    def times(self, number: int) -> "Duration":
        """`number` such durations in a row, as one; raises InvalidDuration beyond two hundred years."""
        try:
            clock = self.clock * number
        except OverflowError:
            clock = timedelta.max
        return _bounded(Duration(self.months * number, self.weeks * number, self.days * number, clock))


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration; hours, minutes and seconds may be fractions in the last place (`PT1.5H`).

    Raises InvalidDuration for anything else: negative ones, fractions of days or more (a working day has no agreed
    half: write `PT4H`), weeks mixed with other units, more than two hundred years.
    """
    if text.startswith("-"):
        raise InvalidDuration(f"{text[:40]!r} is negative; a duration runs forward")
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise InvalidDuration(f"{text[:40]!r} is not an ISO 8601 duration such as P1M, P2W, P3D, PT4H or P1DT2H")
    weeks, years, months, days, *clock = match.groups()
    if _fractional(weeks, years, months, days):
        raise InvalidDuration(f"{text!r} has a fraction of a day or more; write hours, as in PT12H")
    given = [part for part in clock if part]
    if _fractional(*given[:-1]):
        raise InvalidDuration(f"{text!r} has a fraction before its last unit; only the smallest may have one")
    whole_months = int(years or 0) * 12 + int(months or 0)
    return _bounded(Duration(whole_months, int(weeks or 0), int(days or 0), _clock(*clock)))


def _fractional(*parts: str | None) -> bool:
    return any(part is not None and not part.isdigit() for part in parts)


def _clock(hours: str | None, minutes: str | None, seconds: str | None) -> timedelta:
    parts = ((hours, 3600), (minutes, 60), (seconds, 1))
    total = sum(Fraction(part.replace(",", ".")) * size for part, size in parts if part)
    return timedelta(microseconds=round(total * 1_000_000))


def _bounded(duration: Duration) -> Duration:
    if duration.months * 31 + duration.weeks * 7 + duration.days + duration.clock.days > LONGEST_DAYS:
        raise InvalidDuration("a duration may not be longer than two hundred years")
    return duration
