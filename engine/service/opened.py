"""One case, opened under its lock for one step: its workflow, its events, and the rows that follow from changes."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

import sqlalchemy as sa
from SpiffWorkflow import TaskState
from sqlalchemy.orm import Session

from engine.bpmn.model import Element
from engine.errors import NotFound
from engine.runtime.state import dump, load
from engine.runtime.tree import CaseTask
from engine.runtime.workflow import CaseWorkflow
from engine.service import facts, kept, rows
from engine.service.audit import Chain
from engine.service.definitions import Compiled
from engine.service.house import Step
from engine.service.observed import Observed, observe
from engine.service.sealing import Seals
from engine.service.world import world
from engine.values import loads
from models.cases import Instance, Participant, found_case
from models.database import insert_missing, table
from models.search import put
from models.tasks import Task, Timer

RUNNING, COMPLETED, TERMINATED, INCIDENT = "running", "completed", "terminated", "incident"


class OpenedCase:
    """A case during a step. `save` writes the difference between before and after as rows, and the state."""

    def __init__(self, step: Step, row: Any, definition: Compiled, workflow: CaseWorkflow | None) -> None:
        self.step = step
        self.row = row
        self.id: uuid.UUID = row.id
        self.unit_id: int = row.unit_id
        self.business_key: str | None = row.business_key
        self.definition = definition
        self.environment = world(self)
        self.chain = Chain(row.id, row.event_count, row.event_head)
        self.seals = Seals(row.sealed)
        self.outcome: str | None = row.outcome
        self.terminated: bool = row.state == TERMINATED
        self.actor: str | None = None
        self.timers_changed = False
        self._participants: set[str] = set()
        self._next_due: dt.datetime | None = row.next_due_at
        self.before = Observed()
        if workflow is None:
            process = definition.key
            workflow = load(row.state_data, process, definition.specs, self.environment)
            self.before = observe(workflow)
        else:
            workflow.environment = self.environment
        self.workflow = workflow
        self.after = self.before
        self._open_before = frozenset(self.before.tasks)

    @property
    def session(self) -> Session:
        """The session of the step."""
        return self.step.session

    @property
    def connection(self) -> sa.Connection:
        """The connection of the step, for statements that need nothing of the mapper."""
        return self.step.connection

    @property
    def state(self) -> str:
        """The state that lists show."""
        if self.terminated:
            return TERMINATED
        if self.workflow.completed:
            return COMPLETED
        return INCIDENT if self.after.incidents else RUNNING

    def token(self, token_id: uuid.UUID) -> CaseTask | None:
        """The open token with this id."""
        return self.workflow.find(token_id)

    def element_of(self, task: Any) -> Element:
        """What the diagram says about the step of a task row."""
        return self.definition.element(task.process, task.element)

    def record(self, kind: str, **particulars: Any) -> None:
        """Add an event at this moment.

        Its hash is shown to all who see the case: while something is sealed, a random salt keeps them from trying out
        which of a few opinions has this hash.
        """
        if self.seals.entries:
            particulars["salt"] = secrets.token_hex(16)
        self.chain.add(self.step.now, kind, **particulars)

    def participant(self, *names: str | None) -> None:
        """Whoever took part in a case may see it."""
        self._participants.update(name for name in names if name)

    def passed(self) -> dict[str, Any]:
        """What the workflow has gone through since last asked, as particulars of an event."""
        trace = self.environment.trace
        passed = list(dict.fromkeys(trace.passed))
        entered = [element for element in dict.fromkeys(trace.entered) if element not in trace.passed]
        particulars = {
            "passed": passed,
            "entered": entered,
            "decisions": trace.decisions,
        }
        trace.passed, trace.entered, trace.decisions = [], [], []
        return particulars

    def flush(self, closing: dict[uuid.UUID, dict[str, Any]] | None = None) -> None:
        """Write what changed since the last flush; `closing` has the columns of what was completed by somebody.

        A message that came early is delivered as soon as the case waits for it.
        """
        while self._flush(closing or {}):
            closing = None

    def _flush(self, closing: dict[uuid.UUID, dict[str, Any]]) -> bool:
        """True when a kept message was delivered, from which more may follow."""
        self.after = observe(self.workflow)
        self.timers_changed |= rows.write(self, self.before, self.after, closing)
        if self.environment.trace.outcome is not None:
            self.outcome = self.environment.trace.outcome
        new_waits = [token for token in self.after.waits if token not in self.before.waits]
        self.before = self.after
        conflicts, self.environment.trace.conflicts = self.environment.trace.conflicts, []
        undone, self.environment.trace.undone = self.environment.trace.undone, []
        for compensation in undone:
            self.record("compensation.begun", **compensation)
        for conflict in conflicts:
            self.record("variable.overwritten", **conflict)
        rows.send(self)
        delivered = [token for token in new_waits if self._deliver_kept(token)]
        return bool(delivered)

    def deliver(self, token_id: uuid.UUID, payload: dict[str, Any]) -> None:
        """What the token waits for has come; the case advances until it waits again."""
        token = self.workflow.find(token_id)
        if token is not None and token.state == TaskState.WAITING:
            token.task_spec.fire(token, payload, {})
            self.workflow.advance()

    def _deliver_kept(self, token_id: uuid.UUID) -> bool:
        wait, token = self.after.waits[token_id], self.workflow.find(token_id)
        if wait.kind != "message" or token is None or token.state != TaskState.WAITING:
            return False  # no message, or one that came before it has ended the waiting
        kept.in_turn(self.step.session)
        message = kept.oldest_kept(self.step.session, wait.name, wait.correlation)
        if message is None:
            return False
        message.state, message.instance_id = "delivered", self.id
        self.deliver(token_id, loads(message.payload))
        self.record("message.received", element=wait.element, message=wait.name, kept=True, **self.passed())
        return True

    def _settle_recusals(self, parties: dict[str, list[str]]) -> None:
        """Look at what was opened, and at everything that is open when the case has other parties than before."""
        from engine.service import recusing  # which acts on tasks in turn

        others = parties != self.row.parties
        asked = [
            token
            for token, task in self.after.tasks.items()
            if task.element.human.recuse and (others or token not in self._open_before)
        ]
        if asked:
            recusing.look_at(self, asked, parties)

    def save(self) -> None:
        """Write the instance with its state, and the events. The last thing a step does with a case."""
        session = self.step.session
        self.seals.settle(self)
        if self.timers_changed:
            self._next_due = session.scalar(
                sa.select(sa.func.min(Timer.due_at)).where(Timer.instance_id == self.id, Timer.held.is_(False))
            )
        state = self.state
        ended = state in (COMPLETED, TERMINATED)
        shown = facts.shown(self)
        self._settle_recusals(shown["parties"])
        if shown["search_text"] != self.row.search_text:
            put(self.connection, found_case(self.id, self.business_key, shown["search_text"]))
        self.chain.write(session)
        taking_part = [{"instance_id": self.id, "person": name} for name in sorted(self._participants)]
        insert_missing(session, Participant, taking_part, ["instance_id", "person"])
        self.connection.execute(
            _UPDATE,
            {
                "this": self.id,
                "state": state,
                "outcome": self.outcome,
                "next_due_at": None if ended else self._next_due,
                "ended_at": self.step.now if ended and self.row.ended_at is None else self.row.ended_at,
                "lock_version": self.row.lock_version + 1,
                "event_count": self.chain.count,
                "event_head": self.chain.head,
                "sealed": self.seals.entries,
                "state_data": dump(self.workflow),
                **shown,
            },
        )


_INSTANCE, _TASK = table(Instance), table(Task)
_LOCK = sa.select(_INSTANCE).where(_INSTANCE.c.id == sa.bindparam("this")).with_for_update()
_LOCK_BY_TASK = (
    sa.select(_INSTANCE)
    .where(_INSTANCE.c.id == sa.select(_TASK.c.instance_id).where(_TASK.c.id == sa.bindparam("task")).scalar_subquery())
    .with_for_update()
)
_WRITTEN = (
    "state",
    "outcome",
    "next_due_at",
    "ended_at",
    "lock_version",
    "event_count",
    "event_head",
    "sealed",
    "state_data",
    "facts",
    "parties",
    "search_text",
)
_UPDATE = (
    sa.update(_INSTANCE)
    .where(_INSTANCE.c.id == sa.bindparam("this"))
    .values({name: sa.bindparam(name) for name in _WRITTEN})
)


def lock(step: Step, instance_id: uuid.UUID) -> Any:
    """The row of the instance, locked until the step ends. Raises `NotFound`."""
    row = step.connection.execute(_LOCK, {"this": instance_id}).one_or_none()
    if row is None:
        raise NotFound("there is no such case")
    return row


def lock_by_task(step: Step, task_id: uuid.UUID) -> Any:
    """The row of a task's instance, locked until the step ends. Raises `NotFound`."""
    row = step.connection.execute(_LOCK_BY_TASK, {"task": task_id}).one_or_none()
    if row is None:
        raise NotFound("there is no such task")
    return row


def open_case(step: Step, instance_id: uuid.UUID) -> OpenedCase:
    """Lock the case and load its workflow."""
    return _opened(step, lock(step, instance_id))


def open_case_of(step: Step, task_id: uuid.UUID) -> OpenedCase:
    """Lock the case of a task and load its workflow."""
    return _opened(step, lock_by_task(step, task_id))


def _opened(step: Step, row: Any) -> OpenedCase:
    return OpenedCase(step, row, step.house.definitions.get(step.session, row.definition_id), None)
