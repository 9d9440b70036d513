"""What a person does with a task: claim, release, delegate, transfer, save a draft, complete."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Invalid, Reason, Refused
from engine.service import cosigning, sweep
from engine.service.actors import Actor
from engine.service.completing import finish
from engine.service.handling import (
    fresh,
    hand_over,
    locked,
    read,
    receiver_of,
    refuse_if,
    require_allowed,
    require_holder,
)
from engine.service.house import Step
from engine.service.opened import open_case_of
from engine.service.policies import acting_for, judged, refusal
from engine.service.variables import MAX_REASON, require_text
from engine.values import ValueRefused, check_variable, dumps, loads
from models.tasks import COSIGN, STEP, Task


def complete(
    step: Step,
    task_id: uuid.UUID,
    actor: Actor,
    form: Any = None,
    *,
    version: int | None = None,
    facts_hash: str | None = None,
    language: str = "zh",
) -> sa.Row[Any]:
    """Complete a task with what its form gave, and advance the case until it waits again.

    Raises `Refused` with the first rule that stands against it (`form_invalid` with errors by field), `NotFound`, and
    `Conflict` when `version` is not the task's lock version any more, or `facts_hash`, which a page shows with the
    step, is not of what the step shows now.
    """
    case = open_case_of(step, task_id)
    case.actor = actor.name
    sweep.fire_due(case)
    task, unit_path = read(step, task_id)
    refuse_if(step, case, task, unit_path, actor)
    if version is not None and version != task.lock_version:
        raise Conflict("the task was changed meanwhile; look at it again")
    if task.kind == COSIGN:
        cosigning.sign(step, case, task, actor, form, language, facts_hash)
    else:
        finish(step, case, task, actor, form, language, facts_hash)
    case.save()
    return fresh(step, task_id)


def claim(step: Step, task_id: uuid.UUID, actor: Actor) -> sa.Row[Any]:
    """Take an open task, as a deputy for whom one stands in. Asks every rule but the form, so that nobody takes what
    they could not complete.
    """
    task, unit_path, row, definition = locked(step, task_id)
    seen = judged(task, definition, unit_path, row.parties)
    found = refusal(step, definition, seen, actor, action="claim")
    if found is not None:
        raise found
    away = acting_for(step, definition, seen, actor, "claim")
    if task.assignee in (actor.name, away) and task.assignee is not None:
        return fresh(step, task_id)
    taker = away or actor.name
    return hand_over(step, row, task, actor, "task.claimed", on_behalf_of=away, assignee=taker, claimed_at=step.now)


def release(step: Step, task_id: uuid.UUID, actor: Actor) -> sa.Row[Any]:
    """Give a task back: to its candidates, or what was delegated to whom it belongs. Only who has it may, their
    deputy, or an administrator.
    """
    task, unit_path, row, definition = locked(step, task_id)
    away = acting_for(step, definition, judged(task, definition, unit_path, row.parties), actor, "release")
    if away is None or task.assignee != away:
        require_holder(task, actor, "release")
        away = None
    cosigning.require_unsigned(task)
    if task.owner is not None and task.owner != task.assignee:
        return hand_over(step, row, task, actor, "task.released", task.owner, assignee=task.owner, owner=None)
    if not task.role:
        name = definition.element(task.process, task.element).name or task.element
        raise Conflict(f"{name} is for {task.assignee} alone; there is no role to give it back to")
    return hand_over(
        step, row, task, actor, "task.released", on_behalf_of=away, assignee=None, owner=None, claimed_at=None
    )


def delegate(step: Step, task_id: uuid.UUID, actor: Actor, to: str) -> sa.Row[Any]:
    """Let somebody else do a task in one's name. Rules are asked of the delegate; the work counts for both."""
    task, unit_path, row, definition = locked(step, task_id)
    seen = judged(task, definition, unit_path, row.parties)
    found = refusal(step, definition, seen, actor, action="delegate")
    if found is not None:
        raise found
    moves = definition.element(task.process, task.element).human.moves
    require_allowed(moves.delegate, task, actor, "delegate")
    cosigning.require_unsigned(task)
    receiver = receiver_of(step, definition, seen, actor, to, "delegate")
    if task.kind == COSIGN:
        cosigning.require_other(task, read(step, task.of_task)[0], receiver, {receiver.name}, "delegate")
    owner = task.owner or task.assignee or actor.name
    return hand_over(
        step,
        row,
        task,
        actor,
        "task.delegated",
        receiver.name,
        assignee=receiver.name,
        owner=owner,
        claimed_at=step.now,
    )


def transfer(step: Step, task_id: uuid.UUID, actor: Actor, to: str, reason: Any) -> sa.Row[Any]:
    """Give a task to somebody else for good. Rules are asked of both; the work counts for the receiver alone."""
    text = require_text(reason, "reason", MAX_REASON)
    task, unit_path, row, definition = locked(step, task_id)
    seen = judged(task, definition, unit_path, row.parties)
    found = refusal(step, definition, seen, actor, action="transfer")
    if found is not None:
        raise found
    moves = definition.element(task.process, task.element).human.moves
    require_allowed(moves.transfer and task.kind == STEP, task, actor, "transfer")
    if task.owner is not None and task.owner != actor.name:
        sentence = f"{task.name} is done for {task.owner}: give it back instead."
        raise Conflict(Reason("done_for", sentence, {"person": task.owner}))
    cosigning.require_unsigned(task)
    receiver = receiver_of(step, definition, seen, actor, to, "transfer")
    return hand_over(
        step,
        row,
        task,
        actor,
        "task.transferred",
        receiver.name,
        text,
        assignee=receiver.name,
        owner=None,
        claimed_at=step.now,
    )


def save_draft(step: Step, task_id: uuid.UUID, actor: Actor, form: dict[str, Any]) -> sa.Row[Any]:
    """Keep what was filled in so far; nothing of it is a variable yet, and only its writer sees it (`draft_of`)."""
    task, unit_path, row, definition = locked(step, task_id)
    found = refusal(step, definition, judged(task, definition, unit_path, row.parties), actor, action="draft")
    if found is not None:
        raise found
    try:
        check_variable(form, "form")
    except ValueRefused as refused:
        raise Invalid(str(refused), {"": ["no_draft"]}) from None
    text = dumps({"by": actor.name, "form": form})
    if len(text) > 1_000_000:
        raise Invalid("the draft is too large", {"": ["too_large"]})
    step.session.execute(sa.update(Task).where(Task.id == task_id).values(draft=text))
    return fresh(step, task_id)


def draft_of(task: Task, actor: Actor) -> dict[str, Any]:
    """What `actor` has filled in of a task so far; nothing of what somebody else did who could have done it."""
    draft = loads(task.draft) if task.draft else {}
    return draft["form"] if draft.get("by") == actor.name else {}


def pending_of(task: Task, actor: Actor) -> dict[str, Any]:
    """What `actor` has given with a task that counts once others have signed; nothing of what somebody else gave."""
    pending = loads(task.pending) if task.pending else {}
    return pending["form"] if pending.get("by") == actor.name else {}


def why_not(step: Step, task_id: uuid.UUID, actor: Actor) -> Refused | None:
    """What stands against `actor` doing the task now, for a page that says so instead of greying out."""
    task, unit_path, row, definition = locked(step, task_id)
    return refusal(step, definition, judged(task, definition, unit_path, row.parties), actor)
