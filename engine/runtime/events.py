"""Events: what a case waits for (time, messages, signals, errors) and what it throws.

The due time, the message with its keys, or the signal stand in the token's internal data, from where the service layer
makes rows of them. A timer is fired by the sweep, never by the workflow itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent as LibraryBoundaryEvent
from SpiffWorkflow.bpmn.specs.defaults import EndEvent as LibraryEndEvent
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent as LibraryCatchEvent
from SpiffWorkflow.bpmn.specs.defaults import IntermediateThrowEvent as LibraryThrowEvent
from SpiffWorkflow.bpmn.specs.defaults import ReceiveTask as LibraryReceiveTask
from SpiffWorkflow.bpmn.specs.defaults import StartEvent as LibraryStartEvent
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.bpmn.model import Event, Message
from engine.errors import BpmnError
from engine.ports import CountedIn
from engine.runtime import compensation, timing, tree
from engine.runtime.tokens import THEN, UNLIKE, Token, environment
from engine.runtime.tree import BASE, CaseTask, put
from engine.runtime.workflow import known, known_below
from engine.values import dumps, to_json

MAX_KEYS = 800
"""Characters that the keys of a message with their values may have: they are searched by an index."""

MAX_SHOWN = 255
"""Characters of a condition that are shown where the case waits for it."""

DUE, CYCLE, WAITS, WAS_TRUE = "due", "cycle", "waits", "was true"
LISTENED = "listened"
"""Handed to the boundary events of a step that was withdrawn: by node, since when or until when they listened."""


class Catching(Token):
    """Waits for something, then goes on with what it brought."""

    event: Event

    def enters_history(self, task: CaseTask) -> bool:
        """An event at the edge of an activity or behind an event-based gateway is visited only when it happens."""
        return not (self.is_boundary or isinstance(task.parent and task.parent.task_spec, EventGateway))

    def _update_hook(self, my_task: CaseTask) -> bool:
        self.begin_to_wait(my_task)
        my_task._set_state(TaskState.WAITING)
        return False

    def begin_to_wait(self, task: CaseTask) -> None:
        """Note what is waited for; correlation values and due times are taken now."""
        if DUE in task.internal_data:
            return  # a step that was withdrawn waits on until its old time
        world = environment(task)
        if self.event.kind == "timer" and self.event.timer is not None:
            counted_in: CountedIn = (
                "working" if self.element is not None and self.element.calendar == "working" else "natural"
            )
            due, cycle = timing.arm(self.event.timer, world, task.data, counted_in, task.internal_data.get(CYCLE))
            task.internal_data[DUE] = due.astimezone(dt.UTC).isoformat()
            if cycle is not None:
                task.internal_data[CYCLE] = cycle
        elif self.event.kind == "message" and self.event.message is not None:
            keys = {key: world.attribute(text, task.data) for key, text in self.event.message.correlation}
            missing = [key for key, value in keys.items() if value is None]
            if missing:
                raise ValueError(f"the message {self.event.message.name} needs a value for {', '.join(missing)}")
            if len(dumps(keys)) > MAX_KEYS:
                raise ValueError(f"the keys of the message {self.event.message.name} are too long to be compared")
            task.internal_data[WAITS] = ["message", self.event.message.name, to_json(keys)]
        elif self.event.kind == "signal":
            task.internal_data[WAITS] = ["signal", self.event.name, ""]
        elif self.event.kind == "conditional":
            task.internal_data.setdefault(WAS_TRUE, False)
            task.internal_data[WAITS] = ["conditional", (self.event.condition or "")[:MAX_SHOWN], ""]

    def fire(self, task: CaseTask, variables: dict[str, Any], info: dict[str, Any]) -> None:
        """What was waited for has come, with these variables."""
        tree.release_holds(task)
        for key in (DUE, WAITS, WAS_TRUE):
            task.internal_data.pop(key, None)
        task.data = {**task.data, **self.accepted(variables, info)}
        if task.parent is not None and isinstance(task.parent.task_spec, EventGateway):
            for sibling in task.parent.children:
                if sibling is not task:
                    tree.cancel(sibling)
        task._ready()

    def accepted(self, variables: dict[str, Any], info: dict[str, Any]) -> dict[str, Any]:
        """What of the event's content may become variables."""
        message: Message | None = self.event.message
        if message is not None and message.payload is not None:
            variables = {name: value for name, value in variables.items() if name in message.payload}
        if self.event.code_variable:
            variables = {**variables, self.event.code_variable: info.get("code")}
        if self.event.message_variable:
            variables = {**variables, self.event.message_variable: info.get("message")}
        return variables


class CatchEvent(Catching, LibraryCatchEvent):
    """An intermediate catching event."""


class ReceiveTask(Catching, LibraryReceiveTask):
    """A task that waits for a message, unless it is the message that has started the case."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        return my_task.workflow.top_workflow.is_begun_by(my_task) or super()._update_hook(my_task)


class EventGateway(Token, BpmnSpecMixin):
    """A pass-through: its events wait by themselves, each with its own due time; the first to come ends the rest."""


class BoundarySplit(Token, BpmnSpecMixin):
    """In front of an activity with boundary events: the events begin to listen, then the activity begins."""

    visible = False
    is_boundary_split = True

    def __init__(self, spec: Any, name: str, main: str) -> None:
        super().__init__(spec, name)
        self.main = main

    def leave(self, my_task: CaseTask) -> None:
        """What somebody was sent back with is for the activity; a timer that listened before waits on."""
        internal = my_task.internal_data
        handed = {key: internal.pop(key) for key in (THEN, UNLIKE) if key in internal}
        listened = internal.pop(LISTENED, {})
        for name in self._outputs:
            put(
                my_task,
                my_task.workflow.spec.task_specs[name],
                **(handed if name == self.main else listened.get(name, {})),
            )

    def release(self, split: CaseTask, done: CaseTask) -> None:
        """The activity is done: nobody listens any more. (An event that has fired releases nobody.)"""
        if done.task_spec.name == self.main:
            tree.stop_listening(split)

    def activity(self, split: CaseTask) -> CaseTask:
        """The activity's token below this split."""
        return next(child for child in split.children if child.task_spec.name == self.main)


