"""Numeric functions, in decimal128."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any, Final

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operators import DECIMAL128
from engine.values import YearsMonths

_MAX_SCALE: Final = 6176
# Wide enough that scaling a 34-digit number to any allowed scale is exact.
_WIDE: Final = Context(prec=2 * _MAX_SCALE + 100, Emin=-20000, Emax=20000)


def _rounded(number: Decimal, scale: Decimal, mode: str) -> Decimal:
    if not -6111 <= scale <= _MAX_SCALE:
        raise Fault(f"the scale lies between -6111 and {_MAX_SCALE}")
    result = number.quantize(Decimal(1).scaleb(-int(scale), _WIDE), mode, _WIDE)
    return DECIMAL128.plus(result) if scale >= 0 else DECIMAL128.plus(Decimal(int(result)))


def _rounding(name: str, mode: str, signature: str) -> None:
    def work(number: Decimal, scale: Decimal | None = None) -> Decimal:
        return _rounded(number, scale if scale is not None else Decimal(0), mode)

    builtin(name, signature)(work)


_rounding("decimal", ROUND_HALF_EVEN, "n: number, scale: number")
_rounding("floor", ROUND_FLOOR, "n: number, [scale: number]")
_rounding("ceiling", ROUND_CEILING, "n: number, [scale: number]")
_rounding("round up", ROUND_UP, "n: number, scale: number")
_rounding("round down", ROUND_DOWN, "n: number, scale: number")
_rounding("round half up", ROUND_HALF_UP, "n: number, scale: number")
_rounding("round half down", ROUND_HALF_DOWN, "n: number, scale: number")


@builtin("abs", "n: number")
@builtin("abs", "n: duration")
def _abs(value: Any) -> Any:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return abs(value) if isinstance(value, timedelta) else DECIMAL128.abs(value)


@builtin("modulo", "dividend: number, divisor: number")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor), the sign of the divisor."""
    if not divisor:
        raise Fault("the divisor is zero")
    wide = Context(prec=12500, Emin=-20000, Emax=20000)
    rest = wide.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = wide.add(rest, divisor)
    return DECIMAL128.plus(rest)


def _function_of_one(name: str, work: Callable[[Decimal], Decimal], allowed: Callable[[Decimal], bool]) -> None:
    def guarded(number: Decimal) -> Decimal:
        if not allowed(number):
            raise Fault(f"has no value for {number}")
        return work(number)

    builtin(name, "number: number")(guarded)


_function_of_one("sqrt", DECIMAL128.sqrt, lambda number: number >= 0)
_function_of_one("log", DECIMAL128.ln, lambda number: number > 0)
_function_of_one("exp", DECIMAL128.exp, lambda number: True)


@builtin("odd", "number: number")
def _odd(number: Decimal) -> bool:
    return number == int(number) and int(number) % 2 == 1


@builtin("even", "number: number")
def _even(number: Decimal) -> bool:
    return number == int(number) and int(number) % 2 == 0
