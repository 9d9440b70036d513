"""Others sign with a step: before it, after it; who may be asked, what happens when somebody disagrees."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Invalid, Refused
from engine.service import cosigning, tasks
from models.queries.people import find_person
from models.tasks import Task
from tests.engine.agreement import disagreements
from tests.engine.builder import Bench, boundary, chain, extension, line, package, several, timer, user, values


def ask(bench, case, element, who, whom, when, form=None):
    with bench.house.step() as step:
        return cosigning.ask(step, bench.task(case, element).id, bench.actor(who), whom, when, "金额较大", values(form))


def signature(bench, case, who):
    with bench.house.sessions.reading() as session:
        [row] = session.query(Task).filter_by(instance_id=case, kind="cosign", state="open", assignee=who)
        return row


def sign(bench, case, who, opinion="agree", comment="同意"):
    with bench.house.step() as step:
        form = {"opinion": opinion, "comment": comment}
        return tasks.complete(step, signature(bench, case, who).id, bench.actor(who), form)


@pytest.fixture
def bench():
    return Bench(package(line(user("a", "manager", 'loanflow:duty="REV-1"'), user("b"))))


def test_before_a_step_others_give_their_opinion_first(bench):
    case = bench.start()
    ask(bench, case, "a", "di", ["bo", "cai"], "before")
    with pytest.raises(Refused) as refused:
        bench.complete(case, "a", "di")
    assert refused.value.rule == "awaiting_cosigner"
    sign(bench, case, "bo")
    sign(bench, case, "cai", "disagree", "抵押不足")
    bench.complete(case, "a", "di")
    assert bench.open(case) == ["b"]
    said = {event.actor: data["form"] for event, data in bench.events(case, "task.cosigned")}
    assert said["cai"] == {"opinion": "disagree", "comment": "抵押不足"}


def test_after_a_step_it_counts_once_all_have_signed(bench):
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "after", {"x": 1})
    assert bench.open(case) == ["a", "a"]
    assert bench.variables(case) == {}
    sign(bench, case, "bo")
    assert bench.open(case) == ["b"]
    assert bench.variables(case) == {"x": 1}
    [(event, _)] = bench.events(case, "task.completed")
    assert event.actor == "di"


def test_whoever_disagrees_afterwards_sends_it_back_as_a_draft(bench):
    case = bench.start()
    ask(bench, case, "a", "di", ["bo", "cai"], "after", {"x": 1})
    sign(bench, case, "bo", "disagree", "利率不符")
    assert bench.open(case) == ["a"]
    task = bench.task(case, "a")
    assert (task.assignee, task.pending) == ("di", None)
    assert tasks.draft_of(task, bench.actor("di")) == {"x": 1}
    [notice] = bench.notices("di")
    assert notice.text == "bo: 利率不符"
    bench.complete(case, "a", "di", {"x": 2})
    assert bench.variables(case) == {"x": 2}


@pytest.mark.parametrize("form", [{}, {"opinion": "maybe"}, {"opinion": "disagree"}, {"opinion": "agree", "amount": 1}])
def test_a_signature_is_an_opinion_and_nothing_else(bench, form):
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "before")
    with bench.house.step() as step, pytest.raises(Refused) as refused:
        tasks.complete(step, signature(bench, case, "bo").id, bench.actor("bo"), form)
    assert refused.value.rule == "form_invalid"
    assert refused.value.errors


@pytest.mark.parametrize(("whom", "error"), [("di", Invalid), ("nobody", Invalid), ([], Invalid), (7, Invalid)])
def test_who_can_be_asked(bench, whom, error):
    case = bench.start()
    with pytest.raises(error):
        ask(bench, case, "a", "di", whom, "before")
    assert bench.open(case) == ["a"]


def test_nobody_signs_with_a_step_that_they_may_not_do(bench):
    read = package(line(user("a"), user("b", "manager", 'loanflow:separateFrom="a"'), user("c")))
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo")
    with pytest.raises(Refused) as refused:
        ask(bench, case, "b", "di", "bo", "before")
    assert refused.value.rule == "separation_of_duties"


def test_whoever_has_signed_neither_does_that_step_nor_what_is_separated_from_it():
    read = package(line(user("a"), user("b", "officer", 'loanflow:separateFrom="a"')))
    bench = Bench(read)
    case = bench.start()
    ask(bench, case, "a", "bo", "cai", "before")
    sign(bench, case, "cai")
    with bench.house.step() as step:
        tasks.release(step, bench.task(case, "a").id, bench.actor("bo"))
    with pytest.raises(Refused) as refused:
        bench.complete(case, "a", "cai")
    assert refused.value.rule == "separation_of_duties"
    bench.complete(case, "a", "bo")
    with pytest.raises(Refused) as refused:
        bench.complete(case, "b", "cai")
    assert refused.value.rule == "separation_of_duties"


def test_the_clock_goes_on_and_what_is_late_takes_the_signatures_away():
    late = boundary("late", "a", timer("PT4H")) + chain("late", "b")
    bench = Bench(package(line(user("a", "manager"), user("b"), more=late)))
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "before")
    bench.advance(hours=5)
    assert bench.open(case) == ["b"]


def test_a_signature_is_called_back_by_whoever_asked(bench):
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "after", {"x": 1})
    row = signature(bench, case, "bo")
    with bench.house.step() as step, pytest.raises(Conflict):
        cosigning.call_back(step, row.id, bench.actor("bo"))
    with bench.house.step() as step:
        cosigning.call_back(step, row.id, bench.actor("di"))
    task = bench.task(case, "a")
    assert (task.cosigners, task.pending) == (0, None)
    assert tasks.draft_of(task, bench.actor("di")) == {"x": 1}
    bench.complete(case, "a", "di")


def test_one_of_several_voters_asks_for_advice():
    vote = user("v", "member", 'camunda:assignee="${m}"', several('${["m1", "m2"]}', "m"))
    bench = Bench(package(line(vote, user("b"))))
    case = bench.start()
    with bench.house.sessions.reading() as session:
        [mine] = session.query(Task).filter_by(instance_id=case, assignee="m1")
    with bench.house.step() as step:
        cosigning.ask(step, mine.id, bench.actor("m1"), "bo", "before", "请法务看")
    with bench.house.step() as step, pytest.raises(Refused):
        tasks.complete(step, mine.id, bench.actor("m1"))
    sign(bench, case, "bo")
    with bench.house.step() as step:
        tasks.complete(step, mine.id, bench.actor("m1"))
    assert bench.open(case) == ["v"]


def test_the_diagram_says_whether_others_may_sign():
    bench = Bench(package(line(user("a", "manager", 'loanflow:cosign="before"'))))
    case = bench.start()
    with pytest.raises(Refused) as refused:
        ask(bench, case, "a", "di", "bo", "after", {})
    assert refused.value.rule == "move_not_allowed"
    ask(bench, case, "a", "di", "bo", "before")


def test_when_a_rule_stands_against_it_after_all_have_agreed_it_comes_back_with_the_rule(bench):
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "after", {"x": 1})
    with bench.house.step() as step:
        holder = find_person(step.session, "di")
        holder.roles.clear()
    sign(bench, case, "bo")
    assert bench.open(case) == ["a"]
    [notice] = bench.notices("di")
    assert (notice.kind, notice.text) == ("hindered", "not_a_candidate")


def test_what_is_wrong_with_an_opinion_is_said_in_the_signers_language(bench):
    case = bench.start()
    ask(bench, case, "a", "di", "bo", "before")
    own = signature(bench, case, "bo").id
    with bench.house.step() as step, pytest.raises(Refused) as refused:
        tasks.complete(step, own, bench.actor("bo"), {"opinion": "disagree", "comment": 5}, language="en")
    assert refused.value.errors == {"comment": [{"code": "not_text", "message": "Text is expected"}]}


@pytest.mark.parametrize("handing", ["release", "delegate"])
def test_what_waits_for_signatures_stays_with_whoever_gave_it(handing):
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    ask(bench, case, "a", "bo", "di", "after", {"x": 1})
    to = ("cai",) if handing == "delegate" else ()
    with bench.house.step() as step, pytest.raises(Conflict, match="call that back"):
        getattr(tasks, handing)(step, bench.task(case, "a").id, bench.actor("bo"), *to)
    sign(bench, case, "di")
    [(event, _)] = bench.events(case, "task.completed")
    assert (event.actor, event.on_behalf_of) == ("bo", None)


def test_what_waits_for_signatures_does_not_count_for_whoever_gets_the_late_step():
    late = extension('<loanflow:escalation after="PT2H" reassign="manager"/>')
    bench = Bench(package(line(user("a", "officer", 'camunda:dueDate="PT1H"', late), user("b"))))
    case = bench.start()
    ask(bench, case, "a", "bo", "cai", "after", {"x": 1})
    bench.advance(days=1)
    assert bench.open(case) == ["a"]
    assert disagreements(bench, case) == []
    bench.complete(case, "a", "di", {"x": 2})
    [(event, data)] = bench.events(case, "task.completed")
    assert (event.actor, data["form"]) == ("di", {"x": 2})


def test_a_deputy_signs_for_somebody_who_then_cannot_do_the_step():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    ask(bench, case, "a", "bo", "cai", "before")
    with bench.house.step() as step:
        tasks.delegate(step, signature(bench, case, "cai").id, bench.actor("cai"), "m1")
    sign(bench, case, "m1")
    with bench.house.step() as step:
        tasks.release(step, bench.task(case, "a").id, bench.actor("bo"))
    with pytest.raises(Refused) as refused:
        bench.complete(case, "a", "cai")
    assert refused.value.rule == "separation_of_duties"
    bench.complete(case, "a", "bo")


def test_whoever_is_asked_to_sign_does_not_get_the_step():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    ask(bench, case, "a", "bo", "cai", "before")
    with bench.house.step() as step, pytest.raises(Refused) as refused:
        tasks.transfer(step, bench.task(case, "a").id, bench.actor("bo"), "cai", "出差")
    assert refused.value.rule == "separation_of_duties"


def test_nobody_signs_as_a_deputy_with_a_step_that_is_done_in_their_name():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    ask(bench, case, "a", "bo", "m1", "before")
    with bench.house.step() as step:
        tasks.delegate(step, bench.task(case, "a").id, bench.actor("bo"), "cai")
    with bench.house.step() as step, pytest.raises(Refused) as refused:
        tasks.delegate(step, signature(bench, case, "m1").id, bench.actor("m1"), "bo")
    assert refused.value.rule == "separation_of_duties"


def test_the_same_person_is_whoever_has_done_the_step_and_not_who_has_signed_with_it():
    bench = Bench(package(line(user("a"), user("b", "officer", 'loanflow:sameAs="a"'))))
    case = bench.start()
    ask(bench, case, "a", "bo", "cai", "after", {})
    sign(bench, case, "cai")
    with pytest.raises(Refused) as refused:
        bench.complete(case, "b", "cai")
    assert refused.value.rule == "same_person"
    bench.complete(case, "b", "bo")
