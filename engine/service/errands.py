"""Errands: work outside the database (a mail, a payment) that follows from what was committed.

An errand is a job row, written in the transaction of what causes it. It is done without any transaction, under a
lease: whoever takes it puts its due time off and counts the try; the result is kept only while that count stands, so
that of two who did it the later speaks. What is done may therefore happen more than once (a process dies, a lease runs
out); the job's `key` lets the receiver tell a repetition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from engine.service.jobs import FAILED, MAX_ATTEMPTS, WAITING, next_try
from engine.values import loads
from models.tasks import Job

if TYPE_CHECKING:
    from engine.service.house import House, Step

LEASE = dt.timedelta(minutes=5)
"""The longest that an errand may take; then somebody else may take it up."""

_log = structlog.get_logger(__name__)


class GiveUp(Exception):
    """An errand can never succeed (no such account): raise it to end it without further tries."""


@dataclass(frozen=True)
class Errand:
    """How a kind of job is done. Numbers of a payload are `Decimal`.

    `do(house, key, payload)` works outside, with no transaction open, and returns the result. `done(step, payload,
    result)` keeps it, in the transaction that ends the job. An exception of either is a failed try.
    `failed(step, payload, message)` is called when no further try follows.
    """

    do: Callable[[House, str, dict[str, Any]], Any]
    done: Callable[[Step, dict[str, Any], Any], None]
    failed: Callable[[Step, dict[str, Any], str], None]


@dataclass(frozen=True)
class _Taken:
    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    attempt: int


def run(house: House, limit: int = 100) -> int:
    """Do errands that are due, up to `limit`, one after the other; returns how many were tried."""
    tried = 0
    if not _anything_due(house):
        return tried
    while tried < limit and (job := _take(house)) is not None:
        tried += 1
        errand = house.errands[job.kind]
        try:
            _keep_result(house, errand, job, errand.do(house, job.key, job.payload))
        except Exception as error:
            _log.warning("an errand failed", kind=job.kind, attempt=job.attempt, error=type(error).__name__)
            _keep_failure(house, errand, job, error)
    return tried


def _anything_due(house: House) -> bool:
    """Asked of a reading session: an idle beat must not take SQLite's write lock."""
    if not house.errands:
        return False
    with house.sessions.reading() as session:
        return session.execute(_due(house, house.clock.now()).with_only_columns(Job.id)).first() is not None


def _due(house: House, now: dt.datetime) -> sa.Select[Job]:
    due = (Job.state == WAITING, Job.due_at <= now, Job.kind.in_(house.errands))
    return sa.select(Job).where(*due).order_by(Job.due_at, Job.id).limit(1)


def _take(house: House) -> _Taken | None:
    with house.step() as step:
        job = step.session.scalar(_due(house, step.now).with_for_update(skip_locked=True))
        if job is None:
            return None
        job.attempts += 1
        job.due_at = step.now + LEASE
        return _Taken(job.id, job.key, job.kind, loads(job.payload), job.attempts)


def _keep_result(house: House, errand: Errand, job: _Taken, result: Any) -> None:
    with house.step() as step:
        if _still_ours(step, job) is not None:
            errand.done(step, job.payload, result)
            step.session.execute(sa.delete(Job).where(Job.id == job.id))


def _keep_failure(house: House, errand: Errand, job: _Taken, error: Exception) -> None:
    message = f"{type(error).__name__}: {error}"[:2000]
    with house.step() as step:
        row = _still_ours(step, job)
        if row is None:
            return
        row.error = message
        row.due_at = next_try(step.now, job.attempt)
        if isinstance(error, GiveUp) or job.attempt >= MAX_ATTEMPTS:
            row.state = FAILED
            errand.failed(step, job.payload, message)


def _still_ours(step: Step, job: _Taken) -> Job | None:
    """The job under its lock, unless somebody took it up after our lease ran out."""
    row = step.session.get(Job, job.id, with_for_update=True)
    return row if row is not None and row.state == WAITING and row.attempts == job.attempt else None
