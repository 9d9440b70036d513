"""What every action on a task begins and ends with: its row under the lock of its case, who may act, who gets it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.errors import Invalid, NotFound, Refused, Rule
from engine.runtime.tree import CaseTask
from engine.service import actors
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import OpenedCase, lock_by_task
from engine.service.policies import Judged, judged, refusal
from models.database import table
from models.people import Unit
from models.tasks import OPEN, Task


def token_of(case: OpenedCase, task_id: uuid.UUID) -> CaseTask:
    """The token of an open step."""
    token = case.token(task_id)
    if token is None:
        raise RuntimeError(f"the task {task_id} has a row and no token")
    return token


def refuse_if(step: Step, case: OpenedCase, task: Any, unit_path: str, actor: Actor, action: str = "complete") -> None:
    """Raises `Refused` with the first rule that stands against `actor` acting on the task of an opened case."""
    seen = judged(task, case.definition, unit_path, case.row.parties)
    found = refusal(step, case.definition, seen, actor, action=action)
    if found is not None:
        raise found


def refused_at(
    task: Any,
    actor: Actor,
    rule: Rule,
    message: str,
    action: str = "complete",
    errors: dict[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Refused:
    """What stands against `actor` acting on the task of a row."""
    return Refused(
        rule,
        message,
        actor=actor.name,
        task_id=task.id,
        instance_id=task.instance_id,
        element=task.element,
        action=action,
        errors=errors,
        facts=facts,
    )


def require_holder(task: Any, actor: Actor, action: str) -> None:
    """Raises `Refused` unless the actor has the open task, or is an administrator."""
    if task.state != OPEN:
        raise refused_at(task, actor, "not_open", f"{task.name} is no longer open.", action)
    if task.assignee != actor.name and "admin" not in actor.roles:
        raise refused_at(task, actor, "not_the_assignee", f"{task.name} is with {task.assignee or 'nobody'}.", action)


def receiver_of(step: Step, definition: Any, seen: Judged, actor: Actor, to: str, action: str) -> Actor:
    """Who is to do the work instead of `actor`. Every rule but that of the assignee is asked of them; what has no role
    goes to anybody.
    """
    try:
        receiver = actors.load(step.session, to)
    except NotFound:
        raise Invalid(f"there is no person {to}", {"to": ["unknown"]}) from None
    if receiver.name == actor.name:
        raise Invalid("a task cannot be handed to oneself", {"to": ["self"]})
    offered = replace(seen, assignee=None if seen.roles else receiver.name)
    found = refusal(step, definition, offered, receiver, action=action)
    if found is not None:
        raise found
    return receiver


def require_allowed(allowed: bool, task: Any, actor: Actor, action: str) -> None:
    """Raises `Refused` for a move that the diagram forbids at this step."""
    if not allowed:
        message = f"The diagram does not allow this at {task.name}: {action}."
        raise refused_at(task, actor, "move_not_allowed", message, action)


def locked(step: Step, task_id: uuid.UUID) -> tuple[Any, str, Any, Any]:
    """The row of a task, the path of its unit, the locked row of its case, and the definition."""
    row = lock_by_task(step, task_id)
    task, unit_path = read(step, task_id)
    return task, unit_path, row, step.house.definitions.get(step.session, row.definition_id)


_TASK, _UNIT = table(Task), table(Unit)
_FRESH = sa.select(_TASK).where(_TASK.c.id == sa.bindparam("this"))
_READ = (
    sa.select(_TASK, _UNIT.c.path.label("unit_path"))
    .join(_UNIT, _UNIT.c.id == _TASK.c.unit_id)
    .where(_TASK.c.id == sa.bindparam("this"))
)


def read(step: Step, task_id: uuid.UUID) -> tuple[Any, str]:
    """The row of the task as it is under the lock of its case, with the path of its unit."""
    row = step.connection.execute(_READ, {"this": task_id}).one()
    return row, row.unit_path


def fresh(step: Step, task_id: uuid.UUID) -> sa.Row[Any]:
    """The row of the task as it is now, after what the step has changed of it.

    No mapped object: making one would cost a fifth of a completion.
    """
    step.session.flush()
    return step.connection.execute(_FRESH, {"this": task_id}).one()


def hand_over(
    step: Step,
    row: Any,
    task: Any,
    actor: Actor,
    kind: str,
    to: str | None = None,
    reason: str | None = None,
    on_behalf_of: str | None = None,
    **values: Any,
) -> sa.Row[Any]:
    """Change who has a task, with its event; the workflow is not touched."""
    append(
        step,
        row,
        kind,
        participants=[actor.name, to],
        actor=actor.name,
        on_behalf_of=on_behalf_of,
        element=task.element,
        task_id=task.id,
        to=to,
        reason=reason,
    )
    step.session.execute(sa.update(Task).where(Task.id == task.id).values(lock_version=Task.lock_version + 1, **values))
    return fresh(step, task.id)
