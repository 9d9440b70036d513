"""A case that goes round for ever stays small: state and number of tokens after 400 rounds are those after ten."""

from __future__ import annotations

import sqlalchemy as sa

from engine.runtime.state import load
from models.cases import Instance
from tests.engine.builder import (
    Bench,
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


def tokens_of(bench: Bench, case) -> int:
    with bench.house.sessions.reading() as session:
        data = session.scalar(sa.select(Instance.state_data).where(Instance.id == case))
        definition = bench.house.definitions.find(session, "p")
    workflow = load(data, "p", definition.specs, None)
    return sum(len(scope.tasks) for scope in workflow.scopes())


def test_four_hundred_rounds_of_rework_cost_no_more_than_ten():
    """Trap: state, load and save grow with the number of finished tasks; a tree deeper than 1,000 stalls silently."""
    bench = Bench(REWORK)
    case = bench.start({"round": 0, "accepted": False})
    sizes: dict[int, tuple[int, int]] = {}
    for number in range(1, 401):
        bench.complete(case, "draft", "bo", {"text": "same"})
        bench.complete(case, "review", "di", {"opinion": "back"})
        if number in (10, 100, 400):
            sizes[number] = (bench.state_size(case), tokens_of(bench, case))
    assert bench.variables(case)["round"] == 400
    assert sizes[400][1] == sizes[10][1] == sizes[100][1]
    assert sizes[400][0] <= sizes[10][0] + 40  # counters have more digits
    bench.complete(case, "draft", "bo")
    bench.complete(case, "review", "di", {"accepted": True})
    assert bench.instance(case).state == "completed"
