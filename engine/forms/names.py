"""Which keys may become process variables: names of letters, digits and `_`, Chinese included, not taken."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"[^\W\d]\w{0,99}")
_KEYWORDS: Final = frozenset(
    {
        "and", "or", "not", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies",
        "function", "external", "instance", "of", "true", "false", "null",
    }
)  # fmt: skip
_TAKEN: Final = frozenset({"parameters", "item"})


def why_no_name(key: str, *, is_variable: bool) -> str | None:
    """Why `key` cannot name a variable (or, within one, an entry); None if it can."""
    if _NAME.fullmatch(key) is None:
        return f"the key {key[:100]!r} is not a name: letters, digits and _ only, and no digit first"
    if key in _KEYWORDS:
        return f"the key {key!r} is a word of FEEL"
    if key == "typename" or (is_variable and (key in _TAKEN or key.startswith("nrOf"))):
        return f"the key {key!r} is taken"
    return None
