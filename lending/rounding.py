"""Rounding money to its unit and writing it as text; knows nothing of loans.

Intermediate results carry `PRECISION` digits and are rounded once, at the end, so that a result which lies exactly
half-way is seen as half-way (trade.md section 3: to the fen, half up).
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction

PRECISION = 120
"""Significant digits of intermediate results."""

GUARD_DIGITS = 20
"""Digits at the end of an intermediate result that accumulated rounding may have touched."""

MAX_DIGITS = 28
"""Significant digits that an amount or a rate may have, so that products of them stay exact within `PRECISION`."""

MAX_AMOUNT = Decimal(10) ** 18
"""The largest amount of money that is taken."""

EXACT = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN, Emin=-999_999_999, Emax=999_999_999)
_TRUSTED = Context(prec=PRECISION - GUARD_DIGITS, rounding=ROUND_HALF_EVEN, Emin=-999_999_999, Emax=999_999_999)


class Rounding(StrEnum):
    """What happens to a value half-way between two units: away from zero, or to the even one."""

    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN}


def round_to(value: Decimal, unit: Decimal, rounding: Rounding) -> Decimal:
    """The multiple of `unit` (0.01, 0.05, 1, 100, ...) nearest to `value`."""
    units = _TRUSTED.plus(EXACT.divide(value, unit))
    return EXACT.multiply(units.to_integral_value(rounding=_MODES[rounding]), unit)


def share(value: Decimal, fraction: Fraction) -> Decimal:
    """`value` × `fraction`, with a single division so that finite results are exact."""
    return EXACT.divide(EXACT.multiply(value, Decimal(fraction.numerator)), Decimal(fraction.denominator))


def decimal_places(value: Decimal) -> int:
    """How many digits after the point `value` needs: 2 for 0.01, 0 for 100, 1 for 0.50."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def amount_text(value: Decimal, places: int = 2) -> str:
    """`value` written in full with at least `places` digits after the point, never fewer than it needs."""
    digits = max(places, decimal_places(value))
    written = value.quantize(Decimal(1).scaleb(-digits), context=EXACT)
    return format(EXACT.plus(written), "f")  # plus turns -0.00 into 0.00
