"""What a person does with a task: claim, release, delegate, save a draft, complete."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element, MultiInstance
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.forms import FormInvalid
from engine.runtime.activities import FORM
from engine.runtime.tree import CaseTask
from engine.service import actors, sweep
from engine.service.actors import Actor
from engine.service.house import Step
from engine.service.opened import OpenedCase, lock_by_task, open_case_of
from engine.service.policies import Judged, exceeds_authority, judged, refusal
from engine.service.sealing import hidden_names
from engine.service.variables import accept
from engine.values import ValueRefused, check_variable, dumps, encode, loads, to_json
from models.cases import Signature
from models.database import table
from models.people import Unit
from models.tasks import COMPLETED, OPEN, Task


def complete(
    step: Step,
    task_id: uuid.UUID,
    actor: Actor,
    form: Any = None,
    *,
    version: int | None = None,
    language: str = "zh",
) -> Task:
    """Complete a task with what its form gave, and advance the case until it waits again.

    Raises `Refused` with the first rule that stands against it (`form_invalid` with errors by field), `NotFound`, and
    `Conflict` when `version` is not the task's lock version any more.
    """
    case = open_case_of(step, task_id)
    case.actor = actor.name
    sweep.fire_due(case)
    task, unit_path = _task(step, task_id)
    _refuse_if(step, case, task, unit_path, actor)
    if version is not None and version != task.lock_version:
        raise Conflict("the task was changed meanwhile; look at it again")
    token = case.token(task_id)
    if token is None:
        raise RuntimeError(f"the task {task_id} has a row and no token")
    element = case.element_of(task)
    seen = form_variables(case, token, actor)
    given = _validated(case, task, element, form, seen, actor, language)
    lacking = exceeds_authority(step, element, given, actor)
    if lacking is not None:
        raise Refused("authority", lacking, actor=actor.name, task_id=task_id, instance_id=case.id, element=element.id)
    _advance(case, task, token, element, given)
    on_behalf_of = task.owner if task.owner != actor.name else None
    if element.human.sealed_until:
        case.seals.add(
            task, [actor.name, task.owner or actor.name], _sealed_names(element, given), element.human.sealed_until
        )
    case.seals.completed(element.id)
    case.record(
        "task.completed",
        actor=actor.name,
        on_behalf_of=on_behalf_of,
        element=element.id,
        task_id=task_id,
        form=to_json(given),
        **case.passed(),
    )
    _sign(step, case, task, element, actor.name, on_behalf_of, seen, given)
    case.participant(actor.name, on_behalf_of)
    closing = {
        "state": COMPLETED,
        "closed_at": step.now,
        "completed_by": actor.name,
        "completed_for": on_behalf_of,
        "assignee": task.assignee or actor.name,
        "draft": None,
    }
    case.flush({task_id: closing})
    case.save()
    return _fresh(step, task_id)


def claim(step: Step, task_id: uuid.UUID, actor: Actor) -> Task:
    """Take an open task. Asks every rule but the form, so that nobody takes what they could not complete."""
    task, unit_path, row, definition = _locked(step, task_id)
    found = refusal(step, definition, judged(task, definition, unit_path, row.parties), actor, action="claim")
    if found is not None:
        raise found
    if task.assignee == actor.name:
        return _fresh(step, task_id)
    return _hand_over(step, row, task, actor, "task.claimed", assignee=actor.name, claimed_at=step.now)


def release(step: Step, task_id: uuid.UUID, actor: Actor) -> Task:
    """Give a task back to its candidates. Only who has it may, or an administrator."""
    task, _, row, definition = _locked(step, task_id)
    _require_holder(task, actor, "release")
    if not task.role:
        name = definition.element(task.process, task.element).name or task.element
        raise Conflict(f"{name} is for {task.assignee} alone; there is no role to give it back to")
    return _hand_over(step, row, task, actor, "task.released", assignee=None, owner=None, claimed_at=None)


def delegate(step: Step, task_id: uuid.UUID, actor: Actor, to: str) -> Task:
    """Let somebody else do a task in one's name. Rules are asked of the delegate; the work counts for both."""
    task, unit_path, row, definition = _locked(step, task_id)
    seen = judged(task, definition, unit_path, row.parties)
    found = refusal(step, definition, seen, actor, action="delegate")
    if found is not None:
        raise found
    try:
        receiver = actors.load(step.session, to)
    except NotFound:
        raise Invalid(f"there is no person {to}", {"to": ["unknown"]}) from None
    if receiver.name == actor.name:
        raise Invalid("a task cannot be delegated to oneself", {"to": ["self"]})
    _require_delegate(step, definition, seen, receiver)
    owner = task.owner or task.assignee or actor.name
    return _hand_over(
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


def save_draft(step: Step, task_id: uuid.UUID, actor: Actor, form: dict[str, Any]) -> Task:
    """Keep what was filled in so far; nothing of it is a variable yet, and only its writer sees it (`draft_of`)."""
    task, unit_path, row, definition = _locked(step, task_id)
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
    return _fresh(step, task_id)


def draft_of(task: Task, actor: Actor) -> dict[str, Any]:
    """What `actor` has filled in of a task so far; nothing of what somebody else did who could have done it."""
    draft = loads(task.draft) if task.draft else {}
    return draft["form"] if draft.get("by") == actor.name else {}


def why_not(step: Step, task_id: uuid.UUID, actor: Actor) -> Refused | None:
    """What stands against `actor` doing the task now, for a page that says so instead of greying out."""
    task, unit_path, row, definition = _locked(step, task_id)
    return refusal(step, definition, judged(task, definition, unit_path, row.parties), actor)


def form_variables(case: OpenedCase, token: CaseTask, actor: Actor) -> dict[str, Any]:
    """What the step's form may show to `actor`: the variables of its own branch, without what is sealed."""
    hidden = hidden_names(case.seals.entries, actor.name, reads_everything=False)
    return {name: value for name, value in token.data.items() if name not in hidden}


def _validated(
    case: OpenedCase, task: Any, element: Element, form: Any, seen: dict[str, Any], actor: Actor, language: str
) -> dict[str, Any]:
    given = {} if form is None else form
    try:
        if element.human.form_ref is None:
            return accept(given)
        world = case.environment
        compiled = case.definition.form(element.human.form_ref)
        translations = case.definition.package.translations
        return compiled.validate(
            given,
            {**seen, "parameters": world.parameters},
            now=world.now,
            zone=world.calendar.zone,
            language="en" if language == "en" else "zh",
            translate=(lambda text: translations.get(text, text)) if language == "en" else None,
        )
    except FormInvalid as invalid:
        raise Refused(
            "form_invalid",
            str(invalid),
            actor=actor.name,
            task_id=task.id,
            instance_id=case.id,
            element=element.id,
            errors=invalid.errors,
        ) from invalid


def _advance(case: OpenedCase, task: Any, token: CaseTask, element: Element, given: dict[str, Any]) -> None:
    """Complete the token. An operation of the form that fails is told to the person, and nothing has happened."""
    if element.work.operation is None:
        token.data = {**token.data, **given}
    else:
        token.internal_data[FORM] = given
    try:
        token.run()
    except (Refused, Invalid) as error:
        raise Refused(
            "form_invalid",
            str(error),
            actor=case.actor,
            task_id=task.id,
            instance_id=case.id,
            element=element.id,
            errors=error.errors or {"": [{"code": "refused", "message": str(error)}]},
        ) from error
    case.workflow.advance()


def _sealed_names(element: Element, given: Iterable[str]) -> list[str]:
    gathered = [element.loop.output_collection] if isinstance(element.loop, MultiInstance) else []
    return [*given, *element.work.outputs, *[name for name in gathered if name]]


def _sign(
    step: Step,
    case: OpenedCase,
    task: Any,
    element: Element,
    person: str,
    on_behalf_of: str | None,
    seen: dict[str, Any],
    given: dict[str, Any],
) -> None:
    """Whoever completes a step with duties answers for them, on the facts that were on the screen (GOV-3)."""
    if not element.human.duties:
        return
    step.session.execute(
        sa.insert(Signature).values(
            instance_id=case.id,
            task_id=task.id,
            element=element.id,
            duty=" ".join(element.human.duties)[:255],
            person=person,
            on_behalf_of=on_behalf_of,
            facts_hash=_hash(seen),
            form_hash=_hash(given),
            signed_at=step.now,
        )
    )


def _hash(values: dict[str, Any]) -> str:
    return hashlib.sha256(encode(dict(sorted(values.items()))).encode()).hexdigest()


def _refuse_if(step: Step, case: OpenedCase, task: Any, unit_path: str, actor: Actor) -> None:
    found = refusal(step, case.definition, judged(task, case.definition, unit_path, case.row.parties), actor)
    if found is not None:
        raise found


def _require_holder(task: Any, actor: Actor, action: str) -> None:
    if task.state != OPEN:
        raise Refused(
            "not_open",
            f"{task.name} is no longer open.",
            actor=actor.name,
            task_id=task.id,
            instance_id=task.instance_id,
            element=task.element,
            action=action,
        )
    if task.assignee != actor.name and "admin" not in actor.roles:
        raise Refused(
            "not_the_assignee",
            f"{task.name} is with {task.assignee or 'nobody'}.",
            actor=actor.name,
            task_id=task.id,
            instance_id=task.instance_id,
            element=task.element,
            action=action,
        )


def _require_delegate(step: Step, definition: Any, seen: Judged, receiver: Actor) -> None:
    """Every rule but that of the assignee is asked of who is to do the work; what has no role goes to anybody."""
    offered = replace(seen, assignee=None if seen.roles else receiver.name)
    found = refusal(step, definition, offered, receiver, action="delegate")
    if found is not None:
        raise found


def _locked(step: Step, task_id: uuid.UUID) -> tuple[Any, str, Any, Any]:
    row = lock_by_task(step, task_id)
    task, unit_path = _task(step, task_id)
    return task, unit_path, row, step.house.definitions.get(step.session, row.definition_id)


_FRESH = sa.select(Task).where(Task.id == sa.bindparam("this"))
_TASK, _UNIT = table(Task), table(Unit)
_READ = (
    sa.select(_TASK, _UNIT.c.path.label("unit_path"))
    .join(_UNIT, _UNIT.c.id == _TASK.c.unit_id)
    .where(_TASK.c.id == sa.bindparam("this"))
)


def _task(step: Step, task_id: uuid.UUID) -> tuple[Any, str]:
    """The row of the task as it is under the lock of its case, with the path of its unit."""
    row = step.session.connection().execute(_READ, {"this": task_id}).one()
    return row, row.unit_path


def _fresh(step: Step, task_id: uuid.UUID) -> Task:
    return step.session.scalars(_FRESH, {"this": task_id}, execution_options={"populate_existing": True}).one()


def _hand_over(step: Step, row: Any, task: Any, actor: Actor, kind: str, to: str | None = None, **values: Any) -> Task:
    """Change who has a task, with its event; the workflow is not touched."""
    from engine.service.events import append

    append(
        step, row, kind, participants=[actor.name, to], actor=actor.name, element=task.element, task_id=task.id, to=to
    )
    step.session.execute(sa.update(Task).where(Task.id == task.id).values(lock_version=Task.lock_version + 1, **values))
    return _fresh(step, task.id)
