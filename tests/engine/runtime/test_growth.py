"""A case that goes round for ever stays small: state and number of tokens after 400 rounds are those after ten."""

from __future__ import annotations

from tests.engine.builder import (
    both,
    boundary,
    chain,
    end,
    flow,
    package,
    process,
    script,
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
