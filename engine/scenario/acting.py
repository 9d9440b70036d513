"""What a scenario's people do to tasks, and its administrators to cases: by the name of the step in the file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.service import conflicts, cosigning, interventions, moves, pausing, replacing, tasks
from engine.service.actors import Actor
from engine.service.house import Step
from models.tasks import Task

Options = Mapping[str, Any]
OnTask = Callable[[Step, uuid.UUID, Actor, Options], Any]
OnCase = Callable[[Step, uuid.UUID, Actor, Any, Options], Any]

_UNSAID = "—"
"""The reason that a scenario does not give."""


def _reason(options: Options) -> Any:
    return options.get("reason", _UNSAID)


def _case_of(step: Step, task_id: uuid.UUID) -> Any:
    return step.session.scalar(sa.select(Task.instance_id).where(Task.id == task_id))


def _return(step: Step, task_id: uuid.UUID, actor: Actor, options: Options) -> Any:
    resume, others = options.get("resume", moves.BETWEEN), options.get("cancel_others") is True
    to = options.get("to")
    return moves.send_back(step, task_id, actor, to, _reason(options), resume=resume, cancel_others=others)


def _cosign(step: Step, task_id: uuid.UUID, actor: Actor, options: Options) -> Any:
    who, when = options.get("who"), options.get("when")
    return cosigning.ask(step, task_id, actor, who, when, _reason(options), options.get("form"))


def _pause(step: Step, task_id: uuid.UUID, actor: Actor, options: Options) -> Any:
    until = options.get("until")
    if isinstance(until, str):
        until = dt.datetime.fromisoformat(until)
        until = until if until.tzinfo is not None else until.replace(tzinfo=step.house.calendar.zone)
    return pausing.pause(step, task_id, actor, _reason(options), until)


ON_TASK: Mapping[str, OnTask] = {
    "complete": lambda step, task, actor, given: tasks.complete(step, task, actor, given.get("form")),
    "claim": lambda step, task, actor, _: tasks.claim(step, task, actor),
    "release": lambda step, task, actor, _: tasks.release(step, task, actor),
    "delegate": lambda step, task, actor, given: tasks.delegate(step, task, actor, str(given.get("to"))),
    "transfer": lambda step, task, actor, given: tasks.transfer(
        step, task, actor, str(given.get("to")), _reason(given)
    ),
    "assign": lambda step, task, actor, given: replacing.assign(
        step, task, actor, str(given.get("to")), _reason(given)
    ),
    "declare_conflict": lambda step, task, actor, _: conflicts.declare(step, _case_of(step, task), actor, _UNSAID),
    "return": _return,
    "withdraw": lambda step, task, actor, given: moves.withdraw(step, task, actor, given.get("reason")),
    "cosign": _cosign,
    "pause": _pause,
    "resume": lambda step, task, actor, _: pausing.resume(step, task, actor),
}

ON_CASE: Mapping[str, OnCase] = {
    "jump": lambda step, case, actor, at, given: interventions.jump(
        step, case, actor, at, given.get("to"), _reason(given), cancel_others=given.get("cancel_others") is True
    ),
    "skip": lambda step, case, actor, at, given: interventions.skip_element(
        step, case, actor, at, _reason(given), given.get("variables")
    ),
    "cancel_branch": lambda step, case, actor, at, given: interventions.end_branch(
        step, case, actor, at, _reason(given)
    ),
    "set_variables": lambda step, case, actor, variables, given: interventions.change_variables(
        step, case, actor, variables, _reason(given)
    ),
}
