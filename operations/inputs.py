"""What operations take: each input is read strictly from a FEEL value, and what is wrong is said by the input's name.

Knows nothing of single operations.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.errors import Invalid
from engine.values import YearsMonths, to_json

LARGEST_AMOUNT = Decimal("9999999999999999.99")
"""What a column of money holds."""

_RATE_PLACES = 10
_DURATION = re.compile(r"P(?=.)(\d+[YMWD])*(T(?=.)(\d+[HMS])*)?")
_MAX_ITEMS = 1000


class Wrong(ValueError):
    """A value cannot be taken; the message says why."""


@dataclass(frozen=True)
class Input:
    """One input: what it means, in one line, and how its value is read. `read` raises `Wrong`."""

    about: str
    read: Callable[[Any], Any]
    required: bool = True
    default: Any = None


def optional(wanted: Input, default: Any = None) -> Input:
    """The same input, but it may be missing, null or blank: then its value is `default`."""
    return replace(wanted, required=False, default=default, about=f"{wanted.about} (optional)")


def read_inputs(wanted: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs, read; raises `Invalid` whose `errors` names each that is missing, unexpected or wrong."""
    read: dict[str, Any] = {}
    errors = {name: "is not an input of this operation" for name in given if name not in wanted}
    for name, spec in wanted.items():
        value = given.get(name)
        if not spec.required and isinstance(value, str) and not value.strip():
            value = None  # a form gives empty text for a field that was left empty
        if value is not None:
            try:
                read[name] = spec.read(value)
            except Wrong as wrong:
                errors[name] = str(wrong)
        elif spec.required:
            errors[name] = "is missing"
        else:
            read[name] = spec.default
    if errors:
        raise Invalid("; ".join(f"{name}: {problem}" for name, problem in errors.items()), errors)
    return read


def text(about: str, longest: int = 200) -> Input:
    """Text that is not blank; blanks around it are dropped."""
    return Input(about, lambda value: _text(value, longest))


def choice(about: str, values: Collection[str]) -> Input:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in values:
            raise Wrong(f"must be one of {', '.join(values)}, not {value!r:.60}")
        return str(value)

    return Input(f"{about}: {', '.join(values)}", read)


def money(about: str) -> Input:
    """An amount in CNY: more than 0, at most two decimals."""
    return Input(f"{about}, in CNY", amount)


def worth(about: str) -> Input:
    """An amount in CNY: 0 or more, at most two decimals."""

    def read(value: Any) -> Decimal:
        return Decimal("0.00") if _number(value) == 0 else amount(value)

    return Input(f"{about}, in CNY", read)


def rate(about: str) -> Input:
    """A rate per year as a fraction from 0 to 1: 0.0435 is 4.35 %."""
    return Input(f"{about}, per year as a fraction (0.0435 is 4.35 %)", _rate)


def number(about: str) -> Input:
    """A number of up to ten digits before and ten after the point."""

    def read(value: Any) -> Decimal:
        given = _number(value)
        if abs(given) >= 10**10 or _places(given) > _RATE_PLACES:
            raise Wrong(f"has too many digits: {value}")
        return given

    return Input(about, read)


def whole(about: str, most: int = 1200) -> Input:
    """A whole number from 1 on."""

    def read(value: Any) -> int:
        given = _number(value)
        if given != given.to_integral_value() or not 1 <= given <= most:
            raise Wrong(f"must be a whole number from 1 to {most}, not {value}")
        return int(given)

    return Input(about, read)


def day(about: str) -> Input:
    """A date, or its ISO 8601 text."""
    return Input(about, _day)


def instant(about: str) -> Input:
    """A point in time with its zone, or its ISO 8601 text."""

    def read(value: Any) -> dt.datetime:
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                raise Wrong(f"must be a point in time such as 2026-11-23T15:00:00+08:00, not {value!r:.60}") from None
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise Wrong(f"must be a point in time with its zone, not {value!r:.60}")
        return value

    return Input(about, read)


def duration(about: str) -> Input:
    """An ISO 8601 duration, as text or as FEEL's value."""

    def read(value: Any) -> str:
        written = to_json(value) if isinstance(value, dt.timedelta | YearsMonths) else value
        if not isinstance(written, str) or not _DURATION.fullmatch(written.strip()):
            raise Wrong(f"must be a duration such as PT4H or P1D, not {value!r:.60}")
        return written.strip()

    return Input(about, read)


