"""Errands: outside every transaction, once under a lease, again when nobody tells of them, given up in the end."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from engine.service import errands, worker
from engine.service.errands import LEASE, Errand, GiveUp
from engine.service.jobs import MAX_ATTEMPTS, queue
from models.database import Sessions
from models.tasks import Job
from tests.engine.builder import Bench, line, package, user


class Post:
    """A receiver outside; `answers` are what it does with each call, the last one again and again."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers) or ["ok"]
        self.calls: list[tuple[str, dict]] = []
        self.done: list = []
        self.failed: list[str] = []
        self.lock = threading.Lock()

    def errand(self) -> Errand:
        return Errand(
            self._do,
            lambda _step, _payload, result: self.done.append(result),
            lambda _step, _payload, message: self.failed.append(message),
        )

    def _do(self, house, key, payload):
        with self.lock:
            self.calls.append((key, payload))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(house)
        if isinstance(answer, Exception):
            raise answer
        return answer


def bench_with(post: Post, sessions: Sessions | None = None, jobs: int = 1) -> Bench:
    bench = Bench(package(line(user("a"))), sessions=sessions)
    bench.house.errands["letter"] = post.errand()
    with bench.house.step() as step:
        for number in range(jobs):
            queue(step, "letter", {"number": number}, key=f"letter-{number}")
    return bench


def jobs(bench: Bench) -> list[tuple[str, int]]:
    with bench.house.sessions.reading() as session:
        return [(job.state, job.attempts) for job in session.scalars(sa.select(Job).order_by(Job.id))]


def test_what_is_done_is_kept_with_its_result_and_is_due_no_more():
    post = Post("receipt")
    bench = bench_with(post)
    assert errands.run(bench.house) == 1
    assert post.calls == [("letter-0", {"number": 0})]
    assert post.done == ["receipt"]
    assert jobs(bench) == []
    assert errands.run(bench.house) == 0


def test_no_transaction_is_open_while_it_is_done(database: Sessions):
    def write_meanwhile(house):
        with house.step() as step:
            queue(step, "letter", {}, key="another", due_at=step.now + dt.timedelta(days=1))
        return "ok"

    post = Post(write_meanwhile)
    bench = bench_with(post, database)
    errands.run(bench.house)
    assert post.done == ["ok"]
    assert jobs(bench) == [("waiting", 0)]


def test_a_failure_is_tried_again_with_growing_distance_and_then_given_up():
    post = Post(OSError("no answer"))
    bench = bench_with(post)
    distances = []
    for _ in range(MAX_ATTEMPTS):
        assert errands.run(bench.house) == 1
        assert errands.run(bench.house) == 0, "the next try is not due yet"
        with bench.house.sessions.reading() as session:
            due = session.scalar(sa.select(Job.due_at))
        distances.append(due - bench.clock.moment)
        bench.clock.moment = due
    assert distances == sorted(distances)
    assert distances[0] < distances[-1]
    assert post.failed == ["OSError: no answer"]
    assert jobs(bench) == [("failed", MAX_ATTEMPTS)]
    assert errands.run(bench.house) == 0


def test_what_can_never_succeed_is_tried_once():
    post = Post(GiveUp("no such number"))
    bench = bench_with(post)
    errands.run(bench.house)
    assert post.failed == ["GiveUp: no such number"]
    assert jobs(bench) == [("failed", 1)]


def test_who_loses_the_lease_has_no_say_any_more(database: Sessions):
    def overtaken(house):
        bench.clock.moment += LEASE
        assert errands.run(house, 1) == 1
        return "late"

    post = Post(overtaken, "second")
    bench = bench_with(post, database)
    errands.run(bench.house, 1)
    assert [key for key, _ in post.calls] == ["letter-0", "letter-0"], "the receiver can tell by the key"
    assert post.done == ["second"]
    assert jobs(bench) == []


def test_a_process_that_died_leaves_its_errand_to_others_after_the_lease():
    class Killed(BaseException):
        pass

    def die(_house):
        raise Killed

    post = Post(die, "ok")
    bench = bench_with(post)
    with pytest.raises(Killed):
        errands.run(bench.house)
    assert errands.run(bench.house) == 0
    bench.clock.moment += LEASE
    assert errands.run(bench.house) == 1
    assert post.done == ["ok"]


def test_several_workers_share_the_errands(database: Sessions):
    post = Post("ok")
    bench = bench_with(post, database, jobs=20)
    with ThreadPoolExecutor(3) as pool:
        tried = sum(pool.map(lambda _n: errands.run(bench.house), range(3)))
    assert tried == 20
    assert sorted(key for key, _ in post.calls) == sorted(f"letter-{number}" for number in range(20))
    assert jobs(bench) == []


def test_the_sweep_leaves_them_alone():
    post = Post("ok")
    bench = bench_with(post)
    assert worker.sweep(bench.house) == 0
    assert post.calls == []


def test_kinds_that_nobody_does_wait():
    bench = Bench(package(line(user("a"))))
    with bench.house.step() as step:
        queue(step, "unknown", {}, key="k")
    assert errands.run(bench.house) == 0
    assert jobs(bench) == [("waiting", 0)]
