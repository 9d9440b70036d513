"""Plays an application as people would: one step after another, in working time, by whoever may do it."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.service import actors, cases, errands, tasks, worker
from engine.service.actors import Actor
from engine.service.house import House
from engine.service.opened import open_case_of
from engine.service.policies import judged, read_past, refusal
from engine.service.replacing import read_once
from models.cases import Instance
from models.people import Person, PersonRole, Unit
from models.queries.meetings import items_of
from models.tasks import COMPLETED, OPEN, Task
from operations import sittings
from operations.demo.answers import answer, application_form
from operations.demo.plan import Application

_PACE = "PT3H"
"""Working time that each step takes."""

_UNTIL_SIGNING = dt.timedelta(days=3, hours=6)
"""What passes between the appointment for the signing and the signing."""

ADMINISTRATOR = "admin"

_STEPS = 60
"""More steps than this and an application goes round in circles."""


class StandingClock:
    """A clock that moves only when told to."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def now(self) -> dt.datetime:
        """Where it stands."""
        return self.moment


class DemoStuck(RuntimeError):
    """The demonstration and the diagrams do not fit any more."""


class Player:
    """Plays applications on a house whose clock it moves through the past, never beyond `present`."""

    def __init__(self, house: House, clock: StandingClock, present: dt.datetime) -> None:
        self.house = house
        self.clock = clock
        self.present = present

    def knows(self, application: Application) -> bool:
        """Whether the application has been made."""
        with self.house.sessions.reading() as session:
            query = sa.select(Instance.id).where(Instance.search_text.contains(application.customer.name.lower()))
            return session.scalar(query.limit(1)) is not None

    def play(self, process: str, application: Application) -> None:
        """Start the application and carry it as far as it is planned and time allows."""
        zone = self.house.calendar.zone
        morning = dt.datetime.combine(application.begun_on, dt.time(9, 10), zone)
        self.clock.moment = min(self.house.calendar.add(morning, "PT1M", "working"), self.present)
        with self.house.step() as step:
            clerk = actors.load(step.session, application.clerk)
            instance_id = cases.start(step, process, clerk, application_form(application)).id
        for _ in range(_STEPS):
            if not self._one_step(instance_id, application):
                return
        raise DemoStuck(f"the application of {application.customer.name} goes round in circles")

    def catch_up(self) -> None:
        """Let everything happen that was due since, each at its own time: reminders, escalations, lapsed limits."""
        while True:
            with self.house.sessions.reading() as session:
                due = session.scalar(sa.select(sa.func.min(Instance.next_due_at)))
            if due is None or due > self.present:
                return
            self.clock.moment = due
            self._sweep()

    def look_for_what_ends(self, process: str) -> None:
        """Look once for insurance and valuations that end, as an administrator may; without the process, nothing."""
        self.clock.moment = self.present
        with self.house.step() as step, suppress(NotFound):
            cases.start(step, process, actors.load(step.session, ADMINISTRATOR), {})

    def hand_out(self) -> None:
        """Let people take every other open task, so that inboxes hold something of one's own and something to take."""
        self.clock.moment = self.present
        with self.house.sessions.reading() as session:
            query = sa.select(Task).where(Task.state == OPEN, Task.assignee.is_(None))
            waiting = list(session.scalars(query.order_by(Task.due_at, Task.id)))
        cases_taken = set()
        for task in waiting[::2]:
            if task.instance_id not in cases_taken:
                cases_taken.add(task.instance_id)
                with self.house.step() as step:
                    tasks.claim(step, task.id, self._somebody(step, task))

    def _sweep(self) -> None:
        worker.sweep(self.house)
        errands.run(self.house)

    def _one_step(self, instance_id: uuid.UUID, application: Application) -> bool:
        """Let somebody do the next step; False when the application has come as far as it should."""
        ready = self._open_tasks(instance_id)
        waiting = [task for task in ready if task.element == application.stop_at]
        if application.mode == "reconsidered" and not self._asked_again(instance_id):
            waiting = []
        ready = [task for task in ready if task not in waiting]
        if not ready or (waiting and application.stop_at not in ("vote", "investigate_a", "investigate_b")):
            return False
        if application.stop_at == "investigate_a" and waiting:
            return False
        later = self.house.calendar.add(self.clock.moment, _PACE, "working")
        if later > self.present:
            return False
        self.clock.moment = later
        self._sweep()
        task = next((task for task in self._open_tasks(instance_id) if task.id == ready[0].id), None)
        if task is not None:
            self._complete(task, application)
        return True

    def _asked_again(self, instance_id: uuid.UUID) -> bool:
        with self.house.sessions.reading() as session:
            asked = sa.select(Task.id).where(
                Task.instance_id == instance_id, Task.element == "reconsideration", Task.state == COMPLETED
            )
            return session.scalar(asked.limit(1)) is not None

    def _complete(self, task: Task, application: Application) -> None:
        local = self.clock.moment.astimezone(self.house.calendar.zone)
        if task.element == "write_minutes":
            self._sit(task.instance_id)
        with self.house.step() as step:
            actor = self._somebody(step, task)
            token = open_case_of(step, task.id).token(task.id)
            form = answer(task.element, application, local, token.data if token is not None else {})
            tasks.complete(step, task.id, actor, form)
        self._sweep()
        if task.element == "arrange_signing":
            self.clock.moment = min(self.clock.moment + _UNTIL_SIGNING, self.present)

    def _sit(self, instance_id: uuid.UUID) -> None:
        """The committee has sat on a case: it began, the members who voted had signed in, and it is over."""
        with self.house.step() as step:
            item = items_of(step.session, instance_id)[0]
            number = item.meeting.number
            secretary = actors.load(step.session, item.meeting.secretary)
            sittings.begin(step, secretary, number)
            for ballot in item.ballots:
                if ballot.ballot != "absent":
                    sittings.attend(step, actors.load(step.session, ballot.person), number)
            sittings.end(step, secretary, number)

    def _somebody(self, step: Any, task: Task) -> Actor:
        """The first person, by name, whom no rule keeps from the task."""
        definition = self.house.definitions.get(step.session, task.definition_id)
        path = step.session.scalars(sa.select(Unit.path).where(Unit.id == task.unit_id)).one()
        parties = step.session.scalars(sa.select(Instance.parties).where(Instance.id == task.instance_id)).one()
        seen = judged(task, definition, path, parties)
        holding = sa.select(PersonRole.person_id).where(PersonRole.role.in_(seen.roles | {"committee_member"}))
        people = step.session.scalars(
            sa.select(Person).where(Person.demo, Person.id.in_(holding)).order_by(Person.name)
        ).all()
        past = read_past(step.session, [task.instance_id])[task.instance_id]
        look = read_once(step, [person.name for person in people])
        for actor in map(actors.of, people):
            if refusal(look, definition, seen, actor, past) is None:
                return actor
        raise DemoStuck(f"nobody may do {task.element}")

    def _open_tasks(self, instance_id: uuid.UUID) -> list[Task]:
        with self.house.sessions.reading() as session:
            query = sa.select(Task).where(Task.instance_id == instance_id, Task.state == OPEN)
            return list(session.scalars(query.order_by(Task.created_at, Task.id)))
