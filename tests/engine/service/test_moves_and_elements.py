"""Moves meet handlers and compensation: what was taken back is not undone, and what is undone may be skipped."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.service import interventions, messages, moves
from tests.engine.builder import (
    Bench,
    both,
    chain,
    end,
    event,
    line,
    message,
    on_event,
    package,
    process,
    script,
    start,
    throw,
    undo,
    undoing,
    user,
)


def does(bench: Bench, action: str, case, *given, **options) -> None:
    with bench.house.step() as step:
        getattr(interventions, action)(step, case, bench.admin(), *given, **options)


def test_a_completion_that_was_withdrawn_is_not_undone():
    read = package(
        line(user("a"), user("b"), throw("back", undo()), user("c"), more=undoing("a", script("un", "n = n + 1")))
    )
    bench = Bench(read)
    case = bench.start({"n": 0})
    task_id = bench.complete(case, "a", "bo").id
    with bench.house.step() as step:
        moves.withdraw(step, task_id, bench.actor("bo"), "填错")
    bench.complete(case, "a", "bo")
    bench.complete(case, "b", "bo")
    assert bench.open(case) == ["c"]
    assert bench.variables(case)["n"] == 1


@pytest.mark.parametrize("skipped", ["un_a", "un_b"])
def test_what_undoes_may_be_skipped_and_the_rest_is_undone(skipped):
    more = undoing("a", user("un_a")) + undoing("b", user("un_b"))
    bench = Bench(package(line(user("a"), user("b"), throw("back", undo()), user("c"), more=more)))
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "b", "bo")
    for element in ("un_b", "un_a"):
        assert bench.open(case) == [element]
        if element == skipped:
            does(bench, "skip_element", case, element, "已线下处理")
        else:
            bench.complete(case, element, "bo")
    assert bench.open(case) == ["c"]


def test_nobody_jumps_to_what_undoes():
    bench = Bench(package(line(user("a"), user("b"), more=undoing("a", user("un")))))
    case = bench.start()
    with pytest.raises(Conflict, match="undone"):
        does(bench, "jump", case, "a", "un", "试")
    assert bench.open(case) == ["a"]


def test_a_jump_in_the_process_leaves_its_handlers_alone():
    handler = on_event("h", event("message", "m"), user("u"), interrupting=False)
    read = package(
        process(
            start(),
            user("a"),
            both("s"),
            user("b"),
            user("c"),
            both("j"),
            user("d"),
            end(),
            chain("start", "a", "s", "b", "j", "d", "end"),
            chain("s", "c", "j"),
            handler,
        ),
        before=message("m"),
    )
    bench = Bench(read)
    case = bench.start()
    for _ in range(2):
        with bench.house.step() as step:
            messages.publish(step, "m")
    does(bench, "jump", case, "a", "d", "系统迁移")
    assert bench.open(case) == ["d", "u", "u"]
    with bench.house.step() as step:
        messages.publish(step, "m")
    bench.complete(case, "d", "bo")
    for _ in range(3):
        bench.complete(case, "u", "bo")
    assert bench.instance(case).state == "completed"
