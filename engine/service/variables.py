"""What people and programs may give as variables: names that expressions can read, values that a case can keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import Invalid
from engine.forms import FormInvalid
from engine.forms.names import why_no_name
from engine.values import ValueRefused, check_variable, is_storable

_MAX_VARIABLES = 1_000
MAX_REASON = 1_000
"""Characters of the reason that somebody gives for what they do to a case."""


def accept(given: Any) -> dict[str, Any]:
    """The variables, checked. Raises `FormInvalid` with an error for each that cannot be one."""
    if not isinstance(given, Mapping):
        raise FormInvalid({"": [{"code": "not_a_form", "message": "an object with a value for each name is expected"}]})
    errors: dict[str, list[dict[str, str]]] = {}
    if len(given) > _MAX_VARIABLES:
        errors[""] = [{"code": "too_many", "message": f"more than {_MAX_VARIABLES} variables at once"}]
    for name, value in given.items():
        why = "a name must be text" if not isinstance(name, str) else why_no_name(name, is_variable=True)
        if why is None:
            try:
                check_variable(value, name)
                _check_names(value, name)
            except ValueRefused as refused:
                why = str(refused)
        if why is not None:
            errors[str(name)[:100]] = [{"code": "not_a_variable", "message": why}]
    if errors:
        raise FormInvalid(errors)
    return dict(given)


def _check_names(value: Any, path: str) -> None:
    """An entry called `typename` makes SpiffWorkflow's tools read another type."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "typename":
                raise ValueRefused(path, "the entry typename is taken")
            _check_names(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value, 1):
            _check_names(item, f"{path}[{index}]")


def require_text(value: Any, name: str, limit: int = 255) -> str:
    """A text that somebody has to give, such as a reason. Raises `Invalid`."""
    if not isinstance(value, str) or not value.strip() or len(value) > limit or not is_storable(value):
        raise Invalid(f"{name} must be a text of 1 to {limit} characters", {name: ["required"]})
    return value.strip()
