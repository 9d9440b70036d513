"""Effects that leave a case: rows first, done after the commit, at least once, each with a key to tell repetitions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.values import dumps
from models.tasks import Job

if TYPE_CHECKING:
    from engine.service.house import Step


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
            state="waiting",
            due_at=due_at or step.now,
            attempts=0,
            instance_id=instance_id,
        )
    )
