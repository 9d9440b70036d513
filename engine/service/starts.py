"""Cases that begin by themselves: by a message, by a signal, or at a time.

The start events of the latest version of each process are rows; a new version replaces them. A timer's row is locked,
the case begins and the row goes on to its next time in one transaction: nothing starts twice, a killed worker loses
nothing. Where no person has caused it, nobody is the starter; `docs/bpmn.md` says to which unit the case belongs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.bpmn.model import Element, Message, Process
from engine.errors import Conflict, Invalid
from engine.runtime import timing
from engine.runtime.environment import Environment
from engine.service import cases, kept
from engine.service.jobs import queue
from models.cases import Instance
from models.definitions import Definition, StartEvent
from models.people import Person, Unit
from models.tasks import KeptMessage

if TYPE_CHECKING:
    from engine.service.house import House, Step

_log = logging.getLogger(__name__)

CAUGHT_UP = 100
"""Missed times of a repeating start timer for which cases begin; those before them are passed over."""

_KEPT_LOOKED_AT = 1_000


def listen(step: Step, definition: Definition, process: Process, parameters: Mapping[str, Any]) -> None:
    """The start events of a new version listen from now on, and those of the version before no longer."""
    step.session.execute(sa.delete(StartEvent).where(StartEvent.key == definition.key))
    world = Environment(step.now, step.house.calendar, parameters)
    for element in process.starts():
        row = _row(world, element)
        if row is not None:
            step.session.add(StartEvent(definition_id=definition.id, key=definition.key, element=element.id, **row))
            if row["kind"] == "message":
                _offer_kept(step, row["name"])
    step.session.flush()


def _row(world: Environment, element: Element) -> dict[str, Any] | None:
    event = element.event
    if event is None or event.kind not in ("message", "signal", "timer"):
        return None
    if event.timer is None:
        return {"kind": event.kind, "name": event.message.name if event.message is not None else event.name}
    counted_in = "working" if element.calendar == "working" else "natural"
    try:
        due_at, cycle = timing.arm(event.timer, world, {}, counted_in, None)  # type: ignore[arg-type]
    except ValueError as error:
        raise Invalid(f"the start event {element.id} cannot be given a time: {error}") from None
    if cycle is not None:
        cycle = timing.skip(cycle, timing.ticks_due(cycle, world))
        return None if cycle is None else {"kind": "timer", "due_at": timing.due(cycle, world), "cycle": cycle}
    return None if due_at <= world.now else {"kind": "timer", "due_at": due_at}


def _offer_kept(step: Step, name: str) -> None:
    """Messages that came before anybody listened to them."""
    kept.in_turn(step.session)
    query = sa.select(KeptMessage.id).where(KeptMessage.state == "kept", KeptMessage.name == name)
    for message_id in step.session.scalars(query.order_by(KeptMessage.id).limit(_KEPT_LOOKED_AT)).all():
        queue(step, "message", {"kept": message_id})


def listens(step: Step, name: str) -> bool:
    """Whether a message of this name could start a case."""
    return bool(_listening(step, name))


def by_message(
    step: Step,
    name: str,
    keys: Mapping[str, Any],
    variables: dict[str, Any],
    sender: str | None,
    unit_id: int | None = None,
) -> Instance | None:
    """The case that a message starts, or None when no process listens to it with these keys.

    The case belongs to `unit_id`, else to the sender's unit, else to the house. Raises `Conflict` when several
    processes listen.
    """
    found = [row for row in _listening(step, name) if all(key in keys for key, _ in _message(step, row).correlation)]
    if len(found) > 1:
        raise Conflict(f"{len(found)} processes are started by {name}; only one may be")
    if not found:
        return None
    allowed = _message(step, found[0]).payload
    given = {key: value for key, value in variables.items() if allowed is None or key in allowed}
    unit = unit_id if unit_id is not None else _unit_of(step, sender)
    return _begin(step, found[0], given, unit, sender, {"message": name})


def by_signal(step: Step, key: str, element: str, name: str, unit_id: int) -> None:
    """A signal was thrown by a case of `unit_id`: begin a case, if the process still listens to it."""
    query = sa.select(StartEvent).where(StartEvent.key == key, StartEvent.element == element, StartEvent.name == name)
    row = step.session.scalar(query)
    if row is not None:
        _begin(step, row, {}, unit_id, None, {"signal": name})


def due(house: House, limit: int = 100) -> int:
    """Begin up to `limit` cases whose time has come, each in its own transaction; returns how many."""
    begun, broken = 0, set[int]()
    while begun < limit and _one(house, broken):
        begun += 1
    return begun - len(broken)


def _one(house: House, broken: set[int]) -> bool:
    row_id = None
    try:
        with house.step() as step:
            row = step.session.scalar(
                sa.select(StartEvent)
                .where(StartEvent.due_at <= step.now, StartEvent.id.not_in(broken))
                .order_by(StartEvent.due_at, StartEvent.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return False
            row_id = row.id
            _tick(step, row)
    except Exception:
        if row_id is None:
            raise
        broken.add(row_id)
        _log.exception("The start event %s could not begin a case; it stays due.", row_id)
    return True


def _tick(step: Step, row: StartEvent) -> None:
    """Begin one case, and set the next time. What was missed is made up for, one case for each time, in order."""
    parameters = step.house.definitions.get(step.session, row.definition_id).parameters
    world = Environment(step.now, step.house.calendar, parameters)
    cycle, due_at = row.cycle, row.due_at
    if cycle is not None:
        too_late = timing.ticks_due(cycle, world) - CAUGHT_UP
        if too_late > 0:
            _log.warning("%s of %s has missed %s times that nothing makes up for.", row.element, row.key, too_late)
            cycle = {**cycle, **(timing.skip(cycle, too_late) or {})}
            due_at = timing.due(cycle, world)
    _begin(step, row, {}, _root(step), None, {"due_at": due_at.isoformat() if due_at else None})
    following = timing.following(cycle)
    if following is None:
        step.session.delete(row)
    else:
        row.cycle, row.due_at = following, timing.due(following, world)


def _begin(
    step: Step, row: StartEvent, variables: dict[str, Any], unit_id: int, starter: str | None, because: dict[str, Any]
) -> Instance:
    definition = step.house.definitions.get(step.session, row.definition_id)
    return cases.begin(step, definition, variables, unit_id, starter, at=row.element, because=because)


def _listening(step: Step, name: str) -> list[StartEvent]:
    query = sa.select(StartEvent).where(StartEvent.kind == "message", StartEvent.name == name)
    return list(step.session.scalars(query.order_by(StartEvent.id)))


def _message(step: Step, row: StartEvent) -> Message:
    event = step.house.definitions.get(step.session, row.definition_id).element(row.key, row.element).event
    assert event is not None
    assert event.message is not None
    return event.message


def _unit_of(step: Step, person: str | None) -> int:
    unit = None if person is None else step.session.scalar(sa.select(Person.unit_id).where(Person.name == person))
    return unit if unit is not None else _root(step)


def _root(step: Step) -> int:
    """The unit that stands above all others."""
    root = step.session.scalar(sa.select(Unit.id).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    if root is None:
        raise Conflict("there is no unit that a case could belong to; `loanflow init` makes the first")
    return root
