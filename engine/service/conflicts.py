"""Declaring a conflict of interest in a case (GOV-1): from then on, no step that asks for recusal is this person's."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict as AlreadyDone
from engine.service import cosigning, recusing, tasks
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from engine.service.variables import require_text
from models.cases import Conflict
from models.database import insert_or_ignore
from models.tasks import COSIGN, OPEN, STEP, Task

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
    theirs = _theirs_and_recused(step, row, actor)
    for task in theirs:
        if task.pending is not None and actor.name in (task.assignee, task.owner):
            cosigning.give_up(step, task.id, task.pending)
        if task.assignee == actor.name and (task.role or task.owner):
            tasks.release(step, task.id, actor)
    recusing.declared(step, row, [task.id for task in theirs])


def _theirs_and_recused(step: Step, row: Any, actor: Actor) -> list[Any]:
    """The open steps that ask for recusal and that the person has, is asked to sign, or others do in their name."""
    definition = step.house.definitions.get(step.session, row.definition_id)
    signs = sa.select(Task.of_task).where(Task.kind == COSIGN, Task.state == OPEN, Task.assignee == actor.name)
    theirs = step.session.execute(
        sa.select(Task.id, Task.process, Task.element, Task.role, Task.assignee, Task.owner, Task.pending).where(
            Task.instance_id == row.id,
            Task.state == OPEN,
            Task.kind == STEP,
            sa.or_(Task.assignee == actor.name, Task.owner == actor.name, Task.id.in_(signs)),
        )
    )
    return [task for task in theirs if definition.element(task.process, task.element).human.recuse]
