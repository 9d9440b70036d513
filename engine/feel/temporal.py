"""Dates, times, zones and durations: reading their texts, and counting with them. Knows nothing of expressions."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.feel import wide
from engine.values import YearsMonths

_DATE: Final = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME: Final = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]+)?", re.ASCII)
_DAYS: Final = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MONTHS: Final = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_MAX_DIGITS: Final = 18


def parse_date(text: str) -> Any:
    """`2026-03-02`, or None."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return wide.make_date(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, OverflowError):
        return None


def parse_time(text: str) -> Any:
    """`09:00:00`, with fraction and zone (`Z`, `+08:00`, `@Asia/Shanghai`) if there are any, or None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    zone = parse_zone(found[5]) if found[5] else None
    if found[5] and zone is None:
        return None
    try:
        nanos = int((found[4] or "0")[:9].ljust(9, "0"))
        clock = time(int(found[1]), int(found[2]), int(found[3]), nanos // 1000, zone)
        return wide.with_nanos(clock, nanos % 1000)
    except ValueError:
        return None


def parse_datetime(text: str) -> Any:
    """`2026-03-02T09:00:00` with zone if there is one, or None."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None or not separator:
        return None
    if time_text.startswith("24:00:00"):
        return _end_of_day(day, time_text)
    clock = parse_time(time_text)
    return None if clock is None else wide.combine(day, clock)


def _end_of_day(day: Any, time_text: str) -> Any:
    clock = parse_time("00" + time_text[2:])
    if not isinstance(clock, time) or clock.replace(tzinfo=None) != time(0):
        return None
    try:
        return wide.combine(add_duration(day, timedelta(days=1)), clock)
    except OverflowError:
        return None


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """`P1DT2H` or `P1Y2M`, with a minus in front if need be, or None. The two kinds do not mix."""
    if not any(char.isdigit() for char in text) or text.endswith("T"):
        return None
    found = _MONTHS.fullmatch(text)
    if found is not None:
        months = int((found[2] or "0")[:_MAX_DIGITS]) * 12 + int((found[3] or "0")[:_MAX_DIGITS])
        return YearsMonths(-months if found[1] else months)
    found = _DAYS.fullmatch(text)
    if found is None or any(part and len(part) > _MAX_DIGITS for part in found.groups()[1:5]):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
    micros = int((found[6] or "0")[:6].ljust(6, "0"))
    try:
        duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    except OverflowError:
        return None
    return -duration if found[1] else duration


def parse_zone(text: str) -> tzinfo | None:
    """The zone written after a time: `Z`, `+08:00`, `@Asia/Shanghai`; None when there is no such zone."""
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return named_zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 18 or minutes > 59 or (seconds and seconds[0] > 59):
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return offset_zone(-offset if text[0] == "-" else offset)


def offset_zone(offset: timedelta) -> tzinfo | None:
    """The zone with a fixed offset; None beyond 18 hours."""
    if abs(offset) > timedelta(hours=18):
        return None
    return UTC if not offset else timezone(offset)


@lru_cache(maxsize=512)
def named_zone(key: str) -> tzinfo | None:
    """The zone of the IANA database by this name, or None."""
    if ".." in key or key.startswith("/"):
        return None
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        return None


def parse_any(text: str) -> Any:
    """What an `@"…"` literal means: date, date-time, time or duration; None when it is none of them."""
    for parse in (parse_date, parse_datetime, parse_time, parse_duration):
        value = parse(text)
        if value is not None:
            return value
    return None


def in_zone(value: datetime, zone: tzinfo | None) -> datetime:
    """A date-time without zone as one of the given zone."""
    return value.replace(tzinfo=zone) if value.tzinfo is None and zone is not None else value


def same_instant(left: Any, right: Any, zone: tzinfo | None) -> bool:
    """Whether two date-times, or two times, are the same to the second; one with zone and one without are not."""
    if isinstance(left, (time, wide.FineTime)):
        left, right = wide.clock_of(left), wide.clock_of(right)
        return _zoned_alike(left, right) and bool(left.replace(microsecond=0) == right.replace(microsecond=0))
    (left_cycles, left), (right_cycles, right) = wide.split(left), wide.split(right)
    left, right = (in_zone(value.replace(microsecond=0), zone) for value in (left, right))
    passed = NotImplemented if left_cycles != right_cycles else _passed(left, right)
    return passed is not NotImplemented and not passed


