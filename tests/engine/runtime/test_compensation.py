"""Compensation: what was completed is undone, the latest first, sub-processes inside out, by people too."""

from __future__ import annotations

import pytest

from engine.runtime import compensation
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
    message,
    node,
    on_event,
    package,
    process,
    script,
    several,
    start,
    sub,
    throw,
    timer,
    undo,
    undoing,
    user,
    xor,
)
from tests.engine.machine import Machine


def noted(key: str, what: str | None = None) -> str:
    """A script that writes into the log."""
    return script(key, f"log = append(log, {what or chr(34) + key + chr(34)})")


def log(bench: Bench, case) -> list:
    return bench.variables(case)["log"]


def test_the_latest_is_undone_first_and_then_the_flow_goes_on():
    """Trap: compensation is refused or ignored; what was not completed is not undone."""
    read = package(
        process(
            start(),
            user("a"),
            user("b"),
            both("f"),
            user("c"),
            throw("back", undo()),
            user("after"),
            end(),
            end("e2"),
            chain("start", "a", "b", "f", "back", "after", "end"),
            chain("f", "c", "e2"),
            undoing("a", noted("un_a")),
            undoing("b", noted("un_b")),
            undoing("c", noted("un_c")),
        )
    )
    bench = Bench(read)
    case = bench.start({"log": []})
    bench.complete(case, "a", "bo", {"a": 1})
    bench.complete(case, "b", "bo", {"b": 1})
    assert bench.open(case) == ["after", "c"]
    assert log(bench, case) == ["un_b", "un_a"]
    [(told, particulars)] = bench.events(case, "compensation.begun")
    assert (told.element, particulars["activities"]) == ("back", ["b", "a"])
    passed = [element for _, data in bench.events(case) for element in data.get("passed", ())]
    assert passed.index("un_b") < passed.index("un_a") < passed.index("back")


@pytest.mark.parametrize("activity", ["a", "b"])
def test_one_activity_alone_is_undone_as_often_as_it_was_done(activity):
    read = package(
        process(
            start(),
            xor("m"),
            user("a"),
            user("b"),
            xor("g", default="back"),
            throw("back", undo(activity)),
            throw("rest", undo()),
            user("after"),
            end(),
            chain("start", "m", "a", "b", "g", "back", "rest", "after", "end"),
            flow("g", "m", "again = true"),
            undoing("a", noted("un_a")),
            undoing("b", noted("un_b")),
        )
    )
    bench = Bench(read)
    case = bench.start({"log": []})
    for again in (True, False):
        bench.complete(case, "a", "bo")
        bench.complete(case, "b", "bo", {"again": again})
    other = "b" if activity == "a" else "a"
    assert log(bench, case) == [f"un_{activity}"] * 2 + [f"un_{other}"] * 2
    assert bench.open(case) == ["after"]


@pytest.mark.parametrize("kind", ["endEvent", "intermediateThrowEvent"])
def test_people_undo_and_nothing_else_happens_before(kind):
    ending = end("stop", undo()) if kind == "endEvent" else throw("stop", undo())
    read = package(
        process(
            start(),
            user("a"),
            user("b"),
            ending,
            chain("start", "a", "b", "stop"),
            undoing("a", user("un_a", "manager")),
            undoing("b", user("un_b", "clerk")),
        )
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "b", "bo")
    assert bench.open(case) == ["un_b"]
    bench.complete(case, "un_b", "an", {"returned": 1})
    assert bench.open(case) == ["un_a"]
    assert bench.instance(case).outcome is None
    bench.complete(case, "un_a", "di", {"reversed": 1})
    assert bench.instance(case).state == "completed"
    assert bench.instance(case).outcome == ("stop" if kind == "endEvent" else None)
    assert bench.variables(case) == {"returned": 1, "reversed": 1}


@pytest.mark.parametrize("handler", ["task", "sub-process", "called process"])
def test_what_undoes_may_be_any_activity(handler):
    made = {
        "task": noted("un"),
        "sub-process": sub(
            "un", start("us"), user("undone"), noted("t", '"un"'), end("ue"), chain("us", "undone", "t", "ue")
        ),
        "called process": node("callActivity", "un", 'calledElement="q"'),
    }[handler]
    called = process(
        start("qs"), user("undone"), noted("t", '"un"'), end("qe"), chain("qs", "undone", "t", "qe"), key="q"
    )
    bench = Bench(package(line(user("a"), throw("back", undo()), user("after"), more=undoing("a", made)), called))
    case = bench.start({"log": []})
    bench.complete(case, "a", "bo")
    if handler != "task":
        assert bench.open(case) == ["undone"]
        bench.complete(case, "undone", "bo")
    assert log(bench, case) == ["un"]
    assert bench.open(case) == ["after"]


