"""Messages to cases: to the one that waits for them, kept when nobody waits yet, refused when several cases agree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Invalid
from engine.service import kept, starts, sweep
from engine.service.house import Step
from engine.service.jobs import queue
from engine.service.opened import lock, open_case
from engine.service.variables import accept
from engine.values import dumps, loads, to_json
from models.tasks import KeptMessage, Subscription


@dataclass(frozen=True)
class Published:
    """What became of a message: the case that took it, or None when it is kept."""

    instance_id: uuid.UUID | None


def publish(step: Step, name: Any, correlation: Any = None, payload: Any = None, actor: str | None = None) -> Published:
    """Deliver a message to the case that waits for it, else let it start one, else keep it.

    All keys that the waiting event declares must be given and agree; where it starts a case they must be given.
    Raises `Conflict` when several cases agree, `Invalid` for a message that is none.
    """
    if not isinstance(name, str) or not 0 < len(name) <= 255:
        raise Invalid("a message has a name of 1 to 255 characters", {"name": ["required"]})
    keys = accept({} if correlation is None else correlation)
    if len(kept.canonical(keys)) > kept.MAX_KEYS:
        raise Invalid("the keys of a message are too long to be compared", {"correlation": ["too_long"]})
    variables = accept({} if payload is None else payload)
    waiting = _waiting(step, name, keys)
    cases = {row.instance_id for row in waiting}
    if len(cases) > 1:
        raise Conflict(f"{len(cases)} cases wait for {name} with these keys; give more of them")
    if waiting and _deliver(step, waiting[0], name, variables, actor):
        return Published(waiting[0].instance_id)
    started = starts.by_message(step, name, keys, variables, actor)
    if started is not None:
        return Published(started.id)
    _keep(step, name, keys, variables, actor)
    return Published(None)


def _keep(step: Step, name: str, keys: Mapping[str, Any], variables: dict[str, Any], actor: str | None) -> None:
    kept.in_turn(step.session)
    message = KeptMessage(
        name=name,
        correlation=kept.canonical(keys),
        payload=dumps(variables),
        state="kept",
        received_at=step.now,
        received_from=actor,
        expires_at=step.now + step.house.messages_kept,
    )
    step.session.add(message)
    # Since the last look somebody may have begun to wait, or a process to listen; no case is locked from here on.
    if _waiting(step, name, keys) or starts.listens(step, name):
        step.session.flush()
        queue(step, "message", {"kept": message.id})


def deliver_kept(step: Step, message_id: int, unit_id: int | None = None) -> None:
    """Deliver a message that is kept, if somebody waits for it now or it starts a case; else it stays kept.

    `unit_id` is the unit of the case that has sent it.
    """
    message = step.session.get(KeptMessage, message_id)
    if message is None or message.state != "kept":
        return
    keys, variables = loads(message.correlation), loads(message.payload)
    waiting = _waiting(step, message.name, keys)
    if not waiting:
        step.session.refresh(message, with_for_update=True)
        if message.state == "kept":
            started = starts.by_message(step, message.name, keys, variables, message.received_from, unit_id)
            if started is not None:
                message.state, message.instance_id = "delivered", started.id
        return
    if len({row.instance_id for row in waiting}) != 1:
        return
    lock(step, waiting[0].instance_id)  # the case before the message, as everywhere
    step.session.refresh(message, with_for_update=True)
    if message.state == "kept" and _deliver(step, waiting[0], message.name, variables, None):
        message.state, message.instance_id = "delivered", waiting[0].instance_id


def deliver_signal(step: Step, instance_id: uuid.UUID, token: uuid.UUID, name: str) -> None:
    """Wake a case that was waiting for the signal when it was thrown."""
    case = open_case(step, instance_id)
    if token not in case.before.waits:
        return
    element = case.before.waits[token].element
    case.deliver(token, {})
    case.record("signal.received", element=element, signal=name, **case.passed())
    case.flush()
    case.save()


def expire(step: Step) -> int:
    """Messages that nobody came for are shown to operators from now on; returns how many."""
    result: Any = step.session.execute(
        sa.update(KeptMessage)
        .where(KeptMessage.state == "kept", KeptMessage.expires_at <= step.now)
        .values(state="expired")
    )
    return int(result.rowcount)


def _waiting(step: Step, name: str, keys: Mapping[str, Any]) -> list[Any]:
    """The subscriptions that agree, oldest first."""
    declared = step.session.scalars(
        sa.select(Subscription.keys).where(Subscription.kind == "message", Subscription.name == name).distinct()
    ).all()
    fitting = list(kept.subsets(keys, declared))
    if not fitting:
        return []
    query = (
        sa.select(Subscription.id, Subscription.token, Subscription.instance_id, Subscription.element)
        .where(
            Subscription.kind == "message",
            Subscription.name == name,
            sa.tuple_(Subscription.keys, Subscription.correlation).in_(fitting),
        )
        .order_by(Subscription.id)
        .limit(50)
    )
    return list(step.session.execute(query))


def _deliver(step: Step, waiting: Any, name: str, variables: dict[str, Any], actor: str | None) -> bool:
    case = open_case(step, waiting.instance_id)
    case.actor = actor
    late = sweep.fire_due(case)
    if waiting.token not in case.before.waits:
        if late:  # a deadline that was not swept yet has ended the waiting
            case.save()
        return False
    case.deliver(waiting.token, variables)
    case.record(
        "message.received",
        actor=actor,
        element=waiting.element,
        message=name,
        payload=to_json(variables),
        **case.passed(),
    )
    case.flush()
    case.save()
    return True
