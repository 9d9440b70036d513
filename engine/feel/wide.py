"""Dates in years before 1 and after 9999, which Python's own dates cannot hold but FEEL's can.

The calendar repeats every 400 years, so such a date is a date between 2000 and 2399 and a number of whole cycles. They
live only inside an evaluation and are never the value of a process variable.
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
    """A date-time `cycles` times 400 years from `base`."""

    def date(self) -> WideDate:
        """The day alone."""
        return WideDate(self.cycles, self.base.date())


WIDE: Final = (WideDate, WideDateTime)
DATES: Final = frozenset({date, WideDate})
DATE_TIMES: Final = frozenset({datetime, WideDateTime})


def make_date(year: int, month: int, day: int) -> Any:
    """The date of these parts. Raises `ValueError` when there is none."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    return _join(*_cycles_of(year), lambda base_year: date(base_year, month, day))


def combine(day: Any, clock: time) -> Any:
    """The date-time of a day, which may be a date-time itself, and a time."""
    if isinstance(day, WIDE):
        return WideDateTime(day.cycles, datetime.combine(day.base, clock))
    return datetime.combine(day, clock)


def days_in_month(year: int, month: int) -> int:
    """How many days a month has, in any year."""
    return monthrange(_FIRST + year % _CYCLE, month)[1]


def moved_to(value: Any, year: int, month: int, day: int) -> Any:
    """The date or date-time on another day, at the same time of day."""
    base = value.base if isinstance(value, WIDE) else value
    if 1 <= year <= 9999:
        return base.replace(year=year, month=month, day=day)
    return _join(*_cycles_of(year), lambda base_year: base.replace(year=base_year, month=month, day=day))


def shifted(value: Any, duration: timedelta, shift: Callable[[Any, timedelta], Any]) -> Any:
    """`shift` of a date or date-time by a duration, in whatever years it begins and ends."""
    cycles, base = split(value)
    cycles += duration.days // CYCLE_DAYS
    moved = shift(base, timedelta(duration.days % CYCLE_DAYS, duration.seconds, duration.microseconds))
    year = moved.year + _CYCLE * cycles
    return moved_to(moved, year, moved.month, moved.day)


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
    return WideDateTime(value.cycles, moved) if isinstance(value, WIDE) else moved


def _cycles_of(year: int) -> tuple[int, int]:
    base_year = _FIRST + year % _CYCLE
    return (year - base_year) // _CYCLE, base_year


def _join(cycles: int, base_year: int, make: Callable[[int], Any]) -> Any:
    if abs(base_year + _CYCLE * cycles) > MAX_YEAR:
        raise OverflowError("year out of range")
    base = make(base_year)
    return (WideDateTime if isinstance(base, datetime) else WideDate)(cycles, base)
