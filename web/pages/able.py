"""Who could do a step: every rule is asked of each holder of its role, and those are left against whom none stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from engine.service.actors import Actor
from engine.service.policies import Judged, judged, read_past, refusal
from models.people import Person
from models.queries import staff
from models.queries.tasks import unit_paths
from models.tasks import Task
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


def _who(task: Task, besides: str | None) -> Iterator[Person]:
    seen = judged_task(task)
    if not seen.roles:
        return
    definition = house().definitions.get(reading(), task.instance.definition_id)
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    look = Look(reading(), house(), house().clock.now())
    offered = replace(seen, assignee=None)
    for person in islice(staff.holders_of(reading(), seen.roles, seen.unit_path), _ASKED):
        who = Actor(person.name, person.unit_id, person.unit.path, frozenset(held.role for held in person.roles))
        if person.name != besides and refusal(look, definition, offered, who, past) is None:  # type: ignore[arg-type]
            yield person
