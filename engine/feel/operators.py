"""Equality, order and arithmetic of values (DMN 1.5, tables 53 to 58). What is not defined is null with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final

from engine.feel import temporal, wide
from engine.feel.errors import BudgetExceeded
from engine.feel.model import Function, Range
from engine.feel.runtime import Runtime
from engine.values import YearsMonths

# decimal128 of IEEE 754-2008, as DMN prescribes for numbers.
DECIMAL128: Final = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_MICROSECOND: Final = timedelta(microseconds=1)

KIND_NAMES: Final = {
    type(None): "null", bool: "boolean", Decimal: "number", str: "string", date: "date", time: "time",
    datetime: "date and time", timedelta: "days and time duration", YearsMonths: "years and months duration",
    wide.WideDate: "date", wide.WideDateTime: "date and time", wide.FineTime: "time",
    list: "list", dict: "context", Range: "range", Function: "function",
}  # fmt: skip

_DAYS: Final = wide.DATES | wide.DATE_TIMES
_CLOCKS: Final = wide.DATE_TIMES | wide.TIMES


def kind_name(value: Any) -> str:
    """How the type of a value is called in reasons."""
    return KIND_NAMES.get(type(value), type(value).__name__)


def equals(left: Any, right: Any, runtime: Runtime) -> bool | None:
    """FEEL's `=`: null equals null alone; values of different kinds cannot be compared, which is null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right) and kind_name(left) != kind_name(right):
        runtime.null(f"cannot compare {kind_name(left)} with {kind_name(right)}")
        return None
    if kind is list:
        return _same_items(left, right, runtime)
    if kind is dict:
        return left.keys() == right.keys() and _all_equal([(left[key], right[key]) for key in left], runtime)
    if kind is Range:
        return _same_range(left, right, runtime)
    if kind in _CLOCKS:
        return temporal.same_instant(left, right, runtime.zone)
    return bool(left == right)


def _same_items(left: list[Any], right: list[Any], runtime: Runtime) -> bool | None:
    return len(left) == len(right) and _all_equal(list(zip(left, right, strict=True)), runtime)


def _all_equal(pairs: list[tuple[Any, Any]], runtime: Runtime) -> bool | None:
    runtime.budget.charge(len(pairs))
    result: bool | None = True
    for left, right in pairs:
        same = equals(left, right, runtime)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _same_range(left: Range, right: Range, runtime: Runtime) -> bool | None:
    if _manner(left) != _manner(right):
        return False
    return _all_equal([(left.start, right.start), (left.end, right.end)], runtime)


def _manner(interval: Range) -> tuple[bool, bool, str]:
    return interval.start_included, interval.end_included, interval.operator


_ORDERED: Final = frozenset({Decimal, str, timedelta, YearsMonths}) | wide.TIMES | _DAYS


def order(left: Any, right: Any, runtime: Runtime) -> int | None:
    """-1, 0 or 1 as `left` comes before, with or after `right`; None when they have no order."""
    kind = type(left)
    if kind not in _ORDERED or (kind is not type(right) and kind_name(left) != kind_name(right)):
        runtime.null(f"{kind_name(left)} and {kind_name(right)} have no order")
        return None
    if kind in _CLOCKS or kind in wide.DATES:
        result = temporal.order(left, right, runtime.zone)
        if result is None:
            runtime.null("a time with zone and one without have no order")
        return result
    return (left > right) - (left < right)


_HOLDS: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def compare(operator: str, left: Any, right: Any, runtime: Runtime) -> bool | None:
    """The six comparisons."""
    if operator == "=":
        return equals(left, right, runtime)
    if operator == "!=":
        same = equals(left, right, runtime)
        return None if same is None else not same
    sign = order(left, right, runtime)
    return None if sign is None else _HOLDS[operator](sign)


def in_range(value: Any, interval: Range, runtime: Runtime) -> bool | None:
    """Whether a value lies in a range."""
    if interval.operator == "!=":
        return compare("!=", value, interval.start, runtime)
    if interval.start is not None:
        sign = order(value, interval.start, runtime)
        if sign is None:
            return None
        if sign < 0 or (sign == 0 and not interval.start_included):
            return False
    if interval.end is not None:
        sign = order(value, interval.end, runtime)
        if sign is None:
            return None
        return sign < 0 or (sign == 0 and interval.end_included)
    return interval.start is not None


