"""Who could do a step: every rule is asked of each holder of its role, and those are left against whom none stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from engine.errors import Refused
from engine.service import actors, replacing
from engine.service.actors import Actor
from engine.service.policies import Judged, Past, acting_for, judged, read_past, refusal, signing
from models.people import Person
from models.queries import staff
from models.queries.moving import signers
from models.queries.tasks import unit_paths
from models.tasks import CANCELLED, OPEN, STEP, Task
from operations.registers.asking import DUTY
from web.context import actor, house, once, reading
from web.viewing import look_at, with_relations_of

_ASKED = 100


def judged_task(task: Task) -> Judged:
    """The task as the rules see it."""

    def judge() -> Judged:
        path = unit_paths(reading(), [task.unit_id])[task.unit_id]
        return judged(task, _definition(task), path, task.instance.parties)

    return once((Judged, task.id), judge)


def refused(task: Task, action: str = "complete") -> Refused | None:
    """What stands against the reader doing this with the task now."""
    look = once(("related", actor().name), lambda: with_relations_of(reading(), actor()))
    past = _past(task) if task.state == OPEN else None
    return refusal(look, _definition(task), judged_task(task), actor(), past, action)  # type: ignore[arg-type]


def stood_in_for(task: Task, who: Actor) -> str | None:
    """In whose name somebody would do the task as a deputy; None in their own right."""
    return acting_for(look_at(reading()), _definition(task), judged_task(task), who)  # type: ignore[arg-type]


def _definition(task: Task) -> Any:
    return house().definitions.get(reading(), task.instance.definition_id)


def _past(task: Task) -> Past:
    return once((Past, task.instance_id), lambda: read_past(reading(), [task.instance_id])[task.instance_id])


def who_could(task: Task, *, besides: str | None = None, most: int = 50) -> list[Person]:
    """People who could do the open task if it were given to them, but for `besides`; at most `most`."""
    return [one.person for one in replacements(task, besides=besides)[:most]]


def replacements(task: Task, *, besides: str | None = None) -> list[replacing.Able]:
    """The same, with how busy each is; the least busy first."""
    look, definition, seen = look_at(reading()), _definition(task), judged_task(task)
    everybody = once((replacing.Able, task.id), lambda: replacing.who_could(look, definition, seen, _past(task)))
    return [one for one in everybody if one.person.name != besides]


def who_could_sign(task: Task, *, besides: str) -> list[Person]:
    """People near the case's unit who may be asked to sign with the open task: by its rules, whatever their roles."""
    seen = judged_task(task)
    rows = [row for row in signers(reading(), task.instance_id) if row.of_task == task.id and row.state != CANCELLED]
    busy = {task.assignee, task.owner, *(name for row in rows for name in (row.assignee, row.completed_by))}
    definition, past = _definition(task), _past(task)
    step = replace(seen, element=signing(seen.element), roles=frozenset(), owner=None)
    near = list(islice(staff.colleagues(reading(), besides, seen.unit_path), _ASKED))
    look = replacing.read_once(look_at(reading()), [person.name for person in near])
    return [
        person
        for person in near
        if person.name not in busy
        and refusal(look, definition, replace(step, assignee=person.name), actors.of(person), past, "cosign") is None
    ]


def may_look_up(open_tasks: Iterable[Task], who: Actor) -> bool:
    """Whether one of these steps has the duty to look customers up in registers, and `who` could do it."""
    look = look_at(reading())
    for task in open_tasks:
        definition = house().definitions.get(reading(), task.definition_id)
        is_for_it = task.kind == STEP and DUTY in definition.element(task.process, task.element).human.duties
        if is_for_it and refusal(look, definition, judged_task(task), who) is None:
            return True
    return False
