"""Who else can do a step, and giving it to them: when whoever has it must stand back, or is the only one to get it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element
from engine.errors import Conflict, Reason
from engine.service import actors, cosigning, notices
from engine.service.actors import Actor
from engine.service.deputies import ask_principals, share_principals
from engine.service.handling import hand_over, locked, receiver_of, refused_at, require_allowed
from engine.service.house import Step
from engine.service.policies import Judged, Past, judged, refusal, require_no_relation
from engine.service.variables import MAX_REASON, require_text
from models.people import Person
from models.queries import staff
from models.tasks import OPEN, STEP

_ASKED = 100


@dataclass(frozen=True)
class Able:
    """Somebody against whom no rule stands, with how many open tasks they have."""

    person: Person
    load: int


def who_could(step: Any, definition: Any, seen: Judged, past: Past, besides: str | None = None) -> list[Able]:
    """The holders of the step's roles against whom no rule stands, the least busy first.

    `step` needs no transaction of its own: looking locks nothing.
    """
    if not seen.roles:
        return []
    holders = staff.holders_of(step.session, seen.roles, seen.unit_path)[:_ASKED]
    look = read_once(step, [person.name for person in holders])
    offered = replace(seen, assignee=None, owner=None)
    able = [
        person
        for person in holders
        if person.name != besides and refusal(look, definition, offered, actors.of(person), past, "assign") is None
    ]
    loads = staff.open_tasks_of(step.session, [person.name for person in able])
    return sorted((Able(one, loads[one.name]) for one in able), key=lambda one: (one.load, one.person.name))


def read_once(step: Any, people: Sequence[str]) -> Any:
    """The same step, in a house that has read the relations of these people, and whose deputies they are, once."""
    ask_principals(step, people)
    read = replace(step, house=replace(step.house, relations=step.house.relations.of(step.session, people)))
    return share_principals(step, read)


def overseers(element: Element, definition: Any) -> list[str]:
    """The roles that look after a step that is late, or that nobody may do: those of its escalations."""
    named = [target for one in element.human.escalations for target in (one.notify, one.reassign) if target]
    roles = definition.package.manifest.roles
    return list(dict.fromkeys(target for target in named if target in roles))


def may_assign(definition: Any, seen: Judged, actor: Actor) -> bool:
    """Whether the actor may give an open step to somebody: who looks after it when it is late, or an administrator."""
    if not seen.roles or seen.state != OPEN or not seen.element.human.moves.transfer:
        return False
    watching = actor.roles.intersection(overseers(seen.element, definition)) and actor.is_above(seen.unit_path)
    return bool(watching) or "admin" in actor.roles


def assign(step: Step, task_id: uuid.UUID, actor: Actor, to: str, reason: Any) -> sa.Row[Any]:
    """Give an open step to somebody against whom no rule stands; whoever had it has it no more (GOV-1).

    Nobody is given two steps that must be done by different people: A's report and B's (INV-1).

    Raises `Refused` for an actor who does not look after the step or must stand back from the case, `Invalid`, and
    `Conflict` for a step that is for one person alone.
    """
    text = require_text(reason, "reason", MAX_REASON)
    task, unit_path, row, definition = locked(step, task_id)
    seen = judged(task, definition, unit_path, row.parties)
    if task.state != OPEN:
        raise refused_at(task, actor, "not_open", f"{task.name} is no longer open.", "assign")
    if task.kind != STEP or not task.role:
        raise Conflict(Reason("for_one_alone", f"{task.name} is for {task.assignee} alone."))
    require_allowed(seen.element.human.moves.transfer, task, actor, "assign")
    if not may_assign(definition, seen, actor):
        watching = ", ".join([*overseers(seen.element, definition), "admin"])
        raise refused_at(task, actor, "not_a_candidate", f"{task.name} is assigned by {watching}.", "assign")
    if seen.element.human.recuse:
        require_no_relation(step, row.id, row.parties, actor, "assign", task_id=task.id, element=task.element)
    cosigning.require_unsigned(task)
    receiver = receiver_of(step, definition, replace(seen, owner=None), actor, to, "assign")
    done = hand_over(
        step,
        row,
        task,
        actor,
        "task.assigned",
        receiver.name,
        text,
        assignee=receiver.name,
        owner=None,
        claimed_at=step.now,
    )
    notices.tell(step, row.id, row.unit_id, task.id, notices.ASSIGNED, task.name, person=receiver.name)
    return done