def inner(key: str, *more: str) -> str:
    """A sub-process of two activities that can be undone."""
    return sub(
        key,
        start(f"{key}s"),
        noted(f"{key}1"),
        noted(f"{key}2"),
        end(f"{key}e"),
        chain(f"{key}s", f"{key}1", f"{key}2", f"{key}e"),
        undoing(f"{key}1", noted(f"un_{key}1")),
        undoing(f"{key}2", noted(f"un_{key}2")),
        *more,
    )


def test_a_completed_sub_process_is_undone_inside_out():
    outer = sub(
        "o", start("os"), inner("i"), noted("x"), end("oe"), chain("os", "i", "x", "oe"), undoing("x", noted("un_x"))
    )
    holds(
        package(line(noted("a"), outer, throw("back", undo()), more=undoing("a", noted("un_a")))),
        """
        start: {as: an, variables: {log: []}}
        expect:
          state: completed
          variables: {log: [a, i1, i2, x, un_x, un_i2, un_i1, un_a]}
        """,
    )


def test_a_handler_at_its_edge_stands_for_what_is_inside():
    holds(
        package(line(inner("i"), throw("back", undo("i")), more=undoing("i", noted("un_i")))),
        "start: {as: an, variables: {log: []}}\nexpect: {state: completed, variables: {log: [i1, i2, un_i]}}",
    )


def test_a_handler_inside_it_undoes_a_completed_sub_process():
    """A compensation event sub-process: it may undo what was completed around it, in its own order."""
    handler = on_event("h", undo(), noted("first"), throw("one", undo("i1")), noted("then"))
    holds(
        package(line(inner("i", handler), throw("back", undo()))),
        "start: {as: an, variables: {log: []}}\n"
        "expect: {state: completed, variables: {log: [i1, i2, first, un_i1, then]}}",
    )


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("gathered", [False, True])
def test_each_instance_is_undone_with_its_own_item(sequential, gathered):
    loop = several("things", "thing", sequential=sequential, out=("results", "r") if gathered else None)
    activity = node("scriptTask", "a", "", f'{loop}<bpmn:script>r = thing + "!"</bpmn:script>')
    known = 'thing + " " + r' if gathered else "thing"
    bench = Bench(package(line(activity, throw("back", undo()), user("u"), more=undoing("a", noted("un_a", known)))))
    case = bench.start({"things": ["p", "q"], "log": [], "thing": "outer"})
    assert log(bench, case) == (["q q!", "p p!"] if gathered else ["q", "p"])
    assert bench.variables(case)["thing"] == "outer"


def test_each_instance_of_a_sub_process_is_undone_inside_out():
    many = sub(
        "m",
        start("ms"),
        script("book", "nr = thing * 10"),
        end("me"),
        chain("ms", "book", "me"),
        undoing("book", noted("un_book", "nr")),
        loop=several("things", "thing", out=("numbers", "nr")),
    )
    holds(
        package(line(many, throw("back", undo()))),
        "start: {as: an, variables: {things: [1, 2, 3], log: []}}\n"
        "expect: {state: completed, variables: {log: [30, 20, 10], numbers: [10, 20, 30]}}",
    )


def test_an_event_sub_process_undoes_what_was_done_around_it():
    """The usual drawing: an error, then everything that was done is undone."""
    handler = on_event("h", event("error", "E1"), throw("back", undo()), user("tell"))
    read = package(
        process(
            start(),
            noted("a"),
            inner("i"),
            user("u"),
            end("bad", event("error", "E1")),
            chain("start", "a", "i", "u", "bad"),
            undoing("a", noted("un_a")),
            handler,
        ),
        before=error("E1"),
    )
    bench = Bench(read)
    case = bench.start({"log": []})
    bench.complete(case, "u", "bo")
    assert bench.open(case) == ["tell"]
    assert log(bench, case) == ["a", "i1", "i2", "un_i2", "un_i1", "un_a"]


def test_what_was_interrupted_is_not_undone():
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer("PT1H")),
            throw("back", undo()),
            user("after"),
            end("e"),
            chain("start", "a", "e"),
            chain("late", "back", "after"),
            undoing("a", noted("un_a")),
        )
    )
    bench = Bench(read)
    case = bench.start({"log": []})
    bench.advance(hours=1)
    assert bench.open(case) == ["after"]
    assert log(bench, case) == []


