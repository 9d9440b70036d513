"""Every place in a diagram where an expression may stand, with what unwrapped text means there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.bpmn.model import Element, Entries, Items, MultiInstance, Source, StandardLoop, Text
from engine.check.registry import Placed
from engine.check.subject import Subject
from engine.feel import is_wrapped

Bare = Literal["text", "expression", "nothing"]


@dataclass(frozen=True)
class Place:
    """One text; `bare` says what it is when it is not marked as an expression, `nothing` where it must be."""

    owner: Placed
    what: str
    text: str
    bare: Bare
    line: int | None = None


def is_marked(text: str) -> bool:
    """Whether a text is meant as an expression, JUEL's `#{…}` included; the rule `expression` says if it is one."""
    return is_wrapped(text) or "#{" in text


def places(subject: Subject) -> Iterator[Place]:
    """All of them, in no particular order."""
    for flow in subject.flows:
        if flow.condition is not None:
            yield Place(flow, "condition", flow.condition, "expression")
    for message in subject.diagrams.messages.values():
        for key, value in message.correlation:
            yield Place(message, f"value of the correlation key {key!r}", value, "text")
    for element in subject.elements:
        yield from _of_human(element)
        yield from _of_parameters(element)
        yield from _of_call(element)
        yield from _of_loop(element)
        if element.event is not None and element.event.timer is not None:
            yield Place(element, "timer", element.event.timer.text, "text", element.event.timer.line)
        if element.event is not None and element.event.condition:
            yield Place(element, "condition", element.event.condition, "expression")


def _of_human(element: Element) -> Iterator[Place]:
    human = element.human
    for what, text in (
        ("assignee", human.assignee),
        ("due date", human.due_date),
        ("follow-up date", human.follow_up),
        ("priority", human.priority),
    ):
        if text:
            yield Place(element, what, text, "text")


def _of_parameters(element: Element) -> Iterator[Place]:
    for kind, parameters in (("input", element.work.inputs), ("output", element.work.outputs)):
        for name, source in parameters.items():
            for text in _texts(source):
                yield Place(element, f"{kind} {name!r}", text.text, "text", text.line)


def _texts(source: Source) -> Iterator[Text]:
    if isinstance(source, Text):
        yield source
    elif isinstance(source, Items):
        for item in source.items:
            yield from _texts(item)
    elif isinstance(source, Entries):
        for entry in source.entries.values():
            yield from _texts(entry)


def _of_call(element: Element) -> Iterator[Place]:
    if element.call is None:
        return
    for direction, passes in (("in", element.call.ins), ("out", element.call.outs)):
        for item in passes:
            if item.source_expression:
                yield Place(element, f"camunda:{direction}", item.source_expression, "nothing", item.line)
            if item.business_key:
                yield Place(element, "business key", item.business_key, "text", item.line)


def _of_loop(element: Element) -> Iterator[Place]:
    loop = element.loop
    if isinstance(loop, StandardLoop) and loop.condition:
        yield Place(element, "loop condition", loop.condition, "expression", loop.line)
    if isinstance(loop, MultiInstance):
        if loop.cardinality:
            yield Place(element, "number of instances", loop.cardinality, "expression", loop.line)
        if loop.collection:
            yield Place(element, "collection", loop.collection, "expression", loop.line)
        if loop.completion_condition:
            yield Place(element, "completion condition", loop.completion_condition, "expression", loop.line)


def written_names(subject: Subject) -> Iterator[Place]:
    """Every name that a diagram gives to a variable; the text is the name."""
    for element in subject.elements:
        yield from _names_of_element(element)
    for message in subject.diagrams.messages.values():
        for name in message.payload or ():
            yield Place(message, "payload", name, "text")


def _names_of_element(element: Element) -> Iterator[Place]:
    event, loop = element.event, element.loop
    named: Mapping[str, str | None] = {
        "result variable": element.work.result_variable,
        "error code variable": event.code_variable if event else None,
        "error message variable": event.message_variable if event else None,
        "authorityOf": element.human.authority_of if element.human.authority else None,
    }
    if isinstance(loop, MultiInstance):
        named = {
            **named,
            "element variable": loop.element_variable,
            "output collection": loop.output_collection,
            "output item": loop.output_item,
        }
    for what, name in named.items():
        if name:
            yield Place(element, what, name, "text")
    for name in element.work.outputs:
        if name:
            yield Place(element, "output parameter", name, "text")
    for item in (*element.call.ins, *element.call.outs) if element.call else ():
        if item.target:
            yield Place(element, "target", item.target, "text", item.line)
