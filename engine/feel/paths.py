"""`a.b` and `a[...]`: members of contexts, parts of dates and durations, and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.feel import syntax as s
from engine.feel import wide
from engine.feel.model import Range
from engine.feel.operators import kind_name
from engine.feel.runtime import Evaluator, Runtime, Scope
from engine.values import YearsMonths

Compile = Callable[[s.Node], Evaluator]


def member_of(value: Any, member: str, runtime: Runtime) -> Any:
    """`value.member`; of a list, the member of each item."""
    kind = type(value)
    if kind is dict:
        if member in value:
            found = value[member]
            return Decimal(found) if type(found) is int else found
        return runtime.null(f"the context has no member {member!r}")
    if kind is list:
        runtime.budget.charge(4 + 2 * len(value))
        return [member_of(item, member, runtime) for item in value]
    part = _PARTS.get(kind, {}).get(member)
    if part is None:
        return runtime.null(f"{kind_name(value)} has no member {member!r}")
    return part(value)


def _offset(value: datetime | time) -> timedelta | None:
    return value.utcoffset()


def _zone_name(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _of_seconds(divisor: int, modulus: int) -> Callable[[timedelta], Decimal]:
    def part(duration: timedelta) -> Decimal:
        whole = abs(duration) // timedelta(seconds=1) // divisor % modulus
        return Decimal(-whole if duration < timedelta(0) else whole)

    return part


def _seconds_of(value: datetime | time) -> Decimal:
    return Decimal(value.second)


def _of_duration_days(duration: timedelta) -> Decimal:
    return Decimal(-(abs(duration).days) if duration < timedelta(0) else duration.days)


def _of_base(part: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: part(value.base)


def _signed(months: int, part: int) -> Decimal:
    return Decimal(-part if months < 0 else part)


_DATE_PARTS: Final[dict[str, Callable[[Any], Any]]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_TIME_PARTS: Final[dict[str, Callable[[Any], Any]]] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": _seconds_of,
    "time offset": _offset,
    "timezone": _zone_name,
}
_PARTS: Final[Mapping[type, Mapping[str, Callable[[Any], Any]]]] = {
    date: _DATE_PARTS,
    time: _TIME_PARTS,
    datetime: {**_DATE_PARTS, **_TIME_PARTS},
    wide.FineTime: {name: _of_base(part) for name, part in _TIME_PARTS.items()},
    wide.WideDate: _DATE_PARTS,
    wide.WideDateTime: {
        **_DATE_PARTS,
        **{name: _of_base(part) for name, part in _TIME_PARTS.items()},
    },
    timedelta: {
        "days": _of_duration_days,
        "hours": _of_seconds(3600, 24),
        "minutes": _of_seconds(60, 60),
        "seconds": _of_seconds(1, 60),
    },
    YearsMonths: {
        "years": lambda value: _signed(value.months, abs(value.months) // 12),
        "months": lambda value: _signed(value.months, abs(value.months) % 12),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}


def compile_filter(node: s.Filter, compile_node: Compile) -> Evaluator:
    """`list[number]` picks an item, counting from 1 or, with -1, from the end; `list[condition]` keeps some."""
    source, match, size = compile_node(node.source), compile_node(node.match), node.match.size

    def evaluate(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return None
        return filter_items(value if type(value) is list else [value], match, scope, size=size)

    return evaluate


def filter_items(items: list[Any], match: Evaluator, scope: Scope, strict: bool = False, size: int = 1) -> Any:
    """The filter on a list: each item is in scope as `item`, and with its members where it is a context.

    A `strict` one is null when any condition is not a boolean, otherwise that of the first item decides. `size` is that
    of the condition.
    """
    runtime = scope.runtime
    if not items:
        position = match(Scope({"item": None}, scope, runtime))
        return None if type(position) is Decimal else []
    kept: list[Any] = []
    for index, item in enumerate(items):
        runtime.budget.charge(size + 1)
        verdict = match(_item_scope(item, scope))
        if index == 0 and type(verdict) is Decimal:
            return _item_at(items, verdict, runtime)
        if verdict is True:
            kept.append(item)
        elif (strict or index == 0) and verdict is not None and type(verdict) is not bool:
            return runtime.null(f"a filter is a number or a condition, not {kind_name(verdict)}")
    return kept


def _item_scope(item: Any, scope: Scope) -> Scope:
    names = {"item": item, **item} if type(item) is dict else {"item": item}
    return Scope(names, scope, scope.runtime)


def _item_at(items: list[Any], position: Decimal, runtime: Runtime) -> Any:
    index = int(position)
    if index != position or index == 0 or abs(index) > len(items):
        return runtime.null(f"there is no item {position} in a list of {len(items)}")
    return items[index - 1 if index > 0 else index]
