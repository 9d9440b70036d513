"""What moves have left behind beside the tasks: why a step came back, until when it is paused, what others signed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models.cases import CaseEvent
from models.tasks import COMPLETED, COSIGN, OPEN, STEP, Notice, Task, Timer

_MOST = 500


def return_reasons(session: Session, tasks: Iterable[Task]) -> dict[uuid.UUID, str]:
    """Why tasks have come back, of those that were returned to, by task."""
    page = list(tasks)
    query = sa.select(Notice.task_id, Notice.text).where(
        Notice.instance_id.in_({task.instance_id for task in page}),
        Notice.task_id.in_({task.id for task in page}),
        Notice.kind == "returned",
    )
    return {row.task_id: row.text for row in session.execute(query)}


def paused_until(session: Session, task_id: uuid.UUID) -> dt.datetime | None:
    """When the clock of a paused task goes on by itself; None when somebody has to resume it."""
    return session.scalar(sa.select(Timer.due_at).where(Timer.token == task_id, Timer.kind == "resume"))


def untouched(session: Session, tasks: Iterable[Task]) -> set[uuid.UUID]:
    """Completed steps of which nothing that came in the same instant was taken up: perhaps they can be withdrawn.

    A list asks no more than this; whether it is so, the engine judges when somebody wants to.
    """
    ids = {task.id for task in tasks if task.state == COMPLETED and task.kind == STEP}
    after = aliased(Task)
    same_case = sa.and_(after.instance_id == Task.instance_id, after.id != Task.id, after.kind == STEP)
    came_of_it = sa.and_(same_case, after.created_at == Task.closed_at)
    taken = sa.or_(after.state != OPEN, after.claimed_at.is_not(None), after.draft.is_not(None), after.cosigned)
    query = (
        sa.select(Task.id)
        .join(after, came_of_it)
        .where(Task.id.in_(ids))
        .group_by(Task.id)
        .having(sa.func.sum(sa.case((taken, 1), else_=0)) == 0)
    )
    return set(session.scalars(query))


def signers(session: Session, instance_id: uuid.UUID) -> Sequence[Task]:
    """Who was asked to sign with steps of a case, in order; those who were called back too."""
    query = sa.select(Task).where(Task.instance_id == instance_id, Task.kind == COSIGN)
    return session.scalars(query.order_by(Task.created_at, Task.id).limit(_MOST)).all()


def events_of_kind(session: Session, instance_id: uuid.UUID, kind: str, **conditions: Any) -> Sequence[CaseEvent]:
    """Events of one kind, the latest first; `task_id` narrows them to a task."""
    query = sa.select(CaseEvent).where(CaseEvent.instance_id == instance_id, CaseEvent.kind == kind)
    return session.scalars(query.filter_by(**conditions).order_by(CaseEvent.seq.desc()).limit(_MOST)).all()
