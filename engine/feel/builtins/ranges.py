"""How points and ranges lie to each other (DMN 1.5, table 78), `is`, and ranges from their text."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from engine.feel import operators
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.model import Range
from engine.feel.printing import to_text
from engine.feel.runtime import Runtime
from engine.feel.wide import FineTime, WideDateTime
from engine.values import format_offset


def _order(left: Any, right: Any, runtime: Runtime) -> int:
    sign = operators.order(left, right, runtime)
    if sign is None:
        raise Fault("these have no order")
    return sign


@builtin("is", "value1: any, value2: any")
@builtin("is", "[value1: any], [value2: any]")
def _is(runtime: Runtime, left: Any, right: Any) -> bool:
    """Identical in value and kind; times with different zones are different."""
    runtime.budget.charge(1)
    if type(left) is not type(right):
        return False
    if isinstance(left, (datetime, time)):
        return left.replace(tzinfo=None) == right.replace(tzinfo=None) and _zone_of(left) == _zone_of(right)
    if isinstance(left, (FineTime, WideDateTime)):
        return to_text(left, runtime.budget) == to_text(right, runtime.budget)
    if type(left) is list:
        return len(left) == len(right) and all(_is(runtime, *pair) for pair in zip(left, right, strict=True))
    if type(left) is dict:
        return left.keys() == right.keys() and all(_is(runtime, left[key], right[key]) for key in left)
    return bool(left == right)


def _zone_of(value: datetime | time) -> str:
    return format_offset(value.tzinfo, value.utcoffset())


@builtin("before", "point1: point, point2: point")
def _point_before_point(runtime: Runtime, left: Any, right: Any) -> bool:
    return _order(left, right, runtime) < 0


@builtin("before", "point: point, range: range")
def _point_before_range(runtime: Runtime, point: Any, interval: Range) -> bool:
    sign = _order(point, _start(interval), runtime)
    return sign < 0 or (sign == 0 and not interval.start_included)


@builtin("before", "range: range, point: point")
def _range_before_point(runtime: Runtime, interval: Range, point: Any) -> bool:
    sign = _order(_end(interval), point, runtime)
    return sign < 0 or (sign == 0 and not interval.end_included)


@builtin("before", "range1: range, range2: range")
def _range_before_range(runtime: Runtime, left: Range, right: Range) -> bool:
    sign = _order(_end(left), _start(right), runtime)
    return sign < 0 or (sign == 0 and not (left.end_included and right.start_included))


@builtin("after", "point1: point, point2: point")
def _point_after_point(runtime: Runtime, left: Any, right: Any) -> bool:
    return _point_before_point(runtime, right, left)


@builtin("after", "point: point, range: range")
def _point_after_range(runtime: Runtime, point: Any, interval: Range) -> bool:
    return _range_before_point(runtime, interval, point)


@builtin("after", "range: range, point: point")
def _range_after_point(runtime: Runtime, interval: Range, point: Any) -> bool:
    return _point_before_range(runtime, point, interval)


@builtin("after", "range1: range, range2: range")
def _range_after_range(runtime: Runtime, left: Range, right: Range) -> bool:
    return _range_before_range(runtime, right, left)


@builtin("meets", "range1: range, range2: range")
def _meets(runtime: Runtime, left: Range, right: Range) -> bool:
    return left.end_included and right.start_included and _order(_end(left), _start(right), runtime) == 0


@builtin("met by", "range1: range, range2: range")
def _met_by(runtime: Runtime, left: Range, right: Range) -> bool:
    return _meets(runtime, right, left)


@builtin("overlaps", "range1: range, range2: range")
def _overlaps(runtime: Runtime, left: Range, right: Range) -> bool:
    return not _range_before_range(runtime, left, right) and not _range_before_range(runtime, right, left)


@builtin("overlaps before", "range1: range, range2: range")
def _overlaps_before(runtime: Runtime, left: Range, right: Range) -> bool:
    starts = _order(_start(left), _start(right), runtime)
    ends = _order(_end(left), _end(right), runtime)
    return (
        (starts < 0 or (starts == 0 and left.start_included and not right.start_included))
        and not _range_before_range(runtime, left, right)
        and (ends < 0 or (ends == 0 and (not left.end_included or right.end_included)))
    )


@builtin("overlaps after", "range1: range, range2: range")
def _overlaps_after(runtime: Runtime, left: Range, right: Range) -> bool:
    starts = _order(_start(right), _start(left), runtime)
    ends = _order(_end(right), _end(left), runtime)
    return (
        (starts < 0 or (starts == 0 and right.start_included and not left.start_included))
        and not _range_before_range(runtime, right, left)
        and (ends < 0 or (ends == 0 and (not right.end_included or left.end_included)))
    )


@builtin("finishes", "point: point, range: range")
def _point_finishes(runtime: Runtime, point: Any, interval: Range) -> bool:
    return interval.end_included and _order(point, _end(interval), runtime) == 0


@builtin("finishes", "range1: range, range2: range")
def _finishes(runtime: Runtime, left: Range, right: Range) -> bool:
    same_end = left.end_included == right.end_included and _order(_end(left), _end(right), runtime) == 0
    starts = _order(_start(left), _start(right), runtime)
    return same_end and (starts > 0 or (starts == 0 and (not left.start_included or right.start_included)))


@builtin("finished by", "range: range, point: point")
def _finished_by_point(runtime: Runtime, interval: Range, point: Any) -> bool:
    return _point_finishes(runtime, point, interval)


@builtin("finished by", "range1: range, range2: range")
def _finished_by(runtime: Runtime, left: Range, right: Range) -> bool:
    return _finishes(runtime, right, left)


@builtin("includes", "range: range, point: point")
def _includes_point(runtime: Runtime, interval: Range, point: Any) -> bool:
    inside = operators.in_range(point, interval, runtime)
    if inside is None:
        raise Fault("these have no order")
    return inside


@builtin("includes", "range1: range, range2: range")
def _includes(runtime: Runtime, outer: Range, inner: Range) -> bool:
    starts = _order(_start(outer), _start(inner), runtime)
    ends = _order(_end(outer), _end(inner), runtime)
    return (starts < 0 or (starts == 0 and (outer.start_included or not inner.start_included))) and (
        ends > 0 or (ends == 0 and (outer.end_included or not inner.end_included))
    )


@builtin("during", "point: point, range: range")
def _point_during(runtime: Runtime, point: Any, interval: Range) -> bool:
    return _includes_point(runtime, interval, point)


@builtin("during", "range1: range, range2: range")
def _during(runtime: Runtime, inner: Range, outer: Range) -> bool:
    return _includes(runtime, outer, inner)


@builtin("starts", "point: point, range: range")
def _point_starts(runtime: Runtime, point: Any, interval: Range) -> bool:
    return interval.start_included and _order(point, _start(interval), runtime) == 0


@builtin("starts", "range1: range, range2: range")
def _starts(runtime: Runtime, left: Range, right: Range) -> bool:
    same_start = left.start_included == right.start_included and _order(_start(left), _start(right), runtime) == 0
    ends = _order(_end(left), _end(right), runtime)
    return same_start and (ends < 0 or (ends == 0 and (not left.end_included or right.end_included)))


@builtin("started by", "range: range, point: point")
def _started_by_point(runtime: Runtime, interval: Range, point: Any) -> bool:
    return _point_starts(runtime, point, interval)


@builtin("started by", "range1: range, range2: range")
def _started_by(runtime: Runtime, left: Range, right: Range) -> bool:
    return _starts(runtime, right, left)


@builtin("coincides", "point1: point, point2: point")
def _points_coincide(runtime: Runtime, left: Any, right: Any) -> bool:
    return _order(left, right, runtime) == 0


@builtin("coincides", "range1: range, range2: range")
def _coincides(runtime: Runtime, left: Range, right: Range) -> bool:
    return (
        (left.start_included, left.end_included) == (right.start_included, right.end_included)
        and _order(_start(left), _start(right), runtime) == 0
        and _order(_end(left), _end(right), runtime) == 0
    )


def _start(interval: Range) -> Any:
    if interval.start is None:
        raise Fault("the range has no start")
    return interval.start


def _end(interval: Range) -> Any:
    if interval.end is None:
        raise Fault("the range has no end")
    return interval.end


@builtin("range", "from: string")
def _range(runtime: Runtime, text: str) -> Range:
    """The range whose text is given, with literals as its ends: `[1..3]`, `(@"2026-01-01"..@"2026-02-01")`."""
    text = text.strip()
    inside = text[1:-1]
    if len(text) < 4 or text[0] not in "[(]" or text[-1] not in "])[" or ".." not in inside:
        raise Fault("this is not a range")
    low_text, _, high_text = inside.partition("..")
    low, high = _endpoint(low_text), _endpoint(high_text)
    if _order(low, high, runtime) > 0:
        raise Fault("the start comes after the end")
    return Range(low, high, text[0] == "[", text[-1] == "]")


def _endpoint(text: str) -> Any:
    from engine.feel.literals import scalar_literal

    return scalar_literal(text.strip())
