"""What Python's own dates and times cannot hold but FEEL's can: years before 1 and after 9999, and nanoseconds.

The calendar repeats every 400 years, so such a date is a date between 2000 and 2399 and a number of whole cycles. They
live only inside an evaluation and are never the value of a process variable. Durations have microseconds.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

MAX_YEAR: Final = 999_999_999
CYCLE_DAYS: Final = 146_097
_CYCLE: Final = 400
_FIRST: Final = 2000


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date `cycles` times 400 years from `base`."""

    cycles: int
    base: Any

    @property
    def year(self) -> int:
        """The year, negative before the year 0."""
        return int(self.base.year) + _CYCLE * self.cycles

    @property
    def month(self) -> int:
        """From 1 to 12."""
        return int(self.base.month)

    @property
    def day(self) -> int:
        """Of the month, from 1."""
        return int(self.base.day)

    def isoweekday(self) -> int:
        """From 1 for Monday to 7."""
        return int(self.base.isoweekday())

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}{self.base.isoformat()[4:]}"


@dataclass(frozen=True, slots=True)
class WideDateTime(WideDate):
    """A date-time `cycles` times 400 years and `nanos` nanoseconds (below 1,000) from `base`."""

    nanos: int = 0

    def date(self) -> Any:
        """The day alone."""
        return make_date(self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class FineTime:
    """A time `nanos` nanoseconds (1 to 999) after `base`."""

    base: time
    nanos: int


WIDE: Final = (WideDate, WideDateTime)
DATES: Final = frozenset({date, WideDate})
TIMES: Final = frozenset({time, FineTime})
DATE_TIMES: Final = frozenset({datetime, WideDateTime})


def nanos_of(value: Any) -> int:
    """The nanoseconds beyond the microsecond of a time or date-time."""
    return value.nanos if isinstance(value, (FineTime, WideDateTime)) else 0


def with_nanos(value: Any, nanos: int) -> Any:
    """The time or date-time with so many nanoseconds beyond its microsecond."""
    if isinstance(value, (time, FineTime)):
        base = clock_of(value)
        return FineTime(base, nanos) if nanos else base
    if nanos or isinstance(value, WideDateTime):
        return WideDateTime(*split(value), nanos)
    return value


def clock_of(value: time | FineTime) -> time:
    """A time to the microsecond."""
    return value.base if isinstance(value, FineTime) else value


def coarse(value: Any) -> Any:
    """A time or date-time to the microsecond, as a variable can hold it, unless its year is beyond Python's."""
    if isinstance(value, FineTime):
        return value.base
    return value.base.replace(year=value.year) if 1 <= value.year <= 9999 else value


def make_date(year: int, month: int, day: int) -> Any:
    """The date of these parts. Raises `ValueError` when there is none."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    return _join(*_cycles_of(year), lambda base_year: date(base_year, month, day))


def combine(day: Any, clock: time | FineTime) -> Any:
    """The date-time of a day, which may be a date-time itself, and a time."""
    if isinstance(day, WIDE) or isinstance(clock, FineTime):
        cycles, base = split(day)
        return WideDateTime(cycles, datetime.combine(base, clock_of(clock)), nanos_of(clock))
    return datetime.combine(day, clock)


def days_in_month(year: int, month: int) -> int:
    """How many days a month has, in any year."""
    return monthrange(_FIRST + year % _CYCLE, month)[1]


def moved_to(value: Any, year: int, month: int, day: int) -> Any:
    """The date or date-time on another day, at the same time of day."""
    base = value.base if isinstance(value, WIDE) else value
    if 1 <= year <= 9999:
        moved = base.replace(year=year, month=month, day=day)
    else:
        moved = _join(*_cycles_of(year), lambda base_year: base.replace(year=base_year, month=month, day=day))
    return with_nanos(moved, nanos) if (nanos := nanos_of(value)) else moved


def shifted(value: Any, duration: timedelta, shift: Callable[[Any, timedelta], Any]) -> Any:
    """`shift` of a date or date-time by a duration, in whatever years it begins and ends."""
    cycles, base = split(value)
    cycles += duration.days // CYCLE_DAYS
    moved = shift(base, timedelta(duration.days % CYCLE_DAYS, duration.seconds, duration.microseconds))
    year = moved.year + _CYCLE * cycles
    shifted_to = moved_to(moved, year, moved.month, moved.day)
    return with_nanos(shifted_to, nanos) if (nanos := nanos_of(value)) else shifted_to


def split(value: Any) -> tuple[int, Any]:
    """Any date or date-time as a number of cycles and a base between 2000 and 2399."""
    if isinstance(value, WIDE):
        return value.cycles, value.base
    cycles, base_year = _cycles_of(value.year)
    return cycles, value.replace(year=base_year)


def in_zone(value: Any, zone: tzinfo) -> Any:
    """The same instant on the clocks of a zone; a date-time without zone is taken to be one of it."""
    base = value.base if isinstance(value, WIDE) else value
    moved = base.astimezone(zone) if base.tzinfo is not None else base.replace(tzinfo=zone)
    return WideDateTime(value.cycles, moved, nanos_of(value)) if isinstance(value, WIDE) else moved


def _cycles_of(year: int) -> tuple[int, int]:
    base_year = _FIRST + year % _CYCLE
    return (year - base_year) // _CYCLE, base_year


def _join(cycles: int, base_year: int, make: Callable[[int], Any]) -> Any:
    if abs(base_year + _CYCLE * cycles) > MAX_YEAR:
        raise OverflowError("year out of range")
    base = make(base_year)
    return (WideDateTime if isinstance(base, datetime) else WideDate)(cycles, base)
