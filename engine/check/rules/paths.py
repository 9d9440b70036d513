"""Rules about the paths through a process: splits, gateways, loops, and what is never reached."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import ACTIVITIES, Element, MultiInstance
from engine.check.graph import Graph
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject

_CONDITIONAL = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway"}
_AFTER_EVENT_GATEWAY = frozenset({"timer", "message", "signal", "conditional"})


@error("flow-direction", "A flow into a start or boundary event, or out of an end event.")
def flow_direction(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind in ("startEvent", "boundaryEvent") and element.incoming:
            yield at(element, f"No flow may lead into a {element.kind}.")
        if element.kind == "endEvent" and element.outgoing:
            yield at(element, "No flow may lead out of an end event; use an intermediate event.")


@error("several-starts", "More than one start event without a trigger in a process or sub-process.")
def several_starts(subject: Subject) -> Iterator[Spot]:
    seen: set[tuple[str, str | None]] = set()
    for element in subject.elements:
        if element.kind == "startEvent" and not element.begins_handler and not element.starts_by_itself:
            scope = (element.process_id, element.scope)
            if scope in seen:
                yield at(
                    element, "The process or sub-process has another start event without a trigger already; keep one."
                )
            seen.add(scope)


@error(
    "unconditional-flow", "An exclusive or inclusive split with a flow that has no condition and is not the default."
)
def unconditional_flow(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind not in ("exclusiveGateway", "inclusiveGateway") or len(element.outgoing) < 2:
            continue
        flows = subject.process_of(element).flows
        for key in element.outgoing:
            if flows[key].condition is None and key != element.default_flow:
                yield at(flows[key], f"The flow out of {element.id!r} needs a condition, or must be its default flow.")


@error("condition-misplaced", "A condition on a flow where none is asked.")
def condition_misplaced(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind in _CONDITIONAL:
            continue
        flows = subject.process_of(element).flows
        for key in element.outgoing:
            if flows[key].condition is not None:
                yield at(flows[key], f"A {element.kind} asks no condition; put an exclusive gateway behind it.")


@warning("default-condition", "A default flow with a condition, which is not asked.")
def default_condition(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        flow = subject.process_of(element).flows.get(element.default_flow or "")
        if flow is not None and flow.condition is not None:
            yield at(flow, "The condition of a default flow is not asked; remove it.")


@warning("no-default-flow", "A gateway that may find no flow to take: none is the default.")
def no_default_flow(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if (
            element.kind in ("exclusiveGateway", "inclusiveGateway")
            and len(element.outgoing) > 1
            and not element.default_flow
        ):
            yield at(
                element,
                "When no condition holds, the case stops here with an incident; give the gateway a default flow.",
            )


@error("event-gateway", "An event-based gateway that leads to something else than catching events.")
def event_gateway(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind != "eventBasedGateway":
            continue
        process = subject.process_of(element)
        if len(element.outgoing) < 2:
            yield at(element, "An event-based gateway needs at least two events to choose from.")
        for key in element.outgoing:
            target = process.elements.get(process.flows[key].target)
            if target is not None and not _may_follow_event_gateway(target):
                yield at(
                    element,
                    f"{target.id!r} cannot follow: only timer, message, signal and conditional events and receive "
                    "tasks can.",
                )


def _may_follow_event_gateway(element: Element) -> bool:
    if len(element.incoming) != 1:
        return False
    if element.kind == "receiveTask":
        return element.loop is None
    return (
        element.kind == "intermediateCatchEvent"
        and element.event is not None
        and element.event.kind in _AFTER_EVENT_GATEWAY
    )


@warning("gateway-alone", "A gateway with one flow in and one out does nothing.")
def gateway_alone(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind.endswith("Gateway") and len(element.outgoing) == 1 and len(element.incoming) <= 1:
            yield at(element, "The gateway neither splits nor joins; remove it.")


@warning("never-reached", "An element that no path leads to.")
def never_reached(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        graph = Graph(process)
        reached = {key for key, _ in graph.reach(graph.entries())}
        for element in process.elements.values():
            if element.id not in reached:
                yield at(element, "No path leads here; draw a flow to it or remove it.")


@warning("endless-loop", "A loop that may not end: all its steps are automatic, or no path leads out.")
def endless_loop(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        graph = Graph(process)
        stuck = [group for group in graph.loops(lambda element: True) if not graph.leaves(group)]
        for group in stuck:
            yield at(process.elements[group[-1]], f"No path leads out of the loop {_shown(group)}.")
        for group in graph.loops(_is_automatic):
            if not any(set(group) <= set(other) for other in stuck):
                yield at(
                    process.elements[group[-1]],
                    f"The loop {_shown(group)} has no step that waits; see that a condition ends it: "
                    "a case that runs round too often stops with an incident.",
                )


def _shown(group: list[str]) -> str:
    names = ", ".join(repr(key) for key in group[:5])
    return names + (", …" if len(group) > 5 else "")


def _is_automatic(element: Element) -> bool:
    """Whether a token passes without waiting for anybody."""
    if element.kind in ("userTask", "receiveTask", "callActivity", "eventBasedGateway"):
        return False
    if element.kind == "intermediateCatchEvent":
        return element.event is not None and element.event.kind == "link"
    if element.kind == "boundaryEvent":
        return element.event is not None and element.event.kind == "error"
    return element.work.topic is None and not isinstance(element.loop, MultiInstance)
