"""One scenario as it is played: each step of its file as the act of a person, an administrator or time."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import EngineError, NotFound, Refused
from engine.scenario.acting import ON_CASE, ON_TASK
from engine.scenario.expecting import Failed, check_expectation, elements_in, is_item, visited_elements
from engine.scenario.reading import Scenario, StepModel
from engine.scenario.stage import StandingClock
from engine.service import actors, cases, errands, external, incidents, messages, worker
from engine.service.actors import Actor
from engine.service.house import House, Step
from engine.service.policies import judged, refusal
from models.cases import Incident, Instance
from models.definitions import StartEvent
from models.people import Unit
from models.tasks import OPEN, ExternalTask, Job, Task

_log = logging.getLogger(__name__)
_ROUNDS = 10_000
_SYSTEM_ROLES = frozenset({"admin"})


class Play:
    """One scenario as it runs."""

    def __init__(self, scenario: Scenario, house: House, clock: StandingClock) -> None:
        self.scenario = scenario
        self.house = house
        self.clock = clock
        self.instance_id: uuid.UUID | None = None

    def run(self) -> None:
        """All steps in order, then what is expected at the end."""
        if self.scenario.start is not None:
            self._guarded("start", lambda: self._start(self.scenario.process, self.scenario.start or {}))
        for step in self.scenario.steps:
            self._guarded(f"step {step.number} ({step.action})", lambda step=step: self._step(step))
        if self.scenario.expect:
            self._guarded("the end", lambda: self._expect(self.scenario.expect))

    def visited(self) -> set[str]:
        """Every element that a case of the scenario has reached."""
        with self.house.sessions.reading() as session:
            return {
                element
                for instance_id in session.scalars(sa.select(Instance.id)).all()
                for element in visited_elements(session, instance_id)
            }

    def _guarded(self, place: str, do: Any) -> None:
        try:
            do()
        except Failed as failed:
            raise Failed(f"{place}: {failed}") from None
        except Refused as refused:
            errors = f" {refused.errors}" if refused.errors else ""
            raise Failed(f"{place}: refused by {refused.rule}: {refused}{errors}") from None
        except EngineError as error:
            raise Failed(f"{place}: {error}") from None
        except Exception as error:
            _log.exception("%s, %s", self.scenario.file, place)
            raise Failed(f"{place}: {type(error).__name__}: {error}") from error

    def _step(self, step: StepModel) -> None:
        if step.action in ON_TASK:
            self._act(step.action, step.target, step.options)
        elif step.action in ON_CASE:
            self._intervene(step)
        else:
            getattr(self, f"_do_{step.action}")(step)
        self._settle()

    def _do_start(self, step: StepModel) -> None:
        self._start(step.target, step.options)

    def _do_refused(self, step: StepModel) -> None:
        wanted = step.target
        action = wanted["action"]
        try:
            if action == "start":
                self._start(wanted["start"], wanted)
            else:
                self._act(action, wanted[action], wanted)
        except Refused as refused:
            if refused.rule != wanted["rule"]:
                raise Failed(f"expected a refusal by {wanted['rule']}, found {refused.rule}: {refused}") from None
            return
        raise Failed(f"expected a refusal by {wanted['rule']}, but it was done")

    def _do_expect(self, step: StepModel) -> None:
        self._expect(step.target)

    def _do_advance(self, step: StepModel) -> None:
        try:
            until = self.house.calendar.add(self.clock.now(), step.target, "natural")
        except ValueError as error:
            raise Failed(str(error)) from None
        self._advance(until)

    def _do_advance_to(self, step: StepModel) -> None:
        if step.target < self.clock.now():
            raise Failed(f"{step.target.isoformat()} is past: it is {self.clock.now().isoformat()}")
        self._advance(step.target)

    def _do_message(self, step: StepModel) -> None:
        with self.house.step() as house_step:
            message = step.target
            sender = step.options.get("as")
            messages.publish(
                house_step, message.get("name"), message.get("correlation"), message.get("payload"), sender
            )

    def _do_external(self, step: StepModel) -> None:
        work = step.target
        with self.house.step() as house_step:
            query = sa.select(ExternalTask.id).where(ExternalTask.state == "open", ExternalTask.topic == work["topic"])
            task_id = house_step.session.scalar(query.order_by(ExternalTask.created_at, ExternalTask.id).limit(1))
            if task_id is None:
                raise Failed(f"no work of the topic {work['topic']} is open")
            if "error" in work:
                external.bpmn_error(house_step, task_id, None, work["error"], work.get("variables"))
            elif "failure" in work:
                external.failure(house_step, task_id, None, work["failure"], retries=0)
            else:
                external.complete(house_step, task_id, None, work.get("variables"))

    def _do_cancel(self, step: StepModel) -> None:
        with self.house.step() as house_step:
            cases.cancel(house_step, self._case(), self._administrator(house_step, step), step.target)

    def _do_retry(self, step: StepModel) -> None:
        with self.house.step() as house_step:
            self._must_exist(house_step.session, step.target)
            query = sa.select(Incident.id).where(
                Incident.instance_id == self._case(), Incident.element == step.target, Incident.resolved_at.is_(None)
            )
            incident_id = house_step.session.scalar(query.order_by(Incident.id).limit(1))
            if incident_id is None:
                raise Failed(f"there is no open incident at {step.target}")
            incidents.retry(
                house_step, incident_id, self._administrator(house_step, step), step.options.get("variables")
            )

    def _administrator(self, step: Step, model: StepModel) -> Actor:
        if "as" in model.options:
            return self._actor(step, model.options["as"])
        return Actor("administrator", 1, "/1/", _SYSTEM_ROLES)

    def _start(self, key: str, options: Any) -> None:
        with self.house.step() as step:
            actor = self._actor(step, options["as"])
            instance = cases.start(step, key, actor, options.get("variables"), options.get("business_key"))
            if self.instance_id is None:
                self.instance_id = instance.id
        self._settle()

    def _act(self, action: str, element: str, options: Any) -> None:
        with self.house.step() as step:
            self._must_exist(step.session, element)
            actor = self._actor(step, options["as"])
            pick = self._pick_done if action == "withdraw" else self._pick
            ON_TASK[action](step, pick(step, element, actor, options.get("for")), actor, options)

    def _intervene(self, model: StepModel) -> None:
        with self.house.step() as step:
            if isinstance(model.target, str):
                self._must_exist(step.session, model.target)
            actor = self._administrator(step, model)
            ON_CASE[model.action](step, self._case(), actor, model.target, model.options)

    def _pick_done(self, step: Step, element: str, actor: Actor, _wanted: Any) -> uuid.UUID:
        """What the actor has completed there last."""
        query = sa.select(Task.id).where(Task.element == element, Task.completed_by == actor.name)
        found = step.session.scalar(query.order_by(Task.closed_at.desc(), Task.id.desc()).limit(1))
        if found is None:
            raise Failed(f"{actor.name} has completed nothing at {element}")
        return found

    def _pick(self, step: Step, element: str, actor: Actor, wanted: Any) -> uuid.UUID:
        """One of several by assignee or item; else the one assigned to the actor, else the oldest the actor may do."""
        query = sa.select(Task, Unit.path).join(Unit, Unit.id == Task.unit_id).where(Task.element == element)
        rows = step.session.execute(query.order_by(Task.created_at, Task.id)).all()
        if wanted is not None:
            rows = [row for row in rows if wanted == row.Task.assignee or is_item(wanted, row.Task.item)]
        found = [row for row in rows if row.Task.state == OPEN]
        if not found:
            if rows:
                return uuid.UUID(str(rows[-1].Task.id))
            raise Refused("not_open", f"{element} is not open.", actor=actor.name)
        mine = [row for row in found if row.Task.assignee == actor.name]
        if mine:
            return uuid.UUID(str(mine[0].Task.id))
        for row in found:
            definition = self.house.definitions.get(step.session, row.Task.definition_id)
            parties = step.session.scalar(sa.select(Instance.parties).where(Instance.id == row.Task.instance_id)) or {}
            if refusal(step, definition, judged(row.Task, definition, row.path, parties), actor) is None:
                return uuid.UUID(str(row.Task.id))
        return uuid.UUID(str(found[0].Task.id))

    def _must_exist(self, session: Session, *elements: str) -> None:
        """A misspelt element would else be one that was rightly refused, or had no open task."""
        known = self.house.definitions.find(session, self.scenario.process).elements
        for element in elements:
            if element not in known:
                near = get_close_matches(element, known, 1)
                hint = f"; is {near[0]} meant?" if near else ""
                raise Failed(f"the package has no element {element}{hint}")

    def _actor(self, step: Step, name: Any) -> Actor:
        try:
            return actors.load(step.session, str(name))
        except NotFound:
            raise Failed(f"{name} is not among the people of the scenario") from None

    def _case(self) -> uuid.UUID:
        if self.instance_id is None:
            raise Failed("no case has been started")
        return self.instance_id

    def _expect(self, expected: Any) -> None:
        instance_id = self._case()
        with self.house.sessions.reading() as session:
            self._must_exist(session, *elements_in(expected))
            check_expectation(self.house, session, instance_id, expected, self.clock.now())

    def _advance(self, until: dt.datetime) -> None:
        """Time passes from one due moment to the next, so that what follows from a timer counts from its own time."""
        for _ in range(_ROUNDS):
            due = self._next_due()
            if due is None or due > until:
                self.clock.moment = until.astimezone(dt.UTC)
                self._settle()
                return
            self.clock.moment = max(due, self.clock.moment)
            self._settle()
        raise Failed(f"more than {_ROUNDS} timers fired before {until.isoformat()}")

    def _next_due(self) -> dt.datetime | None:
        with self.house.sessions.reading() as session:
            times = [
                session.scalar(sa.select(sa.func.min(Instance.next_due_at))),
                session.scalar(sa.select(sa.func.min(StartEvent.due_at))),
                session.scalar(
                    sa.select(sa.func.min(Job.due_at)).where(
                        Job.state == "waiting", Job.kind.in_([*worker.KINDS, *self.house.errands])
                    )
                ),
            ]
        return min((time for time in times if time is not None), default=None)

    def _adopt(self) -> None:
        """Without `start`, the scenario is about the first case that a message, a signal or a time has started."""
        if self.instance_id is None:
            oldest = sa.select(Instance.id).where(Instance.key == self.scenario.process)
            with self.house.sessions.reading() as session:
                self.instance_id = session.scalar(oldest.order_by(Instance.created_at, Instance.id).limit(1))

    def _settle(self) -> None:
        """Everything that is due now happens now."""
        for _ in range(_ROUNDS):
            if not worker.sweep(self.house) and not errands.run(self.house):
                self._adopt()
                return
        raise Failed("timers and messages never come to rest")
