"""JSON of the web: numbers are decimals exactly as written, in and out, never floats."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import simplejson
from flask.json.provider import JSONProvider
from flask_babel.speaklater import LazyString

from engine import values

_MAX_EXPONENT = 6144
"""That of decimal128, which is what FEEL computes with. More would let ten characters ask for gigabytes of digits."""


class ExactJSONProvider(JSONProvider):
    """Flask's JSON with the engine's idea of values."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """JSON text; `Decimal` digit for digit, dates and durations as ISO text."""
        kwargs.setdefault("separators", (",", ":"))
        return simplejson.dumps(obj, use_decimal=True, ensure_ascii=False, allow_nan=False, default=_plain, **kwargs)

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """The value, numbers as `Decimal`. Raises `ValueError` for what is not JSON or cannot be stored as text."""
        try:
            value = simplejson.loads(s, parse_int=_number, parse_float=_number, parse_constant=_no_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if _may_hold_unstorable(s):
            _check_text(value)
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID | LazyString):
        return str(value)
    return values.to_json(value)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if number and abs(number.adjusted()) > _MAX_EXPONENT:
        raise ValueError("a number is too large or too small")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _may_hold_unstorable(text: str | bytes) -> bool:
    lowered = text.lower() if isinstance(text, bytes) else text.lower().encode("utf-8", "replace")
    return b"\\u0000" in lowered or b"\\ud" in lowered


def _check_text(value: Any) -> None:
    """Half a surrogate pair cannot be written as UTF-8, and PostgreSQL keeps no NUL."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("text holds characters that cannot be stored")
    elif isinstance(value, dict):
        for key, member in value.items():
            _check_text(key)
            _check_text(member)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
