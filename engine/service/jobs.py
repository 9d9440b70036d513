"""What follows from a commit: rows first, done afterwards, each with a key to tell repetitions.

What happens in the database is done by `worker`, exactly once; what happens outside by `errands`, at least once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.values import dumps
from models.tasks import Job

if TYPE_CHECKING:
    from engine.service.house import Step


WAITING, FAILED = "waiting", "failed"
MAX_ATTEMPTS = 5
_FIRST_DELAY = dt.timedelta(seconds=10)


def next_try(now: dt.datetime, attempts: int) -> dt.datetime:
    """When to try again after so many tries: the distance doubles each time."""
    return now + _FIRST_DELAY * 2**attempts


def queue(
    step: Step,
    kind: str,
    payload: dict[str, Any],
    *,
    instance_id: uuid.UUID | None = None,
    key: str | None = None,
    due_at: dt.datetime | None = None,
) -> None:
    """Queue a job in the step's transaction."""
    step.session.execute(
        sa.insert(Job).values(
            key=key or f"{kind}:{uuid.uuid4().hex}",
            kind=kind,
            payload=dumps(payload),
            state=WAITING,
            due_at=due_at or step.now,
            attempts=0,
            instance_id=instance_id,
        )
    )


def revive(step: Step, key: str) -> None:
    """Let a job that was given up be tried anew, from the first try on and at once."""
    anew = {"state": WAITING, "attempts": 0, "error": None, "due_at": step.now}
    step.session.execute(sa.update(Job).where(Job.key == key, Job.state == FAILED).values(anew))
