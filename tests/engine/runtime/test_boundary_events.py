"""Boundary events of every kind at every kind of activity, interrupting and not."""

from __future__ import annotations

import pytest

from engine.errors import BpmnError
from engine.ports import Operation
from engine.service import messages, worker
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    catch,
    chain,
    end,
    error,
    event,
    message,
    node,
    package,
    process,
    script,
    several,
    start,
    sub,
    throw,
    timer,
    user,
    values,
    when,
)

BEFORE = (
    message("papers")
    + error("E1")
    + '<bpmn:signal id="news" name="news"/><bpmn:escalation id="late" escalationCode="late"/>'
)
EVENTS = {
    "timer": timer("PT2H"),
    "message": event("message", "papers"),
    "signal": event("signal", "news"),
    "conditional": when("x = 1"),
    "escalation": event("escalation", "late"),
    "error": event("error", "E1"),
}
CONDITION = "<bpmn:loopCondition>again = true</bpmn:loopCondition>"
LOOPS = {
    "": "",
    "parallel instances": several("things", "t", out=("rs", "r")),
    "sequential instances": several("things", "t", sequential=True, out=("rs", "r")),
    "standard loop": f"<bpmn:standardLoopCharacteristics>{CONDITION}</bpmn:standardLoopCharacteristics>",
}


def inside(kind: str) -> tuple[list[str], str]:
    """Nodes from a step `w` to an end, with what throws behind it."""
    thrown = {"error": end("up", event("error", "E1")), "escalation": throw("up", event("escalation", "late"))}.get(
        kind
    )
    if kind == "error":
        return [user("w"), str(thrown), chain("w", "up")], "w"
    nodes = [user("w"), thrown or script("up", "y = 1"), user("v"), end("we"), chain("w", "up", "v", "we")]
    return nodes, "w"


def host(activity: str, loop: str, kind: str) -> tuple[str, list[str]]:
    """The activity `h`, and further processes."""
    if activity == "task":
        return user("h", "officer", "", LOOPS[loop]), []
    nodes, first = inside(kind)
    if activity == "sub-process":
        return sub("h", start("hs"), chain("hs", first), *nodes, loop=LOOPS[loop]), []
    called = process(start("hs"), chain("hs", first), *nodes, key="q")
    return node("callActivity", "h", 'calledElement="q"', LOOPS[loop]), [called]


def happens(bench: Bench, case, kind: str) -> None:
    if kind == "timer":
        assert bench.advance(hours=2)
    elif kind == "message":
        with bench.house.step() as step:
            messages.publish(step, "papers", {}, values({"docs": 2}))
    elif kind == "signal":
        bench.start(key="thrower")
        worker.sweep(bench.house)
    elif kind == "conditional":
        bench.complete(case, "other", "bo", {"x": 1})
    else:
        bench.complete(case, "w", "bo", {"known": 1})


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("activity", ["task", "sub-process", "call"])
@pytest.mark.parametrize("kind", EVENTS)
def test_it_fires_and_ends_what_it_interrupts(kind, activity, loop, interrupting):
    if (kind == "error" and not interrupting) or (kind in ("error", "escalation") and activity == "task"):
        return  # an error always interrupts; a step of a person throws nothing
    made, processes = host(activity, loop, kind)
    main = process(
        start(),
        both("f"),
        made,
        boundary("b", "h", EVENTS[kind], interrupting=interrupting),
        user("caught", "manager"),
        user("other"),
        end(),
        end("e2"),
        end("e3"),
        chain("start", "f", "h", "end"),
        chain("f", "other", "e3"),
        chain("b", "caught", "e2"),
    )
    thrower = process(start("ts"), end("te", event("signal", "news")), chain("ts", "te"), key="thrower")
    bench = Bench(package(main, thrower, *processes, before=BEFORE))
    case = bench.start({"things": ["p", "q"], "again": False, "x": 0})
    step = "h" if activity == "task" else "w"
    count = 2 if loop == "parallel instances" else 1
    waiting = [step] * count
    assert bench.open(case) == sorted([*waiting, "other"])
    happens(bench, case, kind)
    others = [] if kind == "conditional" else ["other"]
    if interrupting:
        assert bench.open(case) == sorted(["caught", *others])
    else:
        moved = ["v", *waiting[1:]] if kind == "escalation" else waiting
        assert bench.open(case) == sorted(["caught", *moved, *others])
    assert bench.timers(case) == []
    bench.complete(case, "caught", "di", {"caught": 1})
    for _ in range(20):
        if bench.instance(case).state == "completed":
            break
        bench.complete(case, bench.open(case)[0], "di" if bench.open(case)[0] == "caught" else "bo")
    assert bench.instance(case).state == "completed"
    assert bench.incidents(case) == []
    found = bench.variables(case)
    assert found["caught"] == 1
    if kind == "message":
        assert found["docs"] == 2
    if kind == "error" and not loop:  # what an interrupted called process knew stays with it
        assert ("known" in found) == (activity == "sub-process")


