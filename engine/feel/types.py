"""FEEL's types: what a value conforms to, for `instance of`, typed parameters and the item definitions of DMN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from engine.feel import wide
from engine.feel.model import Function, Range
from engine.values import YearsMonths


class Circumstances(Protocol):
    """What judging a value needs of the evaluation: the model's types, and the budget."""

    def resolve(self, name: str) -> Type | None:
        """The type of this name."""

    def charge(self, steps: int) -> None:
        """Counts work: a list within lists may have many more items than were ever made."""


class Type:
    """A type. `accepts(value)` says whether a value other than null conforms to it."""

    is_list = False

    def accepts(self, value: Any, around: Circumstances) -> bool:
        raise NotImplementedError

    def instance(self, value: Any, around: Circumstances) -> bool:
        """Whether `value instance of` this type; null is an instance of `Null` alone."""
        return value is not None and self.accepts(value, around)


@dataclass(frozen=True, slots=True)
class AnyType(Type):
    """Everything; null too is assignable, but `null instance of Any` is false."""

    def accepts(self, value: Any, around: Circumstances) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class NullType(Type):
    def accepts(self, value: Any, around: Circumstances) -> bool:
        return value is None

    def instance(self, value: Any, around: Circumstances) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """One of the built-in types; `kinds` are the exact Python types of its values."""

    name: str
    kinds: frozenset[type]

    def accepts(self, value: Any, around: Circumstances) -> bool:
        return type(value) in self.kinds


@dataclass(frozen=True, slots=True)
class NamedType(Type):
    """A type by name: an item definition of the model. Nothing conforms to a name that means nothing."""

    name: str

    def accepts(self, value: Any, around: Circumstances) -> bool:
        target = around.resolve(self.name)
        return target is not None and target.accepts(value, around)

    def instance(self, value: Any, around: Circumstances) -> bool:
        target = around.resolve(self.name)
        return target is not None and target.instance(value, around)


@dataclass(frozen=True, slots=True)
class ListType(Type):
    item: Type
    is_list = True

    def accepts(self, value: Any, around: Circumstances) -> bool:
        if type(value) is not list:
            return False
        around.charge(len(value))
        return all(item is None or self.item.accepts(item, around) for item in value)


@dataclass(frozen=True, slots=True)
class ContextType(Type):
    """A context with at least these members; further ones are allowed."""

    members: tuple[tuple[str, Type], ...]

    def accepts(self, value: Any, around: Circumstances) -> bool:
        if type(value) is not dict:
            return False
        around.charge(len(self.members))
        return all(
            name in value and (value[name] is None or member.accepts(value[name], around))
            for name, member in self.members
        )


@dataclass(frozen=True, slots=True)
class RangeType(Type):
    of: Type

    def accepts(self, value: Any, around: Circumstances) -> bool:
        if type(value) is not Range:
            return False
        ends = [end for end in (value.start, value.end) if end is not None]
        return all(self.of.accepts(end, around) for end in ends)


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """A function that can take arguments of these types and gives this result."""

    parameters: tuple[Type, ...]
    result: Type

    def accepts(self, value: Any, around: Circumstances) -> bool:
        if type(value) is not Function or (value.arity is not None and value.arity != len(self.parameters)):
            return False
        if value.signature is None:
            return True
        taken, given = value.signature
        return all(
            declared is None or conforms(parameter, declared, around)
            for parameter, declared in zip(self.parameters, taken, strict=True)
        ) and (given is None or conforms(given, self.result, around))


@dataclass(frozen=True, slots=True)
class Allowed(Type):
    """A type restricted by unary tests: the allowed values of an item definition. `holds(value, around)` runs them."""

    base: Type
    holds: Callable[[Any, Any], bool] = field(compare=False)

    @property
    def is_list(self) -> bool:  # type: ignore[override]
        return self.base.is_list

    def accepts(self, value: Any, around: Circumstances) -> bool:
        return self.base.accepts(value, around) and self.holds(value, around)

    def instance(self, value: Any, around: Circumstances) -> bool:
        """`instance of` asks for the kind of value alone (DMN 1.5, 10.3.2.9.3)."""
        return self.base.instance(value, around)


