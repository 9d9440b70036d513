"""Due dates, follow-up dates and timers: durations, dates, cycles, expressions, working and natural time."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Refused
from engine.service import tasks, worker
from tests.engine.builder import (
    Bench,
    boundary,
    catch,
    chain,
    end,
    event,
    flow,
    holds,
    line,
    message,
    node,
    package,
    process,
    script,
    start,
    timer,
    user,
    xor,
)


@pytest.mark.parametrize(
    ("due", "calendar", "expected"),
    [
        ("PT4H", "", "2026-03-02T14:00:00+08:00"),
        ("P1D", "", "2026-03-03T09:00:00+08:00"),
        ("PT4H", "natural", "2026-03-02T13:00:00+08:00"),
        ("P1M", "natural", "2026-04-02T09:00:00+08:00"),
        ("${duration(&quot;P1D&quot;)}", "", "2026-03-03T09:00:00+08:00"),
        ("${&quot;PT1H&quot;}", "", "2026-03-02T10:00:00+08:00"),
        ("${by}", "", "2026-03-20T00:00:00+08:00"),
        ("${date(by)}", "", "2026-03-20T00:00:00+08:00"),
        ("=date and time(by + &quot;T17:00:00&quot;)", "", "2026-03-20T17:00:00+08:00"),
        ("2026-03-31T17:00:00+08:00", "", "2026-03-31T17:00:00+08:00"),
        ("2026-03-31T17:00:00", "", "2026-03-31T17:00:00+08:00"),
        ("${parameters.time}", "", "2026-03-03T10:00:00+08:00"),
    ],
)
def test_due_dates(due, calendar, expected):
    attributes = f'camunda:dueDate="{due}" camunda:followUpDate="{due}"'
    if calendar:
        attributes += f' loanflow:calendar="{calendar}"'
    parameter = {"type": "text", "default": "P1DT1H", "title": {"zh": "时", "en": "t"}}
    bench = Bench(package(line(user("a", "officer", attributes)), parameters={"time": parameter}))
    task = bench.task(bench.start({"by": "2026-03-20"}), "a")
    assert task.due_at == task.follow_up_at == dt.datetime.fromisoformat(expected)


def test_a_due_date_that_is_null_on_purpose_is_none():
    bench = Bench(package(line(user("a", "officer", 'camunda:dueDate="${by}"'))))
    assert bench.task(bench.start({"by": None}), "a").due_at is None


@pytest.mark.parametrize(
    ("text", "kind", "calendar", "fires"),
    [
        ("PT48H", "timeDuration", "", "2026-03-04T09:00:00+08:00"),
        ("PT4H", "timeDuration", "working", "2026-03-02T14:00:00+08:00"),
        ('${duration("PT1H")}', "timeDuration", "", "2026-03-02T10:00:00+08:00"),
        ("${wait}", "timeDuration", "", "2026-03-02T09:30:00+08:00"),
        ("2026-03-10T17:00:00+08:00", "timeDate", "", "2026-03-10T17:00:00+08:00"),
        ("${day}", "timeDate", "", "2026-03-05T00:00:00+08:00"),
        ("R2/PT3H", "timeCycle", "", "2026-03-02T12:00:00+08:00"),
    ],
)
def test_an_intermediate_timer_waits(text, kind, calendar, fires):
    """Trap: expressions of timers are Python for the library, and a plain PT48H is a NameError."""
    attribute = f'loanflow:calendar="{calendar}"' if calendar else ""
    holds(
        package(line(catch("wait_here", timer(text, kind), attribute), user("a"))),
        f"""
        start: {{as: an, variables: {{wait: PT30M, day: 2026-03-05}}}}
        steps:
          - advance_to: {(dt.datetime.fromisoformat(fires) - dt.timedelta(seconds=1)).isoformat()}
          - expect: {{no_tasks: [a]}}
          - advance: PT1S
          - expect: {{tasks: {{a: {{count: 1}}}}}}
        """,
    )


DEADLINE = package(
    process(
        start(),
        user("a"),
        boundary("late", "a", timer("PT2H")),
        end("in_time"),
        user("b", "manager"),
        end("too_late"),
        chain("start", "a", "in_time"),
        chain("late", "b", "too_late"),
    )
)


def test_an_interrupting_timer_ends_the_step():
    holds(
        DEADLINE,
        """
        start: {as: an}
        steps:
          - expect: {not_visited: [late]}
          - advance: PT2H
          - refused: {complete: a, as: bo, rule: not_open}
          - {complete: b, as: di}
        expect: {state: completed, outcome: too_late, visited: [late], not_visited: [in_time]}
        """,
    )


def test_a_step_done_in_time_leaves_no_timer():
    bench = Bench(DEADLINE)
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert bench.timers(case) == []
    assert bench.instance(case).next_due_at is None
    assert bench.instance(case).outcome == "in_time"


def test_whoever_completes_after_the_deadline_and_before_the_sweep_is_told():
    """Trap: a person who completes after the timer was due, but before the sweep, wins silently."""
    bench = Bench(DEADLINE)
    case = bench.start()
    task_id = bench.task(case, "a").id
    bench.clock.moment += dt.timedelta(hours=2)
    with pytest.raises(Refused) as refusal, bench.house.step() as step:
        tasks.complete(step, task_id, bench.actor("bo"), {})
    assert refusal.value.rule == "not_open"
    worker.sweep(bench.house)
    assert bench.open(case) == ["b"]


def test_a_message_after_the_deadline_and_before_the_sweep_does_not_win_either():
    from engine.service import messages

    read = package(
        process(
            start(),
            node("receiveTask", "r", 'messageRef="papers"'),
            boundary("late", "r", timer("PT1H")),
            end("came"),
            end("gone"),
            chain("start", "r", "came"),
            chain("late", "gone"),
        ),
        before=message("papers"),
    )
    bench = Bench(read)
    case = bench.start()
    bench.clock.moment += dt.timedelta(hours=1)
    with bench.house.step() as step:
        assert messages.publish(step, "papers").instance_id is None
    assert bench.instance(case).outcome == "gone"


def reminders(text: str, interrupting: bool = False):
    return package(
        process(
            start(),
            user("a"),
            boundary("r", "a", timer(text, "timeCycle"), interrupting=interrupting),
            script("remind", "times = times + 1\nseen = append(seen, times)"),
            end("reminded"),
            end(),
            chain("start", "a", "end"),
            chain("r", "remind", "reminded"),
        )
    )


def test_a_cycle_ticks_as_often_as_it_says():
    holds(
        reminders("R3/PT10H"),
        """
        start: {as: an, variables: {times: 0, seen: []}}
        steps:
          - advance: PT10H
          - expect: {variables: {times: 1, seen: [1]}}
          - advance: P9D
          - expect: {variables: {times: 3, seen: [1, 2, 3]}, tasks: {a: {count: 1}}}
          - {complete: a, as: bo}
        expect: {state: completed, outcome: end, variables: {times: 3}}
        """,
    )


def test_an_endless_cycle_ends_with_its_step():
    bench = Bench(reminders("R/PT10H"))
    case = bench.start({"times": 0, "seen": []})
    bench.advance(days=30)
    assert bench.variables(case)["times"] == 72
    bench.complete(case, "a", "bo")
    assert bench.timers(case) == []


def test_reminders_do_not_pile_up():
    """Trap: many finished tokens at the end of a scope stay in the tree until it ends."""
    bench = Bench(reminders("R/PT10H"))
    case = bench.start({"times": 0, "seen": [], "ballast": "x" * 500})
    bench.advance(hours=20)
    small = bench.state_size(case)
    bench.advance(days=40)
    assert bench.variables(case)["times"] == 98
    assert bench.state_size(case) < small + 600


def test_a_monthly_cycle_counts_from_its_start():
    """Trap: P1M from 31 January gives 3 March; ticks counted from one another drift to the 28th."""
    read = package(
        process(
            start(),
            user("a"),
            boundary("r", "a", timer("R/2026-01-31T10:00:00+08:00/P1M", "timeCycle"), interrupting=False),
            end("reminded"),
            end(),
            chain("start", "a", "end"),
            chain("r", "reminded"),
        )
    )
    bench = Bench(read)
    case = bench.start()
    assert [t.due_at.isoformat() for t in bench.timers(case)] == ["2026-01-31T02:00:00+00:00"]
    bench.advance(seconds=1)
    assert [t.due_at.isoformat() for t in bench.timers(case)] == ["2026-03-31T02:00:00+00:00"]


@pytest.mark.parametrize("text", ["soon", "R/PT0S", "R0/PT1H", "${1}", "${missing}", "-PT1H"])
def test_a_timer_that_is_none_is_an_incident_at_the_event_and_the_step_goes_on(text):
    """Trap: -PT1H is read as one hour, and a wrong duration fails in somebody else's step."""
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer(text, kind), interrupting=False),
            end(),
            end("gone"),
            chain("start", "a", "end"),
            chain("late", "gone"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - expect: {state: incident, incident: late, tasks: {a: {count: 1}}}
          - {complete: a, as: bo}
        expect: {state: completed, outcome: end}
        """,
    )


def test_two_timers_and_a_message_behind_an_event_gateway():
    """Trap: an event-based gateway keeps one value for both timers, and the second never fires."""
    read = package(
        process(
            start(),
            node("eventBasedGateway", "g"),
            catch("short", timer("${short}")),
            catch("long", timer("${long}")),
            catch("papers", event("message", "papers_in")),
            end("e_short"),
            end("e_long"),
            end("e_papers"),
            chain("start", "g", "short", "e_short"),
            chain("g", "long", "e_long"),
            chain("g", "papers", "e_papers"),
        ),
        before=message("papers_in", nr="${nr}"),
    )
    for short, long, first in (("PT1H", "PT2H", "short"), ("PT2H", "PT1H", "long")):
        holds(
            read,
            f"""
            start: {{as: an, variables: {{short: {short}, long: {long}, nr: 1}}}}
            steps:
              - advance: PT1H
            expect: {{state: completed, outcome: e_{first}, visited: [{first}], not_visited: [papers]}}
            """,
        )
    holds(
        read,
        """
        start: {as: an, variables: {short: PT1H, long: PT2H, nr: 1}}
        steps:
          - message: {name: papers_in, correlation: {nr: 1.0}, payload: {docs: 2}}
          - advance: P1D
        expect: {state: completed, outcome: e_papers, variables: {docs: 2}, not_visited: [short, long]}
        """,
    )


def test_a_repaired_timer_is_armed_by_the_retry():
    read = package(line(catch("w", timer("${wait}")), user("a")))
    bench = Bench(read)
    case = bench.start()
    assert [found.element for found in bench.incidents(case)] == ["w"]
    bench.retry(case, "w", {"wait": "PT1H"})
    assert bench.instance(case).state == "running"
    bench.advance(hours=1)
    assert bench.open(case) == ["a"]


def test_timers_fire_in_the_order_of_their_due_times():
    read = package(
        process(
            start(),
            user("a"),
            boundary("r1", "a", timer("PT3H"), interrupting=False),
            boundary("r2", "a", timer("PT1H"), interrupting=False),
            boundary("r3", "a", timer("PT2H")),
            end("e1"),
            end("e2"),
            end("e3"),
            end(),
            chain("start", "a", "end"),
            chain("r1", "e1"),
            chain("r2", "e2"),
            chain("r3", "e3"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps: [{advance: P1D}]
        expect: {state: completed, outcome: e3, visited: [r2, r3], not_visited: [r1, end]}
        """,
    )


def test_a_loop_through_a_timer_of_no_time_is_an_incident(monkeypatch):
    monkeypatch.setattr("engine.service.sweep._ROUNDS", 20)
    read = package(
        process(
            start(),
            user("a"),
            xor("g"),
            catch("w", timer("PT0S")),
            chain("start", "a", "g"),
            flow("g", "w"),
            flow("w", "g"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - complete: a
            as: bo
            form: {kept: 1}
        expect: {state: incident, incident: w, variables: {kept: 1}}
        """,
    )


def test_a_loop_through_a_timer_without_waiting_comes_to_rest():
    read = package(
        process(
            start(),
            xor("g"),
            catch("w", timer("PT1M")),
            chain("start", "g"),
            flow("g", "w"),
            flow("w", "g"),
        )
    )
    bench = Bench(read)
    case = bench.start()
    bench.advance(hours=1)
    assert bench.instance(case).state == "running"
    assert len(bench.timers(case)) == 1