@pytest.mark.parametrize("loop", LOOPS)
def test_errors_of_operations_are_caught_at_the_activity_with_all_its_instances(loop):
    def refuse(call):
        raise BpmnError("E1", "no", {"why": "empty"})

    task = node("serviceTask", "h", 'loanflow:operation="bank.pay"', LOOPS[loop])
    main = process(
        start(),
        user("a"),
        task,
        boundary("b", "h", event("error", "E1")),
        user("caught"),
        end(),
        chain("start", "a", "h", "end"),
        chain("b", "caught", "end"),
    )
    operations = {"bank.pay": Operation("bank.pay", "付款", run=refuse)}
    bench = Bench(package(main, before=BEFORE), operations=operations)
    case = bench.start({"things": [1, 2, 3], "again": True})
    bench.complete(case, "a", "bo", {"a": 1})
    assert bench.open(case) == ["caught"]
    assert bench.variables(case)["why"] == "empty"
    assert bench.incidents(case) == []


def test_several_events_at_one_activity_listen_side_by_side():
    main = process(
        start(),
        user("h"),
        boundary("t1", "h", timer("PT1H"), interrupting=False),
        boundary("t2", "h", timer("PT2H")),
        boundary("m", "h", event("message", "papers")),
        script("s", "n = n + 1"),
        user("late"),
        user("got"),
        end(),
        end("e2"),
        chain("start", "h", "end"),
        chain("t1", "s", "e2"),
        chain("t2", "late", "end"),
        chain("m", "got", "end"),
    )
    bench = Bench(package(main, before=BEFORE))
    first, second = bench.start({"n": 0}), bench.start({"n": 0})
    bench.advance(hours=1)
    assert [bench.variables(case)["n"] for case in (first, second)] == [1, 1]
    bench.complete(second, "h", "bo")
    assert bench.instance(second).state == "completed"
    bench.advance(hours=1)
    assert bench.open(first) == ["late"]
    assert bench.timers(first) == []


def test_an_event_based_gateway_keeps_a_due_time_for_each_timer():
    """Trap: a gateway with two timers keeps one value for both, and the second never fires."""
    main = process(
        start(),
        node("eventBasedGateway", "g"),
        catch("t1", timer("P2D")),
        catch("t2", timer("P1D")),
        catch("m", event("message", "papers")),
        user("u1"),
        user("u2"),
        user("u3"),
        end(),
        chain("start", "g", "t1", "u1", "end"),
        chain("g", "t2", "u2", "end"),
        chain("g", "m", "u3", "end"),
    )
    bench = Bench(package(main, before=BEFORE))
    case = bench.start()
    assert len(bench.timers(case)) == 2
    bench.advance(days=1)
    assert bench.open(case) == ["u2"]
    assert bench.timers(case) == []
