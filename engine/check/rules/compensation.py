"""Rules about compensation and transactions: who undoes an activity, and what a throwing event can undo."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import ACTIVITIES, Element, Process
from engine.bpmn.xml import BPMN, tag
from engine.check.registry import Spot, at, error
from engine.check.subject import Subject
from engine.runtime.build import undone_by


@error(
    "compensation-handler",
    "A compensation event without an activity that undoes, or such an activity with flows, events, or no event for it.",
)
def compensation_handler(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        used = set()
        for element in process.elements.values():
            if element.kind == "boundaryEvent" and _is_compensation(element):
                yield from _of_event(process, element)
                used.add(element.event.undone_by if element.event else None)
        for element in process.elements.values():
            if element.for_compensation:
                yield from _of_handler(process, element, used)


def _of_event(process: Process, element: Element) -> Iterator[Spot]:
    handler = process.elements.get((element.event.undone_by if element.event else None) or "")
    if handler is None:
        yield at(element, "Nothing undoes the activity: draw an association from the event to the activity that does.")
    elif handler.kind not in ACTIVITIES or not handler.for_compensation or handler.scope != element.scope:
        yield at(
            element,
            f"{handler.id!r} cannot undo the activity: it has to be an activity beside it, marked "
            'isForCompensation="true".',
        )
    if element.outgoing:
        yield at(element, "No flow leads out of a compensation event; an association does.")


def _of_handler(process: Process, element: Element, used: set[str | None]) -> Iterator[Spot]:
    if element.incoming or element.outgoing:
        yield at(
            element, "No flow leads into or out of an activity for compensation; put more steps into a sub-process."
        )
    if process.boundary_events(element.id):
        yield at(element, "An activity for compensation has no boundary events; put them into a sub-process.")
    if element.id not in used:
        yield at(element, "No compensation event leads here; draw an association from the boundary event.")


@error("compensation-throw", "A throwing compensation event that does not wait, or names what cannot be undone there.")
def compensation_throw(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if not _is_compensation(element) or element.kind not in ("endEvent", "intermediateThrowEvent"):
            continue
        assert element.event is not None
        if not element.event.waits:
            yield at(element, 'The event always waits until all is undone; remove waitForCompletion="false".')
        if element.event.ref is not None:
            process = subject.process_of(element)
            activity = process.elements.get(element.event.ref)
            if activity is None or activity.scope not in _scopes_undone(process, element):
                yield at(element, f"{element.event.ref!r} is no activity of the scope whose work the event undoes.")
            elif undone_by(process, activity) is None:
                yield at(element, f"Nothing undoes {activity.id!r}: attach a compensation event to it.")


def _scopes_undone(process: Process, element: Element) -> list[str | None]:
    scopes = [element.scope]
    while (inner := scopes[-1]) is not None and process.elements[inner].by_event:
        scopes.append(process.elements[inner].scope)
    return scopes


@error("compensation-start", "A compensation event sub-process outside of an embedded sub-process, or a second one.")
def compensation_start(subject: Subject) -> Iterator[Spot]:
    seen: set[tuple[str, str | None]] = set()
    for element in subject.elements:
        if not _is_compensation(element) or not element.begins_handler:
            continue
        process = subject.process_of(element)
        around = (
            process.elements[process.elements[element.scope or ""].scope or ""] if _inside(process, element) else None
        )
        if around is None or around.kind not in ("subProcess", "transaction") or around.by_event:
            yield at(element, "Only a completed embedded sub-process can be undone; put the handler into one.")
        place = (element.process_id, around.id if around else None)
        if place in seen:
            yield at(element, "The sub-process has another handler for compensation already; keep one.")
        seen.add(place)


@error(
    "transaction", "A cancel event outside of a transaction, a transaction that can be cancelled and catches it not."
)
def transaction(subject: Subject) -> Iterator[Spot]:
    for element in subject.elements:
        if element.event is None or element.event.kind != "cancel":
            continue
        process = subject.process_of(element)
        place = element.scope if element.kind == "endEvent" else element.event.attached_to
        around = process.elements.get(place or "")
        if around is None or around.kind != "transaction":
            yield at(element, "Only a transaction is cancelled; draw the event in it, or at its edge.")
        elif element.kind == "endEvent" and not any(map(_catches_cancel, process.boundary_events(around.id))):
            yield at(element, f"Nothing catches it: attach a cancel event to the transaction {around.id!r}.")
        if element.kind == "boundaryEvent" and not element.event.interrupting:
            yield at(element, 'The transaction has ended when this happens; remove cancelActivity="false".')
    for file, node in subject.nodes:
        if node.tag == tag(BPMN, "transaction") and node.get("method") not in (None, "", "##Compensate"):
            yield Spot(file, node.get("id"), node.sourceline, "A transaction undoes by compensation; remove method.")


def _catches_cancel(event: Element) -> bool:
    return event.event is not None and event.event.kind == "cancel"


def _inside(process: Process, element: Element) -> bool:
    return process.elements[element.scope or ""].scope is not None


def _is_compensation(element: Element) -> bool:
    return element.event is not None and element.event.kind == "compensate"
