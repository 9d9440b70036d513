"""The one table of what this version runs and what it refuses; `docs/bpmn.md` shows it, the checker enforces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.bpmn.model import EVENTS, Element


@dataclass(frozen=True)
class Support:
    """Whether an element runs; `note` says how, or for a refused one the way round."""

    runs: bool
    note: str


def _runs(note: str = "") -> Support:
    return Support(True, note)


def _refused(way_round: str) -> Support:
    return Support(False, way_round)


_STARTED_BY_PEOPLE = (
    "Start the case by a person or over REST with a plain start event, and wait with a catching event behind it."
)
_NO_EVENT_SUBPROCESS = (
    "Attach a boundary event to the activity, or to an embedded sub-process around the steps concerned."
)
_NO_COMPENSATION = "Draw the undoing steps as ordinary tasks behind a gateway or an error boundary event."
_NO_CONDITION_EVENT = (
    "Test the condition in an exclusive gateway, with a timer event in a loop where it has to be awaited."
)
_SENDS = "to whoever waits for it; carries its keys and what `loanflow:payload` names, and is kept until somebody waits"
_ONE_DEFINITION = "Draw one event for each trigger, behind an event-based gateway or side by side at the activity."

SUPPORT: Mapping[str, Support] = MappingProxyType(
    {
        "startEvent": _runs("may have a form; one in each process and sub-process"),
        "startEvent:message": _refused(_STARTED_BY_PEOPLE),
        "startEvent:timer": _refused(_STARTED_BY_PEOPLE),
        "startEvent:signal": _refused(_STARTED_BY_PEOPLE),
        "startEvent:conditional": _refused(_STARTED_BY_PEOPLE),
        "startEvent:error": _refused(_NO_EVENT_SUBPROCESS),
        "startEvent:escalation": _refused(_NO_EVENT_SUBPROCESS),
        "startEvent:compensate": _refused(_NO_COMPENSATION),
        "startEvent:multiple": _refused(_STARTED_BY_PEOPLE),
        "endEvent": _runs("its name, or else its id, is the case's outcome"),
        "endEvent:terminate": _runs("ends everything else in its process or sub-process"),
        "endEvent:error": _runs("to the error boundary event around it; uncaught it is an incident"),
        "endEvent:escalation": _runs("the boundary event around it is told"),
        "endEvent:message": _runs(_SENDS),
        "endEvent:signal": _runs("reaches what waits for it"),
        "endEvent:compensate": _refused(_NO_COMPENSATION),
        "endEvent:cancel": _refused("Leave the sub-process with an error end event and an error boundary event."),
        "endEvent:multiple": _refused("Throw one event after another before a plain end event."),
        "intermediateThrowEvent": _runs("a milestone"),
        "intermediateThrowEvent:escalation": _runs("goes on behind the event; the boundary event around it is told"),
        "intermediateThrowEvent:link": _runs("goes on at the catching link of the same name in the same scope"),
        "intermediateThrowEvent:signal": _runs("reaches what waits for it"),
        "intermediateThrowEvent:message": _runs(_SENDS),
        "intermediateThrowEvent:compensate": _refused(_NO_COMPENSATION),
        "intermediateThrowEvent:multiple": _refused("Throw one event after another."),
        "intermediateCatchEvent": _refused("Say what it waits for: a timer, message, signal or link."),
        "intermediateCatchEvent:timer": _runs("duration or date"),
        "intermediateCatchEvent:message": _runs(),
        "intermediateCatchEvent:signal": _runs(),
        "intermediateCatchEvent:link": _runs(),
        "intermediateCatchEvent:conditional": _refused(_NO_CONDITION_EVENT),
        "intermediateCatchEvent:multiple": _refused(_ONE_DEFINITION),
        "boundaryEvent": _refused("Say what it waits for: a timer, message, signal, error or escalation."),
        "boundaryEvent:timer": _runs("interrupting or not; cycles only where it does not interrupt"),
        "boundaryEvent:message": _runs("interrupting or not"),
        "boundaryEvent:error": _runs("always interrupting"),
        "boundaryEvent:escalation": _runs("interrupting or not"),
        "boundaryEvent:signal": _runs("interrupting or not"),
        "boundaryEvent:conditional": _refused(_NO_CONDITION_EVENT),
        "boundaryEvent:compensate": _refused(_NO_COMPENSATION),
        "boundaryEvent:cancel": _refused("Use an error boundary event on an embedded sub-process."),
        "boundaryEvent:multiple": _refused(_ONE_DEFINITION),
        "task": _runs("passes at once"),
        "userTask": _runs(),
        "manualTask": _runs("passes at once: nobody is asked"),
        "scriptTask": _runs("FEEL"),
        "serviceTask": _runs("`loanflow:operation`, or external with a topic"),
        "sendTask": _runs("as a service task, or sends its message"),
        "businessRuleTask": _runs("`camunda:decisionRef`"),
        "receiveTask": _runs("waits for its message"),
        "callActivity": _runs("calls a process of the package"),
        "subProcess": _runs("embedded"),
        "subProcess:event": _refused(_NO_EVENT_SUBPROCESS),
        "transaction": _refused("Draw an embedded sub-process and leave it with an error end event."),
        "adHocSubProcess": _refused("Draw the steps in an inclusive or parallel split, or in a loop with a gateway."),
        "exclusiveGateway": _runs(),
        "inclusiveGateway": _runs(),
        "parallelGateway": _runs(),
        "eventBasedGateway": _runs("leads to catching timer, message and signal events and receive tasks"),
        "complexGateway": _refused("Draw an inclusive gateway, or a multi-instance task with a completion condition."),
        "multiInstanceLoopCharacteristics": _runs("parallel or sequential, over a collection or a number"),
        "standardLoopCharacteristics": _runs("with a condition, a maximum, or both"),
        "isForCompensation": _refused(_NO_COMPENSATION),
        "instantiate": _refused(_STARTED_BY_PEOPLE),
    }
)

DRAWN_ONLY = frozenset(
    {
        "association",
        "category",
        "collaboration",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutputAssociation",
        "dataStore",
        "dataStoreReference",
        "group",
        "ioSpecification",
        "messageFlow",
        "participant",
        "property",
        "textAnnotation",
    }
)
"""Shown in the diagram, without effect on a case, as in Camunda."""

INPUT_OUTPUT = frozenset(
    {"userTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"}
)
"""Where `camunda:inputOutput` has an effect."""


def feature(element: Element) -> str:
    """The key of an element in `SUPPORT`: its kind, with the event or variant after a colon."""
    if element.kind in EVENTS and element.event is not None and element.event.kind != "none":
        return f"{element.kind}:{element.event.kind}"
    if element.kind == "subProcess" and element.by_event:
        return "subProcess:event"
    return element.kind


def support(element: Element) -> Support:
    """Whether an element runs; what is not in the table does not."""
    return SUPPORT.get(feature(element), Support(False, "Draw it with elements of docs/bpmn.md."))
