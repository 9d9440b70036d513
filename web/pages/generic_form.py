"""The form of a step that has none: variables by name, kind and value. What each becomes, the engine checks again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.errors import Invalid

ROWS = 3
_TRUE = {"true", "是", "yes"}
_FALSE = {"false", "否", "no"}
_DIGITS = re.compile(r"-?\d{1,30}(\.\d{1,10})?")


def given_variables(form: Mapping[str, str]) -> dict[str, Any]:
    """The variables that the rows `name-1`, `kind-1`, `value-1` … give. Raises `Invalid` for a wrong value."""
    given: dict[str, Any] = {}
    for row in range(1, ROWS + 1):
        name = form.get(f"name-{row}", "").strip()
        if name:
            given[name] = _value(name, form.get(f"kind-{row}", "text"), form.get(f"value-{row}", "").strip())
    return given


def _value(name: str, kind: str, text: str) -> Any:
    if kind == "number":
        return _number(name, text)
    if kind == "boolean":
        if text.lower() not in _TRUE | _FALSE:
            raise Invalid(f"{name} must be yes or no", {name: ["not_a_boolean"]})
        return text.lower() in _TRUE
    return text


def _number(name: str, text: str) -> Decimal:
    plain = text.replace(",", "")
    if not _DIGITS.fullmatch(plain):
        raise Invalid(f"{name} must be a number", {name: ["not_a_number"]})
    return Decimal(plain)
