"""Whoever must stand back keeps no step: it goes back to its candidates; that nobody is left is told (GOV-1)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import cosigning, notices, replacing
from engine.service.events import append
from engine.service.handling import fresh
from engine.service.house import Step
from engine.service.opened import lock
from engine.service.policies import conflicts_of, facts_of_relation, judged, read_past
from models.people import Unit
from models.tasks import COSIGN, OPEN, STEP, Task

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase

FOUND, NOBODY_LEFT = "recusal.found", "recusal.nobody_left"
"""Kinds of notices."""
Record = Callable[..., None]


def look_at(case: OpenedCase, asked: Iterable[uuid.UUID], parties: Mapping[str, Iterable[str]]) -> None:
    """Looks at open steps of a case that ask for recusal: nobody who must stand back keeps one of them."""
    found = standing_back(case.step, case.id, parties)
    if found:
        for token in asked:
            settle(case.step, case.row, case.definition, fresh(case.step, token), found, case.record, parties)


def standing_back(step: Step, instance_id: uuid.UUID, parties: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Everybody who must stand back from a case, with why: found from relations, or declared."""
    found = step.house.relations.staff_of(step.session, parties)
    declared = conflicts_of(step.session, instance_id)
    return {
        **{name: {"person": name} for name in sorted(declared)},
        **{name: facts_of_relation(name, related) for name, related in found.items()},
    }


def relation_recorded(step: Step, person: str) -> int:
    """A relation of somebody was recorded: the open steps that they have, that others do for them, or that they are
    asked to sign, and that may no longer be theirs go back; how many.
    """
    signs = sa.select(Task.of_task).where(Task.kind == COSIGN, Task.state == OPEN, Task.assignee == person)
    theirs = sa.or_(Task.assignee == person, Task.owner == person, Task.id.in_(signs))
    held = step.session.execute(
        sa.select(Task.id, Task.instance_id).where(Task.state == OPEN, Task.kind == STEP, theirs)
    ).all()
    gone = 0
    for task_id, instance_id in sorted(held, key=lambda row: row.instance_id):
        row = lock(step, instance_id)
        task = fresh(step, task_id)
        definition = step.house.definitions.get(step.session, row.definition_id)
        if task.state != OPEN or not definition.element(task.process, task.element).human.recuse:
            continue
        related = step.house.relations.related(step.session, person, row.parties)
        if related is not None:
            found = standing_back(step, instance_id, row.parties)
            settle(step, row, definition, task, found, _recorder(step, instance_id), row.parties)
            gone += 1
    return gone


def declared(step: Step, row: Any, tasks: Iterable[uuid.UUID]) -> None:
    """Looks at the steps of somebody who declared a conflict: they go back, and somebody must be left to do them."""
    definition = step.house.definitions.get(step.session, row.definition_id)
    found = standing_back(step, row.id, row.parties)
    for task_id in tasks:
        settle(step, row, definition, fresh(step, task_id), found, _recorder(step, row.id), row.parties)


def _recorder(step: Step, instance_id: uuid.UUID) -> Record:
    return lambda kind, **particulars: append(step, lock(step, instance_id), kind, **particulars)


def settle(
    step: Step,
    row: Any,
    definition: Any,
    task: Any,
    found: Mapping[str, Any],
    record: Record,
    parties: Mapping[str, Iterable[str]],
) -> None:
    """Takes the step from a holder who must stand back, asks no such person to sign with it, tells them and whoever
    has to see to it, and those who look after it when nobody is left.
    """
    element = definition.element(task.process, task.element)
    if task.pending is not None and found.keys() & {task.assignee, task.owner}:
        cosigning.give_up(step, task.id, task.pending)
    roles = replacing.overseers(element, definition) or ["admin"]
    if task.assignee in found or task.owner in found:
        who = task.assignee if task.assignee in found else task.owner
        record(FOUND, element=task.element, task_id=task.id, to=who, why=found[who])
        if task.role and element.human.moves.transfer:
            back = {"assignee": None, "owner": None, "claimed_at": None, "lock_version": Task.lock_version + 1}
            step.session.execute(sa.update(Task).where(Task.id == task.id).values(**back))
            notices.tell(step, row.id, row.unit_id, task.id, notices.RECUSED, task.name, person=who)
            task = fresh(step, task.id)
        else:
            notices.tell(step, row.id, row.unit_id, task.id, notices.RECUSED, task.name, person=who)
            for role in roles:
                notices.tell(step, row.id, row.unit_id, task.id, notices.RECUSED, task.name, role=role)
    for signer, asker in cosigning.stand_back(step, task.id, found):
        record(FOUND, element=task.element, task_id=task.id, to=signer, why=found[signer])
        notices.tell(step, row.id, row.unit_id, task.id, notices.RECUSED, task.name, person=signer)
        said = f"{signer}: {task.name}"
        notices.tell(step, row.id, row.unit_id, task.id, notices.SIGNER_RECUSED, said, person=asker)
    if task.assignee is not None or not task.role:
        return
    unit_path = step.session.scalar(sa.select(Unit.path).where(Unit.id == task.unit_id)) or ""
    seen = judged(task, definition, unit_path, parties)
    if not replacing.who_could(step, definition, seen, read_past(step.session, [row.id])[row.id]):
        record(NOBODY_LEFT, element=task.element, task_id=task.id, roles=roles)
        for role in roles:
            notices.tell(step, row.id, row.unit_id, task.id, notices.NOBODY_LEFT, task.name, role=role)
