"""Date, time and date-time fields: ISO 8601 text becomes the FEEL type, without a zone in the institution's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, Final

from engine.forms.errors import Wrong
from engine.forms.kinds import Kind, Situation

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
_TIME: Final = re.compile(_CLOCK)
_DATETIME: Final = re.compile(_DATE.pattern + "T" + _CLOCK)
INTERVALS: Final = (1, 5, 10, 15, 30, 60)
SERIALISATIONS: Final = ("utc_offset", "utc_normalized", "no_timezone")


@dataclass(frozen=True)
class Date(Kind):
    """A calendar day; `from_today` refuses days before today in the institution's zone (disallowPassedDates)."""

    from_today: bool = False

    def value_type(self) -> str:
        """A date."""
        return "date"

    def read(self, given: Any, zone: tzinfo) -> Any:
        """The date of `2026-03-02`."""
        return _parsed(given, _DATE, date, "not_a_date")

    def hold(self, value: Any, situation: Situation) -> Any:
        """A date variable is itself."""
        return value if type(value) is date else super().hold(value, situation)

    def check(self, value: date, situation: Situation) -> Iterator[Wrong]:
        """Not before today, where the designer says so and the present instant is known."""
        yield from _passed(value, self.from_today, situation)


@dataclass(frozen=True)
class Time(Kind):
    """A time of day, with the offset that was given; `every` is the step in minutes, counted on the clock as shown."""

    every: int = 1

    def value_type(self) -> str:
        """A time."""
        return "time"

    def read(self, given: Any, zone: tzinfo) -> Any:
        """The time of `09:30`, `09:30+08:00` or `01:30Z`."""
        return _parsed(given, _TIME, time, "not_a_time")

    def hold(self, value: Any, situation: Situation) -> Any:
        """A time variable is itself."""
        return value if isinstance(value, time) else super().hold(value, situation)

    def check(self, value: time, situation: Situation) -> Iterator[Wrong]:
        """On the step."""
        yield from _off_step(value, self.every)


@dataclass(frozen=True)
class DateTime(Kind):
    """An instant; text without an offset is read in the institution's zone."""

    every: int = 1
    from_today: bool = False

    def value_type(self) -> str:
        """A date and time."""
        return "date and time"

    def read(self, given: Any, zone: tzinfo) -> Any:
        """The date-time of `2026-03-02T09:30`, with an offset or without."""
        moment = _parsed(given, _DATETIME, datetime, "not_a_datetime")
        if moment.tzinfo is not None:
            return moment
        return moment.replace(tzinfo=zone)

    def hold(self, value: Any, situation: Situation) -> Any:
        """A date-time variable is itself."""
        return value if isinstance(value, datetime) else super().hold(value, situation)

    def check(self, value: datetime, situation: Situation) -> Iterator[Wrong]:
        """Not before today, and on the step."""
        local = _local(value, situation.zone)
        if local is None:
            yield Wrong("not_a_datetime")
            return
        yield from _passed(local.date(), self.from_today, situation)
        yield from _off_step(local.time(), self.every)


def _parsed(given: Any, form: re.Pattern[str], kind: Any, code: str) -> Any:
    if not isinstance(given, str) or form.fullmatch(given) is None:
        raise Wrong(code)
    try:
        moment = kind.fromisoformat(given)
        if not isinstance(moment, (datetime, time)):
            return moment
        moment.utcoffset()
    except (ValueError, OverflowError):
        raise Wrong(code) from None
    return moment


def _local(value: datetime, zone: tzinfo) -> datetime | None:
    try:
        return value.astimezone(zone)
    except (OverflowError, ValueError):  # the first and the last day of the calendar
        return None


def _passed(day: date, from_today: bool, situation: Situation) -> Iterator[Wrong]:
    if from_today and situation.now is not None and day < situation.now.astimezone(situation.zone).date():
        yield Wrong("passed_date")


def _off_step(clock: time, every: int) -> Iterator[Wrong]:
    if every > 1 and ((clock.hour * 60 + clock.minute) % every or clock.second or clock.microsecond):
        yield Wrong("time_interval", minutes=every)
