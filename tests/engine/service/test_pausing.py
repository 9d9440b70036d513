"""The clock of a step stands while papers are missing, and goes on with as much time left as there was."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Conflict, Invalid, Refused
from engine.service import pausing
from tests.engine.agreement import disagreements
from tests.engine.builder import MONDAY, Bench, boundary, chain, extension, line, package, timer, user

ESCALATED = extension('<loanflow:escalation after="PT1H" notify="manager"/>')


def pause(bench, case, who="bo", reason="补充流水", until=None):
    with bench.house.step() as step:
        return pausing.pause(step, bench.task(case, "a").id, bench.actor(who), reason, until)


def resume(bench, case, who="bo"):
    with bench.house.step() as step:
        return pausing.resume(step, bench.task(case, "a").id, bench.actor(who))


@pytest.fixture
def bench():
    late = boundary("late", "a", timer("P2D"), interrupting=True) + chain("late", "end")
    step = user("a", "officer", 'camunda:dueDate="PT4H"', ESCALATED)
    return Bench(package(line(step, user("b"), more=late)))


def test_nothing_is_late_while_the_clock_stands(bench):
    case = bench.start()
    row = pause(bench, case)
    assert (row.due_at, row.paused_at) == (None, MONDAY)
    bench.advance(days=10)
    assert bench.open(case) == ["a"]
    assert bench.events(case, "task.escalated") == []


def test_afterwards_as_much_time_is_left_as_before(bench):
    case = bench.start()
    bench.advance(hours=1)
    pause(bench, case)
    bench.advance(days=3)
    row = resume(bench, case)
    assert row.due_at == MONDAY + dt.timedelta(days=3, hours=5)  # the noon break is no working time
    assert row.paused_at is None
    late = next(found for found in bench.timers(case) if found.kind == "bpmn")
    assert late.due_at == MONDAY + dt.timedelta(days=5)
    bench.advance(hours=6)
    assert len(bench.events(case, "task.escalated")) == 1
    bench.advance(days=2)
    assert bench.instance(case).state == "completed"


def test_the_clock_goes_on_by_itself_at_a_time_that_was_set(bench):
    case = bench.start()
    pause(bench, case, until=MONDAY + dt.timedelta(days=1))
    bench.advance(days=1)
    task = bench.task(case, "a")
    assert (task.paused_at, task.due_at) == (None, MONDAY + dt.timedelta(days=1, hours=5))
    assert [event.actor for event, _ in bench.events(case, "task.resumed")] == [None]


def test_a_step_is_completed_while_its_clock_stands(bench):
    case = bench.start()
    pause(bench, case, until=MONDAY + dt.timedelta(days=1))
    bench.complete(case, "a", "bo")
    assert bench.timers(case) == []
    bench.advance(days=5)
    assert bench.open(case) == ["b"]


def test_what_is_wrong_is_said_and_nothing_stops(bench):
    case = bench.start()
    for reason, until in ((" ", None), ("x", MONDAY - dt.timedelta(days=1))):
        with pytest.raises(Invalid):
            pause(bench, case, reason=reason, until=until)
    with pytest.raises(Refused):
        pause(bench, case, who="di")
    with pytest.raises(Conflict):
        resume(bench, case)
    pause(bench, case)
    with pytest.raises(Conflict):
        pause(bench, case)


def test_the_diagram_says_whether_the_clock_may_be_stopped():
    bench = Bench(package(line(user("a", "officer", 'loanflow:pause="false"'))))
    case = bench.start()
    with pytest.raises(Refused) as refused:
        pause(bench, case)
    assert refused.value.rule == "move_not_allowed"


def test_no_timer_is_left_of_a_step_that_is_done_while_its_clock_stands():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    pause(bench, case, until=MONDAY + dt.timedelta(days=3))
    bench.complete(case, "a", "bo")
    assert bench.timers(case) == []
    assert bench.instance(case).next_due_at is None
    assert disagreements(bench, case) == []
