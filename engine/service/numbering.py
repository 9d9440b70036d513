"""Business keys by the package's pattern: gapless for a unit and year, being taken in the transaction of the start."""

from __future__ import annotations

import re

import sqlalchemy as sa

from engine.service.house import Step
from models.cases import CaseNumber
from models.database import insert_or_ignore

_PLACEHOLDER = re.compile(r"\{(year|month|unit|seq)(?::(\d+))?\}")


def take(step: Step, pattern: str, unit_id: int) -> str:
    """The next number of `pattern`, such as `A-{year}-{seq:4}`; the year is that of the institution's day."""
    today = step.now.astimezone(step.house.calendar.zone)
    row = {"pattern": pattern, "unit_id": unit_id, "year": today.year}
    insert_or_ignore(step.session, CaseNumber, {**row, "last": 0}, ["pattern", "unit_id", "year"])
    number = step.session.scalar(
        sa.update(CaseNumber)
        .where(*(getattr(CaseNumber, name) == value for name, value in row.items()))
        .values(last=CaseNumber.last + 1)
        .returning(CaseNumber.last)
    )

    def fill(match: re.Match[str]) -> str:
        values = {"year": today.year, "month": today.month, "unit": unit_id, "seq": number}
        width = int(match[2] or (2 if match[1] == "month" else 0))
        return str(values[match[1]]).zfill(width)

    return _PLACEHOLDER.sub(fill, pattern)
