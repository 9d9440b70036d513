"""Event sub-processes: every trigger, interrupting and not, in the process, sub-processes, instances and calls."""

from __future__ import annotations

import pytest

from engine.errors import BpmnError
from engine.ports import Operation
from engine.service import messages
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    chain,
    end,
    error,
    event,
    flow,
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
    user,
    values,
    when,
    xor,
)
from tests.engine.machine import Machine

BEFORE = (
    message("papers")
    + error("E1")
    + '<bpmn:signal id="news" name="news"/><bpmn:escalation id="late" escalationCode="late"/>'
)
TRIGGERS = {
    "message": event("message", "papers"),
    "timer": timer("PT2H"),
    "signal": event("signal", "news"),
    "escalation": event("escalation", "late"),
    "conditional": when("x = 1"),
}


def publish(bench: Bench, name: str, payload=None, **keys) -> None:
    with bench.house.step() as step:
        messages.publish(step, name, values(keys), values(payload or {}))


def trigger(bench: Bench, case, kind: str) -> None:
    """Let happen what the event sub-process waits for: `b` throws or sets, or it comes from outside."""
    if kind == "message":
        publish(bench, "papers", {"docs": 2})
    elif kind == "timer":
        assert bench.advance(hours=2)
    else:
        bench.complete(case, "b", "bo", {"x": 1})


def main_path(kind: str) -> list[str]:
    """Two branches: `a` waits, `b` may throw and goes on to `c`."""
    thrown = {"signal": throw("t", event("signal", "news")), "escalation": throw("t", event("escalation", "late"))}
    middle = thrown.get(kind, script("t", "y = 1"))
    return [
        both("f"),
        user("a"),
        user("b"),
        middle,
        user("c"),
        end("ea"),
        end("ec"),
        chain("f", "a", "ea"),
        chain("f", "b", "t", "c", "ec"),
    ]


@pytest.mark.parametrize("kind", TRIGGERS)
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("inside", ["process", "sub-process", "called process"])
def test_each_trigger_begins_the_handler(kind, interrupting, inside):
    """Trap: the library does not interrupt, cannot end before the event fires, or starts at once with the process."""
    handler = on_event("h", TRIGGERS[kind], user("undo", "manager"), interrupting=interrupting)
    body = [start("begin"), *main_path(kind), chain("begin", "f"), handler]
    if inside == "process":
        processes = [process(*body)]
    elif inside == "sub-process":
        processes = [line(sub("s", *body), user("after"))]
    else:
        processes = [
            line(node("callActivity", "s", 'calledElement="q"'), user("after")),
            process(*body, key="q"),
        ]
    bench = Bench(package(*processes, before=BEFORE))
    case = bench.start({"z": 0})
    assert bench.open(case) == ["a", "b"]
    trigger(bench, case, kind)
    thrown = kind in ("signal", "escalation", "conditional")
    assert bench.open(case) == (["undo"] if interrupting else sorted(["a", "c" if thrown else "b", "undo"]))
    assert bench.variables(case).get("docs") == (2 if kind == "message" else None)
    bench.complete(case, "undo", "di", {"undone": True})
    if not interrupting:
        assert "after" not in bench.open(case)
        bench.complete(case, "a", "bo", {"a": 1})
        bench.complete(case, "b", "bo") if not thrown else None
        bench.complete(case, "c", "bo", {"c": 1})
    if inside != "process":
        assert bench.open(case) == ["after"]
        bench.complete(case, "after", "bo")
    assert bench.instance(case).state == "completed"
    assert bench.variables(case)["undone"] is True
    assert bench.incidents(case) == []
    passed = {element for _, data in bench.events(case) for element in data.get("passed", ())}
    assert {"h", "h_on", "undo", "h_end"} <= passed


def test_the_scope_ends_without_a_handler_that_nobody_needed():
    bench = Bench(
        package(
            line(
                user("a"), more=on_event("h", timer("P1D"), user("u")) + on_event("k", TRIGGERS["message"], user("v"))
            ),
            before=BEFORE,
        )
    )
    case = bench.start()
    assert [timer.element for timer in bench.timers(case)] == ["h_on"]
    bench.complete(case, "a", "bo")
    assert bench.instance(case).state == "completed"
    assert bench.timers(case) == []
    publish(bench, "papers")  # kept: nobody waits any more
    assert bench.open(case) == []


def test_the_scope_ends_only_when_the_handler_is_done():
    bench = Bench(
        package(
            line(
                sub(
                    "s",
                    start("is"),
                    user("a"),
                    end("ie"),
                    chain("is", "a", "ie"),
                    on_event("h", TRIGGERS["message"], user("u"), interrupting=False),
                ),
                user("after"),
            ),
            before=BEFORE,
        )
    )
    case = bench.start()
    publish(bench, "papers")
    bench.complete(case, "a", "bo")
    assert bench.open(case) == ["u"]
    bench.complete(case, "u", "bo")
    assert bench.open(case) == ["after"]


