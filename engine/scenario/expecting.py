"""What a scenario expects, compared with what is: by value, with both in the message."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.runtime.environment import Environment
from engine.runtime.state import load
from engine.service.house import House
from engine.values import dumps, loads, to_json
from models.cases import CaseEvent, Incident, Instance
from models.tasks import OPEN, Task


class Failed(Exception):
    """Something does not hold."""


def check_expectation(
    house: House, session: Session, instance_id: uuid.UUID, expected: Mapping[str, Any], now: dt.datetime
) -> None:
    """Raises `Failed` for the first thing that does not hold."""
    instance = session.get_one(Instance, instance_id)
    rows = list(session.scalars(sa.select(Task).where(Task.instance_id == instance_id).order_by(Task.created_at)))
    for element, facts in expected.get("tasks", {}).items():
        _check_tasks(element, facts, [row for row in rows if row.element == element and row.state == OPEN], now)
    open_elements = {row.element for row in rows if row.state == OPEN}
    for element in expected.get("no_tasks", ()):
        _hold(element not in open_elements, f"no task {element}", "it is open")
    for element, reached in expected.get("escalated", {}).items():
        found = {target for row in rows if row.element == element for target in row.escalated}
        wanted = {reached} if isinstance(reached, str) else set(reached or ())
        _hold(found == wanted, f"{element} escalated to {sorted(wanted)}", str(sorted(found)))
    _check_variables(house, session, instance, expected.get("variables", {}))
    visited = visited_elements(session, instance_id)
    for element in expected.get("visited", ()):
        _hold(element in visited, f"{element} visited", f"visited were {sorted(visited)}")
    for element in expected.get("not_visited", ()):
        _hold(element not in visited, f"{element} not visited", "it was")
    if expected.get("incident") is not None:
        found_at = set(
            session.scalars(
                sa.select(Incident.element).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
            )
        )
        _hold(
            expected["incident"] in found_at, f"an incident at {expected['incident']}", f"{sorted(found_at) or 'none'}"
        )
    if "state" in expected:
        _hold(instance.state == expected["state"], f"state {expected['state']}", _state(session, instance))
    if "outcome" in expected:
        _check_outcome(house, session, instance, expected["outcome"])


def elements_in(expected: Mapping[str, Any]) -> list[str]:
    """The elements that are expected to be there; that others are not met holds of those that do not exist too."""
    named = [name for key in ("tasks", "escalated", "visited") for name in expected[key]]
    return named if expected.get("incident") is None else [*named, expected["incident"]]


def is_item(wanted: Any, item: str | None) -> bool:
    """Whether a task's item, as it stands with the task, is this value; one that is no text stands as JSON."""
    if item is None or wanted == item:
        return item is not None
    try:
        return equal(wanted, loads(item))
    except ValueError:
        return False


def visited_elements(session: Session, instance_id: uuid.UUID) -> set[str]:
    """Every element that the case has reached: passed or entered in an event, a task, or in an incident."""
    visited = set(session.scalars(sa.select(Task.element).where(Task.instance_id == instance_id)))
    visited |= set(session.scalars(sa.select(Incident.element).where(Incident.instance_id == instance_id)))
    for text in session.scalars(sa.select(CaseEvent.data).where(CaseEvent.instance_id == instance_id)):
        data = loads(text)
        visited.update(data.get("passed", ()), data.get("entered", ()))
    return visited


def equal(expected: Any, found: Any) -> bool:
    """Equal by value: numbers as decimals, instants as instants whatever their zone."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, Decimal)) and isinstance(found, (int, Decimal)):
        return Decimal(expected) == Decimal(found)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(equal, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(equal(expected[key], found[key]) for key in expected)
    if isinstance(expected, str) and isinstance(found, str) and expected != found:
        return _same_instant(expected, found)
    return bool(expected == found)


def _same_instant(one: str, other: str) -> bool:
    try:
        first, second = dt.datetime.fromisoformat(one), dt.datetime.fromisoformat(other)
    except ValueError:
        return False
    return first.tzinfo is not None and second.tzinfo is not None and first == second


def _hold(holds: bool, expected: str, found: str) -> None:
    if not holds:
        raise Failed(f"expected {expected}; found {found}")


def _check_tasks(element: str, facts: Mapping[str, Any], rows: list[Task], now: dt.datetime) -> None:
    if "count" in facts:
        _hold(Decimal(len(rows)) == facts["count"], f"{facts['count']} open tasks {element}", str(len(rows)))
        if not rows:
            return
    _hold(bool(rows), f"an open task {element}", "none")
    wanted = {key: value for key, value in facts.items() if key != "count"}
    if not any(all(_fits(row, key, value, now) for key, value in wanted.items()) for row in rows):
        shown = [
            {
                "role": row.role,
                "assignee": row.assignee,
                "due": None if row.due_at is None else row.due_at.isoformat(),
                "overdue": _overdue(row, now),
            }
            for row in rows
        ]
        raise Failed(f"expected {element} with {_plain(wanted)}; found {dumps(shown)}")


def _fits(row: Task, key: str, value: Any, now: dt.datetime) -> bool:
    if key == "due":
        return row.due_at == value
    if key == "overdue":
        return _overdue(row, now) is value
    if key == "role" and value is not None:
        roles = value.split(",") if isinstance(value, str) else value
        return {name.strip() for name in roles} == set((row.role or "").split(","))
    return bool(getattr(row, key) == value)


def _overdue(row: Task, now: dt.datetime) -> bool:
    return row.due_at is not None and now > row.due_at


def _check_variables(house: House, session: Session, instance: Instance, wanted: Mapping[str, Any]) -> None:
    if not wanted:
        return
    definition = house.definitions.get(session, instance.definition_id)
    world = Environment(house.clock.now(), house.calendar, definition.parameters)
    found = to_json(load(instance.state_data, definition.key, definition.specs, world).variables())
    for name, value in wanted.items():
        if name not in found and value is not None:
            raise Failed(f"expected {name} = {_plain(value)}; found no such variable")
        _hold(equal(value, found.get(name)), f"{name} = {_plain(value)}", _plain(found.get(name)))


def _check_outcome(house: House, session: Session, instance: Instance, wanted: Any) -> None:
    definition = house.definitions.get(session, instance.definition_id)
    end = definition.process.elements.get(instance.outcome or "")
    names = {instance.outcome, end.name if end is not None else None} - {None, ""}
    _hold(wanted in names, f"outcome {wanted}", str(instance.outcome or "none"))


def _state(session: Session, instance: Instance) -> str:
    messages = session.scalars(
        sa.select(Incident.message).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    ).all()
    return instance.state + (f" ({'; '.join(messages)})" if messages else "")


def _plain(value: Any) -> str:
    return dumps(value if not isinstance(value, dict) else {key: to_json(item) for key, item in value.items()})
