"""Number fields: exact decimals, never floats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal, localcontext
from typing import Any, Final

from engine.forms.errors import Wrong
from engine.forms.expressions import Formula
from engine.forms.kinds import Bound, Kind, Situation, exact_json, to_number
from engine.forms.limits import MAX_DIGITS

_MAX_SIZE: Final = 100
_WORKING_DIGITS: Final = 300


@dataclass(frozen=True)
class Number(Kind):
    """A decimal of at most 34 significant digits; with `as_text` (serializeToString) its text is the value."""

    decimal_digits: int | None = None
    increment: Decimal | None = None
    as_text: bool = False
    least: Bound = field(default_factory=Bound)
    most: Bound = field(default_factory=Bound)

    def value_type(self) -> str:
        """Number, or text where the designer asked for it."""
        return "text" if self.as_text else "number"

    def read(self, given: Any, zone: tzinfo) -> Any:
        """The decimal; text only where numbers are kept as text, true and false never."""
        if isinstance(given, str) and self.as_text:
            return "" if given == "" else _plain(_bounded(_from_text(given)))
        if isinstance(given, bool) or not isinstance(given, (Decimal, int)):
            raise Wrong("not_a_number")
        number = _bounded(given)
        return _plain(number) if self.as_text else number

    def hold(self, value: Any, situation: Situation) -> Any:
        """A numeric text in a present variable is shown as the number."""
        if isinstance(value, str) and not self.as_text:
            value = to_number(value)
        return super().hold(value, situation)

    def check(self, value: Any, situation: Situation) -> Iterator[Wrong]:
        """Decimal digits, step, least and most, in this order."""
        number = to_number(value)
        if number is None:
            return
        with localcontext() as exact:
            exact.prec = _WORKING_DIGITS
            if self.decimal_digits is not None and -_exponent(number) > self.decimal_digits:
                yield Wrong("decimal_digits", limit=self.decimal_digits) if self.decimal_digits else Wrong("integer")
            if self.increment and number % self.increment:
                below = number - number % self.increment
                yield Wrong("increment", step=self.increment, below=_plain(below), above=_plain(below + self.increment))
            least = self.least.value(situation.scope)
            if least is not None and number < least:
                yield Wrong("min", limit=least)
            most = self.most.value(situation.scope)
            if most is not None and number > most:
                yield Wrong("max", limit=most)

    def formulas(self) -> Iterator[Formula]:
        """The least and the most, where they are expressions."""
        yield from (bound.formula for bound in (self.least, self.most) if bound.formula is not None)


def _from_text(given: str) -> Decimal:
    # Full-width digits and underscores are numbers to Python, not to the browser.
    if len(given) > 2 * _MAX_SIZE or not set(given) <= set("0123456789.eE+-"):
        raise Wrong("not_a_number")
    number = to_number(given)
    if number is None:
        raise Wrong("not_a_number")
    return number


def _bounded(given: Decimal | int) -> Decimal:
    number: Decimal = exact_json(given)
    if not number.is_finite():
        raise Wrong("not_a_number")
    if number.is_zero():
        return number if abs(_raw_exponent(number)) <= MAX_DIGITS else Decimal(0)
    digits = len(number.as_tuple().digits)
    if digits > _WORKING_DIGITS or abs(number.adjusted()) > _MAX_SIZE:
        raise Wrong("too_many_digits", limit=MAX_DIGITS)
    if digits > MAX_DIGITS and digits - _trailing_zeros(number) > MAX_DIGITS:
        raise Wrong("too_many_digits", limit=MAX_DIGITS)
    return number


def _trailing_zeros(number: Decimal) -> int:
    text = "".join(map(str, number.as_tuple().digits))
    return len(text) - len(text.rstrip("0"))


def _raw_exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _exponent(number: Decimal) -> int:
    """The exponent without trailing zeros: 1.50 has one decimal digit, as form-js counts."""
    return 0 if number.is_zero() else _raw_exponent(number) + _trailing_zeros(number)


def _plain(number: Decimal) -> str:
    return format(number, "f")
