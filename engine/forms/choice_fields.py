"""Check boxes, and choices among options that come from the schema, from a variable or from a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from typing import Any, ClassVar

from engine.forms.errors import Wrong
from engine.forms.expressions import Formula
from engine.forms.kinds import Kind, Situation, exact_json, same
from engine.forms.limits import MAX_ROWS
from engine.values import to_json


@dataclass(frozen=True)
class Checkbox(Kind):
    """True or false; where it is required, only true will do."""

    empty: ClassVar[Any] = False

    def value_type(self) -> str:
        """A boolean."""
        return "boolean"

    def read(self, given: Any, zone: tzinfo) -> bool:
        """The boolean; nothing else counts as one."""
        if not isinstance(given, bool):
            raise Wrong("not_a_boolean")
        return given

    def is_missing(self, value: Any) -> bool:
        """As in form-js, an unticked box is a missing one."""
        return value is not True


@dataclass(frozen=True)
class Options:
    """What may be chosen: fixed values, the list in the variable `key`, or the list that `formula` gives."""

    fixed: tuple[Any, ...] = ()
    key: str | None = None
    formula: Formula | None = None

    def values(self, situation: Situation) -> list[Any]:
        """The values that may be chosen here and now, as JSON values."""
        if self.key is not None:
            found = situation.variables.get(self.key)
        elif self.formula is not None:
            found = self.formula.value(situation.scope)
        else:
            return list(self.fixed)
        return option_values(found)

    def formulas(self) -> Iterator[Formula]:
        """The formula, if there is one."""
        if self.formula is not None:
            yield self.formula


def option_values(options: Any) -> list[Any]:
    """The values of a list of options as form-js normalises it: bare values, or contexts with `label` and `value`."""
    if not isinstance(options, (list, tuple)):
        return []
    values = []
    for option in options:
        plain = to_json(option)
        if isinstance(plain, Mapping):
            plain = plain.get("value")
        if _is_choosable(plain):
            values.append(plain)
    return values


def _is_choosable(value: Any) -> bool:
    return isinstance(value, (bool, Decimal, int)) or (isinstance(value, (str, dict)) and len(value) > 0)


@dataclass(frozen=True)
class OneOf(Kind):
    """A select or a radio group: the value of one option."""

    options: Options

    def value_type(self) -> str:
        """Whatever the options are."""
        return "any"

    def read(self, given: Any, zone: tzinfo) -> Any:
        """Any JSON value; whether it is an option depends on the rest of the form. The empty text is no choice."""
        return None if given == "" else exact_json(given)

    def hold(self, value: Any, situation: Situation) -> Any:
        """A present value that is no option any more is not shown."""
        plain = to_json(value)
        # Options of a formula may depend on the rest of the form; form-js drops what is none, but for 0 and false.
        if (self.options.formula is not None and plain) or _is_among(plain, self.options.values(situation)):
            return plain
        return None

    def check(self, value: Any, situation: Situation) -> Iterator[Wrong]:
        """The value is one of the options."""
        if not _is_among(value, self.options.values(situation)):
            yield Wrong("not_an_option")

    def formulas(self) -> Iterator[Formula]:
        """That of the options."""
        return self.options.formulas()


@dataclass(frozen=True)
class SomeOf(Kind):
    """A check list or a tag list: the values of several options, each once."""

    options: Options

    empty: ClassVar[Any] = []

    def value_type(self) -> str:
        """A list."""
        return "list"

    def read(self, given: Any, zone: tzinfo) -> list[Any]:
        """The list."""
        if not isinstance(given, list):
            raise Wrong("not_a_list")
        if len(given) > MAX_ROWS:
            raise Wrong("too_many_rows", limit=MAX_ROWS)
        return [exact_json(item) for item in given]

    def hold(self, value: Any, situation: Situation) -> Any:
        """Present values that are no options any more are not shown."""
        if not isinstance(value, (list, tuple)):
            return []
        plain = to_json(value)
        if self.options.formula is not None:
            return plain
        options = self.options.values(situation)
        return [item for item in plain if _is_among(item, options)]

    def check(self, value: list[Any], situation: Situation) -> Iterator[Wrong]:
        """Each is one of the options and none comes twice."""
        options = self.options.values(situation)
        if not all(_is_among(item, options) for item in value):
            yield Wrong("not_an_option")
        elif any(_is_among(item, value[:index]) for index, item in enumerate(value)):
            yield Wrong("repeated")

    def formulas(self) -> Iterator[Formula]:
        """That of the options."""
        return self.options.formulas()


def _is_among(value: Any, values: list[Any]) -> bool:
    return any(same(value, other) for other in values)
