"""What a viewer may see of a case: variables of all branches merged, facts, events; nothing that is sealed for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.runtime.environment import Environment
from engine.runtime.state import load
from engine.service.actors import Actor
from engine.service.house import House
from engine.service.sealing import hidden_names, hidden_tasks
from engine.values import loads
from models.cases import CaseEvent, Instance

_SEALED_PARTICULARS = ("form", "variables", "decisions", "salt", "facts_hash", "form_hash")


def variables(house: House, session: Session, instance: Instance, viewer: Actor) -> dict[str, Any]:
    """The case's variables as FEEL values, without what is sealed for the viewer."""
    definition = house.definitions.get(session, instance.definition_id)
    world = Environment(house.clock.now(), house.calendar, definition.parameters)
    workflow = load(instance.state_data, definition.key, definition.specs, world)
    hidden = _hidden(instance, viewer)
    return {name: value for name, value in workflow.variables().items() if name not in hidden}


def facts(instance: Instance, viewer: Actor) -> dict[str, Any]:
    """The package's search variables, for lists; what is sealed is not among them for anybody."""
    hidden = _hidden(instance, viewer)
    return {name: value for name, value in instance.facts.items() if name not in hidden}


def event_data(event: CaseEvent, instance: Instance, viewer: Actor) -> dict[str, Any]:
    """An event's particulars; the form of a sealed task is left out, and so is what is sealed among variables."""
    data: dict[str, Any] = loads(event.data)
    sealed = hidden_tasks(instance.sealed, viewer.name, reads_everything=_opens_seals(viewer))
    if event.task_id is not None and event.task_id.hex in sealed:
        return {name: value for name, value in data.items() if name not in _SEALED_PARTICULARS} | {"sealed": True}
    hidden = _hidden(instance, viewer)
    if hidden:
        for part in ("form", "variables", "payload"):
            if isinstance(data.get(part), dict):
                data[part] = {name: value for name, value in data[part].items() if name not in hidden}
        data.pop("decisions", None)
        data.pop("salt", None)
    return data


def _hidden(instance: Instance, viewer: Actor) -> set[str]:
    return hidden_names(instance.sealed, viewer.name, reads_everything=_opens_seals(viewer))


def _opens_seals(viewer: Actor) -> bool:
    """Auditors read everything; administrators do not read sealed opinions."""
    return "auditor" in viewer.roles
