"""Timers and jobs whose time has come. Rows are the truth; whoever calls this only wakes it.

A due case is locked first (`SKIP LOCKED`, so that any number of workers share the work), then its timers are read, and
all of it is one transaction: a killed worker loses nothing and nothing fires twice.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import escalations
from models.cases import Instance
from models.tasks import Timer

if TYPE_CHECKING:
    from engine.service.house import House, Step
    from engine.service.opened import OpenedCase

_ROUNDS = 1_000
"""Timers of one case that fire in one step; the rest is taken up by the next."""


def due(house: House, limit: int = 100) -> int:
    """Fire the due timers of up to `limit` cases, each in its own transaction; returns how many cases were taken."""
    taken = 0
    while taken < limit and _one(house):
        taken += 1
    return taken


def fire_due(case: OpenedCase) -> bool:
    """Fire what is due in an opened case, in the order of the due times; True if anything fired."""
    if case.row.next_due_at is None or case.row.next_due_at > case.step.now:
        return False
    fired = False
    for _ in range(_ROUNDS):
        timer = _earliest(case)
        if timer is None:
            break
        fired = True
        _fire(case, timer)
    return fired


def _one(house: House) -> bool:
    from engine.service.opened import open_case

    with house.step() as step:
        instance_id = _next_due(step)
        if instance_id is None:
            return False
        case = open_case(step, instance_id)
        fire_due(case)
        case.flush()
        case.save()
        return True


def _next_due(step: Step) -> uuid.UUID | None:
    found: uuid.UUID | None = step.session.scalar(
        sa.select(Instance.id)
        .where(Instance.next_due_at <= step.now)
        .order_by(Instance.next_due_at, Instance.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


def _earliest(case: OpenedCase) -> Any:
    return case.step.session.execute(
        sa.select(Timer.id, Timer.token, Timer.element, Timer.kind, Timer.due_at, Timer.action)
        .where(Timer.instance_id == case.id, Timer.due_at <= case.step.now)
        .order_by(Timer.due_at, Timer.id)
        .limit(1)
    ).one_or_none()


def _fire(case: OpenedCase, timer: Any) -> None:
    case.step.session.execute(sa.delete(Timer).where(Timer.id == timer.id))
    if timer.kind == "escalation":
        escalations.escalate(case, timer)
        case.timers_changed = True
        return
    token = case.token(timer.token)
    if token is not None and "due" in token.internal_data:
        token.task_spec.fire(token, {}, {})
        case.workflow.advance()
        case.record("timer.fired", element=timer.element, due_at=timer.due_at.isoformat(), **case.passed())
    case.flush()
