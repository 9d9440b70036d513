"""Nobody gets both of two steps that must be apart, by whatever road; each attempt is refused and recorded (GOV-2)."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Refused
from engine.service import cosigning, deputies, interventions, moves, posts, tasks
from models.queries.people import grant_role
from tests.engine.builder import Bench, both, chain, end, line, package, process, start, user

RULE = "separation_of_duties"


@pytest.fixture
def bench():
    """`bo` and `cai` could do both steps; `bo` has done the first."""
    return Bench(package(line(user("a"), user("b", "officer", 'loanflow:separateFrom="a"'), user("c", "manager"))))


@pytest.fixture
def case(bench):
    case = bench.start()
    bench.complete(case, "a", "bo")
    return case


def act(bench, action, *arguments):
    with bench.house.step() as step:
        return action(step, *arguments)


def refused(bench, case, action, *arguments, rule=RULE):
    with pytest.raises(Refused) as found:
        act(bench, action, *arguments)
    assert found.value.rule == rule
    [*_, (_, data)] = bench.events(case, "refused")
    assert data["rule"] == rule


def test_claiming_completing_and_saving_a_draft(bench, case):
    task, bo = bench.task(case, "b").id, bench.actor("bo")
    refused(bench, case, tasks.claim, task, bo)
    refused(bench, case, tasks.complete, task, bo)
    refused(bench, case, tasks.save_draft, task, bo, {})


def test_delegation_and_transfer_to_and_by_somebody_else(bench, case):
    task, cai = bench.task(case, "b").id, bench.actor("cai")
    act(bench, tasks.claim, task, cai)
    refused(bench, case, tasks.delegate, task, cai, "bo")
    refused(bench, case, tasks.transfer, task, cai, "bo", "忙")


def test_what_was_delegated_counts_for_both(bench):
    case = bench.start()
    task = bench.task(case, "a").id
    act(bench, tasks.claim, task, bench.actor("bo"))
    act(bench, tasks.delegate, task, bench.actor("bo"), "cai")
    act(bench, tasks.complete, task, bench.actor("cai"))
    for name in ("bo", "cai"):
        refused(bench, case, tasks.complete, bench.task(case, "b").id, bench.actor(name))


def test_a_deputy_who_has_done_the_other(bench, case):
    day = dt.date(2026, 3, 2)
    act(bench, deputies.appoint, bench.actor("cai"), "cai", "bo", day, day, "休假")
    act(bench, tasks.claim, bench.task(case, "b").id, bench.actor("cai"))
    refused(bench, case, tasks.complete, bench.task(case, "b").id, bench.actor("bo"))


def test_signing_with_it(bench, case):
    refused(bench, case, cosigning.ask, bench.task(case, "b").id, bench.actor("cai"), "bo", "before", "请看")


def test_returned_resumed_and_withdrawn_rounds_count(bench, case):
    done = act(bench, tasks.complete, bench.task(case, "b").id, bench.actor("cai")).id
    act(bench, moves.withdraw, done, bench.actor("cai"))
    act(bench, moves.send_back, bench.task(case, "b").id, bench.actor("cai"), "a", "补充")
    refused(bench, case, tasks.complete, bench.task(case, "a").id, bench.actor("cai"), rule=RULE)
    bench.complete(case, "a", "bo")
    refused(bench, case, tasks.complete, bench.task(case, "b").id, bench.actor("bo"))


def test_an_administrator_who_skips_one_does_not_do_the_other(bench):
    with bench.house.step() as step:
        grant_role(step.session, "bo", "admin")
    case = bench.start()
    act(bench, interventions.skip_element, case, bench.actor("bo"), "a", "催办")
    refused(bench, case, tasks.complete, bench.task(case, "b").id, bench.actor("bo"))


def test_an_administrator_who_jumps_over_one_does_not_do_the_other(bench):
    with bench.house.step() as step:
        grant_role(step.session, "bo", "admin")
    case = bench.start()
    act(bench, interventions.jump, case, bench.actor("bo"), "a", "b", "催办")
    act(bench, interventions.change_variables, case, bench.actor("bo"), {"x": True}, "更正")
    refused(bench, case, tasks.complete, bench.task(case, "b").id, bench.actor("bo"))


@pytest.fixture
def side_by_side():
    """`bo` and `cai` could do either of two steps that are open together and must be apart; `bo` has the first."""
    apart = user("b", attributes='loanflow:separateFrom="a"')
    bench = Bench(
        package(
            process(
                start(),
                both("s"),
                user("a"),
                apart,
                both("j"),
                end(),
                chain("start", "s", "a", "j", "end"),
                chain("s", "b", "j"),
            )
        )
    )
    case = bench.start()
    act(bench, tasks.claim, bench.task(case, "a").id, bench.actor("bo"))
    return bench, case


def test_who_has_one_in_hand_is_not_given_the_other(side_by_side):
    bench, case = side_by_side
    first, other = bench.task(case, "a").id, bench.task(case, "b").id
    bo, cai = bench.actor("bo"), bench.actor("cai")
    act(bench, tasks.claim, other, cai)
    with pytest.raises(Refused, match="bo has a in hand; b must be done by somebody else"):
        act(bench, tasks.delegate, other, cai, "bo")
    refused(bench, case, tasks.transfer, other, cai, "bo", "忙")
    act(bench, tasks.release, first, bo)
    act(bench, tasks.delegate, other, cai, "bo")
    assert bench.task(case, "b").assignee == "bo"


def test_what_counts_for_who_takes_it_is_what_was_done(side_by_side):
    """Whoever has taken both may do one of them: separation looks at who completed."""
    bench, case = side_by_side
    first, other = bench.task(case, "a").id, bench.task(case, "b").id
    act(bench, tasks.claim, other, bench.actor("bo"))
    act(bench, tasks.complete, first, bench.actor("bo"), {})
    refused(bench, case, tasks.complete, other, bench.actor("bo"), {})


def test_handing_over_a_post(bench, case):
    task = bench.task(case, "b").id
    act(bench, tasks.claim, task, bench.actor("cai"))
    assert act(bench, posts.move, task, "cai", "bo", "岗位交接") == ("returned", RULE)
    assert bench.task(case, "b").assignee is None
    [(_, data)] = bench.events(case, "task.released")
    assert RULE in data["reason"]