ANY: Final = AnyType()
NUMBER: Final = Simple("number", frozenset({Decimal}))
STRING: Final = Simple("string", frozenset({str}))
BOOLEAN: Final = Simple("boolean", frozenset({bool}))
DATE: Final = Simple("date", wide.DATES)
TIME: Final = Simple("time", wide.TIMES)
DATE_TIME: Final = Simple("date and time", wide.DATE_TIMES)
DAYS_DURATION: Final = Simple("days and time duration", frozenset({timedelta}))
MONTHS_DURATION: Final = Simple("years and months duration", frozenset({YearsMonths}))
CONTEXT: Final = Simple("context", frozenset({dict}))
LIST: Final = ListType(ANY)

BUILT_IN: Final[Mapping[str, Type]] = {
    "Any": ANY,
    "Null": NullType(),
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "days and time duration": DAYS_DURATION,
    "dayTimeDuration": DAYS_DURATION,
    "years and months duration": MONTHS_DURATION,
    "yearMonthDuration": MONTHS_DURATION,
    "duration": Simple("duration", frozenset({timedelta, YearsMonths})),
    "context": CONTEXT,
    "list": LIST,
    "range": RangeType(ANY),
    "function": Simple("function", frozenset({Function})),
}


def conforms(narrow: Type, wide: Type, around: Circumstances) -> bool:
    """Whether every value of one type is a value of the other (DMN 1.5, 10.3.2.9.3)."""
    narrow, wide = _resolved(narrow, around), _resolved(wide, around)
    if isinstance(wide, AnyType) or isinstance(narrow, NullType):
        return True
    if isinstance(wide, Simple):
        return _kinds_of(narrow) <= wide.kinds
    if isinstance(narrow, ListType) and isinstance(wide, ListType):
        return conforms(narrow.item, wide.item, around)
    if isinstance(narrow, RangeType) and isinstance(wide, RangeType):
        return conforms(narrow.of, wide.of, around)
    if isinstance(narrow, ContextType) and isinstance(wide, ContextType):
        members = dict(narrow.members)
        return all(name in members and conforms(members[name], member, around) for name, member in wide.members)
    if isinstance(narrow, FunctionType) and isinstance(wide, FunctionType):
        return (
            len(narrow.parameters) == len(wide.parameters)
            and all(conforms(*pair, around) for pair in zip(wide.parameters, narrow.parameters, strict=True))
            and conforms(narrow.result, wide.result, around)
        )
    return False


_NO_TYPE: Final = Simple("nothing", frozenset({object}))


def _resolved(target: Type, around: Circumstances) -> Type:
    while isinstance(target, (NamedType, Allowed)):
        target = target.base if isinstance(target, Allowed) else around.resolve(target.name) or _NO_TYPE
    return target


def _kinds_of(target: Type) -> frozenset[type]:
    if isinstance(target, Simple):
        return target.kinds
    return frozenset({{ContextType: dict, FunctionType: Function}.get(type(target), object)})


def coerce(value: Any, target: Type, around: Circumstances) -> tuple[bool, Any]:
    """Fits a value to a type by FEEL's implicit conversions; gives whether it conforms, and the converted value.

    A list of one becomes its item, a value becomes a list of one, a date becomes midnight UTC (DMN 1.5, 10.3.2.9.4).
    """
    if value is None or target.accepts(value, around):
        return True, value
    if type(value) is list and len(value) == 1 and target.accepts(value[0], around):
        return True, value[0]
    if type(value) is not list and target.accepts([value], around):
        return True, [value]
    if type(value) is date:
        midnight = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if target.accepts(midnight, around):
            return True, midnight
    return False, None
