"""Judges ISO 8601 texts of diagrams: durations, date-times and repeating intervals. It computes nothing."""

from __future__ import annotations

import re
from datetime import date, datetime

_DURATION = re.compile(
    r"P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d+)?S)?)?", re.ASCII
)
_REPEAT = re.compile(r"R(?!0+$)\d*", re.ASCII)
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
    """`R3/PT10H`, `R/P1D` without end, `R3/<start>/PT1H`; neither the number nor the interval is zero."""
    times, *start, every = text.split("/") if text.count("/") in (1, 2) else ("", "")
    if not _REPEAT.fullmatch(times) or not all(is_datetime(moment) for moment in start):
        return False
    return is_duration(every) and _ZERO.fullmatch(every) is None
