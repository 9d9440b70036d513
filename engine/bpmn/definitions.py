"""Reads messages, signals, errors and escalations of a file, and the event definitions that refer to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.attributes import child_text, extensions, words
from engine.bpmn.model import Event, Message, Timer
from engine.bpmn.xml import BPMN, CAMUNDA, LOANFLOW, local_name, tag

_TIMERS = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}
_SUFFIX = "EventDefinition"


@dataclass(frozen=True)
class Definitions:
    """What events of one file may refer to, by id: messages, names of signals, codes of errors and escalations."""

    messages: Mapping[str, Message]
    signals: Mapping[str, str]
    errors: Mapping[str, str]
    escalations: Mapping[str, str]
    events: Mapping[str, Any]

    @classmethod
    def of(cls, root: Any, file: str) -> Definitions:
        """The root elements of a file; an error or escalation without a code has its id for one."""
        return cls(
            messages={key: _message(node, file) for key, node in _by_id(root, "message").items()},
            signals={key: node.get("name") or key for key, node in _by_id(root, "signal").items()},
            errors={key: node.get("errorCode") or key for key, node in _by_id(root, "error").items()},
            escalations={key: node.get("escalationCode") or key for key, node in _by_id(root, "escalation").items()},
            events={node.get("id"): node for node in _definitions_in(root) if node.get("id")},
        )


def _by_id(root: Any, name: str) -> dict[str, Any]:
    return {node.get("id"): node for node in root.iterchildren(tag(BPMN, name)) if node.get("id")}


def _message(node: Any, file: str) -> Message:
    payload = node.get(tag(LOANFLOW, "payload"))
    return Message(
        id=node.get("id"),
        name=(node.get("name") or "").strip(),
        correlation=tuple(
            (item.get("key") or "", item.get("value") or "") for item in extensions(node, LOANFLOW, "correlation")
        ),
        payload=None if payload is None else words(payload),
        file=file,
        line=node.sourceline,
    )


def _definitions_in(node: Any) -> list[Any]:
    return [child for child in node.iterchildren(tag(BPMN, "*")) if local_name(child).endswith(_SUFFIX)]


def read_event(node: Any, kind: str, definitions: Definitions) -> Event:
    """The event of a node; a send or receive task is one that exchanges a message."""
    attached, interrupting = node.get("attachedToRef"), _interrupts(node, kind)
    if kind in ("sendTask", "receiveTask"):
        ref = node.get("messageRef")
        return Event("message", ref=ref, message=_resolve(definitions.messages, ref))
    shared = [definitions.events[ref] for ref in _event_refs(node) if ref in definitions.events]
    found = _definitions_in(node) + shared
    if len(found) != 1:
        return Event("multiple" if found else "none", attached, interrupting)
    definition = found[0]
    name = local_name(definition).removesuffix(_SUFFIX)
    ref = definition.get("activityRef" if name == "compensate" else f"{name}Ref")
    codes = {"error": definitions.errors, "escalation": definitions.escalations}.get(name)
    return Event(
        kind=name,
        attached_to=attached,
        interrupting=interrupting,
        ref=ref,
        timer=_timer(definition) if name == "timer" else None,
        message=_resolve(definitions.messages, ref) if name == "message" else None,
        name=_resolve(definitions.signals, ref) if name == "signal" else definition.get("name"),
        code=_resolve(codes, ref) if codes is not None else None,
        code_variable=definition.get(tag(CAMUNDA, f"{name}CodeVariable")),
        message_variable=definition.get(tag(CAMUNDA, "errorMessageVariable")),
        condition=child_text(definition, "condition"),
        waits=definition.get("waitForCompletion") not in ("false", "0"),
    )


def _interrupts(node: Any, kind: str) -> bool:
    written = node.get("cancelActivity") if kind == "boundaryEvent" else node.get("isInterrupting")
    return written not in ("false", "0")


def _event_refs(node: Any) -> list[str]:
    return [(ref.text or "").strip() for ref in node.iterchildren(tag(BPMN, "eventDefinitionRef"))]


def _resolve(known: Mapping[str, Any], ref: str | None) -> Any:
    """References are qualified names; most modelers write the bare id."""
    if ref is None:
        return None
    return known.get(ref, known.get(ref.rpartition(":")[2]))


def _timer(definition: Any) -> Timer | None:
    for name, kind in _TIMERS.items():
        text = child_text(definition, name)
        if text is not None:
            return Timer(kind, text, definition.find(tag(BPMN, name)).sourceline)
    return None