def flag(about: str) -> Input:
    """True or false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise Wrong(f"must be true or false, not {value!r:.60}")
        return value

    return Input(about, read)


def texts(about: str, longest: int = 1000) -> Input:
    """A list of different texts."""

    def read(value: Any) -> list[str]:
        read_items = [_item(index, lambda item: _text(item, longest), item) for index, item in _items(value)]
        _refuse_repeated(read_items)
        return read_items

    return Input(about, read)


def choices(about: str, values: Collection[str]) -> Input:
    """A list of different words out of some."""
    one = choice(about, values)

    def read(value: Any) -> list[str]:
        read_items = [_item(index, one.read, item) for index, item in _items(value)]
        _refuse_repeated(read_items)
        return read_items

    return Input(one.about, read)


def contexts(about: str, entries: Mapping[str, Input]) -> Input:
    """A list of contexts with these entries and no others."""

    def read_one(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Wrong(f"must be a context with {', '.join(entries)}")
        try:
            return read_inputs(entries, value)
        except Invalid as invalid:
            raise Wrong(str(invalid).replace("is not an input of this operation", "is not expected here")) from None

    return Input(about, lambda value: [_item(index, read_one, item) for index, item in _items(value)])


def context(about: str) -> Input:
    """A context of any entries, as plain JSON."""

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Wrong("must be a context")
        return _plain(value)

    return Input(about, read)


def values(about: str) -> Input:
    """A list of any values, as plain JSON."""
    return Input(about, lambda value: [_plain(item) for _, item in _items(value)])


def amount(value: Any) -> Decimal:
    """An amount in CNY; raises `Wrong` unless it is more than 0 and has at most two decimals."""
    number = _number(value)
    if not 0 < number <= LARGEST_AMOUNT:
        raise Wrong(f"must be more than 0 and at most {LARGEST_AMOUNT}, not {value}")
    if _places(number) > 2:
        raise Wrong(f"may have at most two decimals: {value}")
    return number.quantize(Decimal("0.01"))


def _rate(value: Any) -> Decimal:
    number = _number(value)
    if not 0 <= number <= 1:
        raise Wrong(f"must lie between 0 and 1 (0.0435 is 4.35 %), not {value}")
    if _places(number) > _RATE_PLACES:
        raise Wrong(f"may have at most {_RATE_PLACES} decimals: {value}")
    return number


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise Wrong(f"must be a number, not {value!r:.60}")
    number = Decimal(value)
    if not number.is_finite():
        raise Wrong("must be a finite number")
    return number


def _places(number: Decimal) -> int:
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    assert isinstance(exponent, int)
    zeros = 0
    while zeros < len(digits) and digits[-1 - zeros] == 0:
        zeros += 1
    return max(0, -exponent - zeros)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise Wrong(f"must be text, not {value!r:.60}")
    stripped = value.strip()
    if not stripped:
        raise Wrong("must not be blank")
    if len(stripped) > longest:
        raise Wrong(f"may have at most {longest} characters")
    _refuse_unstorable(stripped)
    return stripped


def _day(value: Any) -> dt.date:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise Wrong(f"must be a date such as 2026-11-23, not {value!r:.60}") from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise Wrong(f"must be a date, not {value!r:.60}")
    return value


def _plain(value: Any) -> Any:
    plain = to_json(value)
    _refuse_unstorable(repr(plain))
    return plain


def _refuse_unstorable(written: str) -> None:
    # PostgreSQL stores neither; SQLite would, and the two would differ.
    if "\0" in written or any("\ud800" <= character <= "\udfff" for character in written):
        raise Wrong("holds a character that is none")


def _items(value: Any) -> list[tuple[int, Any]]:
    if not isinstance(value, list):
        raise Wrong(f"must be a list, not {value!r:.60}")
    if len(value) > _MAX_ITEMS:
        raise Wrong(f"may have at most {_MAX_ITEMS} items")
    return list(enumerate(value, start=1))


def _item(index: int, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(f"item {index} {wrong}") from None


def _refuse_repeated(items: list[str]) -> None:
    repeated = next((item for index, item in enumerate(items) if item in items[:index]), None)
    if repeated is not None:
        raise Wrong(f"names {repeated!r:.60} twice")
