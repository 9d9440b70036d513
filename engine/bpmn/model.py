"""What a package's diagrams say, as plain data that the checker, the engine and the pages share.

Texts that may hold an expression are kept as written (`${…}`, `=…` or literal); nothing here evaluates or judges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACTIVITIES = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "callActivity",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"])
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
SCOPES = frozenset(["subProcess", "transaction", "adHocSubProcess"])
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True)
class Text:
    """One value as written: `${…}` or `=…` is an expression, everything else is the text itself."""

    text: str
    line: int = 0


@dataclass(frozen=True)
class Items:
    """A `camunda:list`."""

    items: tuple[Source, ...]


@dataclass(frozen=True)
class Entries:
    """A `camunda:map`."""

    entries: Mapping[str, Source]


@dataclass(frozen=True)
class Unreadable:
    """A value of a kind that is not run (`camunda:script`), kept so that the checker can point at it."""

    kind: str
    line: int = 0


Source = Text | Items | Entries | Unreadable


@dataclass(frozen=True)
class Escalation:
    """`loanflow:escalation`: `after` is an ISO duration from the due date; notify and reassign name a role."""

    after: str
    notify: str | None
    reassign: str | None
    line: int


@dataclass(frozen=True)
class Moves:
    """What offices may do with a step besides completing it; all of it unless the diagram forbids it.

    `return_to` names the steps to which it may be sent back (None: any that was done before); `resume` says how work
    goes on from there: through the steps `between`, or straight `back`. `cosign` says when others may sign with it.
    """

    return_to: tuple[str, ...] | None = None
    resume: tuple[str, ...] = ("between", "back")
    cosign: tuple[str, ...] = ("before", "after")
    withdraw: bool = True
    transfer: bool = True
    delegate: bool = True
    pause: bool = True


@dataclass(frozen=True)
class Human:
    """Who may do a step, with which form, by when, and under which rules. `roles`: any one of them will do."""

    roles: tuple[str, ...] = ()
    assignee: str | None = None
    form_ref: str | None = None
    due_date: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    escalations: tuple[Escalation, ...] = ()
    separate_from: tuple[str, ...] = ()
    same_as: str | None = None
    recuse: bool = False
    authority: str | None = None
    authority_of: str = "amount"
    sealed_until: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    function: str | None = None
    """Which of the functions that must be apart it exercises (GOV-2), when the diagram says so."""
    moves: Moves = field(default_factory=Moves)


@dataclass(frozen=True)
class Work:
    """What the program, another program, a decision or a script does at an element."""

    operation: str | None = None
    topic: str | None = None
    decision_ref: str | None = None
    result_variable: str | None = None
    map_decision_result: str | None = None
    script: str | None = None
    script_format: str | None = None
    inputs: Mapping[str, Source] = field(default_factory=dict)
    outputs: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True)
class Pass:
    """One `camunda:in` or `camunda:out` of a call: a variable, an expression, everything, or the business key."""

    source: str | None = None
    source_expression: str | None = None
    target: str | None = None
    everything: bool = False
    business_key: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Call:
    """A call activity: what passes into the process that it calls, and what comes back."""

    called: str | None
    ins: tuple[Pass, ...] = ()
    outs: tuple[Pass, ...] = ()

    @property
    def passes_everything(self) -> bool:
        """Whether the called process works on the variables around it: nothing is said, or all is passed both ways."""
        return _all_and_no_more(self.ins) and _all_and_no_more(self.outs) if self.ins or self.outs else True


def _all_and_no_more(passes: tuple[Pass, ...]) -> bool:
    return bool(passes) and all(item.everything for item in passes)


@dataclass(frozen=True)
class MultiInstance:
    """Several at once or one after another; the items are variable names, `collection` a name or an expression."""

    sequential: bool
    collection: str | None = None
    element_variable: str | None = None
    cardinality: str | None = None
    output_collection: str | None = None
    output_item: str | None = None
    completion_condition: str | None = None
    line: int = 0


@dataclass(frozen=True)
class StandardLoop:
    """Again while the condition holds; at most `maximum` times when it is given."""

    condition: str | None
    test_before: bool
    maximum: str | None
    line: int = 0


@dataclass(frozen=True)
class Timer:
    """`kind` is `duration`, `date` or `cycle`; the text is ISO 8601 or an expression."""

    kind: str
    text: str
    line: int = 0


@dataclass(frozen=True)
class Message:
    """A message: what must agree (key, value expression) and which variables it may set (None: any)."""

    id: str
    name: str
    correlation: tuple[tuple[str, str], ...]
    payload: tuple[str, ...] | None
    file: str
    line: int


@dataclass(frozen=True)
class Event:
    """What happens at an event, or what a send or receive task exchanges.

    `kind` is `none`, `timer`, `message`, `signal`, `error`, `escalation`, `conditional`, `link`, `compensate`,
    `terminate`, `cancel`, or `multiple` for more than one definition. `ref` is the reference as written; `code` the
    error or escalation code it leads to (None on a catching event: any), `name` that of the signal or link.
    `undone_by` is the activity that an association of a compensation event leads to, `waits` whether a throwing one
    waits until all is undone.
    """

    kind: str
    attached_to: str | None = None
    interrupting: bool = True
    ref: str | None = None
    timer: Timer | None = None
    message: Message | None = None
    name: str | None = None
    code: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None
    condition: str | None = None
    undone_by: str | None = None
    waits: bool = True


@dataclass(frozen=True)
class Element:
    """A flow node. `kind` is its BPMN name (`userTask`); `scope` the sub-process around it, None in the process itself.

    `attributes` holds those of Camunda's and our namespace as `camunda:dueDate`, `loanflow:duty`; `incoming` and
    `outgoing` are ids of flows. `by_event` is an event sub-process, `begins_handler` its start event.
    `instantiate` is a receive task or event-based gateway with which a case begins.
    """

    id: str
    kind: str
    name: str
    process_id: str
    scope: str | None
    file: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None
    calendar: str | None = None
    instantiate: bool = False
    by_event: bool = False
    begins_handler: bool = False
    for_compensation: bool = False
    human: Human = field(default_factory=Human)
    work: Work = field(default_factory=Work)
    call: Call | None = None
    loop: MultiInstance | StandardLoop | None = None
    event: Event | None = None

    @property
    def starts_by_itself(self) -> bool:
        """Whether it begins a case by a message, a signal or at a time."""
        if self.kind == "receiveTask":
            return self.instantiate
        return (
            self.kind == "startEvent"
            and not self.begins_handler
            and self.event is not None
            and self.event.kind != "none"
        )


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` as written, None without one."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    process_id: str
    scope: str | None
    file: str
    line: int


@dataclass(frozen=True)
class Lane:
    """A lane; `role` is what it gives its steps: `loanflow:role` (which is `given_role`), else its name, else what the
    lane around it gives.
    """

    id: str
    name: str
    role: str | None
    given_role: str | None
    nodes: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True)
class Process:
    """A process with all its nodes and flows, those of embedded sub-processes included.

    `starter_groups` is None where the diagram does not say who may start a case.
    """

    id: str
    name: str
    executable: bool
    starter_groups: tuple[str, ...] | None
    file: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: Mapping[str, Lane] = field(default_factory=dict)

    def children(self, scope: str | None) -> list[Element]:
        """The nodes directly in a sub-process, or in the process itself for None."""
        return [element for element in self.elements.values() if element.scope == scope]

    def starts(self) -> list[Element]:
        """The start events and receive tasks with which a case begins by itself: by a message, a signal or a time."""
        return [element for element in self.children(None) if element.starts_by_itself]

    @property
    def has_plain_start(self) -> bool:
        """Whether people and calls can begin it: at its start event, or where no flow leads to."""
        inside = self.children(None)
        plain = any(element.kind == "startEvent" and not element.starts_by_itself for element in inside)
        return plain or not any(element.starts_by_itself for element in inside)

    def boundary_events(self, activity: str) -> list[Element]:
        """The events attached to an activity."""
        return [
            element for element in self.elements.values() if element.event and element.event.attached_to == activity
        ]


@dataclass(frozen=True)
class Participant:
    """A pool; `process` is None for one that stands for somebody outside."""

    id: str
    name: str
    process: str | None
    file: str
    line: int


@dataclass(frozen=True)
class Problem:
    """What kept a part of a diagram from being read; `rule` is the checker's name for it."""

    rule: str
    file: str
    element: str | None
    line: int | None
    message: str


@dataclass(frozen=True)
class Diagrams:
    """All diagrams of a package. `messages` by name, `signals` and others by id to name or code.

    `documents` are the parsed roots by file: read them, never change them. `drawn` has the ids with a shape or an edge.
    """

    processes: Mapping[str, Process] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    participants: tuple[Participant, ...] = ()
    documents: Mapping[str, Any] = field(default_factory=dict)
    drawn: Mapping[str, frozenset[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def elements(self) -> list[Element]:
        """Every flow node of every process."""
        return [element for process in self.processes.values() for element in process.elements.values()]

    def flows(self) -> list[Flow]:
        """Every sequence flow of every process."""
        return [flow for process in self.processes.values() for flow in process.flows.values()]
