"""The conditions of a case's latest resolution, and who has investigated it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.applications import Application
from models.resolutions import Resolution, ResolutionCondition
from models.tasks import COMPLETED, Task

INVESTIGATING = ("investigate_a", "investigate_b")


def resolution_of(session: Session, instance_id: uuid.UUID) -> Resolution | None:
    """What was decided last on the application of a case."""
    query = (
        sa.select(Resolution)
        .join(Application, Application.id == Resolution.application_id)
        .where(Application.instance_id == instance_id)
    )
    return session.scalar(query.order_by(Resolution.round.desc()).limit(1))


def conditions_of(session: Session, instance_id: uuid.UUID) -> Sequence[ResolutionCondition]:
    """The conditions of the latest resolution, in order."""
    resolution = resolution_of(session, instance_id)
    return [] if resolution is None else resolution.conditions


def investigators(session: Session, instance_id: uuid.UUID) -> frozenset[str]:
    """Everybody who has completed a report on the case, for themselves or for others."""
    query = sa.select(Task.completed_by, Task.completed_for).where(
        Task.instance_id == instance_id, Task.element.in_(INVESTIGATING), Task.state == COMPLETED
    )
    return frozenset(name for row in session.execute(query) for name in row if name)
