"""Whatever people, programs and administrators do to a case, and in whatever order: its rows say what its state says.

`HYPOTHESIS_PROFILE=long` plays many more.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.service import cosigning, external, interventions, messages, moves, pausing, tasks
from engine.service.opened import open_case
from models.tasks import COMPLETED, COSIGN, OPEN, STEP, Task
from tests.engine.agreement import disagreements
from tests.engine.builder import (
    PEOPLE,
    Bench,
    both,
    boundary,
    chain,
    end,
    event,
    extension,
    message,
    node,
    on_event,
    package,
    process,
    several,
    start,
    sub,
    throw,
    timer,
    undo,
    undoing,
    user,
    values,
)

_EXAMPLES = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 8
_STEPS = 30
LATE = extension(
    '<loanflow:escalation after="PT2H" notify="manager"/>', '<loanflow:escalation after="PT6H" reassign="manager"/>'
)
DUE = 'camunda:dueDate="PT4H"'
VALUATION = node("serviceTask", "x", 'camunda:type="external" camunda:topic="t"')
FORKED = package(
    process(
        start(),
        user("a", "officer", DUE, LATE),
        both("s"),
        user("b", "officer", 'loanflow:separateFrom="a" loanflow:duty="D-1"'),
        sub("q", start("qs"), user("q1"), VALUATION, user("q2", "manager", DUE, LATE), chain("qs", "q1", "x", "q2")),
        both("j"),
        user("z", "manager"),
        end(),
        chain("start", "a", "s", "b", "j", "z", "end"),
        chain("s", "q", "j"),
        boundary("late", "q", timer("PT9H"), interrupting=False),
        user("l"),
        chain("late", "l"),
        on_event("h", event("message", "m"), user("hu"), interrupting=False),
    ),
    before=message("m"),
)
SEVERAL = package(
    process(
        start(),
        user("a"),
        sub(
            "q",
            start("qs"),
            user("q1", "officer", DUE, LATE),
            VALUATION,
            chain("qs", "q1", "x"),
            undoing("q1", user("u1")),
            on_event("h", event("message", "m"), user("hu"), interrupting=False),
            loop=several('${["one", "two"]}', "it"),
        ),
        boundary("late", "q", timer("PT9H")),
        user("l"),
        throw("back", undo()),
        user("z"),
        end(),
        chain("start", "a", "q", "back", "z", "end"),
        chain("late", "l", "z"),
    ),
    before=message("m"),
)


class Office:
    """One case, and the chance that decides what is done to it next."""

    def __init__(self, bench: Bench, chance: random.Random) -> None:
        self.bench, self.chance = bench, chance
        self.case = bench.start()
        self.elements = _ids(bench)

    def act(self) -> str:
        """Do one thing; what is refused, or cannot be done, leaves the case as it is."""
        kind = self.chance.choice(sorted(_ACTIONS))
        try:
            _ACTIONS[kind](self)
        except (EngineError, LookupError) as refused:
            return f"{kind}: {refused}"
        return kind

    def does(self, action: Callable[..., Any], *given: Any, **options: Any) -> Any:
        with self.bench.house.step() as step:
            return action(step, *given, **options)

    def row(self, state: str = OPEN, kind: str = STEP) -> Task:
        """Any task in this state; `IndexError` when there is none."""
        with self.bench.house.sessions.reading() as session:
            query = session.query(Task).filter_by(instance_id=self.case, state=state, kind=kind)
            return self.chance.choice(list(query.order_by(Task.id)))

    def who(self, task: Task) -> Any:
        """Mostly somebody who has the task, or may have it."""
        fitting = [name for name, roles in PEOPLE.items() if set(roles) & set((task.role or "").split(","))]
        name = task.assignee if task.assignee and self.chance.random() < 0.9 else self.chance.choice(fitting)
        return self.bench.actor(name)

    def anybody(self) -> str:
        return self.chance.choice(sorted(PEOPLE))

    def perhaps(self) -> bool:
        return self.chance.random() < 0.5

    def token(self) -> Any:
        with self.bench.house.step() as step:
            return self.chance.choice(interventions.open_tokens(open_case(step, self.case)))["token"]

    def step(self, action: Callable[..., Any], *given: Any, **options: Any) -> None:
        task = self.row()
        self.does(action, task.id, self.who(task), *given, **options)

    def intervene(self, action: Callable[..., Any], *given: Any, **options: Any) -> None:
        self.does(action, self.case, self.bench.admin(), *given, **options)

    def sign(self) -> None:
        task = self.row(kind=COSIGN)
        opinion = {"opinion": "agree" if self.perhaps() else "disagree", "comment": "看过"}
        self.does(tasks.complete, task.id, self.bench.actor(task.assignee), opinion)

    def withdraw(self) -> None:
        task = self.row(COMPLETED)
        self.does(moves.withdraw, task.id, self.bench.actor(task.completed_by))

    def answer(self) -> None:
        work = self.chance.choice(self.does(external.fetch, "w", ["t"], dt.timedelta(minutes=5)))
        if self.perhaps():
            self.does(external.complete, work.id, "w", {})
        else:
            self.does(external.failure, work.id, "w", "坏了", 0)

    def cosign(self) -> None:
        when, form = self.chance.choice(["before", "after"]), values({"n": 1})
        self.step(cosigning.ask, [self.anybody()], when, "请看", form)

    def send_back(self) -> None:
        resume, others = self.chance.choice(["between", "back"]), self.perhaps()
        self.step(moves.send_back, self.row(COMPLETED).element, "重做", resume=resume, cancel_others=others)

    def pause(self) -> None:
        self.step(pausing.pause, "补件", self.bench.clock.moment + dt.timedelta(hours=5) if self.perhaps() else None)


def _ids(bench: Bench) -> list[str]:
    with bench.house.sessions.reading() as session:
        [found] = {row.definition_id for row in session.query(Task)}
        return sorted(bench.house.definitions.get(session, found).elements)


_ACTIONS: dict[str, Callable[[Office], Any]] = {
    "complete": lambda office: office.step(tasks.complete, values({"n": 2})),
    "complete another": lambda office: office.step(tasks.complete),
    "claim": lambda office: office.step(tasks.claim),
    "release": lambda office: office.step(tasks.release),
    "delegate": lambda office: office.step(tasks.delegate, office.anybody()),
    "transfer": lambda office: office.step(tasks.transfer, office.anybody(), "出差"),
    "return": Office.send_back,
    "withdraw": Office.withdraw,
    "cosign": Office.cosign,
    "sign": Office.sign,
    "pause": Office.pause,
    "resume": lambda office: office.step(pausing.resume),
    "jump": lambda office: office.intervene(
        interventions.jump, office.token(), office.chance.choice(office.elements), "改", cancel_others=office.perhaps()
    ),
    "skip": lambda office: office.intervene(interventions.skip_element, office.token(), "免"),
    "cancel branch": lambda office: office.intervene(interventions.end_branch, office.token(), "免"),
    "set variables": lambda office: office.intervene(interventions.change_variables, values({"n": 3}), "更正"),
    "wait": lambda office: office.bench.advance(hours=office.chance.choice([1, 3, 9])),
    "message": lambda office: office.does(messages.publish, "m"),
    "answer": Office.answer,
}


@pytest.mark.parametrize("read", [FORKED, SEVERAL], ids=["forked", "several"])
@settings(max_examples=_EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_rows_of_a_case_say_what_its_state_says(read, seed):
    office, done = Office(Bench(read), random.Random(seed)), []
    for _ in range(_STEPS):
        done.append(office.act())
        assert disagreements(office.bench, office.case) == [], done
