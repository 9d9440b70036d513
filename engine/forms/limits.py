"""Bounds on what may be submitted, judged before anything else looks at it. Knows no schema."""

from __future__ import annotations

from typing import Any, Final

from engine.forms.errors import Wrong

MAX_DEPTH: Final = 16
MAX_VALUES: Final = 20_000
MAX_CHARACTERS: Final = 200_000
MAX_ROWS: Final = 500
MAX_TEXT: Final = 10_000
MAX_DIGITS: Final = 34


def check_size(submitted: Any) -> None:
    """Raises `Wrong` for what is nested too deeply or is too much in all; walks without recursion."""
    values = characters = 0
    waiting: list[tuple[Any, int]] = [(submitted, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Wrong("too_deep")
        members: list[Any] = []
        if isinstance(value, dict):
            members = list(value.values())
            characters += sum(len(key) for key in value if isinstance(key, str))
        elif isinstance(value, list):
            members = value
        elif isinstance(value, str):
            characters += len(value)
        values += len(members)
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            raise Wrong("too_large")
        waiting.extend((member, depth + 1) for member in members)
