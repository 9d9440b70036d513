"""The clock of a step stands still while somebody outside is waited for: papers that are missing, say.

Its due date, escalations and boundary timers wait, and afterwards have as much time left as before.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Invalid, Reason
from engine.ports import CountedIn
from engine.runtime import tree
from engine.runtime.activities import PAUSED, WORK
from engine.runtime.events import DUE
from engine.runtime.tree import CaseTask
from engine.service.actors import Actor
from engine.service.handling import fresh, read, refuse_if, require_allowed, token_of
from engine.service.house import Step
from engine.service.opened import OpenedCase, open_case_of
from engine.service.variables import MAX_REASON, require_text
from models.tasks import OPEN, STEP, Task, Timer

RESUME = "resume"


def pause(step: Step, task_id: uuid.UUID, actor: Actor, reason: Any, until: dt.datetime | None = None) -> sa.Row[Any]:
    """Stop the clock of a step, until somebody resumes it or until `until`. Raises `Refused`, `Invalid`, `Conflict`."""
    text = require_text(reason, "reason", MAX_REASON)
    if until is not None and until <= step.now:
        raise Invalid("until must be later than now", {"until": ["past"]})
    case = open_case_of(step, task_id)
    case.actor = actor.name
    _fire_due(case)
    task, unit_path = read(step, task_id)
    refuse_if(step, case, task, unit_path, actor, "pause")
    element = case.element_of(task)
    require_allowed(element.human.moves.pause and task.kind == STEP, task, actor, "pause")
    if task.paused_at is not None:
        raise Conflict(Reason("stands_already", f"The clock of {task.name} stands already."))
    token = token_of(case, task_id)
    token.internal_data[WORK] = {**token.internal_data[WORK], PAUSED: True}
    tokens = [task_id, *(other.id for other in _listening(token))]
    step.session.execute(
        sa.update(Timer).where(Timer.instance_id == case.id, Timer.token.in_(tokens)).values(held=True)
    )
    if until is not None:
        when = {"kind": RESUME, "due_at": until, "action": {}}
        step.session.execute(sa.insert(Timer).values(instance_id=case.id, token=task_id, element=task.element, **when))
    step.session.execute(
        sa.update(Task)
        .where(Task.id == task_id)
        .values(paused_at=step.now, paused_due_at=task.due_at, due_at=None, lock_version=Task.lock_version + 1)
    )
    case.timers_changed = True
    until_text = None if until is None else until.isoformat()
    case.record("task.paused", actor=actor.name, element=task.element, task_id=task_id, reason=text, until=until_text)
    case.participant(actor.name)
    case.save()
    return fresh(step, task_id)


def resume(step: Step, task_id: uuid.UUID, actor: Actor) -> sa.Row[Any]:
    """Let the clock of a step go on. By whoever may do the step. Raises `Refused`, `Conflict`."""
    case = open_case_of(step, task_id)
    case.actor = actor.name
    task, unit_path = read(step, task_id)
    refuse_if(step, case, task, unit_path, actor, "resume")
    if task.paused_at is None:
        raise Conflict(Reason("does_not_stand", f"The clock of {task.name} does not stand."))
    end(case, task_id, actor.name)
    case.flush()
    case.save()
    return fresh(step, task_id)


def end(case: OpenedCase, task_id: uuid.UUID, actor: str | None = None) -> None:
    """Let the clock of a step go on in an opened case: by somebody, or because the time set has come."""
    step = case.step
    task, _ = read(step, task_id)
    if task.state != OPEN or task.paused_at is None:
        return
    token = token_of(case, task_id)

    def moved(due: dt.datetime, counted_in: CountedIn) -> dt.datetime:
        return step.house.calendar.moved_on(due, task.paused_at, step.now, counted_in)

    step_counts: CountedIn = "natural" if case.element_of(task).calendar == "natural" else "working"
    due = None if task.paused_due_at is None else moved(task.paused_due_at, step_counts)
    work = {key: value for key, value in token.internal_data[WORK].items() if key != PAUSED}
    token.internal_data[WORK] = work if due is None else {**work, "due": due.astimezone(dt.UTC).isoformat()}
    for timer in step.session.scalars(sa.select(Timer).where(Timer.token == task_id, Timer.kind != RESUME)):
        timer.due_at, timer.held = moved(timer.due_at, step_counts), False
    step.session.flush()
    step.session.execute(sa.delete(Timer).where(Timer.token == task_id, Timer.kind == RESUME))
    for other in _listening(token):
        counts: CountedIn = "working" if other.task_spec.element.calendar == "working" else "natural"
        old = dt.datetime.fromisoformat(other.internal_data[DUE])
        other.internal_data[DUE] = moved(old, counts).astimezone(dt.UTC).isoformat()
        goes_on = sa.update(Timer).where(Timer.token == other.id)
        step.session.execute(goes_on.values(held=False, due_at=moved(old, counts)))
    step.session.execute(
        sa.update(Task)
        .where(Task.id == task_id)
        .values(paused_at=None, paused_due_at=None, due_at=due, lock_version=Task.lock_version + 1)
    )
    case.timers_changed = True
    case.record("task.resumed", actor=actor, element=task.element, task_id=task_id)


def _listening(token: CaseTask) -> list[CaseTask]:
    """The timers at the edge of the step."""
    split = token.parent
    if split is None or not split.task_spec.is_boundary_split:
        return []
    return [child for child in split.children if tree.is_listening(child) and DUE in child.internal_data]


def _fire_due(case: OpenedCase) -> None:
    from engine.service.sweep import fire_due  # which ends pauses in turn

    fire_due(case)
