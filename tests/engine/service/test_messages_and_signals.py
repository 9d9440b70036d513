"""Messages and signals: correlation, early ones, several receivers, payloads, between cases and within one."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Invalid
from engine.service import messages, worker
from models.tasks import KeptMessage
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    catch,
    chain,
    end,
    event,
    holds,
    line,
    message,
    node,
    on_event,
    package,
    process,
    script,
    start,
    throw,
    user,
    values,
)

PAPERS = package(
    line(catch("m", event("message", "papers_in")), user("a")),
    before=message("papers_in", payload="docs note", nr="${nr}", part="=part"),
)


def send(bench: Bench, name: str, keys=None, payload=None):
    with bench.house.step() as step:
        return messages.publish(step, name, values(keys), values(payload)).instance_id


def kept(bench: Bench, state: str = "kept") -> int:
    with bench.house.sessions.reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(KeptMessage.state == state)) or 0


def test_all_declared_keys_must_be_given_and_agree():
    bench = Bench(PAPERS)
    case = bench.start({"nr": 7, "part": "x"})
    assert send(bench, "papers_in", {"nr": 7}) is None
    assert send(bench, "papers_in", {"nr": 8, "part": "x"}) is None
    assert send(bench, "papers_in", {"nr": "7", "part": "x"}) is None
    assert send(bench, "other", {"nr": 7, "part": "x"}) is None
    assert kept(bench) == 4
    assert send(bench, "papers_in", {"nr": 7, "part": "x", "more": 1}, {"docs": 2, "amount": 9}) == case
    assert bench.variables(case) == values({"nr": 7, "part": "x", "docs": 2})


def test_values_are_taken_when_the_event_begins_to_wait_and_numbers_agree_by_value():
    read = package(
        process(
            start(),
            both("f"),
            catch("m", event("message", "papers_in")),
            user("a"),
            end(),
            chain("start", "f", "m", "end"),
            chain("f", "a", "end"),
        ),
        before=message("papers_in", nr="${nr}"),
    )
    holds(
        read,
        """
        start: {as: an, variables: {nr: 1.50}}
        steps:
          - {complete: a, as: bo, form: {nr: 2}}
          - message: {name: papers_in, correlation: {nr: 2}}
          - expect: {state: running}
          - message: {name: papers_in, correlation: {nr: 1.5}}
        expect: {state: completed}
        """,
    )


def test_an_early_message_is_kept_and_taken_when_somebody_waits():
    """Trap: an early message raises instead of waiting."""
    holds(
        PAPERS,
        """
        steps:
          - message: {name: papers_in, correlation: {nr: 7, part: x}, payload: {docs: 2}}
          - {start: p, as: an, variables: {nr: 7, part: x}}
        expect: {tasks: {a: {count: 1}}, variables: {docs: 2}}
        """,
    )


def test_two_early_messages_are_both_taken_by_branches_that_begin_to_wait_at_once():
    """Only the first was delivered, and the second waited for ever."""
    read = package(
        process(
            start(),
            both("f"),
            catch("m1", event("message", "one")),
            catch("m2", event("message", "two")),
            both("j"),
            end(),
            chain("start", "f", "m1", "j", "end"),
            chain("f", "m2", "j"),
        ),
        before=message("one") + message("two"),
    )
    bench = Bench(read)
    send(bench, "one", payload={"x": 1})
    send(bench, "two", payload={"y": 2})
    case = bench.start()
    assert bench.instance(case).state == "completed"
    assert bench.variables(case) == {"x": 1, "y": 2}


def test_an_early_message_is_not_taken_by_an_event_that_another_has_ended():
    read = package(
        process(
            start(),
            node("eventBasedGateway", "g"),
            catch("m1", event("message", "one")),
            catch("m2", event("message", "two")),
            end("e1"),
            end("e2"),
            chain("start", "g", "m1", "e1"),
            chain("g", "m2", "e2"),
        ),
        before=message("one") + message("two"),
    )
    bench = Bench(read)
    send(bench, "one")
    send(bench, "two")
    assert bench.instance(bench.start()).outcome == "e1"
    assert (kept(bench), kept(bench, "delivered")) == (1, 1)


def test_several_cases_that_agree_are_refused():
    """Trap: one message completes all matching catchers."""
    bench = Bench(PAPERS)
    cases = [bench.start({"nr": 7, "part": "x"}) for _ in range(2)]
    with pytest.raises(Conflict):
        send(bench, "papers_in", {"nr": 7, "part": "x"})
    assert [bench.open(case) for case in cases] == [[], []]


def test_without_keys_one_waiting_case_is_enough_and_two_are_too_many():
    bench = Bench(package(line(catch("m", event("message", "go")), user("a")), before=message("go")))
    first = bench.start()
    assert send(bench, "go") == first
    bench.start(), bench.start()
    with pytest.raises(Conflict):
        send(bench, "go")


def test_a_message_that_nobody_comes_for_is_shown_after_thirty_days():
    bench = Bench(PAPERS)
    send(bench, "papers_in", {"nr": 7, "part": "x"})
    bench.advance(days=29)
    assert (kept(bench), kept(bench, "expired")) == (1, 0)
    bench.advance(days=1)
    assert (kept(bench), kept(bench, "expired")) == (0, 1)


@pytest.mark.parametrize("keys", [{"nr": "x" * 2000}, {"a b": 1}, {"typename": 1}, 5])
def test_hostile_keys_are_refused(keys):
    with pytest.raises(Invalid):
        send(Bench(PAPERS), "papers_in", keys)


@pytest.mark.parametrize("nr", ["x" * 2000, None])
def test_a_key_that_cannot_be_compared_is_an_incident_at_the_event(nr):
    bench = Bench(PAPERS)
    case = bench.start({"nr": nr, "part": "x"})
    assert [found.element for found in bench.incidents(case)] == ["m"]
    bench.retry(case, "m", {"nr": 1})
    assert send(bench, "papers_in", {"nr": 1, "part": "x"}) == case


def test_a_non_interrupting_message_comes_as_often_as_it_is_sent():
    """Trap: a non-interrupting boundary message fires once only."""
    read = package(
        process(
            start(),
            user("a"),
            boundary("more", "a", event("message", "papers_in"), interrupting=False),
            script("count_it", "times = times + docs"),
            end("e2"),
            end(),
            chain("start", "a", "end"),
            chain("more", "count_it", "e2"),
        ),
        before=message("papers_in"),
    )
    holds(
        read,
        """
        start: {as: an, variables: {times: 0}}
        steps:
          - message: {name: papers_in, payload: {docs: 2}}
          - message: {name: papers_in, payload: {docs: 3}}
          - expect: {variables: {times: 5}, tasks: {a: {count: 1}}}
          - {complete: a, as: bo}
        expect: {state: completed, variables: {times: 5}}
        """,
    )


def test_a_message_from_one_case_to_another_carries_only_its_payload():
    """Trap: a thrown message carries the thrower's whole data, pasted over the catcher's."""
    read = package(
        line(throw("t", event("message", "papers_in")), key="sender"),
        line(catch("m", event("message", "papers_in")), user("a")),
        before=message("papers_in", payload="docs", nr="${nr}"),
    )
    bench = Bench(read)
    case = bench.start({"nr": 7, "secret": "mine"})
    bench.start({"nr": 7, "secret": "theirs", "docs": 3}, key="sender")
    worker.sweep(bench.house)
    assert bench.variables(case) == values({"nr": 7, "secret": "mine", "docs": 3})


def test_a_thrown_message_waits_for_a_case_that_comes_later():
    read = package(
        line(node("sendTask", "t", 'messageRef="papers_in"'), key="sender"),
        line(node("receiveTask", "m", 'messageRef="papers_in"'), user("a")),
        before=message("papers_in", payload="docs", nr="${nr}"),
    )
    bench = Bench(read)
    bench.start({"nr": 7, "docs": 3}, key="sender")
    worker.sweep(bench.house)
    assert bench.open(bench.start({"nr": 7})) == ["a"]


SIGNAL = '<bpmn:signal id="bell" name="bell"/>'


def test_a_signal_wakes_those_who_wait_in_this_case_and_in_others():
    read = package(
        process(
            start(),
            both("f"),
            catch("here", event("signal", "bell")),
            user("a"),
            throw("ring", event("signal", "bell")),
            end(),
            chain("start", "f", "here", "end"),
            chain("f", "a", "ring", "end"),
        ),
        line(catch("there", event("signal", "bell")), key="q"),
        before=SIGNAL,
    )
    bench = Bench(read)
    other = bench.start(key="q")
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert bench.instance(case).state == "completed"
    worker.sweep(bench.house)
    assert bench.instance(other).state == "completed"
    late = bench.start(key="q")
    worker.sweep(bench.house)
    assert bench.instance(late).state == "running"


def test_a_signal_at_the_end_of_a_case():
    """Trap: signal end events are ignored."""
    read = package(
        process(start(), user("a"), end("ring", event("signal", "bell")), chain("start", "a", "ring")),
        line(catch("there", event("signal", "bell")), key="q"),
        before=SIGNAL,
    )
    bench = Bench(read)
    other, case = bench.start(key="q"), bench.start()
    bench.complete(case, "a", "bo")
    bench.clock.moment += dt.timedelta(seconds=1)
    worker.sweep(bench.house)
    assert (bench.instance(case).outcome, bench.instance(other).state) == ("ring", "completed")


def test_many_kept_messages_are_taken_one_after_another():
    """However many came early: each is one more round, not one more call inside the last."""
    handler = on_event("h", event("message", "m"), script("s", "n = n + 1"), interrupting=False)
    bench = Bench(package(line(user("a"), more=handler), before=message("m")))
    for _ in range(300):
        send(bench, "m")
    case = bench.start({"n": 0})
    assert bench.variables(case)["n"] == 300
    assert kept(bench, "delivered") == 300
    assert bench.open(case) == ["a"]
