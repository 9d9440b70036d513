"""What every kind of field has: how a given value is read, what must hold for it, what form-js shows at first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final

from engine.forms.errors import Wrong
from engine.forms.expressions import Formula, Scope
from engine.forms.limits import MAX_DIGITS

_MAX_BITS: Final = 400


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a value is judged: the scope of its field, and the case's variables as they were before."""

    scope: Scope
    variables: Mapping[str, Any]

    @property
    def now(self) -> datetime | None:
        """The present instant, if it is known."""
        return self.scope.circumstances.now

    @property
    def zone(self) -> tzinfo:
        """The institution's zone."""
        return self.scope.circumstances.zone


class Kind:
    """One kind of field. The methods are pure; `Wrong` says what does not hold."""

    empty: ClassVar[Any] = None

    def value_type(self) -> str:
        """The FEEL type of the variable that the field becomes."""
        raise NotImplementedError

    def read(self, given: Any, zone: tzinfo) -> Any:
        """The process variable that a submitted JSON value (not null) becomes. Raises `Wrong` for the wrong type."""
        raise NotImplementedError

    def check(self, value: Any, situation: Situation) -> Iterator[Wrong]:
        """Everything that does not hold for a value that was read."""
        return iter(())

    def is_missing(self, value: Any) -> bool:
        """Whether form-js takes the value for missing where one is required."""
        return value is None or value == "" or value == []

    def hold(self, value: Any, situation: Situation) -> Any:
        """What the form holds at first for a present variable or a default; `empty` for one that does not fit."""
        if value is None:
            return self.empty
        try:
            return self.read(value, situation.zone)
        except Wrong:
            return self.empty

    def formulas(self) -> Iterator[Formula]:
        """The expressions that its rules read."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a rule: a fixed number or a formula; a formula that gives null is no limit."""

    fixed: Decimal | None = None
    formula: Formula | None = None

    def value(self, scope: Scope) -> Decimal | None:
        """The limit that holds now. Raises `Wrong` when the formula gives something that is no number."""
        if self.formula is None:
            return self.fixed
        limit = self.formula.value(scope)
        if limit is None:
            return None
        number = to_number(limit)
        if number is None:
            raise Wrong("bound_unknown")
        return number


def to_number(value: Any) -> Decimal | None:
    """The finite decimal that a number or a numeric text is; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float, str)):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def exact_json(given: Any) -> Any:
    """A submitted JSON value with whole numbers as decimals too. Raises `Wrong` for floats and absurd numbers."""
    if isinstance(given, list):
        return [exact_json(item) for item in given]
    if isinstance(given, dict):
        return {str(name): exact_json(member) for name, member in given.items()}
    if isinstance(given, float):
        raise Wrong("not_a_number")
    if isinstance(given, int) and not isinstance(given, bool):
        # Asked first, since making a decimal of an integer of a million digits takes too long.
        if given.bit_length() > _MAX_BITS:
            raise Wrong("too_many_digits", limit=MAX_DIGITS)
        return Decimal(given)
    return given


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values and variables in which true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(member, other[key]) for key, member in one.items())
    try:
        return bool(one == other)
    except (TypeError, ArithmeticError):
        return False
