"""A refusal is an audit event of its own; the same one again is counted in it, so that nobody can fill the trail."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.errors import Refused
from engine.service.audit import Chain
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from engine.values import loads, to_json
from models.cases import CaseEvent, Instance


def record(step: Step, refusal: Refused) -> None:
    """Write the refusal to its case, or count it in the event that the case ends with."""
    if refusal.instance_id is None:
        return
    row = lock(step, refusal.instance_id)
    last = step.session.scalar(
        sa.select(CaseEvent).where(CaseEvent.instance_id == row.id, CaseEvent.seq == row.event_count)
    )
    particulars: dict[str, Any] = {
        "actor": refusal.actor,
        "element": refusal.element,
        "task_id": refusal.task_id,
        "rule": refusal.rule,
        "action": refusal.action,
        "message": str(refusal),
    }
    if refusal.facts:
        particulars["why"] = dict(refusal.facts)
    if last is not None and _is_same(last, refusal):
        _count(step, row, last, particulars)
    else:
        append(step, row, "refused", **particulars, count=1, first_at=step.now.isoformat())


def _is_same(last: CaseEvent, refusal: Refused) -> bool:
    data = loads(last.data)
    return (
        last.kind == "refused"
        and last.actor == refusal.actor
        and last.task_id == refusal.task_id
        and (data["rule"], data["action"]) == (refusal.rule, refusal.action)
    )


def _count(step: Step, row: Any, last: CaseEvent, particulars: dict[str, Any]) -> None:
    """Only the end of the chain may be written anew: no other event covers its hash yet."""
    data = loads(last.data)
    before = step.session.scalar(
        sa.select(CaseEvent.hash).where(CaseEvent.instance_id == row.id, CaseEvent.seq == last.seq - 1)
    )
    chain = Chain(row.id, last.seq - 1, before or "")
    chain.add(step.now, "refused", **particulars, count=data["count"] + 1, first_at=to_json(data["first_at"]))
    step.session.delete(last)
    step.session.flush()
    chain.write(step.session)
    step.session.execute(sa.update(Instance).where(Instance.id == row.id).values(event_head=chain.head))
