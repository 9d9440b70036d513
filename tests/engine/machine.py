"""A case on the engine alone, without database or people: for tests that need many steps."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from SpiffWorkflow import TaskState

from engine.packages import Package
from engine.runtime.activities import UserTask
from engine.runtime.environment import Environment
from engine.runtime.events import DUE
from engine.runtime.moves import Impossible, cancel_branch, carry_out, plan, skip
from engine.runtime.state import dump, load
from engine.runtime.tree import INCIDENT, CaseTask
from engine.runtime.withdrawal import hold, withdraw
from engine.runtime.workflow import CaseWorkflow
from engine.service.definitions import Compiled
from tests.engine.builder import CALENDAR, MONDAY, values


class Machine:
    """Runs one case; with `reloading` it is written and read between any two steps."""

    def __init__(self, read: Package, variables: dict[str, Any] | None = None, *, reloading: bool = True) -> None:
        self.definition = Compiled(read, "p")
        self.reloading = reloading
        self.now = MONDAY.astimezone(dt.UTC)
        self.outcome: str | None = None
        self.data = b""
        specs = self.definition.specs
        self.workflow = CaseWorkflow(specs["p"], specs, self._world())
        self.workflow.start(values(variables or {}))
        self._keep()

    def _world(self) -> Environment:
        return Environment(self.now, CALENDAR, self.definition.parameters)

    def _keep(self) -> None:
        self.outcome = self.workflow.environment.trace.outcome or self.outcome
        if self.reloading:
            self.data = dump(self.workflow)
            self.workflow = load(self.data, "p", self.definition.specs, self._world())
        else:
            self.workflow.environment = self._world()

    def _tokens(self) -> list[CaseTask]:
        """In the order in which they were put."""
        found = [task for scope in self.workflow.scopes() for task in scope.tasks.values()]
        return sorted(found, key=lambda task: task.id.int >> 96)

    def open(self) -> list[CaseTask]:
        """The steps that wait for people."""
        return [t for t in self._tokens() if t.state == TaskState.READY and isinstance(t.task_spec, UserTask)]

    def names(self) -> list[str]:
        """The elements of the open steps, sorted."""
        return sorted(task.task_spec.element_id for task in self.open())

    def timers(self) -> list[CaseTask]:
        """The timers that wait."""
        return [t for t in self._tokens() if t.state == TaskState.WAITING and DUE in t.internal_data]

    def incidents(self) -> list[str]:
        """The elements that failed."""
        return [task.task_spec.element_id for task in self._tokens() if INCIDENT in task.internal_data]

    def count(self) -> int:
        """The tokens in the tree."""
        return sum(len(scope.tasks) for scope in self.workflow.scopes())

    def complete(self, element: str, **form: Any) -> uuid.UUID:
        """Complete the oldest open step of an element; a function as value is given the branch's own variables.

        Returns the id under which it can be withdrawn.
        """
        task = next(task for task in self.open() if task.task_spec.element_id == element)
        given = {name: value(task.data) if callable(value) else values(value) for name, value in form.items()}
        task.data = {**task.data, **given}
        task.run()
        self.workflow.advance()
        hold(task)
        self._keep()
        return task.id

    def move(self, element: str, target: str, *, others: bool = False, back: bool = False) -> None:
        """Move the oldest open step, or failed element, to another element."""
        found = plan(self.token(element), self.definition.elements[target], others=others, back=back)
        carry_out(found, back_to={} if back else None)
        self.workflow.advance()
        self._keep()

    def skip(self, element: str, **variables: Any) -> None:
        """Go on behind an element without doing it."""
        skip(self.token(element), values(variables))
        self.workflow.advance()
        self._keep()

    def cancel_branch(self, element: str) -> None:
        """End the branch in which an element is open."""
        cancel_branch(self.token(element))
        self.workflow.advance()
        self._keep()

    def withdraw(self, task_id: uuid.UUID) -> None:
        """Take back what was completed under this id."""
        task = self.workflow.find(task_id)
        if task is None:
            raise Impossible("it is no longer known")
        withdraw(task, {})
        self.workflow.advance()
        self._keep()

    def token(self, element: str) -> CaseTask:
        """The oldest open token at an element."""
        found = [task for task in self._tokens() if task.task_spec.element_id == element]
        waiting = [t for t in found if t.has_state(TaskState.READY | TaskState.WAITING) or INCIDENT in t.internal_data]
        return (waiting or [task for task in found if task.state == TaskState.STARTED])[0]

    def fire(self, element: str) -> None:
        """Let the oldest timer of an element fire, when it is due."""
        task = next(task for task in self.timers() if task.task_spec.element_id == element)
        self.now = max(self.now, dt.datetime.fromisoformat(task.internal_data[DUE]))
        self.workflow.environment = self._world()
        task.task_spec.fire(task, {}, {})
        self.workflow.advance()
        self._keep()

    def variables(self) -> dict[str, Any]:
        """What the case knows."""
        return self.workflow.variables()
