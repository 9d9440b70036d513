"""What every node does with a token: take the variables, run on a copy, fail into an incident, hand on.

`Token` stands in front of SpiffWorkflow's spec classes. It replaces the library's prediction of future tasks (a case
would grow with its diagram), its error handling (an exception would leave `do_engine_steps` and be forgotten after a
reload) and its deep copy of data (values are never changed in place here).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.operators import Operator

from engine.bpmn.model import Element
from engine.errors import BpmnError
from engine.runtime import compensation
from engine.runtime.environment import Environment
from engine.runtime.errors import TooManyTokens
from engine.runtime.tree import INCIDENT, CaseTask, put

RUN_AGAIN, ENTER_AGAIN, GATHER_AGAIN = "run", "enter", "gather"
CHOSEN = "chosen"
THEN, UNLIKE = "then", "unlike"
"""Handed to the token of a step that somebody was sent back to: where it goes when it is done instead of by its flows
(the name of a node, and what is handed on to it), and what is settled for it otherwise than the diagram says."""

MAX_TOKENS = 10_000
"""Tokens of one scope that are open or wait to be merged; one more is an incident before it begins."""


class Condition(Operator):
    """A flow's condition: holds only when it is `true`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def _matches(self, task: CaseTask) -> bool:
        return environment(task).holds(self.text, task.data)


class Always(Operator):
    """A flow without a condition among flows that have one."""

    def __init__(self) -> None:
        super().__init__("true")

    def _matches(self, task: CaseTask) -> bool:
        return True


def environment(task: CaseTask) -> Environment:
    """The world of the step in which the task runs."""
    world: Environment = task.workflow.top_workflow.environment
    world.place = task
    return world


class Token(BpmnTaskSpec):
    """In front of every spec class. `element` is what the diagram shows; control nodes have the one they serve."""

    element: Element | None = None
    visible = True
    """Whether passing it belongs to the case's history."""
    child: str | None = None
    """For a loop: the name of the node that its instances stand at."""
    undone_by: str | None = None
    """The node that undoes it once it is done, where the diagram has one."""
    undone_inside = False
    """Whether it is a sub-process without a handler of its own at its edge: what was done inside it is undone."""
    is_boundary_split = False
    is_boundary = False
    listens = False
    """Whether it waits beside the tokens of its scope without being one."""

    @property
    def element_id(self) -> str:
        """The id in the diagram that a person knows this node by."""
        return self.element.id if self.element is not None else str(self.name)

    def _predict(self, my_task: CaseTask, seen: Any = None, looked_ahead: int = 0, mask: Any = None) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: CaseTask) -> None:
        if my_task.has_state(TaskState.FINISHED_MASK):
            return
        try:
            if len(my_task.workflow.tasks) > MAX_TOKENS:
                raise TooManyTokens(MAX_TOKENS)
            if self.undone_by is not None:
                compensation.require_room(my_task)
            if self._update_hook(my_task):
                my_task._ready()
        except Exception as error:
            fail(my_task, error, ENTER_AGAIN)
        else:
            if my_task.has_state(TaskState.WAITING | TaskState.STARTED) or self.manual:
                self._tell_entered(my_task)

    def _tell_entered(self, task: CaseTask) -> None:
        if self.visible and not task.has_state(TaskState.FINISHED_MASK) and self.enters_history(task):
            environment(task).trace.entered.append(self.element_id)

    def enters_history(self, task: CaseTask) -> bool:
        """Whether a token that waits here has been here, as people see it."""
        return True

    def _update_hook(self, my_task: CaseTask) -> bool:
        return True

    def _on_ready(self, my_task: CaseTask) -> None:
        self._on_ready_hook(my_task)
        if not self.manual:
            my_task.workflow.top_workflow.enqueue(my_task)

    def _on_ready_hook(self, my_task: CaseTask) -> None:
        """Nothing by default; the library's events are not used."""

    def _run(self, my_task: CaseTask) -> bool:
        self._tell_entered(my_task)
        before = dict(my_task.data)
        try:
            done: bool = self._run_hook(my_task)
        except Exception as error:
            my_task.data = before
            fail(my_task, error, RUN_AGAIN)
            return False
        return done

    def _run_hook(self, my_task: CaseTask) -> bool:
        """The work itself; True when the token may go on."""
        return True

    def _on_complete(self, my_task: CaseTask) -> None:
        if self.visible:
            environment(my_task).trace.passed.append(self.element_id)
        self._on_complete_hook(my_task)
        if self.undone_by is not None:
            compensation.remember(my_task)
        self.leave(my_task)
        my_task.workflow.task_completed(my_task)

    def _on_complete_hook(self, my_task: CaseTask) -> None:
        """Nothing by default; data associations are documentation."""

    def leave(self, my_task: CaseTask) -> None:
        """Put a token on every outgoing flow, or on those that were chosen."""
        parent = my_task.parent
        if parent is not None and parent.task_spec.child == self.name:
            parent.task_spec.gather(parent, my_task)
            return
        if parent is not None and parent.task_spec.is_boundary_split:
            parent.task_spec.release(parent, my_task)
        spec = my_task.workflow.spec
        if THEN in my_task.internal_data:
            name, handed = my_task.internal_data[THEN]
            put(my_task, spec.entry(name), **handed)
            return
        undoes = my_task.internal_data.pop(compensation.UNDOES, None)
        if undoes is not None:
            compensation.go_on(my_task, undoes)
            return
        for name in my_task.internal_data.pop(CHOSEN, self._outputs):
            put(my_task, spec.task_specs[name])

    def test(self) -> None:
        """The checker has tested the diagram before it was deployed."""


def fail(task: CaseTask, error: Exception, again: str) -> None:
    """The element could not do its work: whoever catches the BPMN error goes on, else an incident stands here."""
    if isinstance(error, BpmnError) and task.workflow.top_workflow.throw_code(
        "error", error.code, task, error.variables, str(error)
    ):
        return
    cause = getattr(error, "original_exception", None) or error
    text = f"Nobody catches the error {error.code}." if isinstance(error, BpmnError) else describe(cause)
    task.internal_data[INCIDENT] = {"again": again, "message": text}
    task._set_state(TaskState.ERROR)


def describe(error: BaseException) -> str:
    """An exception as one sentence for people; its class only where the text alone says too little."""
    text = str(error).strip()
    return text if text and not isinstance(error, (KeyError, IndexError)) else f"{type(error).__name__}: {text}"
