"""Conditional events: what they look at, and when they fire.

A condition is looked at when its event begins to wait and after everything that may have changed variables. The event
fires when the condition has become true: one that goes on listening has to see it false before it fires again (BPMN
2.0, 10.5.5). It sees what the case knows, not one branch alone: a branch that waits changes nothing by itself.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState

from engine.runtime import tree
from engine.runtime.errors import EndlessLoop
from engine.runtime.events import WAS_TRUE
from engine.runtime.merge import same
from engine.runtime.tokens import ENTER_AGAIN, environment, fail
from engine.runtime.tree import CaseTask
from engine.runtime.workflow import known


def fire_what_became_true(scope: Any) -> None:
    """Let the conditional events of one scope fire whose condition has become true since they were looked at last."""
    waiting = [
        task for task in scope.tasks.values() if WAS_TRUE in task.internal_data and task.state == TaskState.WAITING
    ]
    for task in sorted(waiting, key=lambda task: task.id):
        if task.state == TaskState.WAITING:  # else one that fired before it has ended its waiting
            _look(task, seen_in(scope))


MAX_FIRINGS = 30
"""How often one condition may become true in one step before it is taken for an endless loop."""


def _look(task: CaseTask, seen: dict[str, Any]) -> None:
    held = task.internal_data[WAS_TRUE]
    try:
        holds = environment(task).holds(task.task_spec.event.condition, seen)
        if holds and not held and task.task_spec.listens:
            _count(task)
    except Exception as error:
        fail(task, error, ENTER_AGAIN)
        return
    task.internal_data[WAS_TRUE] = holds
    if holds and not held:
        task.task_spec.fire(task, {}, {})


def _count(task: CaseTask) -> None:
    fired = task.workflow.top_workflow.fired
    where = (task.workflow.parent_task_id, task.task_spec.name)
    fired[where] += 1
    if fired[where] > MAX_FIRINGS:
        raise EndlessLoop.after(MAX_FIRINGS)


def seen_in(scope: Any) -> dict[str, Any]:
    """What the process around a scope knows; in one of several instances, over it what that instance has of its own."""
    if scope.parent_task_id is None or not scope.spec.shares_variables:
        return known(scope)
    activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
    around = seen_in(activity.workflow)
    if not tree.is_instance(activity):
        return around
    begun_with = activity.parent.task_spec.begun_with(activity.parent)
    own = known(scope).items()
    return {**around, **{key: value for key, value in own if key not in begun_with or not same(value, begun_with[key])}}
