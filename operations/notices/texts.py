"""What a notice says: its text from the package or the house, with the facts written as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.packages import Package
from engine.packages.notices import NoticeText, fill, read_notices
from operations.notices.calendar_file import calendar_file
from operations.printing.writing import percent

_STANDARD = Path(__file__).parent / "standard.yaml"
_MAX_SUBJECT = 500
_NOTHING = {"zh": "（未填）", "en": "(not given)"}


@dataclass(frozen=True)
class Words:
    """A notice in one language: `short` is for a phone, `calendar` the file of the appointment, where it is one."""

    title: str
    text: str
    short: str
    calendar: str | None = None


@cache
def standard() -> Mapping[str, NoticeText]:
    """What the program itself tells, by kind."""
    texts, problems = read_notices(_STANDARD.read_bytes())
    if problems:
        raise ValueError(str(problems[0]))
    return texts


def words_of(
    text: NoticeText, facts: Mapping[str, Any], language: str, zone: dt.tzinfo, told_at: dt.datetime | None = None
) -> Words:
    """The notice in a language. A fact that is missing says so; nothing that people typed is read as a placeholder.

    With the moment at which it is told, the appointment that it is about is made a file.
    """

    def write(name: str, kind: str) -> str:
        value = facts.get(name)
        return _NOTHING[language] if value in (None, "", []) else written(value, kind, language, zone)

    short = fill((text.short or text.text)[language], write)
    told = Words(fill(text.title[language], write)[:_MAX_SUBJECT], fill(text.text[language], write), short)
    entry = text.calendar
    begins = _read(facts.get(entry.start), "time") if entry is not None else None
    if entry is None or told_at is None or not isinstance(begins, dt.datetime) or begins.tzinfo is None:
        return told
    content = calendar_file(
        fill(entry.uid, write),
        summary=told.title,
        place=write(entry.place, "text"),
        begins=begins,
        made=told_at,
        description=told.text,
        cancelled=entry.cancels,
    )
    return replace(told, calendar=content.decode())


def listed(package: Package, template: str, facts: Mapping[str, Any], language: str, zone: dt.tzinfo) -> Words:
    """What is told where the package has no text: the template's name and the facts, line by line."""
    lines = [f"{name}: {written(value, 'text', language, zone)}" for name, value in facts.items() if value is not None]
    title = f"{package.manifest.title.get(language) or package.key}: {template}"[:_MAX_SUBJECT]
    return Words(title, "\n".join(lines) or title, title)


def written(value: Any, kind: str, language: str, zone: dt.tzinfo) -> str:
    """A fact as people write it; a value that is not of the kind is written as it is."""
    value = _read(value, kind)
    match value:
        case list():
            separator = "；" if language == "zh" else "; "
            return separator.join(written(item, kind, language, zone) for item in value)
        case Decimal() if kind == "money":
            return f"{value:,.2f}"
        case Decimal() if kind == "percent":
            return percent(value)
        case Decimal():
            return format(value, "f")
        case dt.datetime():
            local = value.astimezone(zone)
            return _day(local, language) + (f" {local:%H:%M}" if kind != "day" else "")
        case dt.date():
            return _day(value, language)
        case bool():
            return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    return str(value)


def _read(value: Any, kind: str) -> Any:
    """Facts are kept as JSON, in which days and instants are text."""
    if kind in ("day", "time") and isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
        except ValueError:
            return value
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _day(day: dt.date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day:%Y-%m-%d}"