def order(left: Any, right: Any, zone: tzinfo | None) -> int | None:
    """-1, 0 or 1 for two dates, date-times or times, or None when only one of two has a zone."""
    coarsely = _order_of_micros(left, right, zone)
    finely = wide.nanos_of(left) - wide.nanos_of(right)
    return coarsely if coarsely != 0 else (finely > 0) - (finely < 0)


def _order_of_micros(left: Any, right: Any, zone: tzinfo | None) -> int | None:
    if isinstance(left, (time, wide.FineTime)):
        left, right = wide.clock_of(left), wide.clock_of(right)
        return (left > right) - (left < right) if _zoned_alike(left, right) else None
    if type(left) is date and type(right) is date:
        return (left > right) - (left < right)
    apart = wide.split(left)[0] - wide.split(right)[0]
    if abs(apart) > 1:
        # Too far apart for a duration between them, and for any zone to matter.
        return 1 if apart > 0 else -1
    passed = between(left, right, zone)
    return None if passed is NotImplemented else (passed < timedelta(0)) - (passed > timedelta(0))


def _zoned_alike(left: time, right: time) -> bool:
    if isinstance(left.tzinfo, ZoneInfo) or isinstance(right.tzinfo, ZoneInfo):
        return left.tzinfo == right.tzinfo
    return (left.tzinfo is None) == (right.tzinfo is None)


def add_months(value: Any, months: int) -> Any:
    """The same day `months` later, or the month's last when it has no such day. `value` is a date or date-time."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    day = min(value.day, wide.days_in_month(year, month + 1))
    return wide.moved_to(value, year, month + 1, day)


def add_duration(value: Any, duration: timedelta) -> Any:
    """A date, time or date-time shifted by elapsed time; times wrap around midnight."""
    if isinstance(value, (time, wide.FineTime)):
        clock = wide.clock_of(value)
        moved = datetime.combine(date(2000, 1, 2), clock.replace(tzinfo=None)) + duration % timedelta(days=1)
        return wide.with_nanos(moved.time().replace(tzinfo=clock.tzinfo), wide.nanos_of(value))
    if not isinstance(value, wide.WIDE):
        try:
            return _later(value, duration)
        except OverflowError:
            return wide.shifted(value, duration, _later)
    return wide.shifted(value, duration, _later)


def _later(value: date, duration: timedelta) -> date:
    if not isinstance(value, datetime):
        return (datetime.combine(value, time(0)) + duration).date()
    if value.tzinfo is None:
        return value + duration
    return (value.astimezone(UTC) + duration).astimezone(value.tzinfo)


def between(start: Any, end: Any, zone: tzinfo | None) -> Any:
    """The time that passes from one date or date-time to another; NotImplemented when only one of two has a zone."""
    if type(start) is date and type(end) is date:
        return end - start
    (start_cycles, first), (end_cycles, last) = wide.split(start), wide.split(end)
    if type(first) is not date or type(last) is not date:
        first, last = as_datetime(first, zone), as_datetime(last, zone)
    passed = _passed(first, last)
    if passed is NotImplemented or start_cycles == end_cycles:
        return passed
    return passed + timedelta(days=wide.CYCLE_DAYS * (end_cycles - start_cycles))


def _passed(start: Any, end: Any) -> Any:
    if not isinstance(start, datetime):
        return end - start
    if (start.tzinfo is None) != (end.tzinfo is None):
        return NotImplemented
    return end.astimezone(UTC) - start.astimezone(UTC) if start.tzinfo else end - start


def as_datetime(value: Any, zone: tzinfo | None) -> Any:
    """A date as its midnight; without a zone of the institution's, in UTC."""
    if isinstance(value, datetime):
        return in_zone(value, zone)
    if isinstance(value, wide.WideDateTime):
        return value
    return wide.combine(value, time(0, tzinfo=zone or UTC))


def between_times(start: Any, end: Any) -> Any:
    """The difference of two times of one day."""
    start, end = wide.clock_of(start), wide.clock_of(end)
    if not _zoned_alike(start, end):
        return NotImplemented
    return _since_midnight(end) - _since_midnight(start)


def _since_midnight(value: time) -> timedelta:
    clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return clock - (value.utcoffset() or timedelta(0))


def months_between(start: Any, end: Any) -> YearsMonths:
    """Whole months from one date to another, towards zero."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonths(months)
