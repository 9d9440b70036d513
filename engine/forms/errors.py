"""How a refused form reports: one list of coded messages for each field path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.errors import Invalid
from engine.forms.messages import Language, message

MAX_ERRORS: Final = 100
_SHOWN_PATH: Final = 200

Path = tuple[str | int, ...]
Translate = Callable[[str], str]


class FormInvalid(Invalid):
    """What was filled in does not hold.

    `errors` maps a path such as `children[0].name` to its `{code, message}` entries; errors of the whole submission
    stand under the empty path.
    """

    def __init__(self, errors: dict[str, list[dict[str, str]]]) -> None:
        paths = ", ".join(path or "the whole form" for path in list(errors)[:5])
        super().__init__(f"the form does not hold: {paths}", dict(errors))


class Wrong(Exception):
    """One thing wrong with one value: a code, the facts its message names, perhaps the designer's own words."""

    def __init__(self, code: str, *, words: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.facts = facts


class ErrorList:
    """Gathers errors by path in the language of the reader, up to a bound."""

    def __init__(self, language: Language = "zh", translate: Translate | None = None) -> None:
        self._language = language
        self._translate = translate
        self._errors: dict[str, list[dict[str, str]]] = {}
        self._count = 0

    def add(self, path: Path, wrong: Wrong) -> None:
        """Notes that the value at `path` is wrong."""
        if self._count == MAX_ERRORS:
            self._note("", Wrong("too_many_errors"))
        elif self._count < MAX_ERRORS:
            self._note(path_text(path), wrong)
        self._count += 1

    def raise_if_any(self) -> None:
        """Raises `FormInvalid` if anything was noted."""
        if self._errors:
            raise self.invalid()

    def invalid(self) -> FormInvalid:
        """The exception with what was noted."""
        return FormInvalid(self._errors)

    def _note(self, where: str, wrong: Wrong) -> None:
        words = wrong.words
        if words is None:
            words = message(wrong.code, self._language, wrong.facts)
        elif self._translate is not None:
            words = self._translate(words)
        self._errors.setdefault(where, []).append({"code": wrong.code, "message": words})


def path_text(path: Path) -> str:
    """`children[0].name`; hostile names are cut and cleaned, so that a path may be shown and logged."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            clean = "".join(char if char.isprintable() else "\ufffd" for char in part[:_SHOWN_PATH])
            text += f".{clean}" if text else clean
        if len(text) > _SHOWN_PATH:
            return text[:_SHOWN_PATH] + "…"
    return text
