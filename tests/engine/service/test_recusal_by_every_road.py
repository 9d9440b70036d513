"""Whoever must stand back gets no step by any road, and keeps none once it is known (GOV-1)."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Refused
from engine.service import conflicts, cosigning, deputies, escalations, moves, posts, recusing, tasks, worker
from models.cases import Continuation
from models.queries.people import grant_role
from tests.engine.builder import Bench, both, chain, end, line, package, process, script, start, user

RECUSED = 'loanflow:recuse="true"'
MONDAY = dt.date(2026, 3, 2)


def act(bench, action, *arguments):
    with bench.house.step() as step:
        return action(step, *arguments)


def refused(bench, action, *arguments):
    with pytest.raises(Refused) as found:
        act(bench, action, *arguments)
    assert found.value.rule == "recusal"


def relate(bench, *names):
    bench.house.relations._related = dict.fromkeys(names, ("customer",))


def stand_in(bench, away, deputy):
    act(bench, deputies.appoint, bench.actor(away), away, deputy, MONDAY, MONDAY, "休假")


def declare(bench, case, name):
    act(bench, conflicts.declare, case, bench.actor(name), "借款人是我的朋友")


@pytest.fixture
def bench():
    """`bo` and `cai` could do the step; `ed` stands in for `bo`."""
    bench = Bench(package(line(user("a", "officer", RECUSED), user("z", "manager"))))
    stand_in(bench, "bo", "ed")
    return bench


@pytest.mark.parametrize("related", ["bo", "ed"])
def test_neither_the_deputy_of_a_related_person_nor_a_related_deputy(bench, related):
    case = bench.start()
    relate(bench, related)
    for action in (tasks.claim, tasks.complete):
        refused(bench, action, bench.task(case, "a").id, bench.actor("ed"))
    act(bench, tasks.complete, bench.task(case, "a").id, bench.actor("cai"))


def test_what_a_deputy_holds_for_somebody_who_becomes_related_goes_back(bench):
    case = bench.start()
    act(bench, tasks.claim, bench.task(case, "a").id, bench.actor("ed"))
    relate(bench, "bo")
    assert act(bench, recusing.relation_recorded, "bo") == 1
    assert bench.task(case, "a").assignee is None


@pytest.mark.parametrize("related", ["bo", "cai"])
def test_delegation_between_them(bench, related):
    case = bench.start()
    task = bench.task(case, "a").id
    act(bench, tasks.claim, task, bench.actor("bo"))
    relate(bench, related)
    refused(bench, tasks.delegate, task, bench.actor("bo"), "cai")
    relate(bench)
    act(bench, tasks.delegate, task, bench.actor("bo"), "cai")
    relate(bench, related)
    refused(bench, tasks.complete, task, bench.actor("cai"))
    assert act(bench, recusing.relation_recorded, related) == 1
    row = bench.task(case, "a")
    assert (row.assignee, row.owner) == (None, None)


def test_who_declares_a_conflict_takes_back_what_was_delegated(bench):
    case = bench.start()
    task = bench.task(case, "a").id
    act(bench, tasks.claim, task, bench.actor("bo"))
    act(bench, tasks.delegate, task, bench.actor("bo"), "cai")
    declare(bench, case, "bo")
    row = bench.task(case, "a")
    assert (row.assignee, row.owner) == (None, None)
    refused(bench, tasks.complete, task, bench.actor("ed"))
    act(bench, tasks.complete, task, bench.actor("cai"))


def test_a_conflict_is_declared_while_others_are_asked_to_sign(bench):
    """What waited for their signatures does not count."""
    case = bench.start()
    task = bench.task(case, "a").id
    act(bench, tasks.claim, task, bench.actor("bo"))
    act(bench, cosigning.ask, task, bench.actor("bo"), "di", "after", "请签", {})
    declare(bench, case, "bo")
    row = bench.task(case, "a")
    assert (row.assignee, row.pending, row.cosigners) == (None, None, 0)


def test_a_related_person_signs_with_nobody(bench):
    case = bench.start()
    relate(bench, "di")
    refused(bench, cosigning.ask, bench.task(case, "a").id, bench.actor("bo"), "di", "before", "请看")


@pytest.mark.parametrize("target", ["di", "manager"])
def test_escalation_to_a_related_person_by_name_or_role(target):
    late = f'<bpmn:extensionElements><loanflow:escalation after="PT0S" reassign="{target}"/></bpmn:extensionElements>'
    bench = Bench(package(line(user("a", "officer", f'{RECUSED} camunda:dueDate="PT1H"', late))))
    relate(bench, "di")
    case = bench.start()
    bench.clock.moment += dt.timedelta(hours=2)
    worker.sweep(bench.house)
    with pytest.raises(Refused):
        act(bench, tasks.claim, bench.task(case, "a").id, bench.actor("di"))
    assert bench.task(case, "a").assignee is None
    if target == "di":
        assert bench.task(case, "a").role == "officer"
        [(_, data)] = bench.events(case, recusing.FOUND)
        assert data["to"] == "di"
        assert escalations.NOBODY not in bench.task(case, "a").escalated
    else:
        act(bench, tasks.complete, bench.task(case, "a").id, bench.actor("ed"))


@pytest.mark.parametrize("role", [None, "officer"])
def test_a_related_assignee_by_expression(role):
    bench = Bench(package(line(user("a", role, f'{RECUSED} camunda:assignee="${{who}}"'))))
    relate(bench, "bo")
    case = bench.start({"who": "bo"})
    assert bench.task(case, "a").assignee == ("bo" if role is None else None)
    [(_, data)] = bench.events(case, recusing.FOUND)
    assert data["why"] == {"person": "bo", "party": "customer", "chain": []}
    refused(bench, tasks.complete, bench.task(case, "a").id, bench.actor("bo"))


def test_somebody_named_who_declares_a_conflict_is_told_of():
    bench = Bench(package(line(user("a", None, f'{RECUSED} camunda:assignee="bo"'))))
    case = bench.start()
    declare(bench, case, "bo")
    assert len(bench.events(case, recusing.FOUND)) == 1
    refused(bench, tasks.complete, bench.task(case, "a").id, bench.actor("bo"))


def test_a_post_that_is_handed_over(bench):
    case = bench.start()
    task = bench.task(case, "a").id
    act(bench, tasks.claim, task, bench.actor("bo"))
    relate(bench, "cai")
    assert act(bench, posts.move, task, "bo", "cai", "岗位交接") == ("returned", "recusal")
    assert bench.task(case, "a").assignee is None


def test_who_becomes_related_by_a_party_that_the_case_gets_keeps_nothing():
    """A guarantor is named while the step waits in somebody's hands."""
    forked = process(
        start("s"),
        both("f"),
        user("a", "officer", RECUSED),
        user("b", "officer"),
        script("set", 'guarantor_ids = ["C-2"]'),
        end("e1"),
        end("e2"),
        chain("s", "f", "a", "e1"),
        chain("f", "b", "set", "e2"),
    )
    bench = Bench(package(forked))
    case = bench.start({"customer_id": "C-1"})
    act(bench, tasks.claim, bench.task(case, "a").id, bench.actor("bo"))
    relate(bench, "bo")
    bench.complete(case, "b", "cai")
    assert bench.task(case, "a").assignee is None
    assert len(bench.events(case, recusing.FOUND)) == 1


def test_a_returned_round_does_not_come_back_to_who_became_related(bench):
    case = bench.start()
    bench.complete(case, "a", "bo")
    relate(bench, "bo")
    act(bench, moves.send_back, bench.task(case, "z").id, bench.actor("di"), "a", "补充")
    assert bench.task(case, "a").assignee is None
    refused(bench, tasks.complete, bench.task(case, "a").id, bench.actor("ed"))


def test_who_declared_a_conflict_in_a_loan_has_no_step_of_its_later_draws(bench):
    loan, draw = bench.start(), bench.start()
    declare(bench, loan, "cai")
    with bench.house.step() as step:
        grant_role(step.session, "guest", "officer")
        step.session.add(Continuation(instance_id=draw, of_instance=loan))
    refused(bench, tasks.claim, bench.task(draw, "a").id, bench.actor("cai"))
    refused(bench, tasks.delegate, bench.task(draw, "a").id, bench.actor("guest"), "cai")