def test_one_that_does_not_interrupt_comes_again_and_changes_are_merged():
    """Variables as at boundary events: what was known at the time, and the handler's own changes come back."""
    handler = on_event("h", TRIGGERS["message"], user("u"), script("s", "log = append(log, docs)"), interrupting=False)
    bench = Bench(package(line(user("a"), user("b"), more=handler), before=BEFORE))
    case = bench.start({"log": []})
    publish(bench, "papers", {"docs": 1})
    bench.complete(case, "a", "bo", {"a": 1})
    publish(bench, "papers", {"docs": 2})
    assert bench.open(case) == ["b", "u", "u"]
    bench.complete(case, "u", "bo")
    bench.complete(case, "u", "bo")
    bench.complete(case, "b", "bo", {"b": 1})
    found = bench.variables(case)
    assert bench.instance(case).state == "completed"
    assert sorted(found["log"]) == [1, 2]
    assert (found["a"], found["b"]) == (1, 1)


def test_a_cycle_ticks_while_the_scope_runs():
    handler = on_event("h", timer("R3/P1D", "timeCycle"), script("s", "n = n + 1"), interrupting=False)
    bench = Bench(package(line(user("a"), more=handler)))
    case = bench.start({"n": 0})
    for day in range(1, 6):
        bench.advance(days=1)
        assert bench.variables(case)["n"] == min(day, 3)
    assert bench.timers(case) == []
    bench.complete(case, "a", "bo")
    assert bench.instance(case).state == "completed"
    assert bench.variables(case)["n"] == 3


def throws(code: str):
    def run(call):
        raise BpmnError(code, "it cannot be", {"why": "so"})

    return {"bank.pay": Operation("bank.pay", "付款", run=run)}


@pytest.mark.parametrize("inside", ["process", "sub-process", "called process", "instances"])
@pytest.mark.parametrize("thrower", ["end event", "operation", "called process"])
def test_an_error_is_caught_by_the_nearest_scope(inside, thrower):
    """Trap: error starts run at once with the process. Errors of operations and of called processes count as well."""
    bad = {
        "end event": end("bad", event("error", "E1")),
        "operation": node("serviceTask", "bad", 'loanflow:operation="bank.pay"'),
        "called process": node("callActivity", "bad", 'calledElement="r"'),
    }[thrower]
    handler = on_event("h", event("error", "E1"), user("mend"))
    body = [start("begin"), user("a"), bad, chain("begin", "a", "bad"), handler]
    loop = several("things", "t", out=("given", "what")) if inside == "instances" else ""
    processes = {
        "process": [process(*body)],
        "sub-process": [line(sub("s", *body))],
        "instances": [line(sub("s", *body, loop=loop))],
        "called process": [line(node("callActivity", "s", 'calledElement="q"')), process(*body, key="q")],
    }[inside]
    processes.append(process(start("rs"), end("re", event("error", "E1")), chain("rs", "re"), key="r"))
    outer = on_event("outer", "<bpmn:errorEventDefinition/>", user("wrong"))
    if inside != "process":
        processes[0] = processes[0].replace("</bpmn:process>", outer + "</bpmn:process>", 1)
    bench = Bench(package(*processes, before=BEFORE), operations=throws("E1"))
    case = bench.start({"things": ["p", "q"]})
    bench.complete(case, "a", "bo", {"known": 1})
    assert bench.open(case) == (["a", "mend"] if inside == "instances" else ["mend"])
    bench.complete(case, "mend", "bo", {"what": "mended"})
    if inside == "instances":
        bench.complete(case, "a", "bo")
        bench.complete(case, "mend", "bo", {"what": "again"})
        assert bench.variables(case)["given"] == ["mended", "again"]
    assert bench.instance(case).state == "completed"
    assert bench.events(case, "incident.opened") == []
    if inside != "instances":
        assert bench.variables(case)["known"] == 1


