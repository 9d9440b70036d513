"""Several at once, on a file of SQLite and on PostgreSQL: one wins, the others are told; a timer fires exactly once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Refused
from engine.service import audit, messages, starts, sweep, tasks, worker
from models.cases import CaseEvent, Instance
from models.database import Sessions
from models.tasks import KeptMessage
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    catch,
    chain,
    end,
    event,
    line,
    message,
    node,
    package,
    process,
    script,
    start,
    throw,
    timer,
    user,
)


def at_once(*jobs) -> list:
    """Run the jobs in threads that begin together; what each gave or raised."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait()
        try:
            return job()
        except (Refused, Conflict) as refused:
            return refused

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def chains_fit(bench: Bench) -> bool:
    with bench.house.sessions.reading() as session:
        return all(found.problem is None for found in audit.verify(session))


def test_two_people_complete_the_same_task(database: Sessions):
    bench = Bench(package(line(user("a"), user("b"))), sessions=database)
    case = bench.start()
    task_id = bench.task(case, "a").id

    def complete(who: str):
        actor = bench.actor(who)
        with bench.house.step() as step:
            return tasks.complete(step, task_id, actor, {"by": who})

    results = at_once(lambda: complete("bo"), lambda: complete("cai"))
    [winner] = [found for found in results if not isinstance(found, Refused)]
    [refused] = [found for found in results if isinstance(found, Refused)]
    assert refused.rule == "not_open"
    assert bench.variables(case) == {"by": winner.completed_by}
    assert bench.open(case) == ["b"]
    assert len(bench.events(case, "refused")) == 1
    assert chains_fit(bench)


def test_two_branches_are_completed_at_once_and_nothing_is_lost(database: Sessions):
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b"),
            both("j"),
            user("after"),
            chain("start", "s", "a", "j", "after"),
            chain("s", "b", "j"),
        )
    )
    bench = Bench(read, sessions=database)
    case = bench.start({"log": []})
    at_once(
        lambda: bench.complete(case, "a", "bo", {"log": ["a"]}),
        lambda: bench.complete(case, "b", "cai", {"log": ["b"]}),
    )
    assert bench.open(case) == ["after"]
    assert sorted(bench.variables(case)["log"]) == ["a", "b"]
    assert chains_fit(bench)


def test_several_workers_fire_each_timer_once(database: Sessions):
    read = package(
        process(
            start(),
            user("a"),
            boundary("r", "a", timer("R3/PT1H", "timeCycle"), interrupting=False),
            script("s", "times = times + 1"),
            end("e"),
            chain("r", "s", "e"),
            chain("start", "a"),
        )
    )
    bench = Bench(read, sessions=database)
    cases = [bench.start({"times": 0}) for _ in range(12)]
    bench.clock.moment = bench.clock.moment.replace(hour=23)
    taken = at_once(*[lambda: sweep.due(bench.house) for _ in range(4)])
    assert sum(taken) == 12
    assert [bench.variables(case)["times"] for case in cases] == [3] * 12
    with bench.house.sessions.reading() as session:
        fired = Counter(session.scalars(sa.select(CaseEvent.instance_id).where(CaseEvent.kind == "timer.fired")))
    assert set(fired.values()) == {3}
    assert chains_fit(bench)


def test_a_completion_and_the_sweep_of_its_deadline(database: Sessions):
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer("PT1H")),
            end("in_time"),
            end("too_late"),
            chain("start", "a", "in_time"),
            chain("late", "too_late"),
        )
    )
    bench = Bench(read, sessions=database)
    case = bench.start()
    task_id, actor = bench.task(case, "a").id, bench.actor("bo")
    bench.clock.moment = bench.clock.moment.replace(hour=23)

    def complete():
        with bench.house.step() as step:
            return tasks.complete(step, task_id, actor, {})

    told, _ = at_once(complete, lambda: worker.sweep(bench.house))
    assert isinstance(told, Refused)
    assert told.rule == "not_open"
    worker.sweep(bench.house)  # the first passed the case by if it was locked for the person, who was refused
    assert bench.instance(case).outcome == "too_late"
    assert len(bench.events(case, "timer.fired")) == 1
    assert chains_fit(bench)


@pytest.mark.parametrize("_time", range(5))
def test_a_message_and_a_case_that_begins_to_wait_for_it_do_not_miss_one_another(database: Sessions, _time: int):
    read = package(line(user("a"), catch("m", event("message", "go")), user("z")), before=message("go", nr="${nr}"))
    bench = Bench(read, sessions=database)
    cases = [bench.start({"nr": str(number)}) for number in range(3)]

    def send(number: int):
        with bench.house.step() as step:
            return messages.publish(step, "go", {"nr": str(number)}, {"came": True})

    jobs = [lambda case=case: bench.complete(case, "a", "bo") for case in cases]
    jobs += [lambda number=number: send(number) for number in range(3)]
    at_once(*jobs)
    worker.sweep(bench.house)
    assert [bench.open(case) for case in cases] == [["z"]] * 3
    with bench.house.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(KeptMessage.state == "kept")) == 0
    assert chains_fit(bench)


def test_a_case_that_cannot_be_opened_does_not_keep_the_others_from_being_swept(database: Sessions, caplog):
    from models.cases import Instance

    read = package(line(catch("w", timer("PT1H"))))
    bench = Bench(read, sessions=database)
    broken, *others = [bench.start() for _ in range(3)]
    with bench.house.sessions.writing() as session, session.begin():
        session.execute(sa.update(Instance).where(Instance.id == broken).values(state_data=b"rubbish"))
    bench.clock.moment = bench.clock.moment.replace(hour=23)
    assert sweep.due(bench.house) == 2
    assert [bench.instance(case).state for case in others] == ["completed", "completed"]
    assert str(broken) in caplog.text


def test_a_start_timer_begins_one_case_on_any_number_of_workers(database: Sessions):
    begins = node("startEvent", "on", "", timer("R/PT1H", "timeCycle"))
    read = package(process(begins, user("a"), end(), chain("on", "a", "end")))
    bench = Bench(read, sessions=database)
    bench.clock.moment += dt.timedelta(hours=3)
    begun = at_once(*[lambda: starts.due(bench.house)] * 4)
    assert sum(begun) == 3
    with bench.house.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Instance)) == 3
    assert chains_fit(bench)


def test_a_message_starts_one_case_however_often_it_is_delivered(database: Sessions):
    begins = node("startEvent", "on", "", event("message", "apply"))
    sends = line(throw("t", event("message", "apply")), key="q")
    read = package(process(begins, user("a"), end(), chain("on", "a", "end")), sends, before=message("apply"))
    bench = Bench(read, sessions=database)
    bench.start(key="q")
    at_once(*[lambda: worker.sweep(bench.house)] * 4)
    with bench.house.sessions.reading() as session:
        query = sa.select(sa.func.count()).select_from(Instance).where(Instance.key == "p")
        assert session.scalar(query) == 1
