"""What happens to a task that is late: somebody is told, or somebody else gets it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import notices
from engine.service.handling import read
from engine.service.policies import judged, read_past
from models.people import Person
from models.tasks import OPEN, Candidate, Notice, Task

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase

# What an event says was reached when the assignee was to be told and nobody had claimed the task.
NOBODY = "nobody"


def escalate(case: OpenedCase, timer: Any) -> None:
    """Carry out one escalation of an open task: `notify` or `reassign`, to a role, a person or the assignee."""
    session = case.step.session
    task = session.execute(
        sa.select(
            Task.id,
            Task.process,
            Task.element,
            Task.name,
            Task.state,
            Task.assignee,
            Task.role,
            Task.escalated,
            Task.pending,
        ).where(Task.id == timer.token)
    ).one_or_none()
    if task is None or task.state != OPEN:
        return
    action = timer.action
    if action.get("reassign"):
        _reassign(case, task, action["reassign"])
    elif action.get("notify"):
        _notify(case, task, action["notify"], timer.due_at)


def _notify(case: OpenedCase, task: Any, target: str, since: dt.datetime) -> None:
    reached = task.assignee if target == "assignee" else target
    if reached is None:
        case.record("task.escalated", element=task.element, task_id=task.id, notify=target, reached=NOBODY)
        return
    is_person = target == "assignee" or _is_person(case, target)
    if not _was_told(case, task, reached, is_person, since):
        _tell(case, task, reached, is_person, notices.OVERDUE)
    _mark(case, task, reached)
    case.record("task.escalated", element=task.element, task_id=task.id, notify=target, reached=reached)


def _was_told(case: OpenedCase, task: Any, reached: str, is_person: bool, since: dt.datetime) -> bool:
    """Whether they know since then that the step is late, from another's part in it: of a vote of nine they are told
    once.
    """
    told_to = Notice.person if is_person else Notice.role
    other = (
        sa.select(Notice.id)
        .join(Task, Task.id == Notice.task_id)
        .where(
            Notice.instance_id == case.id,
            Notice.kind == notices.OVERDUE,
            Notice.created_at >= since,
            told_to == reached,
            Task.id != task.id,
            Task.process == task.process,
            Task.element == task.element,
        )
    )
    return case.session.execute(other.limit(1)).first() is not None


def _reassign(case: OpenedCase, task: Any, target: str) -> None:
    """Role and assignee are replaced; nobody of the former role may complete it any more."""
    from engine.service import cosigning  # which sweeps in turn

    session = case.step.session
    is_person = _is_person(case, target)
    if is_person and _must_stand_back(case, task, target):
        return
    if task.pending is not None:
        cosigning.give_up(case.step, task.id, task.pending)
    session.execute(sa.delete(Candidate).where(Candidate.task_id == task.id))
    if not is_person:
        session.execute(sa.insert(Candidate).values(task_id=task.id, role=target, unit_id=case.unit_id))
    session.execute(
        sa.update(Task)
        .where(Task.id == task.id)
        .values(
            role=None if is_person else target,
            assignee=target if is_person else None,
            owner=None,
            claimed_at=None,
            lock_version=Task.lock_version + 1,
        )
    )
    if is_person:
        case.participant(target)
    _tell(case, task, target, is_person, notices.REASSIGNED)
    _mark(case, task, target)
    case.record(
        "task.escalated",
        element=task.element,
        task_id=task.id,
        reassign=target,
        from_role=task.role,
        from_assignee=task.assignee,
    )
    if not is_person:
        _require_somebody(case, task)


def _require_somebody(case: OpenedCase, task: Any) -> None:
    """Told when of the role that has got the step nobody may do it: they investigated, say, or are related."""
    from engine.service import recusing, replacing

    row, unit_path = read(case.step, task.id)
    seen = judged(row, case.definition, unit_path, case.row.parties)
    if replacing.who_could(case.step, case.definition, seen, read_past(case.session, [case.id])[case.id]):
        return
    roles = list(dict.fromkeys([*replacing.overseers(seen.element, case.definition), "admin"]))
    case.record(recusing.NOBODY_LEFT, element=task.element, task_id=task.id, roles=roles)
    for role in roles:
        _tell(case, task, role, False, notices.NOBODY_LEFT)


def _must_stand_back(case: OpenedCase, task: Any, person: str) -> bool:
    """Whether the step asks for recusal and the person is related or has declared a conflict: told, and it stays."""
    from engine.service import recusing

    if not case.definition.element(task.process, task.element).human.recuse:
        return False
    found = recusing.standing_back(case.step, case.id, case.row.parties)
    if person not in found:
        return False
    case.record(recusing.FOUND, element=task.element, task_id=task.id, to=person, why=found[person])
    _tell(case, task, "admin", False, notices.RECUSED)
    return True


def _is_person(case: OpenedCase, target: str) -> bool:
    """A role of the package is meant before a person of the same name."""
    if target in case.definition.package.manifest.roles:
        return False
    return case.step.session.scalar(sa.select(Person.id).where(Person.name == target)) is not None


def _tell(case: OpenedCase, task: Any, reached: str, is_person: bool, kind: str) -> None:
    to = {"person" if is_person else "role": reached}
    notices.tell(case.step, case.id, case.unit_id, task.id, kind, task.name, **to)


def _mark(case: OpenedCase, task: Any, reached: str) -> None:
    if reached not in task.escalated:
        case.step.session.execute(
            sa.update(Task).where(Task.id == task.id).values(escalated=[*task.escalated, reached])
        )
