"""Taking back a completion while nobody has gone on from it.

A completed step is held in the tree, with the task above it that knows the variables of before, until something goes on
below it. What the program has done meanwhile is undone only where it left no trace outside of the case's variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow import TaskState

from engine.errors import Reason
from engine.runtime import compensation, tree
from engine.runtime.activities import DecisionTask, PassTask, ScopeTask, ScriptTask
from engine.runtime.build import StartEvent
from engine.runtime.events import CYCLE, DUE, LISTENED, EventGateway, Throwing
from engine.runtime.gateways import Choice, Join, Start
from engine.runtime.moves import Impossible
from engine.runtime.tokens import THEN, UNLIKE
from engine.runtime.tree import HELD, CaseTask, put

GONE_ON = Reason("gone_on", "somebody has gone on from it")
_LEAVES_NO_TRACE = (Choice, Start, StartEvent, EventGateway, PassTask, ScriptTask, DecisionTask)


def hold(task: CaseTask) -> None:
    """A person has completed `task`, and the case has been advanced: from now on this completion may be withdrawn."""
    gone_on = task.state != TaskState.COMPLETED or task.id not in task.workflow.tasks or task.workflow.completed
    if gone_on or task.task_spec.element.work.operation is not None or _gone_on(task) is not None:
        return
    listened = {
        other.task_spec.name: {key: other.internal_data[key] for key in (DUE, CYCLE) if key in other.internal_data}
        for other in (task.parent.children if task.parent.task_spec.is_boundary_split else ())
        if other is not task and DUE in other.internal_data
    }
    task.internal_data[HELD] = listened


def why_not(task: CaseTask) -> Reason | None:
    """What stands against taking back what came after `task`; None when nothing does."""
    return _gone_on(task) or (None if HELD in task.internal_data else GONE_ON)


def _gone_on(task: CaseTask) -> Reason | None:
    for node in _after(task):
        spec = node.task_spec
        if isinstance(spec, Join) and len(spec._inputs) > 1 and node.state == TaskState.COMPLETED:
            return Reason("met", f"the branches have met at {spec.element_id}", {"element": spec.element_id})
        if node.state == TaskState.COMPLETED and not _leaves_no_trace(node):
            return Reason("done_since", f"{spec.element_id} has been done", {"element": spec.element_id})
    return None if open_after(task) else Reason("ended", "what came of it has ended")


def _leaves_no_trace(task: CaseTask) -> bool:
    spec = task.task_spec
    if isinstance(spec, Throwing):
        return spec.event.kind in ("none", "link")
    return spec.is_boundary_split or isinstance(spec, (*_LEAVES_NO_TRACE, Join))


def _after(task: CaseTask) -> Iterator[CaseTask]:
    """Everything below the task, in running sub-processes too."""
    for node in tree.below(task):
        if node is not task:
            yield node
        if isinstance(node.task_spec, ScopeTask):
            inner = task.workflow.top_workflow.subprocesses.get(node.id)
            if inner is not None and not inner.completed:
                yield inner.task_tree
                yield from _after(inner.task_tree)


def open_after(task: CaseTask) -> list[CaseTask]:
    """The open tokens that came from `task`."""
    return [node for node in _after(task) if node.has_state(tree.OPEN) or tree.is_incident(node)]


def withdraw(task: CaseTask, unlike: Mapping[str, Any]) -> CaseTask:
    """Take back the completion of a held task: what came of it ends, and the step is open again with the variables of
    before. `unlike` is what is settled for it otherwise than the diagram says. Returns the new token.
    """
    reason = why_not(task)
    if reason is not None:
        sentence = f"{task.task_spec.element_id} can no longer be withdrawn: {reason}."
        raise Impossible(replace(reason, sentence=sentence))
    listened, parent = task.internal_data[HELD], task.parent
    before = dict(parent.data)
    compensation.forget(task)
    tree.cancel(task)
    tree.remove(task)
    above = parent
    if parent.task_spec.is_boundary_split:
        above = parent.parent
        if not parent.children:
            tree.remove(parent)
    spec = task.workflow.spec.entry(task.task_spec.name)
    handed: dict[str, Any] = {UNLIKE: dict(unlike)}
    if THEN in task.internal_data:
        handed[THEN] = task.internal_data[THEN]
    if listened:
        handed[LISTENED] = listened
    return put(above, spec, before, **handed)
