"""Rules about timers and messages."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Element, Timer
from engine.check.iso8601 import is_cycle, is_date, is_datetime, is_duration
from engine.check.places import is_marked
from engine.check.registry import Spot, at, error
from engine.check.subject import Subject
from engine.check.support import support

_WANTED = {
    "duration": "an ISO 8601 duration such as PT48H or P1D",
    "date": "an ISO 8601 date-time such as 2026-12-31T17:00:00+08:00",
    "cycle": "a repetition such as R3/PT10H",
}


@error("timer", "A timer without time, with a text that is not ISO 8601, or a cycle where none can run.")
def timer(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.event is None or element.event.kind != "timer" or not support(element).runs:
            continue
        when = element.event.timer
        if when is None:
            yield at(element, "The timer has no time; write a timeDuration, timeDate or timeCycle.")
            continue
        if not is_marked(when.text) and not _holds(when):
            yield at(
                element,
                f"The timer needs {_WANTED[when.kind]}, not {when.text!r}; or an expression in ${{…}}.",
                when.line,
            )
        if when.kind == "cycle" and not _may_repeat(element):
            yield at(
                element,
                "A cycle runs only where it does not interrupt, on a boundary event or an event sub-process, "
                "or where it starts cases; write a timeDuration.",
                when.line,
            )


def _holds(when: Timer) -> bool:
    if when.kind == "duration":
        return is_duration(when.text)
    if when.kind == "date":
        return is_datetime(when.text)
    return is_cycle(when.text)


def _may_repeat(element: Element) -> bool:
    if element.starts_by_itself:
        return True
    may = element.kind == "boundaryEvent" or element.begins_handler
    return may and element.event is not None and not element.event.interrupting


@error("due-date", "A due or follow-up date that is neither a duration, a date-time nor an expression.")
def due_date(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        for attribute, text in (("dueDate", element.human.due_date), ("followUpDate", element.human.follow_up)):
            if text and not is_marked(text) and not (is_duration(text) or is_datetime(text) or is_date(text)):
                yield at(
                    element,
                    f"camunda:{attribute} must be a duration such as PT4H, a date-time, or an expression in ${{…}}, "
                    f"not {text!r}.",
                )


@error("priority", "A priority that is neither a whole number nor an expression.")
def priority(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        text = element.human.priority
        if (
            text
            and not is_marked(text)
            and not (text.strip().lstrip("-").isascii() and text.strip().lstrip("-").isdigit())
        ):
            yield at(element, f"camunda:priority must be a whole number or an expression in ${{…}}, not {text!r}.")


@error("message-name", "A message without a name.")
def message_name(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        message = element.event.message if element.event else None
        if message is not None and not message.name:
            yield at(element, f"The message {message.id!r} has no name; those who send it need one.")


@error("correlation", "A correlation without key or value, or with a key that stands twice.")
def correlation(subject: Subject) -> Iterator[Spot]:
    for message in subject.diagrams.messages.values():
        keys = [key for key, _ in message.correlation]
        for key, value in message.correlation:
            if not key.strip() or not value.strip():
                yield at(message, 'A correlation needs both: key="nr" and value="${nr}".')
            elif keys.count(key) > 1:
                yield at(message, f"The correlation key {key!r} stands here twice.")
