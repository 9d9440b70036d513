"""Elements run alike in the process, sub-processes, each of several instances, called processes and handlers."""

from __future__ import annotations

import pytest

from tests.engine.builder import (
    Bench,
    both,
    boundary,
    catch,
    chain,
    end,
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
    some,
    start,
    sub,
    throw,
    timer,
    undo,
    undoing,
    user,
    when,
    xor,
)

LINK = '<bpmn:linkEventDefinition name="on"/>'
BEFORE = '<bpmn:signal id="news" name="news"/>' + message("m") + '<bpmn:escalation id="up" escalationCode="up"/>'
TERMINATE = "<bpmn:terminateEventDefinition/>"

# What stands in a scope, and the steps that are then open, in turn; `w` is completed in between by a person.
DRAWN = {
    "links": (
        [
            start("s0"),
            user("w"),
            throw("t1", LINK),
            catch("t2", LINK),
            user("z"),
            chain("s0", "w", "t1"),
            chain("t2", "z"),
        ],
        [["w"], ["z"]],
    ),
    "implicit split": (
        [start("s0"), user("w"), user("z"), user("y"), chain("s0", "w", "z"), chain("w", "y")],
        [["w"], ["y", "z"]],
    ),
    "conditional split": (
        [
            start("s0"),
            user("w"),
            user("z"),
            user("y"),
            user("x"),
            chain("s0", "w"),
            flow("w", "z", "true"),
            flow("w", "y", "false"),
            flow("w", "x", "1 = 1"),
        ],
        [["w"], ["x", "z"]],
    ),
    "no start and no end": ([user("w"), user("z"), chain("w", "z"), user("y")], [["w", "y"], ["y", "z"]]),
    "inclusive join": (
        [
            start("s0"),
            some("g"),
            user("w"),
            user("y"),
            some("j"),
            user("z"),
            chain("s0", "g"),
            flow("g", "w", "true"),
            flow("g", "y", "false"),
            chain("w", "j", "z"),
            chain("y", "j"),
        ],
        [["w"], ["z"]],
    ),
    "parallel join in a loop": (
        [
            start("s0"),
            xor("m0"),
            both("g"),
            user("w"),
            script("c", "n = n + 1"),
            both("j"),
            xor("again", default="z"),
            user("z"),
            chain("s0", "m0", "g", "w", "j", "again", "z"),
            chain("g", "c", "j"),
            flow("again", "m0", "n < 2"),
        ],
        [["w"], ["w"], ["z"]],
    ),
    "terminate": (
        [
            start("s0"),
            both("g"),
            user("w"),
            user("y"),
            end("e0", TERMINATE),
            chain("s0", "g", "w", "e0"),
            chain("g", "y"),
        ],
        [["w", "y"]],
    ),
    "signal end event": (
        [
            start("s0"),
            both("g"),
            user("w"),
            user("y"),
            boundary("b", "y", event("signal", "news")),
            user("z"),
            end("e0", event("signal", "news")),
            chain("s0", "g", "w", "e0"),
            chain("g", "y"),
            chain("b", "z"),
        ],
        [["w", "y"], ["z"]],
    ),
    "a condition that comes true": (
        [
            start("s0"),
            both("g"),
            user("w"),
            script("c", "go = true"),
            catch("y", when("go = true")),
            user("z"),
            chain("s0", "g", "w", "c"),
            chain("g", "y", "z"),
        ],
        [["w"], ["z"]],
    ),
    "compensation": (
        [start("s0"), user("w"), throw("t", undo()), user("z"), chain("s0", "w", "t", "z"), undoing("w", user("un"))],
        [["w"], ["un"], ["z"]],
    ),
    "an escalation to a handler": (
        [
            start("s0"),
            user("w"),
            throw("t", event("escalation", "up")),
            user("z"),
            chain("s0", "w", "t", "z"),
            on_event("h", event("escalation", "up"), user("y"), interrupting=False),
        ],
        [["w"], ["y", "z"]],
    ),
    "an event-based gateway": (
        [
            start("s0"),
            user("w"),
            node("eventBasedGateway", "g"),
            catch("c1", timer("P9D")),
            catch("c2", when("true")),
            user("y"),
            user("z"),
            chain("s0", "w", "g", "c1", "y"),
            chain("g", "c2", "z"),
        ],
        [["w"], ["z"]],
    ),
}


def put(place: str, body: list[str]):
    """A package in which the body stands at this place; `after` comes behind it."""
    if place == "sub-process":
        return package(line(sub("s", *body), user("after")), before=BEFORE)
    if place == "transaction":
        return package(line(node("transaction", "s", "", "".join(body)), user("after")), before=BEFORE)
    if place == "instances":
        loop = several("things", "thing", out=("results", "n"))
        return package(line(sub("s", *body, loop=loop), user("after")), before=BEFORE)
    if place == "one instance after another":
        loop = several("things", "thing", sequential=True, out=("results", "n"))
        return package(line(sub("s", *body, loop=loop), user("after")), before=BEFORE)
    if place == "called process":
        call = node("callActivity", "s", 'calledElement="q"')
        return package(line(call, user("after")), process(*body, key="q"), before=BEFORE)
    handler = node("subProcess", "h0", 'triggeredByEvent="true"', handled(body))
    inner = sub("s", start("hs"), user("never"), end("he"), chain("hs", "never", "he"), handler)
    return package(line(inner, user("after")), before=BEFORE)


def handled(body: list[str]) -> str:
    """The body as a handler that begins at once."""
    begins = node("startEvent", "s0", "", when("true"))
    rest = [text for text in body if 'id="s0"' not in text]
    if len(rest) == len(body):  # without a start event: where nothing leads to, its start leads to
        return begins + "".join(rest) + chain("s0", "w") + chain("s0", "y")
    return begins + "".join(rest)


@pytest.mark.parametrize(
    "place", ["sub-process", "transaction", "instances", "one instance after another", "called process", "handler"]
)
@pytest.mark.parametrize("drawn", DRAWN)
def test_it_runs_there_as_in_the_process(drawn, place):
    body, opened = DRAWN[drawn]
    bench = Bench(put(place, body))
    count = {"instances": 1, "one instance after another": 2}.get(place, 1)
    case = bench.start({"n": 0, "things": ["p"] * count})
    for _ in range(count):
        for steps in opened:
            assert bench.open(case) == steps
            bench.complete(case, "un" if "un" in steps else "w" if "w" in steps else steps[0], "bo")
        while bench.open(case) not in (["after"], opened[0]):
            bench.complete(case, bench.open(case)[0], "bo")
    assert bench.open(case) == ["after"]
    bench.complete(case, "after", "bo")
    assert bench.instance(case).state == "completed"
    assert bench.incidents(case) == []
