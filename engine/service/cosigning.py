"""Others sign with a step 加签: before it, as advice to whoever does it; after it, so that it counts only then.

Nothing of it is in the workflow: a signature that is asked for is a task of its own beside the step's, whose clock goes
on. It works therefore in every branch and in each of several instances alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element
from engine.errors import Conflict, Invalid, NotFound, Reason
from engine.forms.messages import Language, message
from engine.service import actors, notices, signatures, sweep
from engine.service.actors import Actor
from engine.service.completing import (
    facts_of,
    finish,
    form_variables,
    require_authority,
    sign_for,
    stands_for,
    validated,
)
from engine.service.handling import fresh, read, refuse_if, refused_at, require_allowed, token_of
from engine.service.house import Step
from engine.service.opened import OpenedCase, open_case_of
from engine.service.policies import judged, refusal, signing
from engine.service.variables import MAX_REASON, require_text
from engine.values import dumps, is_storable, loads
from models.tasks import CANCELLED, COMPLETED, COSIGN, OPEN, STEP, Task

BEFORE, AFTER = "before", "after"
AGREE, DISAGREE = "agree", "disagree"
_MAX_ASKED = 20


def ask(
    step: Step,
    task_id: uuid.UUID,
    actor: Actor,
    who: Any,
    when: Any,
    reason: Any,
    form: Any = None,
    language: str = "zh",
) -> sa.Row[Any]:
    """Ask people to sign with a step that `actor` may complete.

    `before`: the step cannot be completed until they have. `after`: what `form` gives is kept, and completes the step
    in the actor's name once all agree; if one disagrees, it comes back as a draft. Raises `Refused`, `Invalid`.
    """
    text = require_text(reason, "reason", MAX_REASON)
    if when not in (BEFORE, AFTER):
        raise Invalid("when is before or after", {"when": ["unknown"]})
    case = open_case_of(step, task_id)
    case.actor = actor.name
    sweep.fire_due(case)
    task, unit_path = read(step, task_id)
    refuse_if(step, case, task, unit_path, actor, "cosign" if when == BEFORE else "complete")
    element = case.element_of(task)
    require_allowed(task.kind == STEP and when in element.human.moves.cosign, task, actor, "cosign")
    if task.pending is not None:
        raise Conflict(Reason("signing", f"Others are asked to sign after {task.name} already."))
    away = stands_for(step, case, task, actor) if task.owner in (None, actor.name) else None
    if when == AFTER:
        # What waits for signatures is completed later by whoever has the step: a deputy may be none any more by then.
        require_allowed(away is None, task, actor, "cosign")
        given = validated(
            step, case, task, element, form, form_variables(case, token_of(case, task_id), actor), actor, language
        )
        require_authority(step, case, task, given, actor)
    people = [_cosigner(step, case, task, unit_path, actor, name) for name in _names(who)]
    step.session.execute(sa.insert(Task), [_row(step, task, actor, name) for name in people])
    step.session.execute(
        sa.update(Task)
        .where(Task.id == task_id)
        .values(
            assignee=task.assignee or away or actor.name,
            claimed_at=task.claimed_at or step.now,
            cosigners=task.cosigners + len(people),
            cosigned=True,
            pending=dumps({"by": actor.name, "form": form or {}}) if when == AFTER else None,
            lock_version=Task.lock_version + 1,
        )
    )
    case.record(
        "task.cosign_asked",
        actor=actor.name,
        element=task.element,
        task_id=task_id,
        when=when,
        who=people,
        reason=text,
    )
    case.participant(actor.name, *people)
    case.save()
    return fresh(step, task_id)


def _names(who: Any) -> list[str]:
    names = [who] if isinstance(who, str) else who
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise Invalid("who is a list of people", {"who": ["not_a_list"]})
    if not 1 <= len(set(names)) <= _MAX_ASKED:
        raise Invalid(f"who has 1 to {_MAX_ASKED} people", {"who": ["number"]})
    return list(dict.fromkeys(names))


def _cosigner(step: Step, case: OpenedCase, task: Any, unit_path: str, actor: Actor, name: str) -> str:
    """Somebody who may sign: not whoever does the step, and bound by its rules like them."""
    try:
        person = actors.load(step.session, name)
    except NotFound:
        raise Invalid(f"there is no person {name}", {"who": ["unknown"]}) from None
    if name in (actor.name, task.assignee, task.owner):
        raise Invalid(f"{name} does {task.name}, and cannot sign with it as well", {"who": ["self"]})
    asked = sa.select(Task.id).where(Task.of_task == task.id, Task.assignee == name, Task.state != CANCELLED)
    if step.session.execute(asked.limit(1)).first() is not None:
        raise Invalid(f"{name} was asked already", {"who": ["asked"]})
    seen = judged(task, case.definition, unit_path, case.row.parties)
    offered = replace(seen, element=signing(seen.element), roles=frozenset(), assignee=name, owner=None)
    found = refusal(step, case.definition, offered, person, action="cosign")
    if found is not None:
        raise found
    return name


def _row(step: Step, task: Any, actor: Actor, name: str) -> dict[str, Any]:
    same = ("instance_id", "definition_id", "process", "element", "name", "item", "unit_id", "due_at", "priority")
    return {
        **{key: getattr(task, key) for key in same},
        "id": uuid.uuid4(),
        "kind": COSIGN,
        "of_task": task.id,
        "asked_by": actor.name,
        "assignee": name,
        "state": OPEN,
        "escalated": [],
        "created_at": step.now,
        "lock_version": 1,
    }


def sign(
    step: Step,
    case: OpenedCase,
    row: Any,
    actor: Actor,
    form: Any,
    language: str = "zh",
    facts_hash: str | None = None,
) -> None:
    """Sign what was asked for. With the last of those who sign after a step, the step is completed."""
    opinion = _opinion(row, actor, form, "en" if language == "en" else "zh")
    task, unit_path = read(step, row.of_task)
    element, on_behalf_of = case.element_of(task), stands_for(step, case, row, actor)
    require_other(row, task, actor, {actor.name, on_behalf_of}, "complete")
    seen = {**form_variables(case, token_of(case, task.id), actor), **shown_to_signers(element, task)}
    facts = signatures.as_seen(facts_of(step, case, actor, seen), facts_hash)
    if element.human.sealed_until:
        case.seals.add(row, [actor.name, row.asked_by], [], element.human.sealed_until)
    signed = sign_for(step, case, row, element, actor.name, on_behalf_of, facts, opinion)
    case.record(
        "task.cosigned",
        actor=actor.name,
        on_behalf_of=on_behalf_of,
        element=task.element,
        task_id=row.id,
        form=opinion,
        **signed,
    )
    case.participant(actor.name, on_behalf_of)
    closing = {"state": COMPLETED, "completed_by": actor.name, "completed_for": on_behalf_of}
    _close(step, row.id, **closing)
    left = task.cosigners - 1
    step.session.execute(sa.update(Task).where(Task.id == task.id).values(cosigners=left))
    if task.pending is None:
        return
    if opinion["opinion"] == DISAGREE:
        _give_back(step, case, task, task.pending, notices.DISAGREED, f"{actor.name}: {opinion['comment']}")
    elif left == 0:
        _finish(step, case, task, unit_path)


def shown_to_signers(element: Element, task: Any) -> dict[str, Any]:
    """What those asked to sign after a step read of what its form gave: all of it, unless the step is sealed."""
    return {} if task.pending is None or element.human.sealed_until else dict(loads(task.pending)["form"])


def require_other(row: Any, task: Any, actor: Actor, signers: set[str | None], action: str) -> None:
    """Raises `Refused` when one of those who would answer for a signature does the step that it is for."""
    both = (signers & {task.assignee, task.owner}) - {None}
    if both:
        why = f"{both.pop()} does {task.name}, and cannot sign with it as well."
        raise refused_at(row, actor, "separation_of_duties", why, action)


def require_unsigned(task: Any) -> None:
    """Raises `Conflict` while others are asked to sign after a step: it counts in the name of whoever gave it."""
    if task.pending is not None:
        raise Conflict(Reason("signing", f"Others are asked to sign with {task.name}: call that back first."))


def _opinion(row: Any, actor: Actor, form: Any, language: Language) -> dict[str, str]:
    given = form if isinstance(form, dict) else {}
    wrong = {name: "unknown" for name in given if name not in ("opinion", "comment")}
    if given.get("opinion") not in (AGREE, DISAGREE):
        wrong["opinion"] = "not_an_option" if given.get("opinion") else "required"
    comment = given.get("comment", "")
    unfit = _unfit(comment, needed=given.get("opinion") == DISAGREE)
    if unfit is not None:
        wrong["comment"] = unfit
    if wrong:
        errors = {
            name: [{"code": code, "message": message(code, language, {"limit": MAX_REASON})}]
            for name, code in wrong.items()
        }
        raise refused_at(row, actor, "form_invalid", "the opinion does not hold", errors=errors)
    return {"opinion": given["opinion"], "comment": comment.strip()}


def _unfit(comment: Any, *, needed: bool) -> str | None:
    if not isinstance(comment, str):
        return "not_text"
    if len(comment) > MAX_REASON:
        return "max_length"
    if not is_storable(comment):
        return "characters"
    return "required" if needed and not comment.strip() else None


def _finish(step: Step, case: OpenedCase, task: Any, unit_path: str) -> None:
    """All have agreed: the step is completed in the name of whoever did it, if the rules still allow it."""
    pending = task.pending
    step.session.execute(sa.update(Task).where(Task.id == task.id).values(pending=None))
    task, unit_path = read(step, task.id)
    try:
        holder = actors.load(step.session, task.assignee)
    except NotFound:
        _give_back(step, case, task, pending, notices.HINDERED, "not_a_candidate")
        return
    found = refusal(step, case.definition, judged(task, case.definition, unit_path, case.row.parties), holder)
    if found is not None:
        _give_back(step, case, task, pending, notices.HINDERED, found.rule)
        return
    finish(step, case, task, holder, loads(pending)["form"])


def _give_back(step: Step, case: OpenedCase, task: Any, pending: str, kind: str, why: str) -> None:
    """The step comes back to whoever did it, with what was given as a draft; nobody else is asked any more."""
    give_up(step, task.id, pending)
    notices.tell(step, case.row.id, case.row.unit_id, task.id, kind, why, person=task.assignee)


def give_up(step: Step, task_id: uuid.UUID, pending: str) -> None:
    """What waited for signatures does not count: a draft again, and nobody is asked any more."""
    step.session.execute(
        sa.update(Task)
        .where(Task.id == task_id)
        .values(pending=None, cosigners=0, draft=pending, lock_version=Task.lock_version + 1)
    )
    _cancel_others(step, task_id)


def _cancel_others(step: Step, task_id: uuid.UUID, only: uuid.UUID | None = None) -> int:
    rows: Iterable[uuid.UUID] = step.session.scalars(
        sa.select(Task.id).where(Task.of_task == task_id, Task.state == OPEN)
    ).all()
    cancelled = [row for row in rows if only is None or row == only]
    for row in cancelled:
        _close(step, row, state=CANCELLED)
    return len(cancelled)


def _close(step: Step, row_id: uuid.UUID, **values: Any) -> None:
    step.session.execute(
        sa.update(Task)
        .where(Task.id == row_id)
        .values(closed_at=step.now, draft=None, lock_version=Task.lock_version + 1, **values)
    )


def stand_back(step: Step, task_id: uuid.UUID, recused: Iterable[str]) -> list[tuple[str, str]]:
    """Those of the recused who are asked to sign with a step are asked no more; each with whoever has asked (GOV-1)."""
    asked = step.session.execute(
        sa.select(Task.id, Task.assignee, Task.asked_by).where(
            Task.of_task == task_id, Task.state == OPEN, Task.assignee.in_(list(recused))
        )
    ).all()
    for row in asked:
        _ask_no_more(step, read(step, task_id)[0], row.id)
    return [(row.assignee, row.asked_by) for row in asked]


def _ask_no_more(step: Step, task: Any, row_id: uuid.UUID) -> None:
    """One signature less: with the last, what waited for it comes back as a draft."""
    _cancel_others(step, task.id, only=row_id)
    left = task.cosigners - 1
    back = {"pending": None, "draft": task.pending} if left == 0 and task.pending is not None else {}
    step.session.execute(
        sa.update(Task).where(Task.id == task.id).values(cosigners=left, lock_version=Task.lock_version + 1, **back)
    )


def call_back(step: Step, row_id: uuid.UUID, actor: Actor) -> sa.Row[Any]:
    """No longer ask for a signature: by whoever asked, or an administrator, while it is not given."""
    case = open_case_of(step, row_id)
    row, _ = read(step, row_id)
    if row.kind != COSIGN or row.state != OPEN:
        raise Conflict(Reason("nobody_asked", "nobody is asked here any more"))
    if row.asked_by != actor.name and "admin" not in actor.roles:
        sentence = f"{row.asked_by} has asked for this signature, and may call it back"
        raise Conflict(Reason("asked_by", sentence, {"person": row.asked_by}))
    task, _ = read(step, row.of_task)
    _ask_no_more(step, task, row_id)
    case.record("task.cosign_called_back", actor=actor.name, element=task.element, task_id=row_id, who=[row.assignee])
    case.save()
    return fresh(step, row_id)
