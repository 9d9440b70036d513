"""Judges ISO 8601 texts of diagrams: durations, date-times and repeating intervals. It computes nothing."""

from __future__ import annotations

import re
from datetime import date, datetime

_DURATION = re.compile(
    r"P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?", re.ASCII
)
_REPEAT = re.compile(r"R(\d*)", re.ASCII)
_ZERO = re.compile(r"[PTYMWDHS0.,]*")


def is_duration(text: str) -> bool:
    """`PT4H`, `P1D`, `P1Y6M`, `P2W`; without sign."""
    return _DURATION.fullmatch(text) is not None


def is_datetime(text: str) -> bool:
    """A date-time with or without zone, or a date alone (its midnight)."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """A calendar date, `2026-03-02`."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_cycle(text: str) -> bool:
    """`R3/PT10H`, `R/P1D`, `R3/<start>/PT1H` or `R3/PT1H/<end>`, with an interval that is not zero."""
    parts = text.split("/")
    if not _REPEAT.fullmatch(parts[0]) or len(parts) not in (2, 3):
        return False
    durations = [part for part in parts[1:] if is_duration(part)]
    moments = [part for part in parts[1:] if is_datetime(part)]
    if len(durations) != 1 or len(moments) != len(parts) - 2:
        return False
    return _ZERO.fullmatch(durations[0]) is None
