"""Cases: started by people, seen by those who may, ended by administrators."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from engine.errors import Conflict, Forbidden, Invalid, Refused
from engine.forms import FormInvalid
from engine.runtime.workflow import CaseWorkflow
from engine.service import setting_right
from engine.service.actors import Actor
from engine.service.choosing import offered
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
    if not definition.process.has_plain_start:
        raise Conflict(f"a case of {key} begins by a message, a signal or at a time, and cannot be started by people")
    given = _start_variables(step, definition, variables, actor, language)
    if business_key is not None:
        business_key = require_text(business_key, "business_key", _MAX_KEY)
        if not business_key.isprintable():
            # It names the case on every page: nothing in it may break a line or turn the writing round.
            raise Invalid("business_key holds characters that cannot be seen", {"business_key": ["not_printable"]})
    return begin(step, definition, given, actor.unit_id, actor.name, business_key=business_key)


def _start_variables(step: Step, definition: Compiled, variables: Any, actor: Actor, language: str) -> dict[str, Any]:
    given = {} if variables is None else variables
    try:
        if definition.start_form is None:
            return accept(given)
        translations = definition.package.translations
        compiled = definition.form(definition.start_form)
        return compiled.validate(
            given,
            offered(
                step.house,
                step.session,
                compiled,
                {"parameters": definition.parameters},
                actor.unit_path,
                step.now,
                language,
            ),
            now=step.now,
            zone=step.house.calendar.zone,
            language="en" if language == "en" else "zh",
            translate=(lambda text: translations.get(text, text)) if language == "en" else None,
        )
    except FormInvalid as invalid:
        raise Refused(
            "form_invalid", str(invalid), actor=actor.name, action="start", errors=invalid.errors
        ) from invalid


def begin(
    step: Step,
    definition: Compiled,
    variables: dict[str, Any],
    unit_id: int,
    starter: str | None,
    *,
    business_key: str | None = None,
    at: str | None = None,
    because: Mapping[str, Any] | None = None,
) -> Instance:
    """A case of `unit_id`, advanced until it waits; `starter` is the person who has caused it, if one has.

    `at` is the start event whose message, signal or time begins it, and `because` what the history says of that.
    """
    if business_key is None:
        business_key = _number(step, definition, unit_id)
    instance = Instance(
        id=uuid.uuid4(),
        definition_id=definition.id,
        key=definition.key,
        business_key=business_key,
        unit_id=unit_id,
        started_by=starter,
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
    case.actor = starter
    workflow.start(variables, at)
    case.record(
        "case.started",
        actor=starter,
        element=at,
        definition=definition.key,
        version=definition.version,
        business_key=business_key,
        variables=to_json(variables),
        **(because or {}),
        **case.passed(),
    )
    case.participant(starter)
    case.flush()
    case.save()
    step.session.refresh(instance)
    return instance


def _number(step: Step, definition: Compiled, unit_id: int) -> str | None:
    pattern = definition.package.manifest.pattern_for(definition.key)
    today = step.now.astimezone(step.house.calendar.zone)
    return None if pattern is None else next_number(step.session, pattern, unit_id, today.year, today.month)


def cancel(step: Step, instance_id: uuid.UUID, actor: Actor, reason: Any) -> None:
    """End a case from outside; its tasks are closed. Administrators only, with a reason."""
    require_admin(actor)
    text = require_text(reason, "reason", 1000)
    case = open_case(step, instance_id)
    case.actor = actor.name
    setting_right.require_outsider(case, actor)
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
