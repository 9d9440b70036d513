"""What changed in a case's workflow, as rows: tasks, candidates, timers, subscriptions, external tasks, incidents."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import kept
from engine.service.jobs import queue
from engine.service.observed import Observed, OpenTask
from engine.service.policies import measure
from engine.values import dumps, to_json
from models.cases import Incident
from models.database import table
from models.definitions import StartEvent
from models.tasks import CANCELLED, COMPLETED, OPEN, Candidate, ExternalTask, KeptMessage, Subscription, Task, Timer

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase

Closing = dict[uuid.UUID, dict[str, Any]]

# Written once: the hot path runs them for every completed task, and building a statement costs more than running it.
_TASK, _OFFER, _TIMER, _WAIT = table(Task), table(Candidate), table(Timer), table(Subscription)
_THIS: sa.BindParameter[uuid.UUID] = sa.bindparam("this")
_INSERT_TASK, _INSERT_OFFER, _INSERT_TIMER, _INSERT_WAIT = map(sa.insert, (_TASK, _OFFER, _TIMER, _WAIT))
_COMPLETE_TASK = (
    sa.update(_TASK)
    .where(_TASK.c.id == _THIS)
    .values(
        lock_version=_TASK.c.lock_version + 1,
        **{
            name: sa.bindparam(name)
            for name in ("state", "closed_at", "completed_by", "completed_for", "assignee", "draft")
        },
    )
)
_CANCEL_TASK = (
    sa.update(_TASK)
    .where(_TASK.c.id == _THIS)
    .values(lock_version=_TASK.c.lock_version + 1, state=CANCELLED, closed_at=sa.bindparam("closed_at"))
)
_CANCEL_COSIGNS = (
    sa.update(_TASK)
    .where(_TASK.c.of_task == _THIS, _TASK.c.state == OPEN)
    .values(lock_version=_TASK.c.lock_version + 1, state=CANCELLED, closed_at=sa.bindparam("closed_at"))
)
_WITHDRAW_OFFERS = sa.delete(_OFFER).where(_OFFER.c.task_id == _THIS)
_DELETE_TIMERS = sa.delete(_TIMER).where(_TIMER.c.token == _THIS)
_DELETE_WAIT = sa.delete(_WAIT).where(_WAIT.c.token == _THIS)


def write(case: OpenedCase, before: Observed, after: Observed, closing: Closing) -> bool:
    """Write the difference; True when a timer came or went."""
    timers = _timers(case, before, after)
    timers |= _close_tasks(case, before, after, closing)
    timers |= _open_tasks(case, before, after)
    _waits(case, before, after)
    _works(case, before, after, closing)
    _incidents(case, before, after)
    return timers


def _close_tasks(case: OpenedCase, before: Observed, after: Observed, closing: Closing) -> bool:
    gone = [token for token in before.tasks if token not in after.tasks]
    if not gone:
        return False
    connection, now = case.connection, case.step.now
    for token in gone:
        if token in closing:
            connection.execute(_COMPLETE_TASK, {"this": token, **closing[token]})
        else:
            connection.execute(_CANCEL_TASK, {"this": token, "closed_at": now})
            case.record("task.cancelled", element=before.tasks[token].element.id, task_id=token)
    connection.execute(_WITHDRAW_OFFERS, [{"this": token} for token in gone])
    unfinished = [token for token in gone if closing.get(token, {}).get("state") != COMPLETED]
    if unfinished:
        connection.execute(_CANCEL_COSIGNS, [{"this": token, "closed_at": now} for token in unfinished])
    timed = [token for token in gone if before.tasks[token].has_timers]
    if timed:
        connection.execute(_DELETE_TIMERS, [{"this": token} for token in timed])
    return bool(timed)


def _open_tasks(case: OpenedCase, before: Observed, after: Observed) -> bool:
    new = {token: task for token, task in after.tasks.items() if token not in before.tasks}
    if not new:
        return False
    connection = case.connection
    # Who is named for a step has to see the case, with a role in the package or without.
    case.participant(*(task.work["assignee"] for task in new.values()))
    connection.execute(_INSERT_TASK, [_task_row(case, token, task) for token, task in new.items()])
    offered = [
        {"task_id": token, "role": role, "unit_id": case.unit_id}
        for token, task in new.items()
        for role in task.element.human.roles
    ]
    if offered:
        connection.execute(_INSERT_OFFER, offered)
    escalations = [row for token, task in new.items() for row in _escalations(case, token, task)]
    if escalations:
        connection.execute(_INSERT_TIMER, escalations)
    return bool(escalations)


def _task_row(case: OpenedCase, token: uuid.UUID, task: OpenTask) -> dict[str, Any]:
    element, work = task.element, task.work
    return {
        "id": token,
        "instance_id": case.id,
        "definition_id": case.definition.id,
        "process": element.process_id,
        "element": element.id,
        "name": (element.name or element.id)[:255],
        "item": task.item,
        "role": ",".join(element.human.roles) or None,
        "assignee": work["assignee"],
        "unit_id": case.unit_id,
        "state": OPEN,
        "due_at": _instant(work["due"]),
        "follow_up_at": _instant(work["follow_up"]),
        "priority": int(work["priority"]),
        "amount": _amount(task),
        "escalated": [],
        "created_at": case.step.now,
        "lock_version": 1,
    }


def _amount(task: OpenTask) -> str | None:
    human = task.element.human
    return measure(task.data.get(human.authority_of)) if human.authority else None


def measure_again(case: OpenedCase) -> None:
    """The variables of open steps were changed from outside: their authority is measured by what holds now."""
    for token, task in case.after.tasks.items():
        if task.element.human.authority:
            case.session.execute(sa.update(Task).where(Task.id == token).values(amount=_amount(task)))


def hold_as_before(case: OpenedCase, token: uuid.UUID, before: Any) -> None:
    """A withdrawn step is open again: whose it is, for whom, and how far it was escalated are as they were."""
    session = case.session
    again = {"role": before.role, "owner": before.completed_for, "escalated": before.escalated}
    session.execute(sa.update(Task).where(Task.id == token).values(**again))
    session.execute(sa.delete(Candidate).where(Candidate.task_id == token))
    for role in before.role.split(",") if before.role else ():
        session.execute(sa.insert(Candidate).values(task_id=token, role=role, unit_id=before.unit_id))
    done = sa.delete(Timer).where(Timer.token == token, Timer.kind == "escalation", Timer.due_at <= before.closed_at)
    session.execute(done)
    case.timers_changed = True


def _escalations(case: OpenedCase, token: uuid.UUID, task: OpenTask) -> list[dict[str, Any]]:
    due = _instant(task.work["due"])
    if due is None:
        return []
    counted_in = "natural" if task.element.calendar == "natural" else "working"
    calendar = case.step.house.calendar
    return [
        {
            "instance_id": case.id,
            "token": token,
            "element": task.element.id,
            "kind": "escalation",
            "due_at": calendar.add(due, escalation.after, counted_in),  # type: ignore[arg-type]
            "action": {action: target},
        }
        for escalation in task.element.human.escalations
        for action, target in (("notify", escalation.notify), ("reassign", escalation.reassign))
        if target
    ]


def _timers(case: OpenedCase, before: Observed, after: Observed) -> bool:
    gone = [token for token, timer in before.timers.items() if after.timers.get(token) != timer]
    new = {token: timer for token, timer in after.timers.items() if before.timers.get(token) != timer}
    if gone:
        case.connection.execute(_DELETE_TIMERS, [{"this": token} for token in gone])
    if new:
        case.connection.execute(
            _INSERT_TIMER,
            [
                {
                    "instance_id": case.id,
                    "token": token,
                    "element": timer.element,
                    "kind": "bpmn",
                    "due_at": timer.due_at,
                    "action": {},
                }
                for token, timer in new.items()
            ],
        )
    return bool(gone or new)


def _waits(case: OpenedCase, before: Observed, after: Observed) -> None:
    gone = [token for token in before.waits if token not in after.waits]
    new = {token: wait for token, wait in after.waits.items() if token not in before.waits}
    if gone:
        case.connection.execute(_DELETE_WAIT, [{"this": token} for token in gone])
    if new:
        case.connection.execute(
            _INSERT_WAIT,
            [
                {
                    "instance_id": case.id,
                    "token": token,
                    "element": wait.element,
                    "kind": wait.kind,
                    "name": wait.name,
                    "keys": kept.keys(wait.correlation),
                    "correlation": kept.canonical(wait.correlation),
                }
                for token, wait in new.items()
            ],
        )


def _works(case: OpenedCase, before: Observed, after: Observed, closing: Closing) -> None:
    session = case.step.session
    for token in [token for token in before.works if token not in after.works]:
        values = closing.get(token, {"state": "cancelled"})
        session.execute(sa.update(ExternalTask).where(ExternalTask.id == token).values(**values))
    new = {token: work for token, work in after.works.items() if token not in before.works}
    if new:
        # After a retry the token offers its work again; what became of the first offer stands in the events.
        session.execute(sa.delete(ExternalTask).where(ExternalTask.id.in_(list(new))))
        session.execute(
            sa.insert(ExternalTask),
            [
                {
                    "id": token,
                    "instance_id": case.id,
                    "element": work.element,
                    "topic": work.topic,
                    "variables": dumps(work.variables),
                    "state": "open",
                    "retries": 3,
                    "created_at": case.step.now,
                }
                for token, work in new.items()
            ],
        )


def _incidents(case: OpenedCase, before: Observed, after: Observed) -> None:
    session, now = case.step.session, case.step.now
    gone = [token for token in before.incidents if token not in after.incidents]
    if gone:
        session.execute(
            sa.update(Incident)
            .where(Incident.token.in_(gone), Incident.resolved_at.is_(None))
            .values(resolved_at=now, resolved_by=case.actor)
        )
    for token, (element, message) in after.incidents.items():
        if token not in before.incidents:
            row = {"instance_id": case.id, "token": token, "element": element, "message": message, "opened_at": now}
            session.execute(sa.insert(Incident).values(**row))
            case.record("incident.opened", element=element, message=message)


def send(case: OpenedCase) -> None:
    """What the case threw to the outside, as rows; delivered in transactions that lock only the receiver."""
    trace, step = case.environment.trace, case.step
    messages, signals = trace.messages, trace.signals
    trace.messages, trace.signals = [], []
    if messages:
        kept.in_turn(step.session)
    for message in messages:
        row = {
            "name": message["name"],
            "correlation": kept.canonical(message["correlation"]),
            "payload": dumps(message["payload"]),
            "state": "kept",
            "received_at": step.now,
            "received_from": None,
            "expires_at": step.now + step.house.messages_kept,
        }
        result: Any = step.session.execute(sa.insert(KeptMessage).values(**row))
        sent = {"kept": result.inserted_primary_key[0], "unit": case.unit_id}
        queue(step, "message", sent, instance_id=case.id)
        case.record("message.sent", message=message["name"], correlation=to_json(message["correlation"]))
    for signal in signals:
        listening = sa.select(Subscription.token, Subscription.instance_id).where(
            Subscription.kind == "signal", Subscription.name == signal["name"], Subscription.instance_id != case.id
        )
        for token, instance_id in step.session.execute(listening).all():
            receiver = {"instance": instance_id.hex, "token": token.hex, "name": signal["name"]}
            queue(step, "signal", receiver, key=f"signal:{token.hex}:{case.id.hex}:{case.chain.count}")
        starting = sa.select(StartEvent.key, StartEvent.element).where(
            StartEvent.kind == "signal", StartEvent.name == signal["name"]
        )
        for key, element in step.session.execute(starting).all():
            queue(step, "start", {"key": key, "element": element, "signal": signal["name"], "unit": case.unit_id})
        case.record("signal.sent", signal=signal["name"])


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