def test_a_specific_error_goes_before_one_that_catches_all_and_an_error_in_the_handler_goes_up():
    inner = sub(
        "s",
        start("is"),
        user("a"),
        end("bad", event("error", "E1")),
        chain("is", "a", "bad"),
        on_event("all", "<bpmn:errorEventDefinition/>", user("wrong")),
        on_event("one", event("error", "E1"), user("right"), end("worse", event("error", "E2"))).replace(
            chain("worse", "one_end"), ""
        ),
    )
    read = package(
        process(
            start(),
            inner,
            boundary("caught", "s", event("error", "E2")),
            end(),
            end("e2"),
            chain("start", "s", "end"),
            chain("caught", "e2"),
        ),
        before=error("E1") + error("E2"),
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert bench.open(case) == ["right"]
    bench.complete(case, "right", "bo")
    assert (bench.instance(case).state, bench.instance(case).outcome) == ("completed", "e2")


def test_several_instances_have_handlers_of_their_own():
    inner = sub(
        "s",
        start("is"),
        user("a", "officer", 'camunda:assignee="${who}"'),
        end("ie"),
        chain("is", "a", "ie"),
        on_event("h", timer('${if who = "bo" then "PT1H" else "PT5H"}'), script("t", 'said = "late " + who')),
        loop=several("people", "who", out=("answers", "said")),
    )
    bench = Bench(package(line(inner)))
    case = bench.start({"people": ["bo", "cai"]})
    bench.advance(hours=1)
    assert bench.open(case) == ["a"]
    bench.complete(case, "a", "cai", {"said": "in time"})
    assert bench.variables(case)["answers"] == ["late bo", "in time"]
    assert bench.instance(case).state == "completed"


def test_handlers_stand_inside_one_another():
    """The innermost scope that listens takes an escalation; a handler may have handlers of its own."""
    inner_handler = on_event("hh", TRIGGERS["message"], user("deep"))
    handler = on_event("h", event("escalation", "late"), user("shallow"), interrupting=False, more=inner_handler)
    inner = sub(
        "s",
        start("is"),
        user("a"),
        throw("up", event("escalation", "late")),
        user("b"),
        end("ie"),
        chain("is", "a", "up", "b", "ie"),
        handler,
    )
    outer = on_event("o", event("escalation", "late"), user("wrong"))
    bench = Bench(package(line(inner, more=outer), before=BEFORE))
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert bench.open(case) == ["b", "shallow"]
    publish(bench, "papers")
    assert bench.open(case) == ["b", "deep"]
    bench.complete(case, "deep", "bo")
    bench.complete(case, "b", "bo")
    assert bench.instance(case).state == "completed"


def test_the_first_that_interrupts_ends_the_others():
    first = on_event("h", timer("PT1H"), user("u"))
    second = on_event("k", TRIGGERS["message"], user("v"))
    reminder = on_event("r", timer("PT30M"), user("w"), interrupting=False)
    bench = Bench(package(line(user("a"), more=first + second + reminder), before=BEFORE))
    case = bench.start()
    bench.advance(minutes=30)
    assert bench.open(case) == ["a", "w"]
    bench.advance(minutes=30)
    assert bench.open(case) == ["u"]
    publish(bench, "papers")
    assert bench.open(case) == ["u"]
    bench.complete(case, "u", "bo")
    assert bench.instance(case).state == "completed"


def test_one_that_cannot_listen_is_an_incident_that_keeps_nobody_from_ending():
    bench = Bench(package(line(user("a"), user("b"), more=on_event("h", timer("${missing}"), user("u")))))
    case = bench.start()
    assert [incident.element for incident in bench.incidents(case)] == ["h_on"]
    bench.complete(case, "a", "bo", {"missing": "PT1H"})
    bench.retry(case, "h_on", {"missing": "PT1H"})
    assert bench.incidents(case) == []
    bench.advance(hours=1)
    assert bench.open(case) == ["u"]
    other = bench.start()
    bench.complete(other, "a", "bo")
    bench.complete(other, "b", "bo")
    assert bench.instance(other).state == "completed"


def test_four_hundred_messages_leave_the_state_flat():
    """What a handler that does not interrupt leaves behind is folded; the way of the process is still cut short."""
    handler = on_event("h", timer("R/P1D", "timeCycle"), user("u"), script("s", "n = n + 1"), interrupting=False)
    read = package(
        process(
            start(),
            user("draft"),
            xor("g", default="draft"),
            end(),
            chain("start", "draft", "g", "draft"),
            flow("g", "end", "done = true"),
            handler,
        )
    )
    machine = Machine(read, {"n": 0})
    sizes = {}
    for number in range(1, 201):
        machine.fire("h_on")
        machine.complete("u", word="same")
        machine.complete("draft", text="same", done=False)
        if number in (10, 200):
            sizes[number] = (len(machine.data), machine.count())
    assert machine.variables()["n"] == 200
    assert sizes[200][1] == sizes[10][1]
    assert sizes[200][0] <= sizes[10][0] + 40
    machine.complete("draft", done=True)
    assert machine.workflow.completed


@pytest.mark.parametrize("interrupting", [True, False])
def test_the_end_event_of_a_handler_that_takes_over_is_the_outcome(interrupting):
    handler = on_event("h", TRIGGERS["message"], user("u"), interrupting=interrupting)
    bench = Bench(package(line(user("a"), more=handler), before=BEFORE))
    case = bench.start()
    publish(bench, "papers")
    if not interrupting:
        bench.complete(case, "a", "bo")
    bench.complete(case, "u", "bo")
    assert bench.instance(case).outcome == ("h_end" if interrupting else "end")
