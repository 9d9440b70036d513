"""Adding an event to a case whose workflow is not touched (a claim, a comment, a refusal)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.service.audit import Chain
from engine.service.house import Step
from models.cases import Instance, Participant
from models.database import insert_missing


def append(step: Step, row: Any, kind: str, *, participants: Iterable[str | None] = (), **particulars: Any) -> None:
    """Add one event to the chain of the locked instance `row`."""
    chain = Chain(row.id, row.event_count, row.event_head)
    chain.add(step.now, kind, **particulars)
    chain.write(step.session)
    taking_part = [{"instance_id": row.id, "person": name} for name in participants if name]
    insert_missing(step.session, Participant, taking_part, ["instance_id", "person"])
    step.session.execute(
        sa.update(Instance).where(Instance.id == row.id).values(event_count=chain.count, event_head=chain.head)
    )
