"""Cases: started by people, seen by those who may, ended by administrators."""

from __future__ import annotations

import uuid
from typing import Any

from engine.errors import Conflict, Forbidden, Invalid, Refused
from engine.forms import FormInvalid
from engine.runtime.workflow import CaseWorkflow
from engine.service.actors import Actor
from engine.service.definitions import Compiled
from engine.service.house import Step
from engine.service.opened import RUNNING, OpenedCase, open_case
from engine.service.variables import accept, require_text
from engine.values import to_json
from models.cases import Instance
from models.numbering import next_number

_MAX_KEY = 255


def start(
    step: Step,
    key: str,
    actor: Actor,
    variables: Any = None,
    business_key: str | None = None,
    version: int | None = None,
    language: str = "zh",
) -> Instance:
    """Start a case of the process `key` in the actor's unit, and advance it until it waits.

    Raises `Refused` (`not_a_candidate`, `form_invalid`), `NotFound`, `Invalid`.
    """
    definition = step.house.definitions.find(step.session, key, version)
    if not definition.starter_roles & actor.roles:
        roles = ", ".join(sorted(definition.starter_roles))
        raise Refused("not_a_candidate", f"A case of {key} is started by {roles}.", actor=actor.name, action="start")
    given = _start_variables(step, definition, variables, actor, language)
    if business_key is not None:
        business_key = require_text(business_key, "business_key", _MAX_KEY)
        if not business_key.isprintable():
            # It names the case on every page: nothing in it may break a line or turn the writing round.
            raise Invalid("business_key holds characters that cannot be seen", {"business_key": ["not_printable"]})
    if business_key is None:
        pattern = definition.package.manifest.numbering.get("business_key")
        today = step.now.astimezone(step.house.calendar.zone)
        if pattern is not None:
            business_key = next_number(step.session, pattern, actor.unit_id, today.year, today.month)
    return _begin(step, definition, given, business_key, actor)


def _start_variables(step: Step, definition: Compiled, variables: Any, actor: Actor, language: str) -> dict[str, Any]:
    given = {} if variables is None else variables
    try:
        if definition.start_form is None:
            return accept(given)
        translations = definition.package.translations
        return definition.form(definition.start_form).validate(
            given,
            {"parameters": definition.parameters},
            now=step.now,
            zone=step.house.calendar.zone,
            language="en" if language == "en" else "zh",
            translate=(lambda text: translations.get(text, text)) if language == "en" else None,
        )
    except FormInvalid as invalid:
        raise Refused(
            "form_invalid", str(invalid), actor=actor.name, action="start", errors=invalid.errors
        ) from invalid


def _begin(
    step: Step, definition: Compiled, variables: dict[str, Any], business_key: str | None, actor: Actor
) -> Instance:
    instance = Instance(
        id=uuid.uuid4(),
        definition_id=definition.id,
        key=definition.key,
        business_key=business_key,
        unit_id=actor.unit_id,
        started_by=actor.name,
        state=RUNNING,
        outcome=None,
        facts={},
        parties={},
        search_text="",
        next_due_at=None,
        created_at=step.now,
        ended_at=None,
        lock_version=0,
        event_count=0,
        event_head="",
        sealed=[],
        state_data=b"",
    )
    step.session.add(instance)
    step.session.flush()
    workflow = CaseWorkflow(definition.specs[definition.key], definition.specs, None)  # type: ignore[arg-type]
    case = OpenedCase(step, instance, definition, workflow)
    case.actor = actor.name
    workflow.start(variables)
    case.record(
        "case.started",
        actor=actor.name,
        definition=definition.key,
        version=definition.version,
        business_key=business_key,
        variables=to_json(variables),
        **case.passed(),
    )
    case.participant(actor.name)
    case.flush()
    case.save()
    step.session.refresh(instance)
    return instance


def cancel(step: Step, instance_id: uuid.UUID, actor: Actor, reason: Any) -> None:
    """End a case from outside; its tasks are closed. Administrators only, with a reason."""
    require_admin(actor)
    text = require_text(reason, "reason", 1000)
    case = open_case(step, instance_id)
    case.actor = actor.name
    if case.workflow.completed:
        raise Conflict("the case has ended already")
    case.workflow.terminate()
    case.terminated = True
    case.flush()
    case.record("case.cancelled", actor=actor.name, reason=text)
    case.participant(actor.name)
    case.save()


def require_admin(actor: Actor) -> None:
    """Raises `Forbidden` for everybody but administrators."""
    if "admin" not in actor.roles:
        raise Forbidden("this is for administrators")
