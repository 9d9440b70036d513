"""The one table of what this version runs and what it refuses; `docs/bpmn.md` shows it, the checker enforces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.bpmn.model import EVENTS, Element


@dataclass(frozen=True)
class Support:
    """Whether an element runs; `note` says how, or for a refused one the way round.

    `since` is the issue that made it run, `test` the file below `tests/engine` that shows it.
    """

    runs: bool
    note: str
    since: str = ""
    test: str = ""


def _runs(test: str, note: str = "", since: str = "#3") -> Support:
    return Support(True, note, since, test)


def _refused(way_round: str) -> Support:
    return Support(False, way_round)


_SENDS = "to whoever waits for it; carries its keys and what `loanflow:payload` names, and is kept until somebody waits"
_ONE_DEFINITION = "Draw one event for each trigger, behind an event-based gateway or side by side at the activity."
_HANDLER = " in an event sub-process"
_PATHS, _EVENTS, _TIMERS = (
    "runtime/test_paths.py",
    "service/test_messages_and_signals.py",
    "service/test_due_and_timers.py",
)
_CONDITIONS, _HANDLERS = "runtime/test_conditional_events.py", "runtime/test_event_subprocesses.py"
_STARTS = "service/test_starts.py"
_EDGE = "runtime/test_boundary_events.py"
_UNDONE = "runtime/test_compensation.py"
_TRANSACTIONS = "runtime/test_transactions.py"
_BUILT = "check/test_check_agrees_with_engine.py"

SUPPORT: Mapping[str, Support] = MappingProxyType(
    {
        "startEvent": _runs(
            _PATHS, "may have a form; one in each process and sub-process, beside those with a trigger"
        ),
        "startEvent:message": _runs(_STARTS, "starts a case; the payload becomes its variables", "#4"),
        "startEvent:timer": _runs(_STARTS, "starts cases: a date, a duration or a cycle from the deployment on", "#4"),
        "startEvent:signal": _runs(_STARTS, "starts a case for each process that listens", "#4"),
        "startEvent:conditional": _refused(
            "No case has variables before it starts: start it by a timer and test the condition in a gateway behind it."
        ),
        "startEvent:multiple": _refused("Draw one start event for each trigger."),
        f"startEvent:message{_HANDLER}": _runs(_HANDLERS, "interrupting or not", "#4"),
        f"startEvent:timer{_HANDLER}": _runs(
            _HANDLERS, "interrupting or not; cycles only where it does not interrupt", "#4"
        ),
        f"startEvent:signal{_HANDLER}": _runs(_HANDLERS, "interrupting or not", "#4"),
        f"startEvent:error{_HANDLER}": _runs(
            _HANDLERS, "always interrupting; errors of operations and called processes too", "#4"
        ),
        f"startEvent:escalation{_HANDLER}": _runs(_HANDLERS, "interrupting or not", "#4"),
        f"startEvent:conditional{_HANDLER}": _runs(_CONDITIONS, "interrupting or not", "#4"),
        f"startEvent:compensate{_HANDLER}": _runs(
            _UNDONE, "in an embedded sub-process: it undoes the completed one", "#4"
        ),
        f"startEvent:multiple{_HANDLER}": _refused("Draw one event sub-process for each trigger."),
        "endEvent": _runs(_PATHS, "its name, or else its id, is the case's outcome"),
        "endEvent:terminate": _runs(_PATHS, "ends everything else in its process or sub-process"),
        "endEvent:error": _runs(_PATHS, "to whoever catches it around; uncaught it is an incident"),
        "endEvent:escalation": _runs(_BUILT, "whoever catches it around is told"),
        "endEvent:message": _runs(_BUILT, _SENDS),
        "endEvent:signal": _runs(_BUILT, "reaches what waits for it, in this case and in others"),
        "endEvent:compensate": _runs(
            _UNDONE, "undoes what was completed in its scope, or one activity, then ends", "#4"
        ),
        "endEvent:cancel": _runs(_TRANSACTIONS, "in a transaction: ends and undoes everything in it", "#4"),
        "endEvent:multiple": _refused("Throw one event after another before a plain end event."),
        "intermediateThrowEvent": _runs(_PATHS, "a milestone"),
        "intermediateThrowEvent:escalation": _runs(
            _PATHS, "whoever catches it around is told; goes on behind the event"
        ),
        "intermediateThrowEvent:link": _runs(_PATHS, "goes on at the catching link of the same name in the same scope"),
        "intermediateThrowEvent:signal": _runs(_EVENTS, "reaches what waits for it, in this case and in others"),
        "intermediateThrowEvent:message": _runs(_EVENTS, _SENDS),
        "intermediateThrowEvent:compensate": _runs(
            _UNDONE, "undoes what was completed in its scope, or one activity, then goes on", "#4"
        ),
        "intermediateThrowEvent:multiple": _refused("Throw one event after another."),
        "intermediateCatchEvent": _refused("Say what it waits for: a timer, message, signal, condition or link."),
        "intermediateCatchEvent:timer": _runs(_TIMERS, "duration or date"),
        "intermediateCatchEvent:message": _runs(_EVENTS),
        "intermediateCatchEvent:signal": _runs(_EVENTS),
        "intermediateCatchEvent:link": _runs(_PATHS),
        "intermediateCatchEvent:conditional": _runs(_CONDITIONS, "passes at once when the condition holds", "#4"),
        "intermediateCatchEvent:multiple": _refused(_ONE_DEFINITION),
        "boundaryEvent": _refused("Say what it waits for: a timer, message, signal, condition, error or escalation."),
        "boundaryEvent:timer": _runs(_EDGE, "interrupting or not; cycles only where it does not interrupt"),
        "boundaryEvent:message": _runs(_EDGE, "interrupting or not"),
        "boundaryEvent:error": _runs(_EDGE, "always interrupting; errors of operations and called processes too"),
        "boundaryEvent:escalation": _runs(_EDGE, "interrupting or not"),
        "boundaryEvent:signal": _runs(_EDGE, "interrupting or not"),
        "boundaryEvent:conditional": _runs(_CONDITIONS, "interrupting or not", "#4"),
        "boundaryEvent:compensate": _runs(_UNDONE, "an association leads to the activity that undoes", "#4"),
        "boundaryEvent:cancel": _runs(_TRANSACTIONS, "at a transaction, after all in it is undone", "#4"),
        "boundaryEvent:multiple": _refused(_ONE_DEFINITION),
        "task": _runs(_BUILT, "passes at once"),
        "userTask": _runs("service/test_work.py"),
        "manualTask": _runs(_BUILT, "passes at once: nobody is asked"),
        "scriptTask": _runs("runtime/test_loops.py", "FEEL"),
        "serviceTask": _runs("service/test_work.py", "`loanflow:operation`, or external with a topic"),
        "sendTask": _runs(_BUILT, "as a service task, or sends its message"),
        "businessRuleTask": _runs("service/test_work.py", "`camunda:decisionRef`"),
        "receiveTask": _runs(_EVENTS, "waits for its message"),
        "callActivity": _runs("runtime/test_loops.py", "calls a process of the package"),
        "subProcess": _runs(_PATHS, "embedded"),
        "subProcess:event": _runs(
            _HANDLERS,
            "in the process, sub-processes, instances and called processes; the scope ends when it is done; "
            "the end event of one that interrupts the process is the outcome",
            "#4",
        ),
        "transaction": _runs(
            _TRANSACTIONS, "an embedded sub-process that can be cancelled; no database transaction", "#4"
        ),
        "adHocSubProcess": _refused("Draw the steps in an inclusive or parallel split, or in a loop with a gateway."),
        "exclusiveGateway": _runs(_PATHS),
        "inclusiveGateway": _runs(_PATHS),
        "parallelGateway": _runs("runtime/test_branches.py"),
        "eventBasedGateway": _runs(
            _EVENTS, "leads to catching timer, message, signal and conditional events and receive tasks"
        ),
        "complexGateway": _refused("Draw an inclusive gateway, or a multi-instance task with a completion condition."),
        "multiInstanceLoopCharacteristics": _runs(
            "runtime/test_loops.py", "parallel or sequential, over a collection or a number"
        ),
        "standardLoopCharacteristics": _runs("runtime/test_loops.py", "with a condition, a maximum, or both"),
        "isForCompensation": _runs(_UNDONE, "any activity that runs, without flows", "#4"),
        "instantiate": _runs(_STARTS, "on a receive task of the process that no flow leads to", "#4"),
        "eventBasedGateway:instantiate": _refused("Draw a message start event for each of its messages."),
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
    {"userTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask", "callActivity"}
    | {"subProcess", "transaction"}
)
"""Where `camunda:inputOutput` has an effect."""


def feature(element: Element) -> str:
    """The key of an element in `SUPPORT`: its kind, with the event or variant after a colon."""
    if element.kind in EVENTS and element.event is not None and element.event.kind != "none":
        return f"{element.kind}:{element.event.kind}{_HANDLER if element.begins_handler else ''}"
    if element.kind == "subProcess" and element.by_event:
        return "subProcess:event"
    return element.kind


def support(element: Element) -> Support:
    """Whether an element runs; what is not in the table does not."""
    return SUPPORT.get(feature(element), Support(False, "Draw it with elements of docs/bpmn.md."))
