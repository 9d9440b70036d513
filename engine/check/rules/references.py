"""Rules about names that must lead somewhere: flows, boundary events, lanes, pools, links, steps, operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.model import ACTIVITIES
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject


@error("flow-reference", "A sequence flow whose source or target is not a node of its process.")
def flow_reference(subject: Subject) -> Iterator[Spot]:
    for flow in subject.flows:
        elements = subject.diagrams.processes[flow.process_id].elements
        for side, key in (("source", flow.source), ("target", flow.target)):
            if key not in elements:
                yield at(flow, f"The flow's {side} {key!r} is no element of the process {flow.process_id!r}.")


@error("flow-scope", "A sequence flow that crosses the border of a sub-process.")
def flow_scope(subject: Subject) -> Iterator[Spot]:
    for flow in subject.flows:
        elements = subject.diagrams.processes[flow.process_id].elements
        source, target = elements.get(flow.source), elements.get(flow.target)
        if source and target and source.scope != target.scope:
            yield at(
                flow, f"The flow leads from {flow.source!r} to {flow.target!r} across the border of a sub-process."
            )


@error("default-flow", "A default flow that does not leave its element.")
def default_flow(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.default_flow and element.default_flow not in element.outgoing:
            yield at(element, f"The default flow {element.default_flow!r} does not leave this element.")


@error(
    "boundary-attachment",
    "A boundary event that is attached to nothing, or to something else than an activity beside it.",
)
def boundary_attachment(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind != "boundaryEvent" or element.event is None:
            continue
        attached = element.event.attached_to
        host = subject.process_of(element).elements.get(attached or "")
        if host is None:
            yield at(element, f"The event is attached to {attached!r}, which is not in the process; set attachedToRef.")
        elif host.kind not in ACTIVITIES or host.scope != element.scope:
            yield at(element, f"The event is attached to {attached!r}, which is no activity of the same sub-process.")


@error("lane-node", "A lane that lists a node which is not in its process.")
def lane_node(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        for lane in process.lanes.values():
            for key in lane.nodes:
                if key not in process.elements:
                    yield at(lane, f"The lane lists {key!r}, which is no element of the process {process.id!r}.")


@error("participant-process", "A pool of a process that is not in the package.")
def participant_process(subject: Subject) -> Iterator[Spot]:
    for pool in subject.diagrams.participants:
        if pool.process is not None and pool.process.rpartition(":")[2] not in subject.diagrams.processes:
            yield at(pool, f"The pool stands for the process {pool.process!r}, which is not in the package.")


@error("link", "A link event without its other half, or a catching link that stands twice.")
def link(subject: Subject) -> Iterator[Spot]:
    links = [
        element for element in subject.elements if element.event and element.event.kind == "link" and element.event.name
    ]
    place = {element.id: (element.process_id, element.scope, element.event.name) for element in links if element.event}
    catching = Counter(place[element.id] for element in links if element.kind == "intermediateCatchEvent")
    throwing = Counter(place[element.id] for element in links if element.kind == "intermediateThrowEvent")
    for element in links:
        name = place[element.id]
        if element.kind == "intermediateThrowEvent" and not catching[name]:
            yield at(element, f"No catching link event {name[2]!r} in the same process or sub-process.")
        if element.kind == "intermediateCatchEvent" and not throwing[name]:
            yield at(element, f"No throwing link event {name[2]!r} in the same process or sub-process.")
        if element.kind == "intermediateCatchEvent" and catching[name] > 1:
            yield at(element, f"Several catching link events are called {name[2]!r}; one must be the target.")


@error(
    "unknown-step",
    "`separateFrom`, `sameAs`, `sealedUntil` or `returnTo` names a step that no process of the package has.",
)
def unknown_step(subject: Subject) -> Iterator[Spot]:
    steps = {element.id for element in subject.human_steps}
    for element in subject.elements:
        human = element.human
        named = {"separateFrom": human.separate_from, "sealedUntil": human.sealed_until}
        named["sameAs"] = (human.same_as,) if human.same_as else ()
        named["returnTo"] = human.moves.return_to or ()
        for attribute, keys in named.items():
            for key in keys:
                if key not in subject.by_id:
                    yield at(element, f"loanflow:{attribute} names {key!r}, which is not in the package.")
                elif key not in steps:
                    yield at(element, f"loanflow:{attribute} names {key!r}, which is no user task.")


@error("unknown-operation", "A task calls an operation that does not exist.")
def unknown_operation(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        name = element.work.operation
        if name and name not in subject.operations:
            yield at(element, f"There is no operation {name!r}; `loanflow operations` lists all.")


@error("operation-input", "A task gives an operation an input that it does not take.")
def operation_input(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        operation = subject.operations.get(element.work.operation or "")
        if operation is None:
            continue
        for name in element.work.inputs:
            if name and name not in operation.inputs:
                known = ", ".join(operation.inputs) or "nothing"
                yield at(element, f"The operation {element.work.operation!r} takes no {name!r}; it takes {known}.")


@warning("notice-text", "A task sends a notice that `notices.yaml` has no text for; its facts are then listed.")
def notice_text(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements if subject.package.notices else ():
        operation = subject.operations.get(element.work.operation or "")
        given = element.work.inputs.get(operation.text_input) if operation and operation.text_input else None
        if isinstance(given, str) and not given.startswith(("${", "=")) and given not in subject.package.notices:
            yield at(element, f"notices.yaml has no text {given!r}.")


@warning("operation-error", "A boundary event waits for an error that its task's operation does not raise.")
def operation_error(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        event = element.event
        if element.kind != "boundaryEvent" or event is None or event.kind != "error" or event.code is None:
            continue
        host = subject.process_of(element).elements.get(event.attached_to or "")
        operation = subject.operations.get(host.work.operation or "") if host else None
        if operation is not None and event.code not in operation.errors:
            known = ", ".join(operation.errors) or "none"
            yield at(element, f"The operation never raises the error {event.code!r}; it raises {known}.")
