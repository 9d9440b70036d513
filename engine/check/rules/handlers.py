"""Rules about event sub-processes: what makes one begin, and what it must not have."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Element
from engine.check.registry import Spot, at, error
from engine.check.subject import Subject


@error(
    "event-sub-process",
    "An event sub-process with flows, a loop or events at its edge, or without exactly one start event with a trigger.",
)
def event_sub_process(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if not element.by_event:
            continue
        process = subject.process_of(element)
        if element.incoming or element.outgoing:
            yield at(element, "No flow leads into or out of an event sub-process; its start event makes it begin.")
        if element.loop is not None:
            yield at(element, "An event sub-process has no loop; put an activity with the loop into it.")
        if process.boundary_events(element.id):
            yield at(element, "An event sub-process has no boundary events; put an embedded sub-process into it.")
        starts = [inner for inner in process.children(element.id) if inner.kind == "startEvent"]
        if len(starts) != 1:
            yield at(element, f"An event sub-process has one start event, not {len(starts)}.")
        for start in starts:
            if _has_no_trigger(start):
                yield at(start, "The start event of an event sub-process says what makes it begin; give it a trigger.")


def _has_no_trigger(start: Element) -> bool:
    return start.event is None or start.event.kind == "none"
