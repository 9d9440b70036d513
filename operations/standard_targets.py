"""The weekly target that a new house starts with: one new prospect a week for each account manager (CUS-2)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.care import WeeklyTarget

_SINCE = dt.date(2020, 1, 6)
_SET_AT = dt.datetime(2020, 1, 6, tzinfo=dt.UTC)


def add_standard_targets(session: Session) -> None:
    """Adds it unless there is a target already: from then on targets are data."""
    if session.execute(sa.select(WeeklyTarget.id).limit(1)).first() is None:
        session.add(WeeklyTarget(role="account_manager", since=_SINCE, prospects=1, set_at=_SET_AT))
        session.flush()
