"""`notices.yaml`: what is told to people and customers, in both languages, with the facts as placeholders.

A placeholder is the name of a fact, with how it is written: `{{amount:money}}`. It is no expression: texts go out by
mail and message, and whoever writes them can name facts, nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.packages.errors import PackageError
from engine.packages.yaml12 import load_yaml

FILE = "notices.yaml"
LANGUAGES = ("zh", "en")
KINDS = ("text", "money", "percent", "day", "time")
"""How a fact is written: as it is, `120,000.00`, `4.85%`, as a day, as a day with its time."""
MAX_LENGTH = 4_000

_PLACEHOLDER = re.compile(r"\{\{\s*([^\W\d]\w*)\s*(?::\s*(\w+)\s*)?\}\}")
_PARTS = ("title", "text", "short")
_CALENDAR = "calendar"
_PAGE = "page"
PAGES = ("case", "brief")
"""Which page of the case a notice leads to."""


@dataclass(frozen=True)
class CalendarEntry:
    """The appointment that a notice is about: its mail carries it as a file. `uid` names what is agreed on, with
    placeholders: notices of one `uid` move one entry. `start` and `place` are names of facts; `cancels` takes it back.
    """

    uid: str
    start: str
    place: str
    cancels: bool = False


@dataclass(frozen=True)
class NoticeText:
    """One notice. Each part maps a language to its text; `short` is for messages to phones (else `text`)."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    short: Mapping[str, str] = field(default_factory=dict)
    calendar: CalendarEntry | None = None
    page: str = "case"


def placeholders(text: str) -> list[tuple[str, str]]:
    """The facts that a text names, each with how it is written."""
    return [(found[1], found[2] or "text") for found in _PLACEHOLDER.finditer(text)]


def fill(text: str, write: Any) -> str:
    """The text with each placeholder replaced by `write(name, kind)`."""
    return _PLACEHOLDER.sub(lambda found: write(found[1], found[2] or "text"), text)


def read_notices(data: bytes) -> tuple[dict[str, NoticeText], list[PackageError]]:
    """The texts by code, and what is wrong with the others. Raises `YamlError`."""
    content = load_yaml(data)
    if content is None:
        return {}, []
    if not isinstance(content, dict):
        return {}, [PackageError(FILE, "The file must be a map from a notice's code to its title and text.", 1)]
    lines = data.decode("utf-8-sig").split("\n")
    texts, problems = {}, []
    for code, given in content.items():
        wrong = _problem(given)
        if wrong is None:
            entry = CalendarEntry(**given[_CALENDAR]) if _CALENDAR in given else None
            parts = {part: dict(given[part]) for part in _PARTS if part in given}
            texts[str(code)] = NoticeText(**parts, calendar=entry, page=given.get(_PAGE, "case"))
        else:
            line = next((n for n, words in enumerate(lines, 1) if words.startswith(f"{code}:")), 1)
            problems.append(PackageError(FILE, f"The notice {code!r} {wrong}.", line))
    return texts, problems


def _problem(given: Any) -> str | None:
    if not isinstance(given, dict) or not {"title", "text"} <= set(given) <= {*_PARTS, _CALENDAR, _PAGE}:
        return "must have title and text, may have short, calendar and page, and nothing else"
    if given.get(_PAGE, "case") not in PAGES:
        return f"leads to the page {given[_PAGE]!r}; known are {', '.join(PAGES)}"
    if _CALENDAR in given and not _is_calendar(given[_CALENDAR]):
        return (
            "must have its calendar as {uid: signing-{{application_no}}, start: FACT, place: FACT}, maybe cancels: true"
        )
    for part in (part for part in _PARTS if part in given):
        texts = given[part]
        if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
            return f"must have its {part} as {{zh: …, en: …}}"
        for text in texts.values():
            if not isinstance(text, str) or not text.strip() or len(text) > MAX_LENGTH:
                return f"has a {part} that is no text, or is longer than {MAX_LENGTH} characters"
            if "{{" in _PLACEHOLDER.sub("", text):
                return f"has a placeholder in its {part} that is no name; write {{{{amount:money}}}}"
            unknown = next((kind for _name, kind in placeholders(text) if kind not in KINDS), None)
            if unknown is not None:
                return f"writes a fact as {unknown!r}; known are {', '.join(KINDS)}"
    return None


def _is_calendar(given: Any) -> bool:
    if not isinstance(given, dict) or not {"uid", "start", "place"} <= set(given) <= {*CalendarEntry.__annotations__}:
        return False
    texts = (given["uid"], given["start"], given["place"])
    names = all(isinstance(text, str) and text.strip() for text in texts) and given["start"].isidentifier()
    return names and given["place"].isidentifier() and isinstance(given.get("cancels", False), bool)
