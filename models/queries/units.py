"""How units stand to one another."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.people import Unit


def is_below(session: Session, unit_id: int, above_id: int) -> bool:
    """Whether a unit is another one, or lies anywhere below it."""
    paths = dict(session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_({unit_id, above_id}))).all())
    return unit_id in paths and above_id in paths and paths[unit_id].startswith(paths[above_id])
