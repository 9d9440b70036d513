"""Deputies with dates: whose work they may do, for whom it counts, and what stands against it (GOV-1, GOV-2)."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.service import cosigning, deputies, moves, tasks
from models.queries.people import disable, grant_role, set_authority
from models.tasks import Task
from tests.engine.builder import Bench, line, package, user, values

MONDAY, FRIDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 6)


def appoint(bench, person, deputy, begins=MONDAY, until=FRIDAY, by=None, **narrowed):
    with bench.house.step() as step:
        actor = bench.actor(by or person)
        return deputies.appoint(step, actor, person, deputy, begins, until, "年休假", **narrowed).id


def claim(bench, case, element, who):
    task_id = bench.task(case, element).id
    with bench.house.step() as step:
        return tasks.claim(step, task_id, bench.actor(who))


def row(bench, task_id):
    with bench.house.sessions.reading() as session:
        return session.get_one(Task, task_id)


def refused(bench, case, element, who, rule, form=None):
    with pytest.raises(Refused) as found:
        bench.complete(case, element, who, form)
    assert found.value.rule == rule
    [*_, (_, data)] = bench.events(case, "refused")
    assert data["rule"] == rule


@pytest.fixture
def bench():
    """`an` (clerk) is away until Friday; `ed` (manager) stands in."""
    duty = 'loanflow:duty="INT-2"'
    read = package(line(user("a", "clerk", duty), user("b", "officer"), user("c", "manager")))
    return Bench(read)


def test_a_deputy_does_what_the_roles_of_the_other_offer_and_it_counts_for_both(bench):
    appoint(bench, "an", "ed")
    case = bench.start()
    done = row(bench, bench.complete(case, "a", "ed").id)
    assert (done.completed_by, done.completed_for, done.assignee) == ("ed", "an", "an")
    [(event, _)] = bench.events(case, "task.completed")
    assert (event.actor, event.on_behalf_of) == ("ed", "an")


def test_claiming_gives_the_task_to_the_one_who_is_away(bench):
    appoint(bench, "an", "ed")
    case = bench.start()
    assert claim(bench, case, "a", "ed").assignee == "an"
    [(event, _)] = bench.events(case, "task.claimed")
    assert (event.actor, event.on_behalf_of) == ("ed", "an")
    claim(bench, case, "a", "ed")
    assert len(bench.events(case, "task.claimed")) == 1
    with bench.house.step() as step:
        assert tasks.release(step, bench.task(case, "a").id, bench.actor("ed")).assignee is None


def test_what_the_other_has_is_done_by_the_deputy_too_and_still_by_the_other(bench):
    appoint(bench, "an", "ed")
    first, second = bench.start(), bench.start()
    for case in (first, second):
        claim(bench, case, "a", "an")
    bench.complete(first, "a", "ed")
    done = row(bench, bench.complete(second, "a", "an").id)
    assert (done.completed_by, done.completed_for) == ("an", None)


@pytest.mark.parametrize(("begins", "until"), [(dt.date(2026, 3, 3), FRIDAY), (MONDAY, MONDAY)])
def test_it_begins_and_ends_by_itself(bench, begins, until):
    appoint(bench, "an", "ed", begins, until)
    case = bench.start()
    if until == MONDAY:
        bench.clock.moment += dt.timedelta(days=1)
    refused(bench, case, "a", "ed", "not_a_candidate")


def test_the_last_day_counts_in_the_zone_of_the_house(bench):
    appoint(bench, "an", "ed", MONDAY, MONDAY)
    case = bench.start()
    bench.clock.moment = dt.datetime.fromisoformat("2026-03-02T23:59:59+08:00").astimezone(dt.UTC)
    bench.complete(case, "a", "ed")


def test_ended_early_by_the_deputy_and_only_once(bench):
    number = appoint(bench, "an", "ed")
    case = bench.start()
    with bench.house.step() as step:
        deputies.end(step, number, bench.actor("ed"))
    refused(bench, case, "a", "ed", "not_a_candidate")
    with bench.house.step() as step, pytest.raises(Invalid):
        deputies.end(step, number, bench.actor("an"))


def test_who_cannot_sign_in_any_more_has_no_deputy(bench):
    appoint(bench, "an", "ed")
    case = bench.start()
    with bench.house.step() as step:
        disable(step.session, "an")
    refused(bench, case, "a", "ed", "not_a_candidate")


@pytest.mark.parametrize(
    ("narrowed", "covered"),
    [({"roles": ["clerk"]}, True), ({"roles": ["officer"]}, False), ({"processes": ["p"]}, True)],
)
def test_narrowed_to_roles_and_processes(bench, narrowed, covered):
    with bench.house.step() as step:
        grant_role(step.session, "an", "officer")
    appoint(bench, "an", "ed", **narrowed)
    case = bench.start()
    if covered:
        bench.complete(case, "a", "ed")
    else:
        refused(bench, case, "a", "ed", "not_a_candidate")


def test_narrowed_to_a_process_that_there_is_not(bench):
    with pytest.raises(Invalid) as wrong:
        appoint(bench, "an", "ed", processes=["q"])
    assert wrong.value.errors == {"processes": ["unknown"]}


def test_a_step_that_is_done_in_person_has_no_deputy():
    bench = Bench(package(line(user("a", "clerk", 'loanflow:delegate="false"'))))
    appoint(bench, "an", "ed")
    refused(bench, bench.start(), "a", "ed", "not_a_candidate")


def test_a_named_person_has_a_deputy_too():
    bench = Bench(package(line(user("a", None, 'camunda:assignee="guest"'))))
    appoint(bench, "guest", "ed")
    case = bench.start()
    done = row(bench, bench.complete(case, "a", "ed").id)
    assert (done.completed_by, done.completed_for) == ("ed", "guest")


@pytest.mark.parametrize("first", ["an", "ed"])
def test_separation_looks_at_both(first):
    """Whoever of the two did the other step: neither the deputy nor the one who is away gets both."""
    apart = user("b", "officer", 'loanflow:separateFrom="a"')
    bench = Bench(package(line(user("a", "clerk"), apart)))
    with bench.house.step() as step:
        for name in ("an", "ed"):
            grant_role(step.session, name, "officer")
        grant_role(step.session, "ed", "clerk")
    case = bench.start()
    bench.complete(case, "a", first)
    other = {"an": "ed", "ed": "an"}[first]
    appoint(bench, first, "bo")
    # `bo` has the role himself and does it in his own right; assigned to `first` it would be done for them.
    claim_for = bench.task(case, "b").id
    with bench.house.step() as step:
        step.session.get_one(Task, claim_for).assignee = first
    refused(bench, case, "b", "bo", "separation_of_duties")
    with bench.house.step() as step:
        step.session.get_one(Task, claim_for).assignee = None
    bench.complete(case, "b", other)


def test_what_the_deputy_did_counts_for_the_one_who_was_away():
    apart = user("b", "officer", 'loanflow:separateFrom="a"')
    bench = Bench(package(line(user("a", "clerk"), apart)))
    with bench.house.step() as step:
        for name in ("an", "ed"):
            grant_role(step.session, name, "officer")
    appoint(bench, "an", "ed")
    case = bench.start()
    bench.complete(case, "a", "ed")
    refused(bench, case, "b", "an", "separation_of_duties")
    refused(bench, case, "b", "ed", "separation_of_duties")


def test_recusal_looks_at_both():
    bench = Bench(package(line(user("a", "clerk", 'loanflow:recuse="true"'))))
    appoint(bench, "an", "ed")
    for related in ("an", "ed"):
        bench.house.relations._related = {related: ("customer",)}
        refused(bench, bench.start(), "a", "ed", "recusal")
    bench.house.relations._related = {}
    bench.complete(bench.start(), "a", "ed")


def test_who_did_it_goes_on_with_it_and_so_does_the_deputy():
    bench = Bench(package(line(user("a", "clerk"), user("b", "clerk", 'loanflow:sameAs="a"'))))
    with bench.house.step() as step:
        grant_role(step.session, "ed", "clerk")
        grant_role(step.session, "bo", "clerk")
    appoint(bench, "an", "cai")
    by_deputy, by_other = bench.start(), bench.start()
    bench.complete(by_deputy, "a", "cai")
    refused(bench, by_deputy, "b", "bo", "same_person")
    bench.complete(by_deputy, "b", "an")
    bench.complete(by_other, "a", "an")
    bench.complete(by_other, "b", "cai")


@pytest.mark.parametrize(
    ("limits", "done"),
    [
        ({"an": 500, "ed": 500}, True),
        ({"an": 500, "ed": 50}, False),
        ({"an": 50, "ed": 500}, False),
        ({"an": 500}, False),
    ],
)
def test_a_limit_must_cover_it_on_both_sides(limits, done):
    bench = Bench(package(line(user("a", "clerk", 'loanflow:authority="approve_loan"'))))
    with bench.house.step() as step:
        for name, amount in limits.items():
            set_authority(step.session, name, "approve_loan", values(amount), None)
    appoint(bench, "an", "ed")
    case = bench.start({"amount": 100})
    if done:
        bench.complete(case, "a", "ed")
    else:
        refused(bench, case, "a", "ed", "authority")


def test_nothing_is_passed_on(bench):
    appoint(bench, "an", "ed")
    case = bench.start()
    claim(bench, case, "a", "an")
    for action in (tasks.delegate, lambda *a: tasks.transfer(*a, "忙")):
        with bench.house.step() as step, pytest.raises(Refused):
            action(step, bench.task(case, "a").id, bench.actor("ed"), "an")
    with bench.house.step() as step, pytest.raises(Refused) as found:
        cosigning.ask(step, bench.task(case, "a").id, bench.actor("ed"), "bo", "after", "请签", {})
    assert found.value.rule == "move_not_allowed"


def test_what_was_delegated_to_somebody_is_not_the_deputys(bench):
    with bench.house.step() as step:
        grant_role(step.session, "bo", "clerk")
    appoint(bench, "an", "ed")
    case = bench.start()
    claim(bench, case, "a", "bo")
    with bench.house.step() as step:
        tasks.delegate(step, bench.task(case, "a").id, bench.actor("bo"), "an")
    refused(bench, case, "a", "ed", "not_a_candidate")


def test_returned_and_withdrawn_work_comes_back_to_whom_it_belongs(bench):
    appoint(bench, "an", "ed")
    case = bench.start()
    task_id = bench.complete(case, "a", "ed").id
    with bench.house.step() as step:
        assert moves.withdraw(step, task_id, bench.actor("ed")).assignee == "an"
    bench.complete(case, "a", "ed")
    with bench.house.step() as step:
        moves.send_back(step, bench.task(case, "b").id, bench.actor("bo"), "a", "补充")
    assert bench.task(case, "a").assignee == "an"


def test_a_signature_is_given_by_the_deputy(bench):
    appoint(bench, "di", "an")
    case = bench.start()
    with bench.house.step() as step:
        cosigning.ask(step, bench.task(case, "a").id, bench.actor("an"), "cai", "before", "请看")
    appoint(bench, "cai", "ed")
    with bench.house.sessions.reading() as session:
        [asked] = session.query(Task).filter_by(kind="cosign")
    with bench.house.step() as step:
        signed = tasks.complete(step, asked.id, bench.actor("ed"), {"opinion": "agree", "comment": ""})
    assert (signed.completed_by, signed.completed_for) == ("ed", "cai")


@pytest.mark.parametrize(
    ("person", "deputy", "begins", "until", "errors"),
    [
        ("an", "an", MONDAY, FRIDAY, {"deputy": ["self"]}),
        ("an", "nobody", MONDAY, FRIDAY, {"deputy": ["unknown"]}),
        ("an", "ed", FRIDAY, MONDAY, {"until": ["order"]}),
        ("an", "ed", dt.date(2026, 2, 1), dt.date(2026, 2, 2), {"until": ["past"]}),
        ("bo", "di", FRIDAY, dt.date(2026, 3, 9), {"begins": ["overlaps"]}),
        ("an", "bo", MONDAY, FRIDAY, {"deputy": ["chain"]}),
        ("cai", "an", MONDAY, FRIDAY, {"person": ["chain"]}),
    ],
)
def test_who_cannot_be_a_deputy(bench, person, deputy, begins, until, errors):
    appoint(bench, "bo", "cai")
    with pytest.raises(Invalid) as wrong:
        appoint(bench, person, deputy, begins, until)
    assert wrong.value.errors == errors


def test_two_at_a_time_for_different_roles(bench):
    with bench.house.step() as step:
        grant_role(step.session, "an", "officer")
    appoint(bench, "an", "ed", roles=["clerk"])
    appoint(bench, "an", "di", roles=["officer"])
    with pytest.raises(Invalid):
        appoint(bench, "an", "cai", roles=["officer", "clerk"])
    with pytest.raises(Invalid) as wrong:
        appoint(bench, "an", "cai", roles=["member"])
    assert wrong.value.errors == {"roles": ["not_held"]}


def test_who_may_arrange_it(bench):
    with bench.house.step() as step:
        grant_role(step.session, "ed", "dept_manager")
    appoint(bench, "an", "bo", by="ed")
    with pytest.raises(Forbidden):
        appoint(bench, "cai", "bo", by="an")
    with bench.house.step() as step, pytest.raises(NotFound):
        deputies.end(step, 1, bench.actor("cai"))
