"""The task tree as tokens: what is open, what lies above and below, putting a token and taking tokens away.

A task exists only when a token reaches it: nothing is predicted, so a case's state grows with what is open, not with
the size of its diagram.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task

INCIDENT = "incident"
HELD = "may be withdrawn"
"""A step that somebody has completed and may still withdraw: it stays in the tree while nobody has gone on from it."""
BASE = "base"
ARRIVED = "arrived"

OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class CaseTask(Task):
    """SpiffWorkflow's task without a log record and a clock reading for each change of state."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: CaseTask | None = None,
        state: int = TaskState.FUTURE,
        id: uuid.UUID | None = None,
    ) -> None:
        self.id = id or workflow.top_workflow.next_id()
        workflow.tasks[self.id] = self
        self.workflow = workflow
        self._parent = parent.id if parent is not None else None
        self._children: list[uuid.UUID] = []
        self._state = state
        self.triggered = False
        self.task_spec = task_spec
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        if parent is not None:
            parent._children.append(self.id)

    def _set_state(self, value: int) -> None:
        self._state = value

    def run(self) -> None:
        """Do the work. A spec that is not done, failed or was cancelled keeps the state it gave the task."""
        if self.task_spec._run(self) and self._state == TaskState.READY:
            self.complete()

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> CaseTask:
        return CaseTask(self.workflow, task_spec, self, state)


def put(parent: CaseTask, spec: Any, data: dict[str, Any] | None = None, **internal: Any) -> CaseTask:
    """A token at `spec`, below `parent`, carrying the parent's variables (or `data`)."""
    task = CaseTask(parent.workflow, spec, parent)
    task.data = dict(parent.data if data is None else data)
    task.internal_data.update(internal)
    spec._update(task)
    return task


def above(task: CaseTask | None) -> Iterator[CaseTask]:
    """The task and its ancestors, nearest first."""
    while task is not None:
        yield task
        task = task.parent


def path_to(task: CaseTask) -> list[CaseTask]:
    """From the root to the task."""
    return [*above(task)][::-1]


def below(task: CaseTask) -> Iterator[CaseTask]:
    """The task and all its descendants within its scope."""
    todo = [task]
    while todo:
        current = todo.pop()
        yield current
        todo.extend(current.children)


def release_holds(task: CaseTask) -> None:
    """Something goes on at `task`: what came before it can no longer be withdrawn."""
    found: CaseTask | None = task
    while found is not None:
        for node in above(found):
            node.internal_data.pop(HELD, None)
        scope = found.workflow
        found = None if scope is scope.top_workflow else scope.top_workflow.get_task_from_id(scope.parent_task_id)


def is_incident(task: CaseTask) -> bool:
    """Whether the task failed and waits for somebody."""
    return INCIDENT in task.internal_data


def is_listening(task: CaseTask) -> bool:
    """A boundary event, or the start of an event sub-process, that has not fired is no token."""
    return task.task_spec.listens and task.state == TaskState.WAITING


def is_deaf(task: CaseTask) -> bool:
    """One that could not even begin to listen: an incident, which must not keep its scope from ending."""
    return task.task_spec.listens and is_incident(task)


def stop_listening(split: CaseTask, fired: CaseTask | None = None) -> None:
    """Take away the boundary events below `split` that have not fired, those that could not even be armed included."""
    for child in split.children:
        if child is not fired and (is_listening(child) or is_deaf(child)):
            cancel(child)


def is_instance(task: CaseTask) -> bool:
    """Whether the task is one of several of a running loop above it."""
    parent = task.parent
    return parent is not None and parent.task_spec.child == task.task_spec.name


def innermost_instance(task: CaseTask) -> CaseTask | None:
    """The instance of a running loop that the task is or stands in, embedded sub-processes included."""
    while True:
        for node in above(task):
            if is_instance(node):
                return node
        scope = task.workflow
        if scope.parent_task_id is None or not scope.spec.shares_variables:
            return None
        task = scope.top_workflow.get_task_from_id(scope.parent_task_id)


def tokens(scope: Any) -> list[CaseTask]:
    """The open tokens of one scope; a failed task is one until it is repaired."""
    return [
        task for task in scope.tasks.values() if (task.has_state(OPEN) or is_incident(task)) and not is_listening(task)
    ]


def remove(task: CaseTask) -> None:
    """Take a finished task and everything below it out of the tree."""
    for node in list(below(task)):
        task.workflow.tasks.pop(node.id, None)
    parent = task.parent
    if parent is not None:
        parent._children.remove(task.id)


def cancel(task: CaseTask) -> None:
    """Cancel what is open at and below `task`, sub-processes included.

    SpiffWorkflow's `Task.cancel` on a multi-instance or sub-process drops the children and orphans running
    sub-processes; here children come first.
    """
    for node in [*below(task)][::-1]:
        node.internal_data.pop(INCIDENT, None)
        inner = node.workflow.top_workflow.subprocesses.get(node.id)
        if inner is not None and not inner.completed:
            cancel(inner.task_tree)
            inner.completed = True
        if node.state not in (TaskState.COMPLETED, TaskState.CANCELLED):
            node._set_state(TaskState.CANCELLED)
