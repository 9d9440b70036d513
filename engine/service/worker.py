"""One pass over everything that is due: timers, cases that begin at a time, messages and signals between cases.

Jobs of the engine are taken under a lock, tried again with growing distance, and given up after the last try. What
leaves the database is no part of this pass: `engine.service.errands`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import messages, starts
from engine.service import sweep as timers
from engine.service.jobs import FAILED, MAX_ATTEMPTS, WAITING, next_try
from engine.values import loads
from models.cases import Instance
from models.definitions import StartEvent
from models.tasks import Job, KeptMessage

if TYPE_CHECKING:
    from engine.service.house import House, Step

KINDS = ("message", "signal", "start")
"""Jobs that the engine itself does."""


def sweep(house: House, limit: int = 100) -> int:
    """Do what is due, up to `limit` cases and `limit` jobs; returns how much was done."""
    if not _anything_due(house):
        return 0
    done = timers.due(house, limit) + starts.due(house, limit)
    while limit > 0 and _job(house):
        done += 1
        limit -= 1
    with house.step() as step:
        done += messages.expire(step)
    return done


def _anything_due(house: House) -> bool:
    """Asked of a reading session: an idle beat must not take SQLite's write lock."""
    now = house.clock.now()
    due = (
        sa.select(Instance.id).where(Instance.next_due_at <= now),
        sa.select(StartEvent.id).where(StartEvent.due_at <= now),
        sa.select(Job.id).where(Job.state == WAITING, Job.due_at <= now, Job.kind.in_(KINDS)),
        sa.select(KeptMessage.id).where(KeptMessage.state == "kept", KeptMessage.expires_at <= now),
    )
    with house.sessions.reading() as session:
        return bool(session.scalar(sa.select(sa.or_(*(query.exists() for query in due)))))


def _job(house: House) -> bool:
    """Do one due job in one transaction with its own completion: what it does to cases happens exactly once."""
    job_id = None
    try:
        with house.step() as step:
            job = _take(step)
            if job is None:
                return False
            job_id = job.id
            _do(step, job)
            step.session.delete(job)
    except Exception as error:
        if job_id is None:
            raise
        _failed(house, job_id, error)
    return True


def _take(step: Step) -> Job | None:
    return step.session.scalar(
        sa.select(Job)
        .where(Job.state == WAITING, Job.due_at <= step.now, Job.kind.in_(KINDS))
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _do(step: Step, job: Job) -> None:
    payload: dict[str, Any] = loads(job.payload)
    if job.kind == "message":
        unit = payload.get("unit")
        messages.deliver_kept(step, int(payload["kept"]), None if unit is None else int(unit))
    elif job.kind == "start":
        starts.by_signal(step, payload["key"], payload["element"], payload["signal"], int(payload["unit"]))
    else:
        instance, token = uuid.UUID(hex=payload["instance"]), uuid.UUID(hex=payload["token"])
        messages.deliver_signal(step, instance, token, payload["name"])


def _failed(house: House, job_id: int, error: Exception) -> None:
    with house.step() as step:
        job = step.session.get(Job, job_id, with_for_update=True)
        if job is None:
            return
        job.attempts += 1
        job.error = f"{type(error).__name__}: {error}"[:2000]
        job.due_at = next_try(step.now, job.attempts)
        if job.attempts >= MAX_ATTEMPTS:
            job.state = FAILED
