"""What a workflow waits for at one moment, to be compared before and after a step."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow import TaskState

from engine.bpmn.model import Element
from engine.runtime.activities import EXTERNAL, ITEM, PAUSED, WORK, UserTask
from engine.runtime.events import DUE, WAITS
from engine.runtime.tree import INCIDENT, CaseTask
from engine.runtime.workflow import CaseWorkflow
from engine.values import dumps


@dataclass(frozen=True)
class OpenTask:
    """A step that waits for a person."""

    element: Element
    work: dict[str, Any]
    item: str | None
    data: dict[str, Any]

    @property
    def has_timers(self) -> bool:
        """Whether timers may belong to the step itself: escalations, or the end of a pause."""
        return bool(self.element.human.escalations) or PAUSED in self.work


@dataclass(frozen=True)
class OpenTimer:
    """A timer event that waits."""

    element: str
    due_at: dt.datetime


@dataclass(frozen=True)
class OpenWait:
    """A message or signal that is waited for; `correlation` has the declared keys with the values taken."""

    element: str
    kind: str
    name: str
    correlation: dict[str, Any]


@dataclass(frozen=True)
class OpenWork:
    """Work that waits for another program."""

    element: str
    topic: str
    variables: dict[str, Any]


@dataclass
class Observed:
    """Everything a case waits for, by token."""

    tasks: dict[uuid.UUID, OpenTask] = field(default_factory=dict)
    timers: dict[uuid.UUID, OpenTimer] = field(default_factory=dict)
    waits: dict[uuid.UUID, OpenWait] = field(default_factory=dict)
    works: dict[uuid.UUID, OpenWork] = field(default_factory=dict)
    incidents: dict[uuid.UUID, tuple[str, str]] = field(default_factory=dict)


def observe(workflow: CaseWorkflow) -> Observed:
    """What the case waits for now."""
    seen = Observed()
    for scope in workflow.scopes():
        for task in scope.tasks.values():
            _look_at(task, seen)
    return seen


def _look_at(task: CaseTask, seen: Observed) -> None:
    internal, spec = task.internal_data, task.task_spec
    if INCIDENT in internal:
        seen.incidents[task.id] = (spec.element_id, internal[INCIDENT]["message"])
    elif task.state == TaskState.READY and isinstance(spec, UserTask):
        seen.tasks[task.id] = OpenTask(spec.element, internal[WORK], _item_text(internal), task.data)
    elif task.state == TaskState.WAITING:
        if DUE in internal:
            seen.timers[task.id] = OpenTimer(spec.element_id, dt.datetime.fromisoformat(internal[DUE]))
        if WAITS in internal:
            kind, name, keys = internal[WAITS]
            seen.waits[task.id] = OpenWait(spec.element_id, kind, name, keys or {})
        if EXTERNAL in internal:
            work = internal[EXTERNAL]
            seen.works[task.id] = OpenWork(spec.element_id, work["topic"], work["variables"])


def _item_text(internal: dict[str, Any]) -> str | None:
    item = internal.get(ITEM)
    if item is None:
        return None
    return item[:255] if isinstance(item, str) else dumps(item)[:255]
