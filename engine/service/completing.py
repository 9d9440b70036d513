"""Completing a step of an opened case: the form, the token, the signature, the seal. The caller has judged who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element, MultiInstance, Text
from engine.errors import Invalid, Refused
from engine.feel import is_wrapped, unwrap
from engine.forms import FormInvalid
from engine.runtime import withdrawal
from engine.runtime.activities import FORM
from engine.runtime.tree import CaseTask
from engine.service import signatures
from engine.service.actors import Actor
from engine.service.choosing import offered
from engine.service.handling import refused_at, token_of
from engine.service.house import Step
from engine.service.opened import OpenedCase
from engine.service.policies import authority_used, in_whose_name, judged
from engine.service.sealing import hidden_names
from engine.service.signed_content import keep
from engine.service.variables import accept
from engine.values import to_json
from models.cases import Signature
from models.tasks import COMPLETED


def finish(
    step: Step,
    case: OpenedCase,
    task: Any,
    actor: Actor,
    form: Any,
    language: str = "zh",
    facts_hash: str | None = None,
) -> None:
    """Complete a task of an opened case that `actor` may complete; the caller saves the case.

    `facts_hash` is of what the person has seen; raises `Conflict` when it is not what the step shows now.
    """
    task_id = task.id
    token = token_of(case, task_id)
    element = case.element_of(task)
    seen = form_variables(case, token, actor)
    signs = bool(element.human.duties) or facts_hash is not None
    facts = signatures.as_seen(facts_of(step, case, actor, seen), facts_hash) if signs else None
    given = validated(step, case, task, element, form, seen, actor, language)
    power_of = require_authority(step, case, task, given, actor)
    on_behalf_of = stands_for(step, case, task, actor)
    _advance(case, task, token, element, given)
    if element.human.sealed_until:
        authors = [actor.name, on_behalf_of or actor.name]
        case.seals.add(task, authors, _sealed_names(element, given), element.human.sealed_until)
    case.seals.completed(element.id)
    signed = sign_for(step, case, task, element, actor.name, on_behalf_of, facts, given, power_of)
    case.record(
        "task.completed",
        actor=actor.name,
        on_behalf_of=on_behalf_of,
        element=element.id,
        task_id=task_id,
        form=to_json(given),
        **({"power_of": power_of} if power_of else {}),
        **signed,
        **case.passed(),
    )
    case.participant(actor.name, on_behalf_of)
    closing = {
        "state": COMPLETED,
        "closed_at": step.now,
        "completed_by": actor.name,
        "completed_for": on_behalf_of,
        "assignee": task.assignee or on_behalf_of or actor.name,
        "draft": None,
    }
    withdrawal.hold(token)
    case.flush({task_id: closing})


def stands_for(step: Step, case: OpenedCase, task: Any, actor: Actor) -> str | None:
    """In whose name `actor` acts on the task of a row that `handling.read` gave; None in their own."""
    return in_whose_name(step, case.definition, judged(task, case.definition, task.unit_path, case.row.parties), actor)


def require_authority(step: Step, case: OpenedCase, task: Any, given: dict[str, Any], actor: Actor) -> str | None:
    """Raises `Refused` when the step's own form sets an amount beyond the authority of the actor, or of the one for
    whom a deputy acts.

    Returns whose power is used when the actor's own does not reach and a dated delegation does.
    """
    seen = judged(task, case.definition, task.unit_path, case.row.parties)
    basis = authority_used(step, case.definition, seen, given, actor)
    if basis.lacking is not None:
        raise refused_at(task, actor, "authority", basis.lacking)
    return basis.giver


def form_variables(case: OpenedCase, token: CaseTask, actor: Actor) -> dict[str, Any]:
    """What the step's form may show to `actor`: the variables of its own branch, without what is sealed."""
    hidden = hidden_names(case.seals.entries, actor.name, reads_everything=False)
    return {name: value for name, value in token.data.items() if name not in hidden}


def validated(
    step: Step,
    case: OpenedCase,
    task: Any,
    element: Element,
    form: Any,
    seen: dict[str, Any],
    actor: Actor,
    language: str,
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
            offered(step.house, step.session, compiled, seen, task.unit_path, step.now, language)
            | {"parameters": world.parameters},
            now=world.now,
            zone=world.calendar.zone,
            language="en" if language == "en" else "zh",
            translate=(lambda text: translations.get(text, text)) if language == "en" else None,
        )
    except FormInvalid as invalid:
        raise refused_at(task, actor, "form_invalid", str(invalid), errors=invalid.errors) from invalid


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
            errors=_by_field(error.errors, element, given) or {"": [{"code": "refused", "message": str(error)}]},
        ) from error
    case.workflow.advance()


def _by_field(errors: Mapping[str, Any], element: Element, given: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation says of its inputs, by the fields of the form from which they come unchanged."""
    fields = {
        name: field
        for name, source in element.work.inputs.items()
        if isinstance(source, Text) and is_wrapped(source.text) and (field := unwrap(source.text).strip()) in given
    }
    return {fields.get(name, name): problems for name, problems in errors.items()}


def _sealed_names(element: Element, given: Iterable[str]) -> list[str]:
    gathered = [element.loop.output_collection] if isinstance(element.loop, MultiInstance) else []
    return [*given, *element.work.outputs, *[name for name in gathered if name]]


def facts_of(step: Step, case: OpenedCase, actor: Actor, seen: dict[str, Any]) -> dict[str, Any]:
    """What a step shows to whoever signs it, `seen` being the variables that its form may show."""
    return signatures.shown(step.session, case.definition, case.row, actor, seen)


def sign_for(
    step: Step,
    case: OpenedCase,
    task: Any,
    element: Element,
    person: str,
    on_behalf_of: str | None,
    facts: dict[str, Any] | None,
    given: dict[str, Any],
    power_of: str | None = None,
) -> dict[str, str]:
    """Whoever completes a step with duties answers for them, on the facts that were on the screen (GOV-3).

    Returns what the event says of it: the hashes by which it is proved; nothing for a step without duties.
    """
    if facts is None or not element.human.duties:
        return {}
    hashes = dict(zip(("facts_hash", "form_hash"), keep(step.session, facts, given), strict=True))
    step.session.execute(
        sa.insert(Signature).values(
            instance_id=case.id,
            task_id=task.id,
            element=element.id,
            duty=" ".join(element.human.duties)[:255],
            person=person,
            on_behalf_of=on_behalf_of,
            power_of=power_of,
            signed_at=step.now,
            **hashes,
        )
    )
    return hashes
