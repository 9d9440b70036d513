"""Functions that make one kind of value from another, and `not`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from engine.feel import temporal, wide
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operators import DECIMAL128
from engine.feel.printing import to_text
from engine.feel.runtime import Runtime
from engine.values import YearsMonths

_NUMBER: Final = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)


@builtin("not", "negand: any")
def _not(value: Any) -> bool | None:
    return not value if type(value) is bool else None


@builtin("string", "from: any")
def _string(runtime: Runtime, value: Any) -> str | None:
    return None if value is None else to_text(value, runtime.budget)


@builtin("number", "from: string, [grouping separator: string?], [decimal separator: string?]")
def _number(text: str, grouping: str | None, decimal: str | None) -> Decimal:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", "."):
        raise Fault("the separators are a space, a comma or a dot")
    if grouping is not None and grouping == decimal:
        raise Fault("the separators must differ")
    plain = text.replace(grouping, "") if grouping else text
    if decimal and decimal != ".":
        plain = plain.replace(decimal, ".") if "." not in plain else ""
    if not _NUMBER.fullmatch(plain):
        raise Fault(f"{text[:40]!r} is not a number")
    return DECIMAL128.create_decimal(plain)


@builtin("date", "from: string")
def _date_from_text(text: str) -> date:
    return _must(temporal.parse_date(text), text, "date")


@builtin("date", "from: day")
def _date_from_date_time(value: date) -> date:
    return value.date() if isinstance(value, (datetime, wide.WideDateTime)) else value


@builtin("date", "year: number, month: number, day: number")
def _date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> date:
    return wide.make_date(_whole(year), _whole(month), _whole(day))


@builtin("date and time", "from: string")
def _date_time_from_text(text: str) -> datetime:
    day = temporal.parse_date(text)
    if day is not None:
        return wide.combine(day, time(0))
    return _must(temporal.parse_datetime(text), text, "date and time")


@builtin("date and time", "date: day, time: time")
def _date_time_from_both(day: date, clock: time) -> datetime:
    return wide.combine(day, clock)


@builtin("date and time", "from: day")
def _date_time_from_date(runtime: Runtime, value: date) -> datetime:
    return temporal.as_datetime(value, runtime.zone)


@builtin("date and time", "date: day, timezone: string")
def _date_time_in_zone(value: date, zone: str) -> datetime:
    found = _zone(zone)
    return wide.in_zone(temporal.as_datetime(value, found), found)


@builtin("date and time", "year: number, month: number, day: number, hour: number, minute: number, second: number")
@builtin(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number, offset: days?",
)
@builtin(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number, timezone: string",
)
def _date_time_from_parts(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    zone: timedelta | str | None = None,
) -> datetime:
    return wide.combine(_date_from_parts(year, month, day), _clock(hour, minute, second, zone))


@builtin("time", "from: string")
def _time_from_text(text: str) -> time:
    return _must(temporal.parse_time(text), text, "time")


@builtin("time", "from: time")
def _time_from_time(value: time) -> time:
    return value


@builtin("time", "from: day")
def _time_from_day(runtime: Runtime, value: date) -> time:
    moment = temporal.as_datetime(value, runtime.zone)
    return wide.with_nanos(wide.split(moment)[1].timetz(), wide.nanos_of(moment))


@builtin("time", "hour: number, minute: number, second: number, [offset: days?]")
def _time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time:
    return _clock(hour, minute, second, offset)


@builtin("duration", "from: string")
def _duration(text: str) -> timedelta | YearsMonths:
    return _must(temporal.parse_duration(text), text, "duration")


@builtin("years and months duration", "from: day, to: day")
def _years_and_months_duration(start: date, end: date) -> YearsMonths:
    return temporal.months_between(start, end)


def _clock(hour: Decimal, minute: Decimal, second: Decimal, zone: timedelta | str | None) -> Any:
    whole = int(second)
    nanos = int((second - whole) * 1_000_000_000)
    clock = time(_whole(hour), _whole(minute), whole, nanos // 1000, _zone(zone) if zone is not None else None)
    return wide.with_nanos(clock, nanos % 1000)


def _zone(given: timedelta | str) -> tzinfo:
    if isinstance(given, timedelta):
        zone = temporal.offset_zone(given)
    else:
        zone = temporal.named_zone(given) if given[:1] not in ("+", "-", "Z") else temporal.parse_zone(given)
    if zone is None:
        raise Fault("there is no such time zone")
    return zone


def _whole(number: Decimal) -> int:
    if number != int(number):
        raise Fault(f"{number} is not a whole number")
    return int(number)


def _must(value: Any, text: str, kind: str) -> Any:
    if value is None:
        raise Fault(f"{text[:40]!r} is not a {kind}")
    return value
