"""Rules about what the engine runs: each kind of element, and what each must say to be run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.model import (
    ACTIVITIES,
    EVENTS,
    FLOW_NODES,
    Element,
    Entries,
    Items,
    MultiInstance,
    Source,
    StandardLoop,
    Unreadable,
)
from engine.bpmn.xml import BPMN, local_name, namespace, tag
from engine.check.registry import Spot, at, error
from engine.check.subject import Subject
from engine.check.support import DRAWN_ONLY, INPUT_OUTPUT, SUPPORT, feature, support

_STRUCTURE = frozenset(
    {"extensionElements", "documentation", "laneSet", "sequenceFlow", "incoming", "outgoing", "script", "error"}
    | {"standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "auditing", "monitoring", "artifact"}
    | {"supportedInterfaceRef", "eventDefinitionRef", "import", "message", "signal", "escalation", "itemDefinition"}
    | {"process", "interface", "extension", "resource", "partnerEntity", "partnerRole", "endPoint", "relationship"}
    | {
        "correlationSubscription",
        "dataOutput",
        "dataInput",
        "inputSet",
        "outputSet",
        "correlationProperty",
        "dataState",
    }
    | {"completionQuantity"}
)
_ASSIGNMENTS = frozenset({"performer", "humanPerformer", "potentialOwner", "resourceRole"})


@error(
    "unsupported-element",
    "An element or event that this version does not run (see bpmn.md for each and the way round).",
)
def unsupported_element(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        known = support(element)
        if not known.runs:
            kind, _, event = feature(element).partition(":")
            named = f"{kind} ({event})" if event else kind
            yield at(element, f"{named} does not run in this version. {known.note}")
    for file, node in subject.nodes:
        if node.get("instantiate") in ("true", "1") and local_name(node) != "receiveTask":
            way_round = SUPPORT["eventBasedGateway:instantiate"].note
            yield Spot(file, node.get("id"), node.sourceline, f"instantiate does not run here. {way_round}")
        if namespace(node) == BPMN and _is_foreign(node):
            message = f"{local_name(node)} does not run in this version; draw it with elements of docs/bpmn.md."
            yield Spot(file, node.get("id"), node.sourceline, message)


def _is_foreign(node: Any) -> bool:
    """Whether a BPMN node in a process is none that we know to run or only to draw."""
    parent, name = node.getparent(), local_name(node)
    if local_name(parent) not in ("process", "subProcess", "transaction"):
        return False
    known = FLOW_NODES | DRAWN_ONLY | _STRUCTURE | _ASSIGNMENTS
    return name not in known and not name.endswith("EventDefinition")


@error("standard-assignment", "`potentialOwner` and its like are not read; Camunda's attributes are.")
def standard_assignment(subject: Subject) -> Iterator[Spot]:
    for file, node in subject.nodes:
        if namespace(node) == BPMN and local_name(node) in _ASSIGNMENTS:
            yield Spot(
                file,
                node.getparent().get("id"),
                node.sourceline,
                f"{local_name(node)} is not read; write camunda:candidateGroups or camunda:assignee on the task.",
            )


def _wants(element: Element) -> str | None:
    """What an element lacks to be run, as the end of a sentence."""
    work = element.work
    sends = element.kind == "sendTask" and element.event is not None and element.event.ref is not None
    if element.kind in ("serviceTask", "sendTask") and not (work.operation or work.topic or sends):
        return 'does nothing; write loanflow:operation="…", or camunda:type="external" with camunda:topic="…"'
    if element.kind == "businessRuleTask" and not work.decision_ref:
        return 'decides nothing; write camunda:decisionRef="…"'
    if element.kind == "scriptTask" and not work.script:
        return "has no script; write lines of name = expression"
    if element.kind == "callActivity" and element.call and not element.call.called:
        return 'calls nothing; write calledElement="…"'
    if element.kind == "receiveTask" and not (element.event and element.event.ref):
        return "waits for nothing; choose its message (messageRef)"
    return None


@error("nothing-to-do", "A service, send, rule, script or receive task or a call does not say what it does.")
def nothing_to_do(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        lacking = _wants(element)
        if lacking:
            yield at(element, f"The {element.kind} {lacking}.")


@error("two-things-to-do", "A task names both an operation and an external topic.")
def two_things_to_do(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.work.operation and element.work.topic:
            yield at(element, "The task names an operation and an external topic; keep one of them.")


@error("script-format", "A script in another language than FEEL, or in a file of its own.")
def script_format(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.kind != "scriptTask":
            continue
        if (element.work.script_format or "feel").lower() != "feel":
            yield at(
                element,
                f'The script language {element.work.script_format!r} does not run; write FEEL and scriptFormat="feel".',
            )


@error("expression-language", "An expression in another language than FEEL.")
def expression_language(subject: Subject) -> Iterator[Spot]:
    for file, node in subject.nodes:
        language = node.get("language")
        if language and namespace(node) == BPMN and not _is_feel(language):
            owner = node.getparent()
            message = f"The language {language!r} does not run; write the expression in FEEL and leave language away."
            yield Spot(file, owner.get("id") if owner is not None else None, node.sourceline, message)


def _is_feel(language: str) -> bool:
    return any(name in language.lower() for name in ("feel", "spec/dmn", "juel"))


@error("input-output", "`camunda:inputOutput` where it has no effect, without a name, or with a script in it.")
def input_output(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        work = element.work
        names = [*work.inputs, *work.outputs]
        if names and element.kind not in INPUT_OUTPUT:
            yield at(element, f"camunda:inputOutput has no effect on a {element.kind}; use a script task beside it.")
        for source in (*work.inputs.values(), *work.outputs.values()):
            for unread in _unreadable(source):
                yield at(
                    element, f"camunda:{unread.kind} cannot be the value of a parameter; write ${{…}}.", unread.line
                )
        if "" in names:
            yield at(element, "A parameter of camunda:inputOutput has no name.")


def _unreadable(source: Source) -> Iterator[Unreadable]:
    if isinstance(source, Unreadable):
        yield source
    elif isinstance(source, Items):
        for item in source.items:
            yield from _unreadable(item)
    elif isinstance(source, Entries):
        for entry in source.entries.values():
            yield from _unreadable(entry)


@error("multi-instance", "A multi-instance without exactly one of collection and number, or with half of its outputs.")
def multi_instance(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        loop = element.loop
        if not isinstance(loop, MultiInstance):
            continue
        if not loop.collection and not loop.cardinality:
            yield at(
                element, "The multi-instance has neither a collection nor a loopCardinality; write one.", loop.line
            )
        if loop.collection and loop.cardinality:
            yield at(element, "The multi-instance has a collection and a loopCardinality; keep one of them.", loop.line)
        if loop.element_variable and not loop.collection:
            yield at(element, "The element variable has no collection to come from.", loop.line)
        if bool(loop.output_collection) != bool(loop.output_item):
            yield at(element, "loopDataOutputRef and outputDataItem only work together; write both.", loop.line)


@error("standard-loop", "A standard loop without condition and maximum, or with a maximum that is no number.")
def standard_loop(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        loop = element.loop
        if not isinstance(loop, StandardLoop):
            continue
        if not loop.condition and not loop.maximum:
            yield at(element, "The loop has neither a loopCondition nor a loopMaximum; write one.", loop.line)
        if loop.maximum is not None and not (
            loop.maximum.isascii() and loop.maximum.isdigit() and int(loop.maximum[:9])
        ):
            yield at(element, f"loopMaximum must be a whole number above 0, not {loop.maximum!r}.", loop.line)


@error("loop-misplaced", "A loop on something that is no activity.")
def loop_misplaced(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.loop is not None and element.kind not in ACTIVITIES:
            yield at(element, f"A {element.kind} cannot have a loop.")


@error(
    "event-definition",
    "An event that lacks its error, escalation, signal, message or condition, or cannot be of its kind.",
)
def event_definition(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        event = element.event
        if event is None or element.kind not in EVENTS or not support(element).runs:
            continue
        throws = element.kind in ("endEvent", "intermediateThrowEvent")
        wants_ref = event.kind in ("message", "signal") or (throws and event.kind in ("error", "escalation"))
        if wants_ref and event.ref is None:
            yield at(element, f"The event does not say which {event.kind}; choose one ({event.kind}Ref).")
        if element.kind in ("boundaryEvent", "startEvent") and event.kind == "error" and not event.interrupting:
            attribute = "cancelActivity" if element.kind == "boundaryEvent" else "isInterrupting"
            yield at(element, f'An error always ends its activity; remove {attribute}="false".')
        if event.kind == "conditional" and not event.condition:
            yield at(element, "The event has no condition; write one in ${…}.")
        if event.kind == "link" and not event.name:
            yield at(element, "The link has no name; the throwing and the catching event share one.")


@error("unresolved-event", "An event refers to a message, signal, error or escalation that the file does not declare.")
def unresolved_event(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        event = element.event
        if event is None or event.ref is None:
            continue
        found = {"message": event.message, "signal": event.name, "error": event.code, "escalation": event.code}
        if event.kind in found and found[event.kind] is None:
            yield at(element, f"The {event.kind} {event.ref!r} is not declared in {element.file}.")
    shared = {file: _shared_definitions(root) for file, root in subject.diagrams.documents.items()}
    for file, node in subject.nodes:
        ref = (node.text or "").strip()
        if node.tag == tag(BPMN, "eventDefinitionRef") and ref not in shared[file]:
            owner = node.getparent().get("id")
            yield Spot(file, owner, node.sourceline, f"The event definition {ref!r} is not in {file}.")


def _shared_definitions(root: Any) -> set[str | None]:
    top = root.iterchildren(tag(BPMN, "*"))
    return {child.get("id") for child in top if local_name(child).endswith("EventDefinition")}