class Listening(Catching):
    """Waits beside what runs. It either ends that, or a path of its own begins, and it listens again."""

    listens = True

    def catches_code(self, kind: str, code: str | None) -> bool:
        """Whether it catches this error or escalation."""
        return self.event.kind == kind and self.event.code in (None, code)

    def begin_path(self, task: CaseTask, started_from: dict[str, Any], brought: dict[str, Any]) -> None:
        """The path that begins here knows what was known, and what the event has brought."""
        if not self.event.interrupting:
            # With what earlier ticks have changed: a reminder may count how often it has come.
            task.internal_data[BASE] = started_from
            self._listen_on(task)
        task.data = {**started_from, **brought}
        for key in (DUE, WAITS, CYCLE, WAS_TRUE):
            task.internal_data.pop(key, None)
        task._ready()

    def _listen_on(self, task: CaseTask) -> None:
        if self.event.kind == "conditional":
            still_true: dict[str, Any] = {WAS_TRUE: True}  # it has to become false before it can become true again
            put(task.parent, self, **still_true)
        elif self.event.kind != "timer":
            put(task.parent, self)
        else:
            following = timing.following(task.internal_data.get(CYCLE))
            if following is not None:
                put(task.parent, self, **{CYCLE: following})


class BoundaryEvent(Listening, LibraryBoundaryEvent):
    """Listens while its activity runs; interrupting it ends the activity."""

    is_boundary = True

    def fire(self, task: CaseTask, variables: dict[str, Any], info: dict[str, Any]) -> None:
        tree.release_holds(task)
        split = task.parent
        activity = split.task_spec.activity(split)
        if self.event.interrupting:
            inner = task.workflow.top_workflow.subprocesses.get(activity.id)
            running = inner is not None and not inner.completed and inner.spec.shares_variables
            started_from = known(inner) if running else dict(split.data)
            tree.cancel(activity)
            tree.stop_listening(split, fired=task)
        else:
            started_from = known_below(split)
        self.begin_path(task, started_from, self.accepted(variables, info))


class Listener(Listening, LibraryStartEvent):
    """The start event of an event sub-process, listening beside the tokens of the scope that it stands in.

    Each running scope has its own, below its root; behind it stands the event sub-process, an activity like others. In
    the history the start event itself is passed, inside.
    """

    visible = False

    def fire(self, task: CaseTask, variables: dict[str, Any], info: dict[str, Any]) -> None:
        scope = task.workflow
        started_from = known(scope)
        if self.event.interrupting:
            for other in scope.task_tree.children:
                if other is not task:
                    tree.cancel(other)
        self.begin_path(task, started_from, self.accepted(variables, info))


class Throwing(Token):
    """Throws what the diagram says; a message takes only what is declared, never all of the case's variables."""

    event: Event

    def _run_hook(self, my_task: CaseTask) -> bool:
        world = environment(my_task)
        top = my_task.workflow.top_workflow
        if self.event.kind == "error":
            raise BpmnError(self.event.code or "")
        if self.event.kind == "escalation":
            top.throw_code("escalation", self.event.code, my_task, {})
        elif self.event.kind == "compensate":
            return compensation.undo(my_task, self.event.ref)
        elif self.event.kind == "cancel":
            return self._cancel(my_task)
        elif self.event.kind == "signal":
            top.throw_signal(self.event.name, {})
            world.trace.signals.append({"name": self.event.name})
        elif self.event.kind == "message" and self.event.message is not None:
            message = self.event.message
            world.trace.messages.append(
                {
                    "name": message.name,
                    "correlation": {key: world.attribute(text, my_task.data) for key, text in message.correlation},
                    "payload": {name: my_task.data.get(name) for name in message.payload or ()},
                }
            )
        return True

    def _cancel(self, task: CaseTask) -> bool:
        """Give a transaction up: whatever else runs in it ends, what was completed is undone, and its edge is told."""
        scope = task.workflow
        if not task.internal_data.get(compensation.UNDONE):
            task.data = known(scope)
            for other in list(scope.tasks.values()):
                if other is not task and (other.has_state(tree.OPEN) or tree.is_incident(other)):
                    tree.cancel(other)
        if compensation.undo(task, None):
            scope.top_workflow.throw_code("cancel", None, task, {})
        return False


class ThrowEvent(Throwing, LibraryThrowEvent):
    """An intermediate throwing event, with or without a definition."""


class EndEvent(Throwing, LibraryEndEvent):
    """Ends its path, or everything in its scope when it terminates."""

    def leave(self, my_task: CaseTask) -> None:
        scope = my_task.workflow
        if _speaks_for_the_case(scope):
            environment(my_task).trace.outcome = self.element_id
        put(my_task, scope.spec.end)
        if self.event.kind == "terminate":
            scope.finish(known(scope))


def _speaks_for_the_case(scope: Any) -> bool:
    """Whether an end event here is the outcome: in the process itself, or in a handler that has taken its place."""
    while scope.spec.takes_over:
        scope = scope.top_workflow.get_task_from_id(scope.parent_task_id).workflow
    return bool(scope.top_workflow is scope)
