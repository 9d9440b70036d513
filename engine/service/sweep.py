"""Timers and jobs whose time has come. Rows are the truth; whoever calls this only wakes it.

A due case is locked first (`SKIP LOCKED`, so that any number of workers share the work), then its timers are read, and
all of it is one transaction: a killed worker loses nothing and nothing fires twice.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.runtime.errors import EndlessLoop
from engine.runtime.events import DUE
from engine.runtime.tokens import ENTER_AGAIN, fail
from engine.service import escalations, pausing
from models.cases import Instance
from models.tasks import Timer

if TYPE_CHECKING:
    from engine.service.house import House, Step
    from engine.service.opened import OpenedCase

_log = logging.getLogger(__name__)

_ROUNDS = 1_000
"""Timers of one case that fire in one step; the rest is taken up by the next."""


def due(house: House, limit: int = 100) -> int:
    """Fire the due timers of up to `limit` cases, each in its own transaction; returns how many cases were taken."""
    taken, broken = 0, set[uuid.UUID]()
    while taken < limit and _one(house, broken):
        taken += 1
    return taken - len(broken)


def fire_due(case: OpenedCase) -> bool:
    """Fire what is due in an opened case, in the order of the due times; True if anything fired."""
    if case.row.next_due_at is None or case.row.next_due_at > case.step.now:
        return False
    waited_before, fired = set(case.before.timers), 0
    while (timer := _earliest(case)) is not None and fired < _ROUNDS:
        _fire(case, timer)
        fired += 1
    if timer is not None and timer.kind != "escalation" and timer.token not in waited_before:
        _stop_going_round(case, timer)
    return fired > 0


def _stop_going_round(case: OpenedCase, timer: Any) -> None:
    """A timer that was armed in this step and is due in it: the loop through it would be swept for ever."""
    token = case.token(timer.token)
    if token is not None:
        token.internal_data.pop(DUE, None)
        fail(token, EndlessLoop.after(_ROUNDS), ENTER_AGAIN)
        case.flush()


def _one(house: House, broken: set[uuid.UUID]) -> bool:
    """Fire the due timers of one case. A case that cannot be opened must not keep the others from being swept."""
    instance_id = None
    try:
        with house.step() as step:
            instance_id = _next_due(step, broken)
            if instance_id is None:
                return False
            _sweep(step, instance_id)
    except Exception:
        if instance_id is None:
            raise
        broken.add(instance_id)
        _log.exception("The timers of case %s could not be fired; they stay due.", instance_id)
    return True


def _sweep(step: Step, instance_id: uuid.UUID) -> None:
    from engine.service.opened import open_case

    case = open_case(step, instance_id)
    fire_due(case)
    case.flush()
    case.timers_changed = True  # so that a due time without a timer does not stay for ever
    case.save()


def _next_due(step: Step, broken: set[uuid.UUID]) -> uuid.UUID | None:
    found: uuid.UUID | None = step.session.scalar(
        sa.select(Instance.id)
        .where(Instance.next_due_at <= step.now, Instance.id.not_in(broken))
        .order_by(Instance.next_due_at, Instance.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


def _earliest(case: OpenedCase) -> Any:
    return case.step.session.execute(
        sa.select(Timer.id, Timer.token, Timer.element, Timer.kind, Timer.due_at, Timer.action)
        .where(Timer.instance_id == case.id, Timer.due_at <= case.step.now, Timer.held.is_(False))
        .order_by(Timer.due_at, Timer.id)
        .limit(1)
    ).one_or_none()


def _fire(case: OpenedCase, timer: Any) -> None:
    case.step.session.execute(sa.delete(Timer).where(Timer.id == timer.id))
    if timer.kind == "escalation":
        escalations.escalate(case, timer)
        case.timers_changed = True
        return
    if timer.kind == "resume":
        pausing.end(case, timer.token)
        return
    token = case.token(timer.token)
    if token is not None and DUE in token.internal_data:
        token.task_spec.fire(token, {}, {})
        case.workflow.advance()
        case.record("timer.fired", element=timer.element, due_at=timer.due_at.isoformat(), **case.passed())
    case.flush()
