"""Who could do a step: every rule is asked of each holder of its role, and those are left against whom none stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from engine.service.actors import Actor
from engine.service.policies import Judged, judged, read_past, refusal, signing
from models.people import Person
from models.queries import staff
from models.queries.moving import signers
from models.queries.tasks import unit_paths
from models.tasks import CANCELLED, Task
from web.context import house, reading
from web.viewing import Look

_ASKED = 100


def judged_task(task: Task) -> Judged:
    """The task as the rules see it."""
    definition = house().definitions.get(reading(), task.instance.definition_id)
    return judged(task, definition, unit_paths(reading(), [task.unit_id])[task.unit_id], task.instance.parties)


def who_could(task: Task, *, besides: str | None = None, most: int = 50) -> list[Person]:
    """People who could do the open task if it were given to them, but for `besides`; at most `most`."""
    return list(islice(_who(task, besides), most))


def who_could_sign(task: Task, *, besides: str) -> list[Person]:
    """People near the case's unit who may be asked to sign with the open task: by its rules, whatever their roles.

    Whether somebody is related to a party is asked of the one who is chosen: here it would be a query for each.
    """
    seen = judged_task(task)
    rows = [row for row in signers(reading(), task.instance_id) if row.of_task == task.id and row.state != CANCELLED]
    busy = {task.assignee, task.owner, *(name for row in rows for name in (row.assignee, row.completed_by))}
    definition = house().definitions.get(reading(), task.instance.definition_id)
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    look = Look(reading(), house(), house().clock.now())
    element = signing(seen.element)
    if element.human.recuse:
        busy |= past.conflicts
    known = replace(element, human=replace(element.human, recuse=False))
    step = replace(seen, element=known, roles=frozenset(), owner=None)
    near = staff.colleagues(reading(), besides, seen.unit_path)
    return [
        person
        for person in islice(near, _ASKED)
        if person.name not in busy
        and refusal(look, definition, replace(step, assignee=person.name), actor_of(person), past, "cosign") is None  # type: ignore[arg-type]
    ]


def actor_of(person: Person) -> Actor:
    """Somebody as the rules see them."""
    return Actor(person.name, person.unit_id, person.unit.path, frozenset(held.role for held in person.roles))


def _who(task: Task, besides: str | None) -> Iterator[Person]:
    seen = judged_task(task)
    if not seen.roles:
        return
    definition = house().definitions.get(reading(), task.instance.definition_id)
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    look = Look(reading(), house(), house().clock.now())
    offered = replace(seen, assignee=None)
    for person in islice(staff.holders_of(reading(), seen.roles, seen.unit_path), _ASKED):
        who = actor_of(person)
        if person.name != besides and refusal(look, definition, offered, who, past) is None:  # type: ignore[arg-type]
            yield person