def calculate(operator: str, left: Any, right: Any, runtime: Runtime) -> Any:
    """`+ - * / **` on numbers, texts, dates and durations."""
    if type(left) is Decimal and type(right) is Decimal:
        return _numbers(operator, left, right, runtime)
    if operator == "+" and type(left) is str and type(right) is str:
        runtime.budget.characters(len(left) + len(right))
        return left + right
    try:
        result = _TEMPORAL[operator](left, right, runtime) if operator in _TEMPORAL else NotImplemented
    except (OverflowError, ValueError, DecimalException):
        runtime.null(f"{kind_name(left)} {operator} {kind_name(right)} is out of range")
        return None
    if result is NotImplemented:
        runtime.null(f"{kind_name(left)} {operator} {kind_name(right)} is not defined")
        return None
    return result


def _numbers(operator: str, left: Decimal, right: Decimal, runtime: Runtime) -> Decimal | None:
    try:
        result = _ON_NUMBERS[operator](left, right)
    except DivisionByZero:
        runtime.null("division by zero")
        return None
    except Overflow:
        if operator == "**":
            raise BudgetExceeded("size of a power", "10**6144") from None
        return runtime.null("a number out of range")
    except InvalidOperation:
        runtime.null(f"{left} {operator} {right} has no value" if _short(left, right) else "a number out of range")
        return None
    return result if result.is_finite() else runtime.null("a number out of range")


def _short(*numbers: Decimal) -> bool:
    return all(len(number.as_tuple().digits) <= 40 for number in numbers)


def _power(left: Decimal, right: Decimal) -> Decimal:
    return DECIMAL128.power(left, right) if right else Decimal(1)


_ON_NUMBERS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": DECIMAL128.add,
    "-": DECIMAL128.subtract,
    "*": DECIMAL128.multiply,
    "/": DECIMAL128.divide,
    "**": _power,
}


def _add(left: Any, right: Any, runtime: Runtime) -> Any:
    if type(left) in (timedelta, YearsMonths) and type(right) not in (timedelta, YearsMonths):
        left, right = right, left
    return _shift(left, right, 1)


def _shift(left: Any, right: Any, sign: int) -> Any:
    if type(right) is YearsMonths:
        if type(left) is YearsMonths:
            return YearsMonths(left.months + sign * right.months)
        if type(left) in _DAYS:
            return temporal.add_months(left, sign * right.months)
    if type(right) is timedelta:
        if type(left) is timedelta:
            return left + sign * right
        if type(left) in _DAYS or type(left) in wide.TIMES:
            return temporal.add_duration(left, sign * right)
    return NotImplemented


def _subtract(left: Any, right: Any, runtime: Runtime) -> Any:
    if type(left) in _DAYS and type(right) in _DAYS:
        return temporal.between(right, left, runtime.zone)
    if type(left) in wide.TIMES and type(right) in wide.TIMES:
        return temporal.between_times(right, left)
    return _shift(left, right, -1)


def _multiply(left: Any, right: Any, runtime: Runtime) -> Any:
    if type(left) is Decimal:
        left, right = right, left
    if type(right) is not Decimal:
        return NotImplemented
    if type(left) is timedelta:
        return timedelta(microseconds=int(DECIMAL128.multiply(Decimal(left // _MICROSECOND), right)))
    if type(left) is YearsMonths:
        return YearsMonths(int(DECIMAL128.multiply(Decimal(left.months), right)))
    return NotImplemented


def _divide(left: Any, right: Any, runtime: Runtime) -> Any:
    if type(left) is timedelta and type(right) in (Decimal, timedelta):
        micros = Decimal(left // _MICROSECOND)
        if type(right) is timedelta:
            return DECIMAL128.divide(micros, Decimal(right // _MICROSECOND))
        return timedelta(microseconds=int(DECIMAL128.divide(micros, right)))
    if type(left) is YearsMonths and type(right) in (Decimal, YearsMonths):
        if type(right) is YearsMonths:
            return DECIMAL128.divide(Decimal(left.months), Decimal(right.months))
        return YearsMonths(int(DECIMAL128.divide(Decimal(left.months), right)))
    return NotImplemented


_TEMPORAL: Final[dict[str, Callable[[Any, Any, Runtime], Any]]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
}


def negate(value: Any, runtime: Runtime) -> Any:
    """Unary minus of a number or a duration."""
    if type(value) is Decimal:
        return DECIMAL128.minus(value)
    if type(value) is timedelta:
        return -value
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    runtime.null(f"-{kind_name(value)} is not defined")
    return None
