"""Rules about called processes and what passes between them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Pass
from engine.check.registry import Spot, at, error, warning
from engine.check.subject import Subject


@error("unknown-process", "A call activity calls a process that is not in the package or not executable.")
def unknown_process(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        called = element.call.called if element.call else None
        if called is None or "${" in called or "#{" in called:
            continue
        process = subject.diagrams.processes.get(called)
        if process is None:
            yield at(element, f"The process {called!r} is not in the package.")
        elif not process.executable:
            yield at(element, f'The process {called!r} is not executable; set isExecutable="true" on it.')


@warning("recursive-call", "A process that calls itself, directly or through others.")
def recursive_call(subject: Subject) -> Iterator[Spot]:
    calls: dict[str, set[str]] = {}
    for element in subject.elements:
        if element.call and element.call.called:
            calls.setdefault(element.process_id, set()).add(element.call.called)
    for element in subject.elements:
        called = element.call.called if element.call else None
        if called and element.process_id in _reached(calls, called):
            yield at(element, f"The process {element.process_id!r} calls itself here; see that a condition ends it.")


def _reached(calls: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for process in calls.get(waiting.pop(), ()):
            if process not in seen:
                seen.add(process)
                waiting.append(process)
    return seen


@error("call-mapping", "A `camunda:in` or `camunda:out` that says nothing, or two things at once.")
def call_mapping(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.call is None:
            continue
        for direction, passes in (("in", element.call.ins), ("out", element.call.outs)):
            for item in passes:
                wrong = _wrong_with(item, direction)
                if wrong:
                    yield at(element, f"camunda:{direction} {wrong}.", item.line)


def _wrong_with(item: Pass, direction: str) -> str | None:
    given = [item.source, item.source_expression, item.business_key, item.everything or None]
    if sum(value is not None for value in given) != 1:
        return 'must have one of source, sourceExpression, variables="all" and businessKey'
    if item.business_key is not None and direction == "out":
        return "cannot change the business key"
    if (item.source is not None or item.source_expression is not None) and not item.target:
        return "needs a target"
    return None
