"""Who could do a step: every rule is asked of each holder of its role, and those are left against whom none stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from engine.service import actors, replacing
from engine.service.actors import Actor
from engine.service.policies import Judged, judged, read_past, refusal, signing
from models.people import Person
from models.queries import staff
from models.queries.moving import signers
from models.queries.tasks import unit_paths
from models.tasks import CANCELLED, STEP, Task
from operations.registers.asking import DUTY
from web.context import house, reading
from web.viewing import Look

_ASKED = 100


def judged_task(task: Task) -> Judged:
    """The task as the rules see it."""
    definition = house().definitions.get(reading(), task.instance.definition_id)
    return judged(task, definition, unit_paths(reading(), [task.unit_id])[task.unit_id], task.instance.parties)


def who_could(task: Task, *, besides: str | None = None, most: int = 50) -> list[Person]:
    """People who could do the open task if it were given to them, but for `besides`; at most `most`."""
    return [one.person for one in replacements(task, besides=besides)[:most]]


def replacements(task: Task, *, besides: str | None = None) -> list[replacing.Able]:
    """The same, with how busy each is; the least busy first."""
    definition = house().definitions.get(reading(), task.instance.definition_id)
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    look = Look(reading(), house(), house().clock.now())
    return replacing.who_could(look, definition, judged_task(task), past, besides)


def who_could_sign(task: Task, *, besides: str) -> list[Person]:
    """People near the case's unit who may be asked to sign with the open task: by its rules, whatever their roles."""
    seen = judged_task(task)
    rows = [row for row in signers(reading(), task.instance_id) if row.of_task == task.id and row.state != CANCELLED]
    busy = {task.assignee, task.owner, *(name for row in rows for name in (row.assignee, row.completed_by))}
    definition = house().definitions.get(reading(), task.instance.definition_id)
    past = read_past(reading(), [task.instance_id])[task.instance_id]
    step = replace(seen, element=signing(seen.element), roles=frozenset(), owner=None)
    near = list(islice(staff.colleagues(reading(), besides, seen.unit_path), _ASKED))
    look = replacing.read_once(Look(reading(), house(), house().clock.now()), [person.name for person in near])
    return [
        person
        for person in near
        if person.name not in busy
        and refusal(look, definition, replace(step, assignee=person.name), actors.of(person), past, "cosign") is None
    ]


def may_look_up(open_tasks: Iterable[Task], who: Actor) -> bool:
    """Whether one of these steps has the duty to look customers up in registers, and `who` could do it."""
    look = Look(reading(), house(), house().clock.now())
    for task in open_tasks:
        definition = house().definitions.get(reading(), task.definition_id)
        is_for_it = task.kind == STEP and DUTY in definition.element(task.process, task.element).human.duties
        if is_for_it and refusal(look, definition, judged_task(task), who) is None:
            return True
    return False
