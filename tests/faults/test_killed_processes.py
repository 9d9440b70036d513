"""Processes are killed at every statement of a completion and of a sweep: nothing is lost, nothing happens twice."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.service import audit, worker
from models.cases import CaseEvent, Instance
from models.database import Sessions
from models.tasks import Notice, Task
from tests.engine.builder import (
    Bench,
    boundary,
    chain,
    end,
    extension,
    node,
    package,
    process,
    script,
    start,
    timer,
    user,
)

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]

READ = package(
    process(
        start(),
        user(
            "a",
            "officer",
            'camunda:dueDate="PT30M" loanflow:calendar="natural" loanflow:duty="INV-1"',
            extension('<loanflow:escalation after="PT0S" notify="manager"/>'),
        ),
        boundary("late", "a", timer("${wait}"), interrupting=False),
        script("tick", "ticks = append(ticks, 1)"),
        end("ticked"),
        script("s", "log = append(log, 1)"),
        user("b"),
        chain("start", "a", "s", "b"),
        chain("late", "tick", "ticked"),
    )
)


def play(database: Sessions, work: str) -> int:
    """Let the driver kill processes; how many it killed."""
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.driver", url, work], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["killed"] is False
    return len(lines) - 1


def all_fit(bench: Bench) -> bool:
    with bench.house.sessions.reading() as session:
        return all(found.problem is None for found in audit.verify(session))


def completed(bench: Bench, case: uuid.UUID) -> list[Task]:
    with bench.house.sessions.reading() as session:
        return list(session.scalars(sa.select(Task).where(Task.instance_id == case, Task.state == "completed")))


def test_a_completion_is_done_whole_or_not_at_all(database: Sessions):
    bench = Bench(READ, sessions=database)
    cases = [bench.start({"log": [], "ticks": [], "wait": "P9D"}) for _ in range(3)]
    killed = play(database, "complete")
    assert killed > 20
    assert all_fit(bench)
    for case in cases:
        done = completed(bench, case)
        assert bench.open(case) == (["b"] if done else ["a"])
        assert bench.variables(case)["log"] == (["done", 1] if done else [])
        assert len(bench.events(case, "task.completed")) == len(done)
    assert sum(len(completed(bench, case)) for case in cases) >= 1
    for case in cases:
        if bench.open(case) == ["a"]:
            bench.complete(case, "a", "bo", {"log": ["done"]})
        assert bench.variables(case)["log"] == ["done", 1]
        assert len(completed(bench, case)) == 1
    assert all_fit(bench)


def test_a_sweep_fires_each_timer_and_escalates_each_task_once(database: Sessions):
    bench = Bench(READ, sessions=database)
    cases = [bench.start({"log": [], "ticks": [], "wait": "PT1H"}) for _ in range(3)]
    killed = play(database, "sweep")
    assert killed > 20
    bench.clock.moment = bench.clock.moment.replace(hour=3)
    worker.sweep(bench.house)
    for case in cases:
        assert bench.variables(case)["ticks"] == [1]
        assert bench.timers(case) == []
        assert len(bench.events(case, "timer.fired")) == len(bench.events(case, "task.escalated")) == 1
    with bench.house.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 3
        assert (
            session.scalar(sa.select(sa.func.count()).select_from(Instance).where(Instance.next_due_at.is_not(None)))
            == 0
        )
        assert session.scalar(sa.select(sa.func.count()).where(CaseEvent.kind == "timer.fired")) == 3
    assert all_fit(bench)


def test_a_start_timer_begins_one_case_for_each_time(database: Sessions):
    begins = node("startEvent", "on", "", timer("R/PT1H", "timeCycle"))
    bench = Bench(package(process(begins, user("a"), end(), chain("on", "a", "end"))), sessions=database)
    killed = play(database, "sweep")
    assert killed > 20
    with bench.house.sessions.reading() as session:
        cases = list(session.scalars(sa.select(Instance.id)))
    assert len(cases) == 2
    assert [bench.open(case) for case in cases] == [["a"], ["a"]]
    assert all_fit(bench)
