"""Conditional events: when they are looked at, what they see, and that they fire as their condition becomes true."""

from __future__ import annotations

import pytest

from models.queries import case_file
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    catch,
    chain,
    end,
    holds,
    line,
    node,
    on_event,
    package,
    process,
    script,
    several,
    start,
    sub,
    user,
    when,
)

BESIDE = package(
    process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        catch("w", when("ready = true")),
        user("after"),
        end(),
        end("eb"),
        chain("start", "f", "w", "after", "end"),
        chain("f", "a", "b", "eb"),
    )
)


def test_one_that_holds_already_passes_at_once():
    bench = Bench(BESIDE)
    assert bench.open(bench.start({"ready": True})) == ["a", "after"]


def test_it_waits_until_another_branch_makes_it_true():
    """It sees what the case knows: the branch that waits would never change it."""
    bench = Bench(BESIDE)
    case = bench.start()
    assert bench.open(case) == ["a"]
    bench.complete(case, "a", "bo", {"ready": False})
    assert bench.open(case) == ["b"]
    bench.complete(case, "b", "bo", {"ready": True})
    assert bench.open(case) == ["after"]


@pytest.mark.parametrize("value", ["yes", None, 1, [True]])
def test_only_true_is_true(value):
    bench = Bench(BESIDE)
    case = bench.start()
    bench.complete(case, "a", "bo", {"ready": value})
    assert bench.open(case) == ["b"]


def test_a_boundary_event_that_interrupts():
    bench = Bench(
        package(
            process(
                start(),
                both("f"),
                user("a"),
                boundary("c", "a", when("amount > 10")),
                user("chief", "manager"),
                user("b"),
                end(),
                chain("start", "f", "a", "end"),
                chain("c", "chief", "end"),
                chain("f", "b", "end"),
            )
        )
    )
    case = bench.start({"amount": 1})
    bench.complete(case, "b", "bo", {"amount": 11})
    assert bench.open(case) == ["chief"]


def test_a_boundary_event_that_goes_on_listening_fires_each_time_it_becomes_true():
    """False, true, still true, false, true: twice."""
    reads = [
        node(
            "userTask", "b", 'camunda:candidateGroups="officer"', '<bpmn:standardLoopCharacteristics loopMaximum="9"/>'
        )
    ]
    bench = Bench(
        package(
            process(
                start(),
                both("f"),
                user("a"),
                boundary("c", "a", when("hot = true"), interrupting=False),
                script("s", "n = n + 1"),
                *reads,
                end(),
                end("e2"),
                chain("start", "f", "a", "end"),
                chain("c", "s", "e2"),
                chain("f", "b", "end"),
            )
        )
    )
    case = bench.start({"n": 0, "hot": False})
    for hot, counted in ((True, 1), (True, 1), (False, 1), (True, 2), (False, 2)):
        bench.complete(case, "b", "bo", {"hot": hot})
        assert bench.variables(case)["n"] == counted


def test_it_interrupts_between_two_automatic_elements():
    """Looked at after each element, not only when the case comes to rest."""
    inner = sub(
        "s", start("is"), script("x", "bad = true"), script("y", "done = true"), end("ie"), chain("is", "x", "y", "ie")
    )
    holds(
        package(
            process(
                start(),
                inner,
                boundary("c", "s", when("bad")),
                end(),
                end("stopped"),
                chain("start", "s", "end"),
                chain("c", "stopped"),
            )
        ),
        "start: {as: an}\nexpect: {state: completed, outcome: stopped, visited: [x], not_visited: [y]}",
    )


def test_an_instance_sees_its_own_item_over_what_the_case_knows():
    inner = sub(
        "s",
        start("is"),
        user("a"),
        end("ie"),
        chain("is", "a", "ie"),
        on_event("h", when("closed = who"), script("t", 'said = "closed"')),
        loop=several("people", "who", out=("answers", "said")),
    )
    bench = Bench(
        package(
            process(
                start(), both("f"), inner, user("b"), end(), chain("start", "f", "s", "end"), chain("f", "b", "end")
            )
        )
    )
    case = bench.start({"people": ["x", "y"]})
    bench.complete(case, "b", "bo", {"closed": "y"})
    assert bench.open(case) == ["a"]
    bench.complete(case, "a", "bo", {"said": "open"})
    assert bench.variables(case)["answers"] == ["closed", "open"]


def test_a_called_process_sees_its_own_variables_alone():
    called = process(
        start("qs"), catch("w", when("x = 1")), user("qa"), end("qe"), chain("qs", "w", "qa", "qe"), key="q"
    )
    passes = '<bpmn:extensionElements><camunda:in source="x" target="x"/></bpmn:extensionElements>'
    main = process(
        start(),
        both("f"),
        node("callActivity", "c", 'calledElement="q"', passes),
        user("b"),
        end(),
        chain("start", "f", "c", "end"),
        chain("f", "b", "end"),
    )
    bench = Bench(package(main, called))
    case = bench.start({"x": 0})
    bench.complete(case, "b", "bo", {"x": 1})
    assert bench.open(case) == []
    assert bench.instance(case).state == "running"


def test_behind_an_event_based_gateway():
    gateway = node("eventBasedGateway", "g")
    bench = Bench(
        package(
            process(
                start(),
                both("f"),
                gateway,
                catch("c1", when("x = 1")),
                catch("c2", when("x = 2")),
                user("one"),
                user("two"),
                user("b"),
                end(),
                chain("start", "f", "g", "c1", "one", "end"),
                chain("g", "c2", "two", "end"),
                chain("f", "b", "end"),
            )
        )
    )
    case = bench.start()
    bench.complete(case, "b", "bo", {"x": 2})
    assert bench.open(case) == ["two"]


def test_a_condition_that_cannot_be_evaluated_is_an_incident_that_a_repair_resolves():
    endless = "count(for i in 1..100000000 return i) > limit"
    bench = Bench(package(line(user("a"), catch("w", when(f"if limit > 0 then {endless} else true")))))
    case = bench.start({"limit": 1})
    bench.complete(case, "a", "bo", {"kept": 1})
    assert [incident.element for incident in bench.incidents(case)] == ["w"]
    bench.retry(case, "w", {"limit": 0})
    assert bench.instance(case).state == "completed"
    assert bench.variables(case)["kept"] == 1


def test_two_that_call_one_another_for_ever_are_an_incident():
    flip = on_event("h", when("x"), script("t", "x = false"), interrupting=False)
    flop = on_event("k", when("not(x)"), script("u", "x = true"), interrupting=False)
    bench = Bench(package(line(user("a"), more=flip + flop)))
    case = bench.start({"x": True})
    assert bench.instance(case).state == "incident"


def test_the_case_shows_which_condition_it_waits_for():
    bench = Bench(package(line(catch("w", when("ready = true")))))
    case = bench.start()
    with bench.house.sessions.reading() as session:
        assert case_file.waits(session, case) == [("w", "conditional", "${ready = true}")]
