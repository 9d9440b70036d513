"""Cases that begin by a message, a signal or at a time: which version, once, for whom, with which variables."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Invalid
from engine.service import deployments, messages, starts, worker
from engine.service import tasks as task_service
from models.cases import Instance
from models.definitions import StartEvent
from models.people import Unit
from models.tasks import KeptMessage
from tests.engine.builder import (
    MONDAY,
    Bench,
    boundary,
    catch,
    chain,
    end,
    event,
    holds,
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
    values,
)

APPLY = message("apply", payload="amount", nr="${nr}")


def started(key: str, definition: str) -> str:
    """A start event with a trigger."""
    return node("startEvent", key, "", definition)


def begins(definition: str, *nodes: str, key: str = "p", more: str = "") -> str:
    """A process that begins at `on`, and goes through the nodes to its end."""
    keys = [text.split('id="', 1)[1].split('"', 1)[0] for text in nodes]
    return process(started("on", definition), *nodes, end(), chain("on", *keys, "end"), more, key=key)


def cases(bench: Bench, key: str = "p") -> list[Instance]:
    with bench.house.sessions.reading() as session:
        query = sa.select(Instance).where(Instance.key == key).order_by(Instance.created_at, Instance.id)
        return list(session.scalars(query))


def send(bench: Bench, name: str, keys=None, payload=None, sender: str | None = None):
    with bench.house.step() as step:
        return messages.publish(step, name, values(keys), values(payload), sender).instance_id


def deploy(bench: Bench, read) -> None:
    with bench.house.step() as step:
        deployments.deploy_checked(step, read, None)


def test_a_message_starts_a_case_for_its_sender():
    """Trap: nobody starts cases for message start events. The payload becomes variables, limited as declared."""
    bench = Bench(package(begins(event("message", "apply"), user("a")), before=APPLY), units={"bo": "branch"})
    case = send(bench, "apply", {"nr": 1}, {"amount": 5, "secret": 7}, "bo")
    [found] = cases(bench)
    assert found.id == case
    with bench.house.sessions.reading() as session:
        assert session.get_one(Unit, found.unit_id).name == "branch"
    assert found.started_by == "bo"
    assert bench.variables(case) == values({"amount": 5})
    [(begun, particulars)] = bench.events(case, "case.started")
    assert (begun.actor, begun.element, particulars["message"]) == ("bo", "on", "apply")
    assert particulars["passed"] == ["on"]
    assert bench.open(case) == ["a"]


def test_a_message_whose_keys_are_missing_is_kept():
    bench = Bench(package(begins(event("message", "apply"), user("a")), before=APPLY))
    assert send(bench, "apply", {}, {"amount": 5}) is None
    assert cases(bench) == []
    assert send(bench, "apply", {"nr": 2, "more": 1}) is not None


def test_a_message_is_offered_to_waiting_cases_first():
    waiting = line(catch("w", event("message", "apply")), key="q")
    bench = Bench(package(begins(event("message", "apply"), user("a")), waiting, before=APPLY))
    case = bench.start({"nr": 1}, key="q")
    assert send(bench, "apply", {"nr": 1}) == case
    assert cases(bench) == []
    assert send(bench, "apply", {"nr": 1}) == cases(bench)[0].id


def test_a_message_from_a_case_starts_one_in_its_unit():
    sending = line(throw("t", event("message", "apply")), key="q")
    bench = Bench(package(begins(event("message", "apply"), user("a")), sending, before=APPLY), units={"an": "branch"})
    sender = bench.start({"nr": 1, "amount": 3, "other": 4}, key="q")
    worker.sweep(bench.house)
    [found] = cases(bench)
    assert found.unit_id == bench.instance(sender).unit_id != 1
    assert found.started_by is None
    assert bench.variables(found.id) == values({"amount": 3})


def test_several_processes_that_listen_to_one_message_are_a_conflict():
    bench = Bench(
        package(
            begins(event("message", "apply"), user("a")),
            begins(event("message", "apply"), user("a"), key="q"),
            before=APPLY,
        )
    )
    with pytest.raises(Conflict):
        send(bench, "apply", {"nr": 1})


def test_only_the_latest_version_listens():
    def read(name: str, word: str, step: str):
        return package(
            begins(event("message", name), user(step)),
            before=message("apply") + message("ask"),
            title={"zh": word, "en": word},
        )

    bench = Bench(read("apply", "1", "a"))
    deploy(bench, read("apply", "2", "b"))
    case = send(bench, "apply")
    assert bench.open(case) == ["b"]
    deploy(bench, read("ask", "3", "c"))
    assert send(bench, "apply") is None
    assert bench.open(send(bench, "ask")) == ["c"]
    deploy(bench, package(line(user("d"))))
    assert send(bench, "ask") is None
    assert len(cases(bench)) == 2


def test_messages_that_came_before_the_deployment_start_cases():
    """Nobody waits yet: kept, never silently dropped."""
    bench = Bench(package(line(user("x"), key="q")))
    assert send(bench, "apply", {"nr": 1}, {"amount": 1}, "bo") is None
    assert send(bench, "apply", {"nr": 2}, {"amount": 2}, "bo") is None
    deploy(bench, package(begins(event("message", "apply"), user("a")), before=APPLY))
    worker.sweep(bench.house)
    assert sorted(int(bench.variables(case.id)["amount"]) for case in cases(bench)) == [1, 2]
    assert [case.started_by for case in cases(bench)] == ["bo", "bo"]
    with bench.house.sessions.reading() as session:
        assert session.scalars(sa.select(KeptMessage.state)).all() == ["delivered", "delivered"]


def test_several_start_events_begin_at_their_own_place():
    read = package(
        process(
            start(),
            started("on", event("message", "apply")),
            started("at", timer("PT1H")),
            user("a"),
            user("b"),
            user("c"),
            end(),
            chain("start", "a", "end"),
            chain("on", "b", "end"),
            chain("at", "c", "end"),
        ),
        before=message("apply"),
    )
    bench = Bench(read)
    assert bench.open(bench.start()) == ["a"]
    assert bench.open(send(bench, "apply")) == ["b"]
    bench.advance(hours=1)
    assert sorted(bench.open(case.id) for case in cases(bench)) == [["a"], ["b"], ["c"]]


def test_people_cannot_start_what_begins_by_itself():
    bench = Bench(package(begins(event("message", "apply"), user("a")), before=APPLY))
    with pytest.raises(Conflict, match="cannot be started by people"):
        bench.start()


@pytest.mark.parametrize(
    ("text", "kind", "hours"),
    [
        ("PT2H", "timeDuration", [2]),
        ("2026-03-02T12:00:00+08:00", "timeDate", [3]),
        ("2026-03-02T08:00:00+08:00", "timeDate", []),
        ("R3/PT1H", "timeCycle", [1, 2, 3]),
        ("R3/2026-03-02T07:00:00+08:00/PT1H", "timeCycle", []),
        ("R5/2026-03-02T07:30:00+08:00/PT1H", "timeCycle", [0.5, 1.5, 2.5]),
        ("${parameters.every}", "timeCycle", [4, 8]),
    ],
)
def test_timers_count_from_the_deployment(text, kind, hours):
    """What is past at the deployment starts nothing, so that deploying again starts nothing either."""
    parameters = {"every": {"type": "text", "default": "R2/PT4H", "title": {"zh": "每", "en": "every"}}}
    bench = Bench(package(begins(timer(text, kind), user("a")), parameters=parameters))
    for _ in range(40):
        bench.advance(minutes=15)
    assert [case.created_at - MONDAY.astimezone(dt.UTC) for case in cases(bench)] == [
        dt.timedelta(hours=n) for n in hours
    ]
    assert {case.started_by for case in cases(bench)} <= {None}
    assert all(bench.open(case.id) == ["a"] for case in cases(bench))


def test_a_new_version_starts_counting_anew_and_an_unchanged_one_does_not():
    bench = Bench(package(begins(timer("PT2H"), user("a"))))
    bench.advance(hours=1)
    deploy(bench, package(begins(timer("PT2H"), user("a"))))
    bench.advance(hours=1)
    assert len(cases(bench)) == 1
    deploy(bench, package(begins(timer("PT2H"), user("b"))))
    bench.advance(hours=1)
    assert len(cases(bench)) == 1
    bench.advance(hours=1)
    assert bench.open(cases(bench)[1].id) == ["b"]


def test_missed_times_are_made_up_for_in_order_and_within_reason(caplog):
    bench = Bench(package(begins(timer("R/PT1H", "timeCycle"), user("a"))))
    bench.advance(hours=5)
    assert len(cases(bench)) == 5
    due = [particulars["due_at"] for case in cases(bench) for _, particulars in bench.events(case.id, "case.started")]
    assert sorted(due) == [(MONDAY.astimezone(dt.UTC) + dt.timedelta(hours=n)).isoformat() for n in range(1, 6)]
    bench.clock.moment += dt.timedelta(hours=1_000)
    for _ in range(3):
        worker.sweep(bench.house)
    assert len(cases(bench)) == 5 + starts.CAUGHT_UP
    assert "900 times" in caplog.text
    bench.advance(hours=1)
    assert len(cases(bench)) == 6 + starts.CAUGHT_UP


def test_a_worker_that_dies_while_it_starts_a_case_loses_nothing(monkeypatch):
    bench = Bench(package(begins(timer("R2/PT1H", "timeCycle"), user("a"))))
    with monkeypatch.context() as patched:
        patched.setattr(starts.timing, "following", lambda cycle: 1 / 0)
        bench.advance(hours=1)
    assert cases(bench) == []
    assert worker.sweep(bench.house) == 1
    assert worker.sweep(bench.house) == 0
    assert len(cases(bench)) == 1


def test_a_timer_without_a_value_is_refused_at_the_deployment():
    with pytest.raises(Invalid, match="on"):
        Bench(package(begins(timer("${missing}"), user("a"))))


def test_a_signal_starts_a_case_of_each_process_that_listens():
    news = '<bpmn:signal id="news" name="news"/>'
    throwing = line(throw("t", event("signal", "news")), key="s")
    bench = Bench(
        package(
            begins(event("signal", "news"), user("a")),
            begins(event("signal", "news"), user("b"), key="q"),
            throwing,
            before=news,
        ),
        units={"an": "branch"},
    )
    thrower = bench.start(key="s")
    worker.sweep(bench.house)
    assert [bench.open(case.id) for case in (*cases(bench), *cases(bench, "q"))] == [["a"], ["b"]]
    assert {case.unit_id for case in cases(bench)} == {bench.instance(thrower).unit_id}
    bench.start(key="s")
    deploy(bench, package(line(user("x")), before=news))
    worker.sweep(bench.house)
    assert (len(cases(bench)), len(cases(bench, "q"))) == (1, 2)


@pytest.mark.parametrize("deadline", [False, True])
def test_a_receive_task_may_begin_a_case(deadline):
    receives = node("receiveTask", "r", 'messageRef="apply" instantiate="true"')
    late = boundary("late", "r", timer("PT1H")) + user("l") + chain("late", "l") if deadline else ""
    bench = Bench(package(process(receives, user("a"), chain("r", "a"), late), before=APPLY))
    case = send(bench, "apply", {"nr": 1}, {"amount": 5})
    assert bench.open(case) == ["a"]
    assert bench.variables(case) == values({"amount": 5})
    assert bench.timers(case) == []


def test_numbers_and_the_rest_of_the_life_are_those_of_other_cases():
    read = package(
        begins(event("message", "apply"), script("s", "twice = amount * 2"), user("a")),
        before=APPLY,
        numbering={"business_key": "A-{year}-{seq:4}"},
    )
    bench = Bench(read)
    case = send(bench, "apply", {"nr": 1}, {"amount": 5}, "an")
    assert bench.instance(case).business_key == "A-2026-0001"
    task_id = bench.task(case, "a").id
    with bench.house.step() as step:
        task_service.complete(step, task_id, bench.actor("bo"), {})
    assert bench.instance(case).state == "completed"
    assert bench.variables(case)["twice"] == 10


def test_the_rows_of_start_events_go_with_the_process_they_listen_for():
    bench = Bench(package(begins(event("message", "apply"), user("a")), before=APPLY))
    deploy(bench, package(line(user("b"))))
    with bench.house.sessions.reading() as session:
        assert session.scalars(sa.select(StartEvent.element)).all() == []


def test_scenarios_begin_with_what_starts_the_case():
    read = package(begins(event("message", "apply"), user("a")), before=message("apply"))
    holds(
        read,
        """
        steps:
          - {message: {name: apply, payload: {amount: 3}}, as: bo}
          - expect: {tasks: {a: {count: 1}}, variables: {amount: 3}}
          - {complete: a, as: bo}
        expect: {state: completed}
        """,
    )
    holds(
        package(begins(timer("R2/P1D", "timeCycle"), user("a"))),
        """
        steps:
          - advance: P1D
          - {complete: a, as: bo}
        expect: {state: completed}
        """,
    )
