"""Setting the day on which a task is to be taken up again. Its deadline stays: that is the diagram's."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock_by_task
from engine.service.policies import judged, refusal
from models.people import Unit
from models.tasks import Task


def set_follow_up(step: Step, task_id: uuid.UUID, actor: Actor, at: dt.datetime | None) -> None:
    """Whoever could do the task may set the moment, or take it off with None. Raises `Refused`, `NotFound`."""
    row = lock_by_task(step, task_id)
    task = step.session.get_one(Task, task_id, populate_existing=True)
    unit_path = step.session.scalar(sa.select(Unit.path).where(Unit.id == task.unit_id)) or ""
    definition = step.house.definitions.get(step.session, row.definition_id)
    found = refusal(step, definition, judged(task, definition, unit_path, row.parties), actor, action="follow_up")
    if found is not None:
        raise found
    append(
        step,
        row,
        "task.follow_up",
        participants=[actor.name],
        actor=actor.name,
        element=task.element,
        task_id=task_id,
        follow_up_at=at and at.isoformat(),
    )
    step.session.execute(sa.update(Task).where(Task.id == task_id).values(follow_up_at=at))
