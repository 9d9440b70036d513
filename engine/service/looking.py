"""Looking at one case without changing it: its variables as a viewer may see them, as a whole and in one branch.

Opens the state once for a page. Lists never need it: what they show stands in rows.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn.model import Element
from engine.runtime.environment import Environment
from engine.runtime.state import load
from engine.service.actors import Actor
from engine.service.house import House
from engine.service.sealing import hidden_names
from engine.service.signatures import shown
from models.cases import Instance


class CaseLook:
    """A case opened for reading. Nothing that is sealed for the viewer is in what it gives."""

    def __init__(self, house: House, session: Session, instance: Instance, viewer: Actor) -> None:
        self.id, self.session, self.row = instance.id, session, instance
        self.definition = house.definitions.get(session, instance.definition_id)
        world = Environment(house.clock.now(), house.calendar, self.definition.parameters)
        self.workflow = load(instance.state_data, self.definition.key, self.definition.specs, world)
        # Auditors read everything on case pages; what a step's form may show is judged without that privilege.
        self._hidden = hidden_names(instance.sealed, viewer.name, reads_everything="auditor" in viewer.roles)
        self._hidden_in_forms = hidden_names(instance.sealed, viewer.name, reads_everything=False)

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of all branches, merged."""
        return {name: value for name, value in self.workflow.variables().items() if name not in self._hidden}

    def branch(self, task_id: uuid.UUID) -> dict[str, Any]:
        """The variables that the form of an open task may show; empty when the task is no longer open."""
        token = self.workflow.find(task_id)
        if token is None:
            return {}
        return {name: value for name, value in token.data.items() if name not in self._hidden_in_forms}

    def facts(self, viewer: Actor, variables: dict[str, Any]) -> dict[str, Any]:
        """What a step shows to whoever signs it, beside the variables that its form may show."""
        return shown(self.session, self.definition, self.row, viewer, variables)

    def element_of(self, task: Any) -> Element:
        """What the diagram says about the step of a task row."""
        return self.definition.element(task.process, task.element)
