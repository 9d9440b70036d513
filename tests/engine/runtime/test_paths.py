"""Gateways, implicit splits, links, missing starts and ends, sub-processes, terminate: which way a case goes."""

from __future__ import annotations

import pytest

from tests.engine.builder import (
    Bench,
    both,
    boundary,
    chain,
    end,
    error,
    event,
    flow,
    holds,
    line,
    node,
    package,
    process,
    script,
    some,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)


@pytest.mark.parametrize(
    ("amount", "outcome"), [(5, "small"), (50, "large"), (None, "other"), ("text", "other"), (500, "large")]
)
def test_the_first_condition_that_is_true_else_the_default(amount, outcome):
    """A condition holds only when it is true: null is not, for missing and wrong values as for null."""
    read = package(
        process(
            start(),
            xor("g", default="other"),
            *map(end, ("small", "large", "other")),
            chain("start", "g"),
            flow("g", "small", "amount < 10"),
            flow("g", "large", "amount >= 10"),
            flow("g", "other"),
        )
    )
    holds(
        read,
        f"""
        start: {{as: an, variables: {{amount: {"null" if amount is None else amount}}}}}
        expect: {{state: completed, outcome: {outcome}}}
        """,
    )


def test_no_flow_to_take_is_an_incident_and_keeps_the_work():
    """Trap: a gateway with no true flow and no default raises out of the engine."""
    read = package(
        process(
            start(),
            user("a"),
            xor("g"),
            end("x"),
            end("y"),
            chain("start", "a", "g"),
            flow("g", "x", "way = 1"),
            flow("g", "y", "way = 2"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo, form: {opinion: kept, way: 3}}
          - expect: {state: incident, incident: g, no_tasks: [a], variables: {opinion: kept}, visited: [a]}
          - retry: g
          - expect: {state: incident, incident: g}
          - {retry: g, variables: {way: 2}}
        expect: {state: completed, outcome: y, variables: {opinion: kept}}
        """,
    )


@pytest.mark.parametrize(
    ("flags", "visited"),
    [({"x": True, "y": True}, {"ux", "uy"}), ({"x": True}, {"ux"}), ({}, {"uz"}), ({"y": True}, {"uy"})],
)
def test_an_inclusive_split_and_its_join(flags, visited):
    read = package(
        process(
            start(),
            some("s", default="uz"),
            *(user(key) for key in ("ux", "uy", "uz", "after")),
            some("j"),
            end(),
            chain("start", "s"),
            flow("s", "ux", "x"),
            flow("s", "uy", "y"),
            chain("s", "uz", "j"),
            chain("ux", "j"),
            chain("uy", "j"),
            chain("j", "after", "end"),
        )
    )
    bench = Bench(read)
    case = bench.start(flags)
    assert set(bench.open(case)) == visited
    for key in sorted(visited):
        assert "after" not in bench.open(case)
        bench.complete(case, key, "bo", {key: 1})
    assert bench.open(case) == ["after"]
    assert visited <= bench.variables(case).keys()


def test_an_unstructured_inclusive_join_waits_for_what_can_still_come():
    """The join waits for the token behind the exclusive gateway, but not once that has gone another way."""
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b"),
            xor("g", default="out"),
            some("j"),
            user("after"),
            end("out"),
            end(),
            chain("start", "s", "a", "j", "after", "end"),
            chain("s", "b", "g", "out"),
            flow("g", "j", "inside = true"),
        )
    )
    for inside, opened in ((True, ["after"]), (False, ["after"])):
        bench = Bench(read)
        case = bench.start()
        bench.complete(case, "a", "bo")
        assert bench.open(case) == ["b"]
        bench.complete(case, "b", "bo", {"inside": inside})
        assert bench.open(case) == opened


def test_parallel_joins_in_a_loop():
    """Trap: stock joins raise AttributeError in a loop, and keep stale copies of data."""
    read = package(
        process(
            start(),
            xor("again"),
            both("s"),
            script("a", "log = append(log, count(log))\nround = round + 1"),
            script("b", 'seen = append(seen, "b")'),
            both("j"),
            xor("more", default="end"),
            end(),
            chain("start", "again", "s", "a", "j", "more", "end"),
            chain("s", "b", "j"),
            flow("more", "again", "round < 30"),
        )
    )
    bench = Bench(read)
    case = bench.start({"log": [], "seen": [], "round": 0})
    found = bench.variables(case)
    assert bench.instance(case).state == "completed"
    assert [int(n) for n in found["log"]] == list(range(30))
    assert found["seen"] == ["b"] * 30


def test_several_flows_out_of_a_step_are_a_split():
    """Trap: two flows out of a task are refused or ignored by the library, and so are conditions on them."""
    read = package(
        process(
            start(),
            node("userTask", "a", 'camunda:candidateGroups="officer" default="a_d"'),
            *(user(key) for key in ("b", "c", "d", "e")),
            chain("start", "a"),
            flow("a", "b", "x > 1"),
            flow("a", "c", "x > 2"),
            flow("a", "d"),
        ).replace("</bpmn:process>", chain("b", "e") + "</bpmn:process>")
    )
    for x, opened in ((3, ["b", "c"]), (2, ["b"]), (0, ["d"])):
        bench = Bench(read)
        case = bench.start()
        bench.complete(case, "a", "bo", {"x": x})
        assert bench.open(case) == opened


def test_a_process_without_start_and_end_events():
    """Trap: a process without an end event never completes."""
    read = package(process(user("a"), user("b"), user("c"), chain("a", "b")))
    bench = Bench(read)
    case = bench.start()
    assert bench.open(case) == ["a", "c"]
    for key in "acb":
        assert bench.instance(case).state == "running"
        bench.complete(case, key, "bo", {key: 1})
    assert bench.instance(case).state == "completed"
    assert bench.instance(case).outcome is None
    assert bench.variables(case) == {"a": 1, "b": 1, "c": 1}


def test_a_sub_process_with_nothing_in_it_passes():
    """A collapsed sub-process that nobody has filled yet."""
    holds(package(line(sub("s"), user("a"))), "start: {as: an}\nexpect: {tasks: {a: {count: 1}}, visited: [s]}")


def test_links_go_on_where_the_catching_link_stands():
    """Trap: link events are refused or ignored."""
    link = '<bpmn:linkEventDefinition name="on"/>'
    read = package(
        process(
            start(),
            xor("g", default="t2"),
            throw("t1", link),
            throw("t2", link),
            node("intermediateCatchEvent", "there", "", link),
            user("a"),
            end(),
            chain("start", "g", "t2"),
            flow("g", "t1", "x = 1"),
            chain("there", "a", "end"),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {x: 1}}
        steps: [{complete: a, as: bo}]
        expect: {state: completed, visited: [t1, there], not_visited: [t2]}
        """,
    )


def test_terminate_ends_its_scope_alone():
    inner = sub(
        "s",
        start("is"),
        both("f"),
        user("x"),
        user("y"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        end("ie"),
        chain("is", "f", "x", "stop"),
        chain("f", "y", "ie"),
    )
    holds(
        package(line(inner, user("after"))),
        """
        start: {as: an}
        steps:
          - {complete: x, as: bo, form: {x: 1}}
          - refused: {complete: y, as: bo, rule: not_open}
          - expect: {tasks: {after: {count: 1}}, no_tasks: [y], variables: {x: 1}}
          - {complete: after, as: bo}
        expect: {state: completed, outcome: end}
        """,
    )


def test_terminating_the_case_closes_everything():
    read = package(
        process(
            start(),
            both("f"),
            user("x"),
            user("y"),
            end("stop", "<bpmn:terminateEventDefinition/>"),
            end(),
            chain("start", "f", "x", "stop"),
            chain("f", "y", "end"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: x, as: bo, form: {x: 1}}
        expect: {state: completed, outcome: stop, no_tasks: [y], variables: {x: 1}, not_visited: [end]}
        """,
    )


def test_an_error_takes_the_specific_way_and_not_the_neighbours():
    """Trap: an error in one sub-process is caught by the boundary event of another that runs beside it."""

    def thrower(key: str, code: str) -> str:
        return sub(
            key,
            start(f"{key}_s"),
            user(f"{key}_u"),
            end(f"{key}_e", event("error", code)),
            chain(f"{key}_s", f"{key}_u", f"{key}_e"),
        )

    read = package(
        process(
            start(),
            both("f"),
            thrower("one", "E1"),
            thrower("two", "E2"),
            boundary("any_one", "one", "<bpmn:errorEventDefinition/>"),
            boundary("e1_one", "one", event("error", "E1")),
            boundary("e1_two", "two", event("error", "E1")),
            boundary("any_two", "two", "<bpmn:errorEventDefinition/>"),
            *map(end, ("x1", "x2", "x3", "x4", "x5")),
            chain("start", "f", "one", "x5"),
            chain("f", "two", "x5"),
            chain("any_one", "x1"),
            chain("e1_one", "x2"),
            chain("e1_two", "x3"),
            chain("any_two", "x4"),
        ),
        before=error("E1") + error("E2"),
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: one_u, as: bo, form: {known: 1}}
          - expect: {visited: [e1_one, x2], not_visited: [any_one, e1_two, any_two], tasks: {two_u: {count: 1}}}
          - {complete: two_u, as: bo}
        expect: {state: completed, visited: [any_two, x4], not_visited: [e1_two, x5], variables: {known: 1}}
        """,
    )


def test_an_error_that_nobody_catches_is_an_incident():
    """Trap: an uncaught error end event completes silently."""
    holds(
        package(
            process(start(), user("a"), end("bad", event("error", "E1")), chain("start", "a", "bad")),
            before=error("E1"),
        ),
        """
        start: {as: an}
        steps: [{complete: a, as: bo}]
        expect: {state: incident, incident: bad}
        """,
    )


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_at_the_sub_process(interrupting):
    inner = sub(
        "s",
        start("is"),
        user("x"),
        throw("up", event("escalation", "late")),
        user("y"),
        end("ie"),
        chain("is", "x", "up", "y", "ie"),
    )
    read = package(
        process(
            start(),
            inner,
            boundary("heard", "s", event("escalation", "late"), interrupting=interrupting),
            user("chief", "manager"),
            end("e2"),
            end(),
            chain("start", "s", "end"),
            chain("heard", "chief", "e2"),
        ),
        before='<bpmn:escalation id="late" escalationCode="late"/>',
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "x", "bo", {"x": 1})
    assert bench.open(case) == (["chief"] if interrupting else ["chief", "y"])
    bench.complete(case, "chief", "di", {"chief": 1})
    if not interrupting:
        bench.complete(case, "y", "bo", {"y": 1})
    assert bench.instance(case).state == "completed"
    assert bench.variables(case).keys() == ({"x", "chief"} if interrupting else {"x", "y", "chief"})


def test_an_endless_loop_is_an_incident_and_others_go_on():
    """Trap: a tree deeper than a thousand stalls silently; an automatic endless loop ends the same way."""
    read = package(
        process(
            start(),
            both("f"),
            xor("g"),
            script("s", "n = n + 1"),
            user("a"),
            end(),
            chain("start", "f", "g", "s", "g"),
            chain("f", "a", "end"),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {n: 0}}
        steps:
          - expect: {state: incident, incident: g, tasks: {a: {count: 1}}}
          - {complete: a, as: bo}
          - expect: {state: incident}
        """,
    )


def test_a_long_automatic_loop_with_an_end_is_none():
    read = package(
        process(
            start(),
            xor("g", default="s"),
            script("s", "n = n + 1"),
            end(),
            chain("start", "g", "s", "g"),
            flow("g", "end", "n >= 2500"),
        )
    )
    holds(read, "start: {as: an, variables: {n: 0}}\nexpect: {state: completed, variables: {n: 2500}}")


def test_a_process_that_calls_itself_for_ever_is_an_incident():
    bench = Bench(package(line(node("callActivity", "c", 'calledElement="p"'))))
    case = bench.start()
    assert bench.instance(case).state == "incident"
    assert "inside one another" in bench.incidents(case)[0].message


def test_a_cancelled_case_is_terminated_and_closes_everything():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start({"x": 1})
    from engine.service import cases

    with bench.house.step() as step:
        cases.cancel(step, case, bench.admin(), "not wanted")
    assert bench.instance(case).state == "terminated"
    assert bench.open(case) == []
    assert bench.variables(case) == {"x": 1}


def test_a_join_that_nothing_can_complete_any_more_is_an_incident_and_others_go_on():
    forked = process(
        start(),
        both("s"),
        user("other"),
        xor("x", "a"),
        user("a"),
        user("b"),
        both("j"),
        end(),
        chain("start", "s", "x"),
        chain("s", "other", "end"),
        flow("x", "a"),
        flow("x", "b", "rich"),
        chain("a", "j", "end"),
        chain("b", "j"),
    )
    holds(
        package(forked),
        """
        start: {as: an}
        steps:
          - complete: a
            as: bo
            form: {opinion: for}
          - expect: {state: incident, incident: j, tasks: {other: {}}, variables: {opinion: for}}
          - {complete: other, as: bo}
          - expect: {state: incident, incident: j}
          - {retry: j}
        expect: {state: incident, incident: j}
        """,
    )


def test_joins_that_wait_for_one_another_are_incidents_together():
    crossed = process(
        start(),
        both("s"),
        user("a"),
        user("b"),
        both("j"),
        both("k"),
        end(),
        chain("start", "s", "a", "j", "k", "end"),
        chain("s", "b", "k", "j"),
    )
    bench = Bench(package(crossed))
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert not bench.incidents(case)  # b is still to come
    bench.complete(case, "b", "bo")
    assert sorted(found.element for found in bench.incidents(case)) == ["j", "k"]
    assert "waits for" in bench.incidents(case)[0].message


def test_a_join_waits_for_what_a_boundary_event_or_a_loop_can_still_bring():
    reminded = process(
        start(),
        user("a"),
        boundary("late", "a", timer("P1D"), interrupting=False),
        xor("again", "j"),
        user("b"),
        both("j"),
        end(),
        chain("start", "a", "again"),
        flow("again", "j"),
        flow("again", "a", "redo"),
        chain("late", "b", "j", "end"),
    )
    holds(
        package(reminded),
        """
        start: {as: an}
        steps:
          - {advance: P1D}
          - {complete: b, as: bo}
          - expect: {state: running}
          - complete: a
            as: bo
            form: {redo: true}
          - expect: {state: running}
          - complete: a
            as: bo
            form: {redo: false}
        expect: {state: completed}
        """,
    )
