"""A case that goes round for ever stays small: state and number of tokens after 400 rounds are those after ten."""

from __future__ import annotations

from cProfile import Profile

import pytest

from engine.runtime import tokens
from engine.service import messages
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    chain,
    end,
    event,
    flow,
    line,
    message,
    package,
    process,
    script,
    several,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.machine import Machine

REWORK = package(
    process(
        start(),
        user("draft"),
        boundary("remind", "draft", timer("P1D"), interrupting=False),
        both("s"),
        script("count_it", "round = round + 1"),
        sub("inner", start("is"), user("review", "manager"), end("ie"), chain("is", "review", "ie")),
        both("j"),
        xor("g", default="draft"),
        end(),
        end("reminded"),
        chain("start", "draft", "s", "count_it", "j", "g", "draft"),
        chain("s", "inner", "j"),
        chain("remind", "reminded"),
        flow("g", "end", "accepted = true"),
    )
)


def test_four_hundred_rounds_of_rework_cost_no_more_than_ten():
    """Trap: state, load and save grow with the number of finished tasks; a tree deeper than 1,000 stalls silently."""
    machine = Machine(REWORK, {"round": 0, "accepted": False})
    sizes: dict[int, tuple[int, int]] = {}
    for number in range(1, 401):
        machine.complete("draft", text="same")
        machine.complete("review", opinion="back")
        if number in (10, 100, 400):
            sizes[number] = (len(machine.data), machine.count())
    assert machine.variables()["round"] == 400
    assert sizes[400][1] == sizes[10][1] == sizes[100][1]
    assert sizes[400][0] <= sizes[10][0] + 40  # counters have more digits
    machine.complete("draft")
    machine.complete("review", accepted=True)
    assert machine.workflow.completed
    assert machine.outcome == "end"


def test_rounds_in_one_branch_do_not_pile_up_while_another_waits():
    """The branches meet far above: what lies between on the way of the busy one must go all the same."""
    read = package(
        process(
            start(),
            both("s"),
            user("patient"),
            user("busy"),
            xor("g", default="busy"),
            both("j"),
            end(),
            chain("start", "s", "patient", "j", "end"),
            chain("s", "busy", "g", "busy"),
            flow("g", "j", "enough = true"),
        )
    )
    machine = Machine(read, {"log": []})
    sizes: dict[int, tuple[int, int]] = {}
    for number in range(1, 401):
        machine.complete("busy", text="same", enough=False)
        if number in (10, 400):
            sizes[number] = (len(machine.data), machine.count())
    assert sizes[400][1] <= sizes[10][1]
    assert sizes[400][0] <= sizes[10][0] + 40
    machine.complete("busy", enough=True)
    machine.complete("patient", done=1)
    assert machine.workflow.completed
    assert machine.variables() == {"log": [], "text": "same", "enough": True, "done": 1}


def branches(number: int):
    """So many steps side by side between two parallel gateways."""
    keys = [f"u{at}" for at in range(number)]
    paths = [chain("s", key, "j") for key in keys]
    return package(
        process(start(), both("s"), both("j"), *map(user, keys), end(), chain("start", "s"), *paths, chain("j", "end"))
    )


def vote(_number: int):
    """A step for each of the items."""
    return package(line(user("v", "member", "", several("items", "i", out=("votes", "vote")))))


@pytest.mark.parametrize("make", [branches, vote])
def test_what_is_open_at_once_costs_in_proportion(make):
    """State and tokens for four times as many are four times as much, and what has arrived costs no more."""
    sizes, calls = {}, {}
    for number in (100, 400):
        machine = Machine(make(number), {"items": list(range(number))})
        sizes[number] = (len(machine.data), machine.count())
        profile = Profile()
        profile.runcall(machine.complete, "v" if make is vote else "u0", vote="for")
        calls[number] = sum(entry.callcount for entry in profile.getstats())
        assert machine.count() <= sizes[number][1] + 1
    assert sizes[400][0] <= 4.2 * sizes[100][0]
    assert sizes[400][1] <= 4 * sizes[100][1]
    assert calls[400] <= 4.2 * calls[100]  # counted, because a clock would tell of the machine


def test_a_thousand_branches_begin_and_meet():
    machine = Machine(branches(1_000), reloading=False)
    assert len(machine.names()) == 1_000
    for task in machine.open():
        task.run()
    machine.workflow.advance()
    assert machine.workflow.completed


def test_more_than_a_case_can_carry_is_an_incident(monkeypatch):
    monkeypatch.setattr(tokens, "MAX_TOKENS", 40)
    read = package(
        process(
            start(),
            user("a"),
            boundary("b", "a", event("message", "m"), interrupting=False),
            user("c"),
            end(),
            end("e2"),
            chain("start", "a", "end"),
            chain("b", "c", "e2"),
        ),
        before=message("m"),
    )
    bench = Bench(read)
    case = bench.start()
    for _ in range(50):
        with bench.house.step() as step:
            messages.publish(step, "m")
    assert 10 < bench.open(case).count("c") < 40
    assert "More than 40 tokens" in bench.incidents(case)[0].message
    assert "a" in bench.open(case)
