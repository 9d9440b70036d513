"""Declaring a conflict of interest in a case (GOV-1): from then on, no step that asks for recusal is this person's."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict as AlreadyDone
from engine.service import recusing, tasks
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from engine.service.variables import require_text
from models.cases import Conflict
from models.database import insert_or_ignore
from models.tasks import OPEN, Task

MAX_REASON = 1_000


def declare(step: Step, instance_id: uuid.UUID, actor: Actor, reason: Any) -> None:
    """Record the conflict with its event, and give back the open steps that the person may no longer do.

    The caller has judged that `actor` may see the case. Raises `Invalid`, or `Conflict` when it was declared before.
    """
    text = require_text(reason, "reason", MAX_REASON)
    row = lock(step, instance_id)
    declared = {"instance_id": instance_id, "person": actor.name, "reason": text, "declared_at": step.now}
    if not insert_or_ignore(step.session, Conflict, declared, ["instance_id", "person"]):
        raise AlreadyDone("the conflict of interest was declared before")
    append(step, row, "conflict.declared", participants=[actor.name], actor=actor.name, reason=text)
    held = _held_and_recused(step, row, actor)
    for task_id in held:
        tasks.release(step, task_id, actor)
    recusing.declared(step, row, held)


def _held_and_recused(step: Step, row: Any, actor: Actor) -> list[uuid.UUID]:
    definition = step.house.definitions.get(step.session, row.definition_id)
    held = step.session.execute(
        sa.select(Task.id, Task.process, Task.element, Task.role).where(
            Task.instance_id == row.id, Task.state == OPEN, Task.assignee == actor.name
        )
    )
    return [task.id for task in held if task.role and definition.element(task.process, task.element).human.recuse]
