"""Rules about start events with a trigger: where they may stand, and that one message starts one case."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.registry import Spot, at, error
from engine.check.subject import Subject
from engine.feel import FeelSyntaxError, compile_expression, is_wrapped, unwrap


@error("start-place", "A start event with a trigger, or a receive task that starts cases, where none can begin a case.")
def start_place(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if not element.starts_by_itself:
            continue
        if element.scope is not None:
            yield at(
                element,
                "Only a process starts by a trigger; in a sub-process use a plain start event or an event sub-process.",
            )
        if element.kind == "receiveTask" and (element.incoming or element.loop is not None):
            yield at(element, "A receive task that starts cases has no incoming flow and no loop.")


@error("start-message", "A message with which several processes or start events begin.")
def start_message(subject: Subject) -> Iterator[Spot]:
    seen: dict[str, str] = {}
    for element in subject.elements:
        message = element.event.message if element.starts_by_itself and element.event is not None else None
        if message is None or not message.name:
            continue
        if message.name in seen:
            yield at(element, f"The message {message.name!r} starts a case at {seen[message.name]!r} already.")
        seen.setdefault(message.name, element.id)


@error("start-timer", "A start timer that reads variables: before the case begins there are only `parameters`.")
def start_timer(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        when = element.event.timer if element.starts_by_itself and element.event is not None else None
        if when is None or not is_wrapped(when.text):
            continue
        try:
            read = compile_expression(unwrap(when.text)).names - {"parameters"}
        except FeelSyntaxError:
            continue  # the rule `expression` says so
        if read:
            names = ", ".join(sorted(read))
            yield at(element, f"No case has {names} before it begins; read only parameters.", when.line)


@error("called-start", "A called process that begins only by a trigger.")
def called_start(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        called = subject.diagrams.processes.get((element.call.called if element.call else None) or "")
        if called is not None and not called.has_plain_start:
            yield at(element, f"The process {called.id!r} has no plain start event with which a call could begin.")
