"""Work for other programs: fetched under a lock, answered once; after the last failure an incident."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import BpmnError, Conflict, Invalid, NotFound
from engine.runtime.tokens import ENTER_AGAIN, fail
from engine.service import sweep
from engine.service.house import Step
from engine.service.opened import OpenedCase, open_case
from engine.service.variables import accept, require_text
from engine.values import to_json
from models.tasks import ExternalTask

MAX_LOCK = dt.timedelta(days=1)
MAX_FETCH = 100


class WorkFailed(Exception):
    """Another program has given up."""


def fetch(step: Step, worker: str, topics: list[str], lock: dt.timedelta, limit: int = 10) -> list[ExternalTask]:
    """Lock up to `limit` open tasks of the topics for `worker`, for as long as `lock`; oldest first."""
    require_text(worker, "worker", 128)
    if not dt.timedelta(0) < lock <= MAX_LOCK:
        raise Invalid("a lock lasts from more than nothing to one day", {"lock": ["range"]})
    query = (
        sa.select(ExternalTask)
        .where(
            ExternalTask.state == "open",
            ExternalTask.topic.in_(topics),
            sa.or_(ExternalTask.locked_until.is_(None), ExternalTask.locked_until <= step.now),
        )
        .order_by(ExternalTask.created_at, ExternalTask.id)
        .limit(min(limit, MAX_FETCH))
        .with_for_update(skip_locked=True)
    )
    taken = list(step.session.scalars(query))
    for task in taken:
        task.worker, task.locked_until = worker, step.now + lock
    step.session.flush()
    return taken


def complete(step: Step, task_id: uuid.UUID, worker: str | None, variables: Any, actor: str | None = None) -> None:
    """The work is done; its variables become those of the case. `worker` must hold the lock, None asks nobody."""
    given = accept({} if variables is None else variables)
    case, element = _open(step, task_id, worker, actor)
    token = case.token(task_id)
    assert token is not None
    token.task_spec.answer(token, given)
    case.workflow.advance()
    case.record(
        "external.completed", actor=actor, element=element, worker=worker, variables=to_json(given), **case.passed()
    )
    case.flush({task_id: {"state": "completed", "locked_until": None}})
    case.save()


def failure(
    step: Step,
    task_id: uuid.UUID,
    worker: str | None,
    message: Any,
    retries: int | None = None,
    actor: str | None = None,
) -> int:
    """The work failed. With tries left it is offered again at once; without, an incident. Returns the tries left."""
    text = require_text(message, "message", 4000)
    case, element = _open(step, task_id, worker, actor)
    row = step.session.get_one(ExternalTask, task_id)
    left = max(row.retries - 1 if retries is None else retries, 0)
    row.retries, row.error, row.worker, row.locked_until = left, text, None, None
    step.session.flush()
    closing = {}
    if left == 0:
        token = case.token(task_id)
        assert token is not None
        token.internal_data.pop("external", None)
        fail(token, WorkFailed(text), ENTER_AGAIN)
        closing = {task_id: {"state": "failed"}}
    case.record("external.failed", actor=actor, element=element, worker=worker, message=text, retries=left)
    case.flush(closing)
    case.save()
    return left


def bpmn_error(
    step: Step, task_id: uuid.UUID, worker: str | None, code: Any, variables: Any = None, actor: str | None = None
) -> None:
    """The work ended in a business error that the diagram may catch; caught by nobody it is an incident."""
    error = BpmnError(require_text(code, "code"), variables=accept({} if variables is None else variables))
    case, element = _open(step, task_id, worker, actor)
    token = case.token(task_id)
    assert token is not None
    token.internal_data.pop("external", None)
    fail(token, error, ENTER_AGAIN)
    case.workflow.advance()
    case.record("external.error", actor=actor, element=element, worker=worker, code=error.code, **case.passed())
    case.flush({task_id: {"state": "completed", "locked_until": None}})
    case.save()


def _open(step: Step, task_id: uuid.UUID, worker: str | None, actor: str | None) -> tuple[OpenedCase, str]:
    instance_id = step.session.scalar(sa.select(ExternalTask.instance_id).where(ExternalTask.id == task_id))
    if instance_id is None:
        raise NotFound("there is no such external task")
    case = open_case(step, instance_id)
    case.actor = actor
    sweep.fire_due(case)
    row = step.session.get_one(ExternalTask, task_id, populate_existing=True)
    if row.state != "open" or task_id not in case.before.works:
        raise Conflict("the external task is no longer open")
    if worker is not None and (row.worker != worker or row.locked_until is None or row.locked_until <= step.now):
        raise Conflict(f"the external task is not locked by {worker}; fetch it again")
    return case, row.element
