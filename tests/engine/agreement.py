"""Whether the rows of a case say what its state says: asked after any step, of any case."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.runtime.environment import Environment
from engine.runtime.state import load
from engine.service import audit
from engine.service.observed import Observed, observe
from models.cases import Incident, Instance, Participant, Signature
from models.tasks import COMPLETED, COSIGN, OPEN, STEP, Candidate, ExternalTask, Subscription, Task, Timer
from tests.engine.builder import Bench


def disagreements(bench: Bench, case: uuid.UUID) -> list[str]:
    """What the rows of a case say otherwise than its state, each as a text; empty when all is well."""
    with bench.house.sessions.reading() as session:
        instance = session.get_one(Instance, case)
        definition = bench.house.definitions.get(session, instance.definition_id)
        world = Environment(bench.clock.now(), bench.house.calendar, definition.parameters)
        workflow = load(instance.state_data, definition.key, definition.specs, world)
        seen = observe(workflow)
        found = list(_tasks(session, case, seen))
        found += _timers(session, instance, seen)
        found += _others(session, case, seen)
        found += [f"audit: {chain.problem}" for chain in audit.verify(session, case) if chain.problem is not None]
        ended = instance.state in ("completed", "terminated")
        if ended != (workflow.completed or instance.state == "terminated") or ended != (instance.ended_at is not None):
            found.append(f"the case is {instance.state}, and its workflow says otherwise")
        if (instance.state == "incident") != (bool(seen.incidents) and not ended):
            found.append(f"the case is {instance.state} with the incidents {list(seen.incidents.values())}")
        if not ended and not (seen.tasks or seen.timers or seen.waits or seen.works or seen.incidents):
            found.append("nothing is open, and the case has not ended")
        if ended and (seen.tasks or seen.timers or seen.waits or seen.works):
            found.append("the case has ended, and something is open")
    return found


def _tasks(session: Session, case: uuid.UUID, seen: Observed) -> Iterator[str]:
    rows = {row.id: row for row in session.scalars(sa.select(Task).where(Task.instance_id == case))}
    steps = {key for key, row in rows.items() if row.state == OPEN and row.kind == STEP}
    yield from _differ("tasks", steps, set(seen.tasks))
    asked = Counter(row.of_task for row in rows.values() if row.state == OPEN and row.kind == COSIGN)
    for key, row in rows.items():
        if row.kind == STEP and row.state == OPEN:
            if row.cosigners != asked[key]:
                yield f"{row.element} says that {row.cosigners} are asked to sign, and {asked[key]} are"
            if row.pending is not None and not row.cosigners:
                yield f"{row.element} waits for signatures that nobody is asked for"
            if row.claimed_at is not None and row.assignee is None:
                yield f"{row.element} is claimed by nobody"
        elif asked[key]:
            yield f"{asked[key]} are asked to sign with {row.element}, which is {row.state}"
        if (row.state == OPEN) != (row.closed_at is None):
            yield f"{row.element} is {row.state}, closed at {row.closed_at}"
    offers: dict[uuid.UUID, set[str]] = {}
    for offer in session.scalars(
        sa.select(Candidate).join(Task, Task.id == Candidate.task_id).where(Task.instance_id == case)
    ):
        offers.setdefault(offer.task_id, set()).add(offer.role)
    wanted = {key: set(rows[key].role.split(",")) for key in steps if rows[key].role}
    if offers != wanted:
        yield f"offered are {offers}, and open {wanted}"
    people = {name for row in rows.values() for name in (row.completed_by, row.completed_for, row.assignee) if name}
    known = set(session.scalars(sa.select(Participant.person).where(Participant.instance_id == case)))
    if people - known:
        yield f"{people - known} took part, and may not see the case"
    signed = set(session.scalars(sa.select(Signature.task_id).where(Signature.instance_id == case)))
    yield from (
        f"{rows.get(key)} is signed and not completed"
        for key in signed
        if rows[key].state not in (COMPLETED, "withdrawn")
    )


def _timers(session: Session, instance: Instance, seen: Observed) -> Iterator[str]:
    timers = list(session.scalars(sa.select(Timer).where(Timer.instance_id == instance.id)))
    paused = {
        row.id
        for row in session.scalars(
            sa.select(Task).where(Task.instance_id == instance.id, Task.state == OPEN, Task.paused_at.is_not(None))
        )
    }
    events = {timer.token: timer for timer in timers if timer.kind == "bpmn"}
    yield from _differ("timers", set(events), set(seen.timers))
    for token, timer in events.items():
        if token in seen.timers and seen.timers[token].due_at != timer.due_at:
            yield f"the timer {timer.element} is due at {timer.due_at} and {seen.timers[token].due_at}"
    for timer in timers:
        if timer.kind != "bpmn" and timer.token not in seen.tasks:
            yield f"an {timer.kind} of {timer.element} is left"
        if timer.kind == "resume" and timer.token not in paused:
            yield f"{timer.element} is to be resumed, and is not paused"
        if timer.held and not paused:
            yield f"{timer.kind} {timer.element} is held, and nothing is paused"
    going = [timer.due_at for timer in timers if not timer.held]
    ended = instance.state in ("completed", "terminated")
    if instance.next_due_at != (None if ended else min(going, default=None)):
        yield f"next due is {instance.next_due_at}, of {going}"


def _others(session: Session, case: uuid.UUID, seen: Observed) -> Iterator[str]:
    waits = session.scalars(sa.select(Subscription.token).where(Subscription.instance_id == case))
    yield from _differ("subscriptions", set(waits), set(seen.waits))
    works = session.scalars(
        sa.select(ExternalTask.id).where(ExternalTask.instance_id == case, ExternalTask.state == "open")
    )
    yield from _differ("external tasks", set(works), set(seen.works))
    incidents = session.scalars(
        sa.select(Incident.token).where(Incident.instance_id == case, Incident.resolved_at.is_(None))
    )
    yield from _differ("incidents", set(incidents), set(seen.incidents))


def _differ(what: str, rows: set[uuid.UUID], state: set[uuid.UUID]) -> Iterator[str]:
    if rows != state:
        yield f"{what}: {len(rows - state)} rows that the state does not have, {len(state - rows)} without a row"
