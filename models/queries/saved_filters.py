"""Conditions of the inbox that people kept under a name: their own, and those shared in their unit."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.desk import SavedFilter

MOST_OWN = 30
MOST_SHARED = 30


def usable_by(session: Session, person: str, unit_id: int) -> Sequence[SavedFilter]:
    """A person's own, then those that others share in the unit, each by name."""
    own = sa.select(SavedFilter).where(SavedFilter.person == person).order_by(SavedFilter.name).limit(MOST_OWN)
    others = (
        sa.select(SavedFilter)
        .where(SavedFilter.shared_with == unit_id, SavedFilter.person != person)
        .order_by(SavedFilter.name, SavedFilter.id)
        .limit(MOST_SHARED)
    )
    return [*session.scalars(own), *session.scalars(others)]


def keep(session: Session, person: str, name: str, tab: str, conditions: str, shared_with: int | None) -> bool:
    """Keep conditions under a name; the same name is replaced. False when the person has `MOST_OWN` already."""
    own = sa.select(SavedFilter).where(SavedFilter.person == person)
    found = session.scalar(own.where(SavedFilter.name == name))
    if found is None:
        kept = sa.select(sa.func.count()).select_from(own.subquery())
        if (session.scalar(kept) or 0) >= MOST_OWN:
            return False
        found = SavedFilter(person=person, name=name)
        session.add(found)
    found.tab, found.conditions, found.shared_with = tab, conditions, shared_with
    session.flush()
    return True


def drop(session: Session, person: str, filter_id: int) -> None:
    """Remove one of the person's own; what belongs to others stays."""
    session.execute(sa.delete(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.person == person))
