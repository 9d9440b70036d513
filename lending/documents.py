"""Reading JSON documents strictly: numbers as decimals exactly as written, every refusal naming its field.

Knows nothing of what the documents are about.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from lending.errors import InvalidField

Choice = TypeVar("Choice", bound=StrEnum)

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_INTEGER = 1000
_MISSING = object()


def parse_document(raw: bytes) -> "Fields":
    """The object that a JSON text holds; raises InvalidField (`input` when no field is at fault)."""
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=_without_duplicates,
        )
    except UnicodeDecodeError:
        raise InvalidField("input", "is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise InvalidField("input", problem) from None
    except RecursionError:
        raise InvalidField("input", "is nested too deeply") from None
    return Fields(value, "")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal("Infinity")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in pairs:
        if name in document:
            raise InvalidField(name, "is given twice")
        document[name] = value
    return document


class Fields:
    """An object of a document, read field by field; `path` is where it stands in the document."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise InvalidField(path or "input", "must be an object")
        self._values: dict[str, object] = value
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def field(self, name: str) -> str:
        """Where a field of this object stands in the document: `events[0].amount`."""
        return f"{self._path}.{name}" if self._path else name

    def only(self, *names: str) -> None:
        """Refuse fields other than these."""
        for name in self._values:
            if name not in names:
                raise InvalidField(self.field(name[:60]), f"is not known; known are {', '.join(names)}")

    def nested(self, name: str) -> "Fields":
        """The object in a field."""
        return Fields(self._required(name), self.field(name))

    def entries(self, name: str, longest: int) -> list[tuple[str, object]]:
        """The entries of a list, each with where it stands."""
        value = self._required(name)
        if not isinstance(value, list):
            raise InvalidField(self.field(name), "must be a list")
        if len(value) > longest:
            raise InvalidField(self.field(name), f"may not hold more than {longest} entries")
        return [(f"{self.field(name)}[{index}]", entry) for index, entry in enumerate(value)]

    def decimal(self, name: str, default: Decimal | None = None) -> Decimal:
        """A number, or a text holding one; without a default it must be there."""
        if default is not None and name not in self:
            return default
        value = self._required(name)
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return Decimal(value)
        if isinstance(value, Decimal) and value.is_finite():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        raise InvalidField(self.field(name), 'must be a decimal number such as "10000.00"')

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number between bounds; without a default it must be there."""
        if default is not None and name not in self:
            return default
        value = self._required(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidField(self.field(name), "must be a whole number")
        if not least <= value <= most:
            raise InvalidField(self.field(name), f"must lie between {least} and {most}")
        return value

    def text(self, name: str) -> str:
        """A text, as it is written."""
        value = self._required(name)
        if not isinstance(value, str):
            raise InvalidField(self.field(name), "must be text")
        return value

    def day(self, name: str) -> date:
        """An ISO 8601 day."""
        return as_date(self.field(name), self._required(name))

    def choice(self, name: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        """One of an enumeration's values; without a default it must be there."""
        if default is not None and name not in self:
            return default
        return as_choice(self.field(name), self._required(name), choices)

    def _required(self, name: str) -> object:
        value = self._values.get(name, _MISSING)
        if value is _MISSING:
            raise InvalidField(self.field(name), "is missing")
        return value


def as_date(field: str, value: object) -> date:
    """An ISO 8601 day, `2024-01-31`."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidField(field, "must be a day of the calendar such as 2024-01-31")


def as_choice(field: str, value: object, choices: type[Choice]) -> Choice:
    """The member of `choices` whose value is `value`."""
    for choice in choices:
        if value == choice.value:
            return choice
    raise InvalidField(field, f"must be one of {_names(choices)}")


def _names(choices: Iterable[StrEnum]) -> str:
    return ", ".join(choice.value for choice in choices)
