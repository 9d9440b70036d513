"""How `string()` prints a value."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.errors import Fault
from engine.feel.model import Function, Range
from engine.feel.runtime import Budget
from engine.feel.wide import FineTime, WideDate, WideDateTime
from engine.values import YearsMonths, format_datetime, format_duration, format_offset, format_time


def to_text(value: Any, budget: Budget) -> str:
    """The text of a value; within lists and contexts texts stand in quotes."""
    if type(value) is str:
        return value
    if type(value) is list:
        budget.charge(len(value))
        return "[" + ", ".join(_inner(item, budget) for item in value) + "]"
    if type(value) is dict:
        budget.charge(len(value))
        return "{" + ", ".join(f"{_key(key)}: {_inner(member, budget)}" for key, member in value.items()) + "}"
    if type(value) is Range:
        return _range(value, budget)
    if type(value) is Function:
        return "function" if value.name == "function" else f"function {value.name}"
    return scalar_text(value)


def scalar_text(value: Any) -> str:
    """The text of null, a boolean, number, text, date, time or duration."""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is Decimal:
        return number_text(value)
    if kind is datetime:
        return format_datetime(value)
    if kind is date:
        return str(value.isoformat())
    if kind is time:
        return format_time(value)
    if kind is timedelta:
        return format_duration(value)
    if kind is WideDateTime:
        return f"{value.date()}T{_fine(value.base.timetz(), value.nanos)}"
    if kind is FineTime:
        return _fine(value.base, value.nanos)
    if kind in (YearsMonths, str, WideDate):
        return str(value)
    raise Fault(f"{kind.__name__} has no text")


def _fine(clock: time, nanos: int) -> str:
    """A time with nanoseconds beyond its microsecond."""
    if not nanos:
        return format_time(clock)
    zone = format_offset(clock.tzinfo, clock.utcoffset())
    return f"{clock:%H:%M:%S}.{clock.microsecond:06d}{nanos:03d}".rstrip("0") + zone


def number_text(value: Decimal) -> str:
    """A number without exponent, with the digits it has."""
    if not value.is_finite() or abs(value.adjusted()) > 6200:
        raise Fault("a number out of range")
    return format(value, "f")


def _inner(value: Any, budget: Budget) -> str:
    if type(value) is not str:
        return budget.text(to_text(value, budget))
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(key: str) -> str:
    return key if key.replace("_", "a").replace(" ", "a").isalnum() else _inner(key, Budget())


def _range(interval: Range, budget: Budget) -> str:
    if interval.operator:
        return f"({interval.operator} {_inner(interval.start, budget)})"
    if interval.start is None:
        return f"({'<=' if interval.end_included else '<'} {_inner(interval.end, budget)})"
    if interval.end is None:
        return f"({'>=' if interval.start_included else '>'} {_inner(interval.start, budget)})"
    opening = "[" if interval.start_included else "("
    closing = "]" if interval.end_included else ")"
    return f"{opening}{_inner(interval.start, budget)}..{_inner(interval.end, budget)}{closing}"
