"""Builds what SpiffWorkflow runs from what the diagrams say.

SpiffWorkflow's own parser refuses or silently ignores much of BPMN (implicit splits, links, missing starts and ends,
ISO 8601 timers, lanes in sub-processes); from `engine.bpmn.model` each of these is an ordinary connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import StartEvent as LibraryStartEvent
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.specs import WorkflowSpec

from engine.bpmn.model import SCOPES, Diagrams, Element, Event, Flow, MultiInstance, Process, StandardLoop
from engine.runtime import activities, conditions, events, gateways, loops
from engine.runtime.tokens import Always, Condition, Token
from engine.runtime.tree import tokens


class NotRunnable(ValueError):
    """The diagram holds something that this engine does not run; the checker says what, with a way round."""


class StartEvent(Token, LibraryStartEvent):
    """Where a case or a sub-process begins."""


class ScopeSpec(BpmnProcessSpec):
    """A process or an embedded sub-process. Control nodes have names that no id in XML can have."""

    def __init__(self, name: str, *, shares_variables: bool) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.shares_variables = shares_variables
        self.by_event = False
        self.takes_over = False
        """Whether it is an event sub-process that ends everything else in the scope around it."""
        self.undone_in: str | None = None
        """The event sub-process that undoes the scope once it is completed, where the diagram has one."""
        self.bpmn_start_events: list[Any] = []
        self.data_objects: dict[str, Any] = {}
        self.io_specification = None
        self.start = gateways.Start(self, "#start")
        self.end = gateways.End(self, "#end")
        self.inclusive: list[gateways.InclusiveGateway] = []
        self.parallel: list[gateways.ParallelGateway] = []
        self.conditional = False
        self.listeners: list[str] = []
        self.entries: dict[str, str] = {}
        """By element: the node with which a case begins that a message, a signal or a time starts."""

    def followers(self, name: str) -> list[str]:
        """The nodes that a token at `name` may come to next, by its flows or its boundary events."""
        following: list[str] = self.task_specs[name]._outputs
        split = self.task_specs.get(f"{name}#boundary")
        return following + [other for other in split._outputs if other != name] if split is not None else following

    def entry(self, name: str) -> Any:
        """The node at which a token arrives that goes to an element: its boundary events come first."""
        return self.task_specs.get(f"{name}#boundary") or self.task_specs[name]

    def look_at_conditions(self, scope: Any) -> None:
        """Let the conditional events of the scope fire whose condition has become true."""
        if self.conditional:
            conditions.fire_what_became_true(scope)

    def settle(self, scope: Any) -> bool:
        """Let a waiting inclusive join or the end of the scope fire, if it may; True if one did.

        Where none does, parallel joins that wait for what can no longer come fail.
        """
        open_tokens = tokens(scope)
        if any(join.fire_if_ready(scope, open_tokens) for join in (*self.inclusive, self.end)):
            return True
        gateways.fail_dead_joins(self.parallel, scope, open_tokens)
        return False


Specs = dict[str, ScopeSpec]

_ACTIVITY = {
    "task": activities.PassTask,
    "manualTask": activities.PassTask,
    "userTask": activities.UserTask,
    "scriptTask": activities.ScriptTask,
    "businessRuleTask": activities.DecisionTask,
}


def build(diagrams: Diagrams, process_id: str) -> Specs:
    """The scopes that a case of `process_id` may run: itself, what it calls, and their sub-processes, by name."""
    specs: Specs = {}
    todo = [process_id]
    while todo:
        name = todo.pop()
        if name in specs:
            continue
        process = diagrams.processes.get(name)
        if process is None:
            raise NotRunnable(f"the process {name} is not in the package")
        _Builder(process, specs).scope(None, name, shares_variables=False)
        todo += [item.call.called for item in process.elements.values() if item.call and item.call.called]
    return specs


def scope_name(process_id: str, element_id: str) -> str:
    """The name under which an embedded sub-process is built."""
    return f"{process_id}/{element_id}"


@dataclass
class _Builder:
    """Builds the scopes of one process into `specs`."""

    process: Process
    specs: Specs
    entries: dict[str, Any] = field(default_factory=dict)
    """By element: the node to which incoming flows lead."""
    exits: dict[str, Any] = field(default_factory=dict)
    """By element: the node from which outgoing flows lead."""

    def scope(self, scope_id: str | None, name: str, *, shares_variables: bool) -> None:
        spec = ScopeSpec(name, shares_variables=shares_variables)
        self.specs[name] = spec
        elements = self.process.children(scope_id)
        around = self.process.elements.get(scope_id or "")
        if around is not None and around.by_event:
            spec.by_event = True
            spec.takes_over = self._takes_over(around)
            self._undoers(spec, self.process.children(around.scope))
        for element in elements:
            if element.kind != "boundaryEvent" and not element.for_compensation:
                self._node(spec, element)
        for element in elements:
            if element.kind in SCOPES:
                inner = scope_name(self.process.id, element.id)
                self.scope(element.id, inner, shares_variables=True)
        self._links(elements)
        self._flows(elements)
        self._undoers(spec, elements)
        self._listeners(spec, elements)
        self._ends(spec, elements)

    def _node(self, spec: ScopeSpec, element: Element) -> None:
        made = self._make(spec, element)
        made.element = element
        entry = made
        boundary = [event for event in self.process.boundary_events(element.id) if not _undoes(event)]
        if boundary:
            entry = events.BoundarySplit(spec, f"{element.id}#boundary", element.id)
            entry.element = element
            for attached in boundary:
                catcher = self._event(events.BoundaryEvent, spec, attached, cancel_activity=True)
                catcher.element = attached
                entry.connect(catcher)
                self.entries[attached.id] = self.exits[attached.id] = catcher
            entry.connect(made)
        self.entries[element.id] = entry
        self.exits[element.id] = made
        if isinstance(made, gateways.InclusiveGateway):
            spec.inclusive.append(made)
        elif isinstance(made, gateways.ParallelGateway):
            spec.parallel.append(made)
        if self._needs_split(element):
            split = gateways.ConditionalSplit(spec, f"{element.id}#split")
            split.element = element
            made.connect(split)
            self.exits[element.id] = split

    def _make(self, spec: ScopeSpec, element: Element) -> Any:
        if element.loop is None:
            return self._activity(spec, element, element.id)
        child = self._activity(spec, element, f"{element.id}#each")
        child.element = element
        child.visible = False
        if isinstance(element.loop, StandardLoop):
            looping: Any = loops.StandardLoop(spec, element.id, child.name, None, None, element.loop.test_before)
        else:
            assert isinstance(element.loop, MultiInstance)
            kind = loops.SequentialMultiInstance if element.loop.sequential else loops.ParallelMultiInstance
            looping = kind(spec, element.id, child.name)
        looping.model = element.loop
        looping.child = child.name
        return looping

    def _activity(self, spec: ScopeSpec, element: Element, name: str) -> Any:
        made = self._kind_of_activity(spec, element, name)
        made.undone_by = undone_by(self.process, element)
        made.undone_inside = made.undone_by == _undo_name(element)
        return made

    def _undoers(self, spec: ScopeSpec, elements: list[Element]) -> None:
        """What undoes these elements once they are done; no flow leads there."""
        for element in elements:
            if element.for_compensation:
                made = self._make(spec, element)
                made.element = element
            if undone_by(self.process, element) == _undo_name(element):
                made = activities.UndoneSubProcess(spec, _undo_name(element), scope_name(self.process.id, element.id))
                made.element = element

    def _kind_of_activity(self, spec: ScopeSpec, element: Element, name: str) -> Any:
        kind, work = element.kind, element.work
        if kind in _ACTIVITY:
            return _ACTIVITY[kind](spec, name)
        if kind in ("serviceTask", "sendTask"):
            if work.operation is not None:
                return activities.OperationTask(spec, name)
            if work.topic is not None:
                return activities.ExternalTask(spec, name)
            if kind == "sendTask" and element.event is not None and element.event.kind == "message":
                return self._event(events.ThrowEvent, spec, element, name=name)
            raise NotRunnable(f"{element.id}: a {kind} needs loanflow:operation or an external topic")
        if kind == "receiveTask":
            return self._event(events.ReceiveTask, spec, element, name=name)
        if kind in ("subProcess", "transaction"):
            return activities.SubProcess(spec, name, scope_name(self.process.id, element.id))
        if kind == "callActivity":
            if element.call is None or element.call.called is None:
                raise NotRunnable(f"{element.id}: a call activity needs calledElement")
            return activities.CallActivity(spec, name, element.call.called)
        if kind == "startEvent":
            return StartEvent(spec, name, NoneEventDefinition())
        if kind == "endEvent":
            return self._event(events.EndEvent, spec, element, name=name)
        if kind == "intermediateThrowEvent" or (element.event is not None and element.event.kind == "link"):
            return self._event(events.ThrowEvent, spec, element, name=name)
        if kind == "intermediateCatchEvent":
            return self._event(events.CatchEvent, spec, element, name=name)
        if kind == "eventBasedGateway":
            return events.EventGateway(spec, name)
        if kind == "exclusiveGateway":
            return gateways.ExclusiveGateway(spec, name)
        if kind == "parallelGateway":
            return gateways.ParallelGateway(spec, name)
        if kind == "inclusiveGateway":
            return gateways.InclusiveGateway(spec, name)
        raise NotRunnable(f"{element.id}: a {kind} is not run")

    def _event(self, cls: type, spec: ScopeSpec, element: Element, name: str | None = None, **options: Any) -> Any:
        made: Any = cls(spec, name or element.id, NoneEventDefinition(), **options)
        made.event = element.event or Event("none")
        spec.conditional |= made.event.kind == "conditional"
        return made

    def _needs_split(self, element: Element) -> bool:
        return element.kind not in ("exclusiveGateway", "inclusiveGateway") and any(
            flow.condition is not None or flow.id == element.default_flow for flow in self._outgoing(element)
        )

    def _outgoing(self, element: Element) -> list[Flow]:
        return [self.process.flows[flow] for flow in element.outgoing if flow in self.process.flows]

    def _flows(self, elements: Iterable[Element]) -> None:
        for element in elements:
            source = self.exits.get(element.id)
            for flow in self._outgoing(element):
                target = self.entries.get(flow.target)
                if source is None or target is None:
                    raise NotRunnable(f"the flow {flow.id} leads nowhere")
                self._connect(source, target, flow, element)

    def _connect(self, source: Any, target: Any, flow: Flow, element: Element) -> None:
        if not isinstance(source, gateways.Choice):
            source.connect(target)
            return
        if flow.id == element.default_flow:
            condition: Any = None
        elif flow.condition is not None:
            condition = Condition(flow.condition)
        else:
            condition = Always()
        source._outputs.append(target.name)
        source.cond_task_specs.append((condition, target.name))
        target._connect_notify(source)

    def _links(self, elements: list[Element]) -> None:
        """A link event goes on at the catching link of the same name."""
        catching = {
            item.event.name: item
            for item in elements
            if item.kind == "intermediateCatchEvent" and item.event is not None and item.event.kind == "link"
        }
        for element in elements:
            if element.kind == "intermediateThrowEvent" and element.event is not None and element.event.kind == "link":
                target = catching.get(element.event.name)
                if target is None:
                    raise NotRunnable(f"{element.id}: there is no catching link named {element.event.name}")
                self.exits[element.id].connect(self.entries[target.id])

    def _listeners(self, spec: ScopeSpec, elements: list[Element]) -> None:
        """The start events of event sub-processes begin to listen before anything else begins."""
        for element in elements:
            if element.by_event and _undoes(self._start_of(element)):
                spec.undone_in = element.id
            elif element.by_event:
                listener = self._event(events.Listener, spec, self._start_of(element), name=f"{element.id}#listens")
                listener.element = self._start_of(element)
                listener.connect(self.entries[element.id])
                spec.start.connect(listener)
                spec.listeners.append(listener.name)

    def _takes_over(self, handler: Element) -> bool:
        event = self._start_of(handler).event
        return event is not None and event.interrupting and event.kind != "compensate"

    def _start_of(self, element: Element) -> Element:
        starts = [inner for inner in self.process.children(element.id) if inner.kind == "startEvent"]
        if len(starts) != 1:
            raise NotRunnable(f"{element.id}: an event sub-process has one start event")
        return starts[0]

    def _ends(self, spec: ScopeSpec, elements: list[Element]) -> None:
        """A scope begins at its start events, or without any at every node that no flow leads to."""
        by_itself = [element for element in elements if element.starts_by_itself]
        spec.entries = {element.id: self.entries[element.id].name for element in by_itself}
        starts = [element for element in elements if element.kind == "startEvent" and element not in by_itself]
        if not starts and not by_itself:
            starts = [element for element in elements if self._may_begin(element)]
        if elements and not starts and not by_itself:
            raise NotRunnable(f"{spec.name} has no beginning")
        for element in starts:
            spec.start.connect(self.entries[element.id])
        for element in elements:
            last = self.exits.get(element.id)
            if last is not None and not last._outputs and not isinstance(last, events.EndEvent):
                last.connect(spec.end)

    def _may_begin(self, element: Element) -> bool:
        if element.kind == "boundaryEvent" or element.by_event or element.for_compensation:
            return False
        return not self.entries[element.id]._inputs


def undone_by(process: Process, element: Element) -> str | None:
    """The node that undoes an activity once it is done: its handler, or for a sub-process itself, inside out."""
    for event in process.boundary_events(element.id):
        if _undoes(event) and event.event is not None:
            return event.event.undone_by
    if element.kind not in ("subProcess", "transaction") or element.by_event or element.for_compensation:
        return None
    inside = process.children(element.id)
    has_handler = _undone_in(process, element.id) is not None
    return _undo_name(element) if has_handler or any(undone_by(process, inner) for inner in inside) else None


def _undo_name(element: Element) -> str:
    return f"{element.id}#undo"


def _undone_in(process: Process, scope: str) -> str | None:
    """The event sub-process of a scope that begins when the completed scope is undone."""
    for element in process.children(scope):
        if element.by_event and any(_undoes(start) for start in process.children(element.id) if start.begins_handler):
            return element.id
    return None


def _undoes(element: Element) -> bool:
    """Whether it is an event that waits for compensation."""
    return element.event is not None and element.event.kind == "compensate"
