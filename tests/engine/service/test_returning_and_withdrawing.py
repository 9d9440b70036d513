"""Work goes back: returned to an earlier step, withdrawn by whoever did it, given to somebody else."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.errors import Conflict, Invalid, Refused
from engine.service import audit, moves, tasks
from engine.service.looking import CaseLook
from engine.service.opened import open_case
from models.cases import Instance
from models.tasks import Task
from tests.engine.agreement import disagreements
from tests.engine.builder import (
    Bench,
    both,
    boundary,
    chain,
    end,
    extension,
    line,
    package,
    process,
    start,
    timer,
    user,
)

SEPARATE = 'loanflow:separateFrom="a"'


def returned(bench, case, element, who, to, **options):
    with bench.house.step() as step:
        return moves.send_back(
            step, bench.task(case, element).id, bench.actor(who), to, options.pop("reason", "证件不全"), **options
        )


def withdrawn(bench, task_id, who, reason=None):
    with bench.house.step() as step:
        return moves.withdraw(step, task_id, bench.actor(who), reason)


def forked() -> Bench:
    return Bench(
        package(
            process(
                start(),
                user("a"),
                both("s"),
                user("b"),
                user("c"),
                both("j"),
                user("d", "manager"),
                end(),
                chain("start", "a", "s", "b", "j", "d", "end"),
                chain("s", "c", "j"),
            )
        )
    )


def chains_fit(bench):
    with bench.house.sessions.reading() as session:
        return all(found.problem is None for found in audit.verify(session))


def test_a_task_is_returned_to_whoever_did_the_earlier_step_who_is_told_why():
    bench = Bench(package(line(user("a"), user("b", "manager"))))
    case = bench.start()
    bench.complete(case, "a", "bo", {"x": 1})
    row = returned(bench, case, "b", "di", "a")
    assert (row.state, row.completed_by) == ("returned", "di")
    assert bench.task(case, "a").assignee == "bo"
    [(event, data)] = bench.events(case, "task.returned")
    assert (event.actor, event.element) == ("di", "b")
    assert (data["to"], data["reason"], data["resume"]) == ("a", "证件不全", "between")
    [notice] = bench.notices("bo")
    assert (notice.kind, notice.text) == ("returned", "证件不全")
    bench.complete(case, "a", "bo", {"x": 2})
    assert bench.task(case, "b").assignee is None
    assert chains_fit(bench)


def test_straight_back_it_comes_to_the_one_who_returned_it():
    bench = Bench(package(line(user("a"), user("m", "manager"), user("b", "manager"))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "m", "ed")
    returned(bench, case, "b", "di", "a", resume="back")
    bench.complete(case, "a", "bo")
    assert bench.open(case) == ["b"]
    assert bench.task(case, "b").assignee == "di"


@pytest.mark.parametrize(
    ("to", "options", "error"),
    [
        ("c", {}, Invalid),
        ("nowhere", {}, Invalid),
        (None, {}, Invalid),
        ("a", {"reason": " "}, Invalid),
        ("a", {"resume": "sideways"}, Invalid),
    ],
)
def test_what_is_no_earlier_step_is_refused_and_nothing_has_happened(to, options, error):
    bench = Bench(package(line(user("a"), user("b"), user("c"))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    before = bench.events(case)
    with pytest.raises(error):
        returned(bench, case, "b", "bo", to, **options)
    assert bench.open(case) == ["b"]
    assert len(bench.events(case)) == len(before)


def test_only_whoever_may_do_a_step_returns_it():
    bench = Bench(package(line(user("a"), user("b", "manager"))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    with pytest.raises(Refused) as refused:
        returned(bench, case, "b", "cai", "a")
    assert refused.value.rule == "not_a_candidate"


@pytest.mark.parametrize("attribute", ['loanflow:returnTo="none"', 'loanflow:returnTo="m"'])
def test_the_diagram_says_where_a_step_may_be_returned_to(attribute):
    bench = Bench(package(line(user("a"), user("m"), user("b", "manager", attribute))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "m", "bo")
    with pytest.raises(Refused) as refused:
        returned(bench, case, "b", "di", "a")
    assert refused.value.rule == "move_not_allowed"


def test_the_process_says_it_for_all_of_its_steps_and_a_step_says_otherwise():
    steps = (user("a"), user("b", "manager"), user("c", "manager", 'loanflow:withdraw="true"'))
    bench = Bench(package(line(*steps, attributes='loanflow:withdraw="false"')))
    case = bench.start()
    first = bench.complete(case, "a", "bo").id
    with pytest.raises(Refused):
        withdrawn(bench, first, "bo")


def test_rounds_that_were_returned_still_separate_people():
    bench = Bench(package(line(user("a"), user("b", "officer", SEPARATE))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    returned(bench, case, "b", "cai", "a")
    with pytest.raises(Refused) as refused:
        bench.complete(case, "a", "cai")
    assert refused.value.rule == "separation_of_duties"


def test_leaving_a_branch_is_said_before_and_done_only_when_wanted():
    bench = forked()
    case = bench.start()
    bench.complete(case, "a", "bo")
    with pytest.raises(Conflict, match="c would be cancelled"):
        returned(bench, case, "b", "bo", "a")
    assert bench.open(case) == ["b", "c"]
    returned(bench, case, "b", "bo", "a", cancel_others=True)
    assert bench.open(case) == ["a"]
    assert bench.events(case, "task.returned")[0][1]["cancelled"] == ["c"]


def test_what_may_be_returned_to_is_listed_with_what_it_would_mean():
    bench = forked()
    case = bench.start()
    for element, who in (("a", "bo"), ("b", "bo"), ("c", "cai")):
        bench.complete(case, element, who)
    task = bench.task(case, "d")
    with bench.house.step() as step:
        found = {target.element.id: target for target in moves.targets(open_case(step, case), task)}
    assert set(found) == {"a", "b", "c"}
    assert found["c"].last_by == "cai"
    assert all(target.straight_back and not target.cancels and target.problem is None for target in found.values())


def test_a_completion_is_withdrawn_and_done_otherwise():
    bench = Bench(package(line(user("a", "officer", 'camunda:dueDate="P1D"'), user("b", "manager"))))
    case = bench.start()
    due = bench.task(case, "a").due_at
    done = bench.complete(case, "a", "bo", {"x": 1})
    bench.clock.moment += dt.timedelta(hours=3)
    again = withdrawn(bench, done.id, "bo", "写错了")
    assert (again.state, again.assignee, again.element, again.due_at) == ("open", "bo", "a", due)
    assert bench.open(case) == ["a"]
    assert bench.variables(case) == {}
    with bench.house.sessions.reading() as session:
        assert session.get_one(Task, done.id).state == "withdrawn"
    bench.complete(case, "a", "bo", {"x": 2})
    assert bench.variables(case) == {"x": 2}
    assert chains_fit(bench)


def test_what_somebody_has_taken_up_is_not_withdrawn():
    bench = Bench(package(line(user("a"), user("b", "manager"))))
    case = bench.start()
    done = bench.complete(case, "a", "bo")
    with bench.house.step() as step:
        tasks.claim(step, bench.task(case, "b").id, bench.actor("di"))
    with pytest.raises(Conflict, match="di has taken up b"):
        withdrawn(bench, done.id, "bo")
    assert bench.open(case) == ["b"]


def test_whether_it_can_be_withdrawn_is_known_before():
    bench = Bench(package(line(user("a", "clerk"), user("b", "clerk"), user("c", "clerk"))))
    case = bench.start()
    first = bench.task(case, "a")
    bench.complete(case, "a", "an")

    who = bench.actor("an")

    def why():
        with bench.house.sessions.reading() as session:
            look = CaseLook(bench.house, session, session.get(Instance, case), who)
            return moves.why_not_withdraw(look, session.get(Task, first.id), who)

    assert why() is None
    bench.complete(case, "b", "an")
    assert (why().code, why().facts) == ("done_since", {"element": "b"})


def test_nobody_withdraws_what_another_has_done():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    done = bench.complete(case, "a", "bo")
    with pytest.raises(Conflict):
        withdrawn(bench, done.id, "cai")


def test_a_withdrawn_round_still_separates_people():
    bench = Bench(package(line(user("a"), user("b", "officer", SEPARATE))))
    case = bench.start()
    done = bench.complete(case, "a", "bo")
    again = withdrawn(bench, done.id, "bo")
    with bench.house.step() as step:
        tasks.release(step, again.id, bench.actor("bo"))
    bench.complete(case, "a", "cai")
    with pytest.raises(Refused) as refused:
        bench.complete(case, "b", "bo")
    assert refused.value.rule == "separation_of_duties"


def test_a_withdrawn_step_with_a_boundary_timer_is_late_when_it_would_have_been():
    late = boundary("late", "a", timer("P1D")) + chain("late", "end")
    bench = Bench(package(line(user("a"), user("b"), more=late)))
    case = bench.start()
    [before] = [found.due_at for found in bench.timers(case)]
    done = bench.complete(case, "a", "bo")
    assert bench.timers(case) == []
    bench.clock.moment += dt.timedelta(hours=5)
    again = withdrawn(bench, done.id, "bo")
    assert again.element == "a"
    assert [found.due_at for found in bench.timers(case)] == [before]


def test_a_task_is_transferred_for_good():
    bench = Bench(package(line(user("a"), user("b", "officer", SEPARATE))))
    case = bench.start()
    with bench.house.step() as step:
        row = tasks.transfer(step, bench.task(case, "a").id, bench.actor("bo"), "cai", "休假")
    assert (row.assignee, row.owner) == ("cai", None)
    bench.complete(case, "a", "cai")
    bench.complete(case, "b", "bo")
    assert bench.instance(case).state == "completed"


def test_what_was_delegated_comes_back():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    task_id = bench.task(case, "a").id
    with bench.house.step() as step:
        tasks.delegate(step, task_id, bench.actor("bo"), "cai")
    with bench.house.step() as step:
        row = tasks.release(step, task_id, bench.actor("cai"))
    assert (row.assignee, row.owner) == ("bo", None)


def test_what_was_delegated_and_is_withdrawn_is_still_done_in_the_name_of_its_owner():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    with bench.house.step() as step:
        tasks.delegate(step, bench.task(case, "a").id, bench.actor("bo"), "cai")
    row = withdrawn(bench, bench.complete(case, "a", "cai").id, "bo")
    assert (row.assignee, row.owner) == ("cai", "bo")
    assert bench.complete(case, "a", "cai").completed_for == "bo"


def test_what_was_reassigned_and_is_withdrawn_stays_with_its_new_role_and_is_not_escalated_again():
    late = extension(
        '<loanflow:escalation after="PT1H" notify="clerk"/>', '<loanflow:escalation after="PT2H" reassign="manager"/>'
    )
    bench = Bench(package(line(user("a", "officer", 'camunda:dueDate="PT1H"', late), user("b"))))
    case = bench.start()
    bench.advance(days=1)
    row = withdrawn(bench, bench.complete(case, "a", "di").id, "di")
    assert (row.role, row.assignee, row.escalated) == ("manager", "di", ["clerk", "manager"])
    assert bench.timers(case) == []
    assert disagreements(bench, case) == []
    bench.complete(case, "a", "di")
    assert len(bench.events(case, "task.escalated")) == 2


def test_what_comes_straight_back_is_offered_anew_when_it_was_only_reassigned():
    late = extension('<loanflow:escalation after="PT2H" reassign="manager"/>')
    bench = Bench(package(line(user("a"), user("b", "officer", 'camunda:dueDate="PT1H"', late))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.advance(days=1)
    returned(bench, case, "b", "di", "a", resume="back")
    bench.complete(case, "a", "bo")
    bench.complete(case, "b", "cai")
    assert bench.instance(case).state == "completed"
