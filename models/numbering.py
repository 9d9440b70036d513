"""Gapless numbers for a unit and year, taken in the transaction that uses them. Knows nothing of what is numbered."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import CaseNumber
from models.database import insert_or_ignore
from models.people import Unit

HOUSE = 0
"""The unit of numbers that are counted for the whole house."""

_FIELD = re.compile(r"\{(year|month|unit|seq)(?::([1-9]\d?))?\}")


def next_number(session: Session, pattern: str, unit_id: int = HOUSE, year: int = 0, month: int = 0) -> str:
    """The next number of a series, as `pattern` writes it: `L-{year}-{unit}-{seq:4}` gives `L-2026-3-0017`.

    A series is a pattern in a unit (`HOUSE` for all) and a year (0 for a series that never begins anew); the month is
    only written. The count goes up in the caller's transaction: a rollback gives the number back, and others who want
    one of the same unit wait.
    """
    count = _next_count(session, pattern, unit_id, year)
    values = {"year": year, "month": month, "unit": unit_id, "seq": count}
    widths = {"month": 2}
    return _FIELD.sub(lambda match: f"{values[match[1]]:0{match[2] or widths.get(match[1], 1)}d}", pattern)


def _next_count(session: Session, pattern: str, unit_id: int, year: int) -> int:
    # One lock for all series of a unit: two cases that take the same numbers in another order cannot deadlock.
    # NO KEY UPDATE leaves alone whoever inserts a row that refers to the unit.
    session.execute(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True))
    key = {"pattern": pattern, "unit_id": unit_id, "year": year}
    insert_or_ignore(session, CaseNumber, {**key, "last": 0}, list(key))
    count = session.execute(
        sa.update(CaseNumber).filter_by(**key).values(last=CaseNumber.last + 1).returning(CaseNumber.last),
        execution_options={"synchronize_session": False},
    ).scalar_one()
    return int(count)