def test_a_throw_in_a_sub_process_undoes_its_own_scope_alone():
    read = package(
        line(
            noted("a"),
            sub(
                "s",
                start("is"),
                noted("b"),
                throw("back", undo()),
                end("ie"),
                chain("is", "b", "back", "ie"),
                undoing("b", noted("un_b")),
            ),
            more=undoing("a", noted("un_a")),
        )
    )
    holds(read, "start: {as: an, variables: {log: []}}\nexpect: {state: completed, variables: {log: [a, b, un_b]}}")


def test_a_handler_that_fails_is_an_incident_and_the_rest_is_undone_after_the_retry():
    bench = Bench(
        package(
            line(
                user("a"),
                user("b"),
                throw("back", undo()),
                user("after"),
                more=undoing("a", noted("un_a")) + undoing("b", user("un_b", None, 'camunda:assignee="${who}"')),
            )
        )
    )
    case = bench.start({"log": []})
    bench.complete(case, "a", "bo")
    bench.complete(case, "b", "bo")
    assert [incident.element for incident in bench.incidents(case)] == ["un_b"]
    bench.retry(case, "un_b", {"who": "ed"})
    bench.complete(case, "un_b", "ed")
    assert log(bench, case) == ["un_a"]
    assert bench.open(case) == ["after"]


def test_a_join_waits_for_the_branch_in_which_something_is_undone():
    read = package(
        process(
            start(),
            both("f"),
            user("a"),
            throw("back", undo()),
            user("b"),
            both("j"),
            user("after"),
            end(),
            chain("start", "f", "a", "back", "j", "after", "end"),
            chain("f", "b", "j"),
            undoing("a", user("un_a")),
        ),
        before=message("m"),
    )
    bench = Bench(read)
    case = bench.start({"log": []})
    bench.complete(case, "a", "bo", {"a": 1})
    bench.complete(case, "b", "bo", {"b": 1})
    bench.complete(case, "un_a", "bo", {"c": 1})
    assert bench.open(case) == ["after"]
    assert bench.variables(case) == {"log": [], "a": 1, "b": 1, "c": 1}


def test_what_is_remembered_survives_reloading_and_is_bounded(monkeypatch):
    """Trap: what compaction drops cannot be undone; what is never forgotten fills the memory."""
    monkeypatch.setattr(compensation, "MAX_UNDOABLE", 50)
    read = package(
        process(
            start(),
            xor("m"),
            user("a"),
            xor("g", default="m"),
            throw("back", undo()),
            user("after"),
            end(),
            chain("start", "m", "a", "g", "m"),
            flow("g", "back", "enough = true"),
            chain("back", "after", "end"),
            undoing("a", script("un_a", "n = n + 1")),
        )
    )
    for rounds in (49, 60):
        machines = [Machine(read, {"n": 0}, reloading=reloading) for reloading in (False, True)]
        for machine in machines:
            for number in range(rounds):
                if machine.names() == ["a"]:
                    machine.complete("a", enough=number == rounds - 1)
        if rounds == 49:
            assert [machine.names() for machine in machines] == [["after"], ["after"]]
            assert [machine.variables()["n"] for machine in machines] == [49, 49]
        else:
            assert [machine.incidents() for machine in machines] == [["a"], ["a"]]


def test_a_called_process_is_undone_by_the_handler_at_its_edge_only():
    called = process(start("qs"), noted("c"), end("qe"), chain("qs", "c", "qe"), undoing("c", noted("un_c")), key="q")
    call = node("callActivity", "call", 'calledElement="q"')
    for more, found in (("", ["c"]), (undoing("call", noted("un_call")), ["c", "un_call"])):
        bench = Bench(package(line(call, throw("back", undo()), user("u"), more=more), called))
        assert log(bench, bench.start({"log": []})) == found


@pytest.mark.parametrize("ended", ["by its condition", "by a deadline"])
def test_instances_are_undone_once_all_of_the_activity_is_done(ended):
    """One that ends early is done; one that is interrupted is not, and nothing of it is undone."""
    until = "${nrOfCompletedInstances = 2}" if ended == "by its condition" else None
    votes = several("things", "thing", out=("given", "r"), until=until)
    read = package(
        process(
            start(),
            user("a", "officer", "", votes),
            boundary("late", "a", timer("PT1H")),
            throw("back", undo()),
            user("after"),
            chain("start", "a", "back", "after"),
            chain("late", "back"),
            undoing("a", noted("un_a", "thing")),
        )
    )
    bench = Bench(read)
    case = bench.start({"log": [], "things": ["p", "q", "s"]})
    bench.complete(case, "a", "bo")
    bench.complete(case, "a", "bo")
    bench.advance(hours=1)
    assert bench.open(case) == ["after"]
    assert len(log(bench, case)) == (2 if ended == "by its condition" else 0)
