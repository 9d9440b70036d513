"""Roles, units, assignees, separation, sameness, recusal and authority: the rules of the contract and their order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.service import interventions, tasks
from models.cases import Conflict
from models.people import AuthorityLimit, Person
from models.queries.cases import find_visible
from models.queries.visibility import Viewer
from tests.engine.builder import (
    Bench,
    both,
    chain,
    end,
    extension,
    flow,
    holds,
    line,
    node,
    package,
    process,
    script,
    several,
    start,
    sub,
    user,
    xor,
)

LANE = '<bpmn:laneSet id="ls"><bpmn:lane id="l" {}><bpmn:flowNodeRef>{}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'


def refused_by(bench: Bench, case, element: str, who: str, form=None, action=tasks.complete) -> str:
    task_id = bench.task(case, element).id
    given = [form or {}] if action is tasks.complete else []
    with pytest.raises(Refused) as refusal, bench.house.step() as step:
        action(step, task_id, bench.actor(who), *given)
    return refusal.value.rule


def delegate(bench: Bench, case, element: str, who: str, to: str) -> None:
    task_id = bench.task(case, element).id
    with bench.house.step() as step:
        tasks.delegate(step, task_id, bench.actor(who), to)


def test_any_of_several_candidate_groups_will_do():
    holds(
        package(line(user("a", "officer, manager"), user("b", "officer, manager"))),
        """
        start: {as: an}
        steps:
          - refused: {complete: a, as: an, rule: not_a_candidate}
          - expect: {tasks: {a: {role: "officer, manager", assignee: null}}}
          - {complete: a, as: bo}
          - {complete: b, as: di}
        expect: {state: completed}
        """,
    )


@pytest.mark.parametrize(
    "lane", ['name="officer"', 'name="Officers" loanflow:role="officer"', 'name="manager" loanflow:role="officer"']
)
def test_a_lane_gives_its_role_or_its_name(lane):
    holds(
        package(line(user("a", None), more=LANE.format(lane, "a"))),
        """
        start: {as: an}
        steps:
          - refused: {complete: a, as: di, rule: not_a_candidate}
          - {complete: a, as: bo}
        """,
    )


def test_candidate_groups_go_before_the_lane_and_reach_into_sub_processes():
    inner = sub("s", start("is"), user("a", None), user("b", "manager"), end("ie"), chain("is", "a", "b", "ie"))
    holds(
        package(line(inner, more=LANE.format('name="officer"', "s"))),
        """
        start: {as: an}
        steps:
          - refused: {complete: a, as: di, rule: not_a_candidate}
          - {complete: a, as: bo}
          - refused: {complete: b, as: bo, rule: not_a_candidate}
          - {complete: b, as: di}
        expect: {state: completed}
        """,
    )


def test_the_assignee_of_an_expression_needs_no_role():
    holds(
        package(line(user("a", "officer", 'camunda:assignee="${who}"'), user("b", None, 'camunda:assignee="=who"'))),
        """
        start: {as: an, variables: {who: guest}}
        steps:
          - expect: {tasks: {a: {assignee: guest, role: officer}}}
          - refused: {complete: a, as: bo, rule: not_the_assignee}
          - refused: {complete: a, as: an, rule: not_a_candidate}
          - {complete: a, as: guest}
          - refused: {complete: b, as: bo, rule: not_a_candidate}
          - {complete: b, as: guest}
        expect: {state: completed}
        """,
    )


def test_who_is_named_for_a_step_may_see_the_case():
    bench = Bench(package(line(user("a", None, 'camunda:assignee="guest"'))))
    case = bench.start()
    with bench.house.sessions.reading() as session:
        viewer = Viewer("guest", bench.actor("guest").unit_path, [])
        found = find_visible(session, viewer, case)
        assert found is not None
        assert found.id == case


def test_starters_are_named_or_hold_a_role_of_the_package():
    named = package(line(user("a"), attributes='camunda:candidateStarterGroups="manager, member"'))
    holds(
        named,
        """
        steps:
          - refused: {start: p, as: an, rule: not_a_candidate}
          - {start: p, as: m1}
        """,
    )
    holds(
        package(line(user("a"))),
        """
        steps:
          - refused: {start: p, as: guest, rule: not_a_candidate}
          - {start: p, as: m1}
        """,
    )


def test_a_role_counts_in_its_unit_and_below():
    bench = Bench(package(line(user("a"))), units={"an": "east", "bo": "west"})
    case = bench.start()
    assert refused_by(bench, case, "a", "bo") == "not_a_candidate"
    bench.complete(case, "a", "cai")  # head office


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_separation_holds_whoever_comes_first(first, second):
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b", attributes='loanflow:separateFrom="a"'),
            both("j"),
            end(),
            chain("start", "s", "a", "j", "end"),
            chain("s", "b", "j"),
        )
    )
    holds(
        read,
        f"""
        start: {{as: an}}
        steps:
          - {{complete: {first}, as: bo}}
          - refused: {{complete: {second}, as: bo, rule: separation_of_duties}}
          - refused: {{claim: {second}, as: bo, rule: separation_of_duties}}
          - {{complete: {second}, as: cai}}
        expect: {{state: completed}}
        """,
    )


def test_separation_reaches_over_called_processes():
    read = package(
        line(user("a"), node("callActivity", "c", 'calledElement="q"')),
        process(
            start("qs"),
            user("b", attributes='loanflow:separateFrom="a"'),
            end("qe"),
            chain("qs", "b", "qe"),
            key="q",
        ),
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo}
          - refused: {complete: b, as: bo, rule: separation_of_duties}
          - {complete: b, as: cai}
        expect: {state: completed}
        """,
    )


REWORK = package(
    process(
        start(),
        user("a"),
        user("b", "officer, manager", 'loanflow:separateFrom="a"'),
        xor("g", default="end"),
        end(),
        chain("start", "a", "b", "g", "end"),
        flow("g", "a", when="back"),
    )
)


def test_separation_remembers_returned_rounds_and_lets_the_same_person_repeat_a_step():
    holds(
        REWORK,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo}
          - {complete: b, as: di, form: {back: true}}
          - {complete: a, as: cai}
          - refused: {complete: b, as: bo, rule: separation_of_duties}
          - refused: {complete: b, as: cai, rule: separation_of_duties}
          - {complete: b, as: di, form: {back: true}}
          - {complete: a, as: bo}
          - {complete: b, as: di, form: {back: false}}
        expect: {state: completed}
        """,
    )


def test_separation_looks_at_who_did_it_and_for_whom():
    bench = Bench(REWORK)
    case = bench.start()
    delegate(bench, case, "a", "bo", "cai")
    assert refused_by(bench, case, "a", "bo") == "not_the_assignee"
    done = bench.complete(case, "a", "cai")
    assert (done.completed_by, done.completed_for) == ("cai", "bo")
    assert refused_by(bench, case, "b", "bo") == "separation_of_duties"
    assert refused_by(bench, case, "b", "cai") == "separation_of_duties"


def test_a_deputy_cannot_do_a_step_for_somebody_who_did_the_other():
    """The step was handed on before its owner did the step that it is separated from."""
    bench = Bench(
        package(
            process(
                start(),
                both("s"),
                user("a"),
                user("b", attributes='loanflow:separateFrom="a"'),
                end(),
                chain("start", "s", "a", "end"),
                chain("s", "b", "end"),
            )
        )
    )
    case = bench.start()
    delegate(bench, case, "b", "bo", "cai")
    bench.complete(case, "a", "bo")
    assert refused_by(bench, case, "b", "cai") == "separation_of_duties"


def test_a_task_cannot_be_delegated_to_whom_a_rule_stands_against():
    bench = Bench(REWORK)
    case = bench.start()
    bench.complete(case, "a", "bo")
    with pytest.raises(Refused) as refusal:
        delegate(bench, case, "b", "di", "bo")
    assert refusal.value.rule == "separation_of_duties"
    with pytest.raises(Refused) as refusal:
        delegate(bench, case, "b", "di", "an")
    assert refusal.value.rule == "not_a_candidate"


def test_the_same_person_as_the_last_who_did_it():
    read = package(
        process(
            start(),
            user("a"),
            user("r", "manager"),
            xor("g", default="b"),
            user("b", attributes='loanflow:sameAs="a"'),
            end(),
            chain("start", "a", "r", "g", "b", "end"),
            flow("g", "a", when="back"),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo}
          - {complete: r, as: di, form: {back: true}}
          - {complete: a, as: cai}
          - {complete: r, as: di, form: {back: false}}
          - refused: {complete: b, as: bo, rule: same_person}
          - {complete: b, as: cai}
        expect: {state: completed}
        """,
    )


RECUSED = package(line(user("a", attributes='loanflow:recuse="true"')))


@pytest.mark.parametrize("kind", ["customer", "guarantors"])
def test_somebody_related_to_a_party_is_recused(kind):
    holds(
        RECUSED,
        f"""
        related: {{bo: [{kind}]}}
        start: {{as: an}}
        steps:
          - refused: {{complete: a, as: bo, rule: recusal}}
          - {{complete: a, as: cai}}
        """,
    )


def test_a_declared_conflict_recuses():
    bench = Bench(RECUSED)
    case = bench.start()
    with bench.house.step() as step:
        step.session.add(Conflict(instance_id=case, person="bo", reason="cousin", declared_at=step.now))
    assert refused_by(bench, case, "a", "bo") == "recusal"
    assert refused_by(bench, case, "a", "bo", action=tasks.claim) == "recusal"


def test_nobody_works_in_the_name_of_somebody_who_is_recused():
    """Delegated first and declared afterwards, a conflict of interest could be got round."""
    bench = Bench(RECUSED)
    case = bench.start()
    delegate(bench, case, "a", "bo", "cai")
    with bench.house.step() as step:
        step.session.add(Conflict(instance_id=case, person="bo", reason="cousin", declared_at=step.now))
    assert refused_by(bench, case, "a", "cai") == "recusal"
    with bench.house.step() as step:
        tasks.release(step, bench.task(case, "a").id, bench.actor("cai"))
    with bench.house.step() as step:
        tasks.release(step, bench.task(case, "a").id, bench.actor("bo"))
    bench.complete(case, "a", "cai")


POWER = package(line(user("a", "manager", 'loanflow:authority="approve_loan"')))


@pytest.mark.parametrize(
    ("variables", "rule"),
    [
        ({"amount": 500000}, None),
        ({"amount": "500000.00"}, None),
        ({"amount": 500001}, "authority"),
        ({}, "authority"),
        ({"amount": None}, "authority"),
        ({"amount": "much"}, "authority"),
        ({"amount": "NaN"}, "authority"),
        ({"amount": "-Infinity"}, "authority"),
        ({"amount": 10**80}, "authority"),
    ],
)
def test_a_limit_must_cover_the_amount(variables, rule):
    bench = Bench(POWER)
    with bench.house.step() as step:
        di = step.session.scalar(sa.select(Person.id).where(Person.name == "di"))
        step.session.add(AuthorityLimit(person_id=di, power="approve_loan", amount=Decimal(500000)))
    case = bench.start(variables)
    if rule is None:
        bench.complete(case, "a", "di")
    else:
        assert refused_by(bench, case, "a", "di") == rule
    if rule is not None:
        assert refused_by(bench, case, "a", "ed") == "authority"  # no limit recorded


def test_a_limit_must_cover_the_amount_that_an_administrator_has_set_meanwhile():
    bench = Bench(POWER)
    with bench.house.step() as step:
        di = step.session.scalar(sa.select(Person.id).where(Person.name == "di"))
        step.session.add(AuthorityLimit(person_id=di, power="approve_loan", amount=Decimal(500)))
    case = bench.start({"amount": 100})
    with bench.house.step() as step:
        interventions.change_variables(step, case, bench.admin(), {"amount": Decimal(1000)}, "更正")
    assert refused_by(bench, case, "a", "di") == "authority"
    with bench.house.step() as step:
        interventions.change_variables(step, case, bench.admin(), {"amount": Decimal(500)}, "更正")
    bench.complete(case, "a", "di")


def test_a_limit_ends_with_its_last_day_in_the_zone_of_the_institution():
    bench = Bench(POWER)
    with bench.house.step() as step:
        di = step.session.scalar(sa.select(Person.id).where(Person.name == "di"))
        limit = AuthorityLimit(person_id=di, power="approve_loan", amount=Decimal(9), until=dt.date(2026, 3, 2))
        step.session.add(limit)
    case, other = bench.start({"amount": 9}), bench.start({"amount": 9})
    bench.advance(hours=14, minutes=59)
    bench.complete(case, "a", "di")
    bench.advance(minutes=1)
    assert refused_by(bench, other, "a", "di") == "authority"


def test_the_variable_of_a_power_may_be_named():
    holds(
        package(line(user("a", "manager", 'loanflow:authority="waive" loanflow:authorityOf="fee"'))),
        """
        authority: {di: {waive: 100}}
        start: {as: an, variables: {fee: 100, amount: 999999}}
        steps:
          - refused: {complete: a, as: ed, rule: authority}
          - {complete: a, as: di}
        """,
    )


def test_the_form_of_the_step_cannot_raise_the_amount_above_the_limit():
    holds(
        POWER,
        """
        authority: {di: {approve_loan: 100}}
        start: {as: an, variables: {amount: 100}}
        steps:
          - refused: {complete: a, as: di, form: {amount: 101}, rule: authority}
          - {complete: a, as: di, form: {amount: 99}}
        expect: {variables: {amount: 99}}
        """,
    )


def test_rules_are_asked_in_their_order():
    """One person against whom everything stands is told the first rule, and the next when that is gone."""
    step = user(
        "b",
        "officer",
        'loanflow:separateFrom="a" loanflow:sameAs="x" loanflow:recuse="true" loanflow:authority="power"',
    )
    read = package(line(user("x", "officer"), user("a", "officer, manager"), step))
    holds(
        read,
        """
        related: {bo: [customer]}
        authority: {cai: {power: 1}}
        start: {as: an, variables: {amount: 2}}
        steps:
          - refused: {complete: b, as: bo, rule: not_open}
          - {complete: x, as: cai}
          - {complete: a, as: bo}
          - refused: {complete: b, as: an, rule: not_a_candidate}
          - refused: {complete: b, as: bo, rule: separation_of_duties}
          - refused: {complete: x, as: bo, rule: not_open}
          - refused: {complete: b, as: cai, rule: authority}
        """,
    )
    holds(
        read,
        """
        related: {bo: [customer]}
        start: {as: an}
        steps:
          - {complete: x, as: cai}
          - {complete: a, as: di}
          - refused: {complete: b, as: bo, rule: same_person}
        """,
    )
    holds(
        read,
        """
        related: {bo: [customer]}
        start: {as: an}
        steps:
          - {complete: x, as: bo}
          - {complete: a, as: di}
          - refused: {complete: b, as: bo, rule: recusal}
        """,
    )


def test_one_of_several_is_picked_by_assignee_or_item_and_else_the_oldest():
    read = package(
        line(
            user(
                "vote",
                "member",
                'camunda:assignee="${m}"',
                several("voters", "m", out=("votes", "vote")),
            ),
            user("check", "officer", "", several("things", "t", out=("checks", "thing"))),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {voters: [m1, m2, m3], things: [x, y, z]}}
        steps:
          - refused: {complete: vote, for: m1, as: m2, rule: not_the_assignee}
          - {complete: vote, as: m2, form: {vote: 2}}
          - {complete: vote, for: m1, as: m1, form: {vote: 1}}
          - {complete: vote, as: m3, form: {vote: 3}}
          - {complete: check, as: bo, for: z, form: {thing: "${not an expression}"}}
          - {complete: check, as: bo, form: {thing: first}}
          - expect: {tasks: {check: {count: 1}}, variables: {votes: [2, 1, 3]}}
          - {complete: check, as: bo, for: y, form: {thing: last}}
        expect: {state: completed, variables: {checks: ["${not an expression}", first, last]}}
        """,
    )


def test_an_item_that_is_no_text_is_picked_by_its_value():
    holds(
        package(line(user("check", "officer", "", several("things", "t", out=("checks", "note"))))),
        """
        start: {as: an, variables: {things: [{nr: 1, on: true}, {nr: 2, on: true}, true, 2.50]}}
        steps:
          - {complete: check, as: bo, for: {on: true, nr: 2.0}, form: {note: second}}
          - {complete: check, as: bo, for: 2.5, form: {note: fourth}}
          - {complete: check, as: bo, for: true, form: {note: third}}
          - refused: {complete: check, as: bo, for: true, rule: not_open}
          - expect: {tasks: {check: {count: 1, role: [officer]}}}
          - {complete: check, as: bo, form: {note: first}}
        expect: {state: completed, variables: {checks: [second, fourth, third, first]}}
        """,
    )


def test_release_gives_back_and_claiming_takes():
    bench = Bench(package(line(user("a"), script("s", "x = 1"))))
    case = bench.start()
    task_id = bench.task(case, "a").id
    with bench.house.step() as step:
        assert tasks.claim(step, task_id, bench.actor("bo")).assignee == "bo"
    assert refused_by(bench, case, "a", "cai") == "not_the_assignee"
    assert refused_by(bench, case, "a", "cai", action=tasks.claim) == "not_the_assignee"
    assert refused_by(bench, case, "a", "cai", action=tasks.release) == "not_the_assignee"
    with bench.house.step() as step:
        assert tasks.release(step, task_id, bench.actor("bo")).assignee is None
    bench.complete(case, "a", "cai")


def test_escalation_notifies_and_reassigns():
    late = extension(
        '<loanflow:escalation after="PT0S" notify="assignee"/>',
        '<loanflow:escalation after="P1D" notify="manager"/>',
        '<loanflow:escalation after="P2D" reassign="manager"/>',
    )
    holds(
        package(line(user("a", "officer", 'camunda:dueDate="P1D"', late))),
        """
        start: {as: an}
        steps:
          - expect: {tasks: {a: {due: 2026-03-03T09:00:00+08:00, overdue: false}}}
          - advance: P1D
          - expect: {escalated: {a: []}}
          - advance: PT1S
          - expect: {tasks: {a: {overdue: true}}}
          - {claim: a, as: bo}
          - advance: P1D
          - expect: {escalated: {a: [manager]}, tasks: {a: {role: officer, assignee: bo}}}
          - advance: P1D
          - expect: {tasks: {a: {role: manager, assignee: null}}}
          - refused: {complete: a, as: bo, rule: not_a_candidate}
          - {complete: a, as: di}
        expect: {state: completed}
        """,
    )


def test_of_a_step_that_many_are_late_with_somebody_is_told_once_for_each_degree():
    late = extension(
        '<loanflow:escalation after="PT1H" notify="di"/>', '<loanflow:escalation after="P1D" notify="di"/>'
    )
    voting = several("members", "member")
    vote = user("a", "member", 'camunda:assignee="${member}" camunda:dueDate="PT1H"', late + voting)
    bench = Bench(package(line(vote)))
    case = bench.start({"members": ["m1", "m2", "m3"]})
    bench.advance(hours=3)
    assert [notice.kind for notice in bench.notices("di")] == ["overdue"]
    bench.advance(days=2)
    assert [notice.kind for notice in bench.notices("di")] == ["overdue", "overdue"]
    told = [data["reached"] for _, data in bench.events(case, "task.escalated")]
    assert told == ["di"] * 6  # the history has each


def test_one_escalation_may_notify_and_reassign():
    late = extension('<loanflow:escalation after="PT1H" notify="assignee" reassign="manager"/>')
    holds(
        package(line(user("a", "officer", 'camunda:dueDate="PT1H"', late))),
        """
        start: {as: an}
        steps:
          - {claim: a, as: bo}
          - advance: PT2H
          - expect: {escalated: {a: [bo, manager]}, tasks: {a: {role: manager, assignee: null}}}
        """,
    )


def test_escalation_reaches_the_assignee_and_a_person_who_then_may_do_it_without_a_role():
    late = extension(
        '<loanflow:escalation after="PT1H" notify="assignee"/>', '<loanflow:escalation after="PT2H" reassign="guest"/>'
    )
    holds(
        package(line(user("a", "officer", 'camunda:dueDate="PT1H" loanflow:calendar="natural"', late))),
        """
        start: {as: an}
        steps:
          - {claim: a, as: bo}
          - advance: PT2H
          - expect: {escalated: {a: [bo]}}
          - advance: PT1H
          - expect: {escalated: {a: [bo, guest]}, tasks: {a: {assignee: guest}}}
          - refused: {complete: a, as: bo, rule: not_a_candidate}
          - {complete: a, as: guest}
        expect: {state: completed}
        """,
    )


def test_an_escalation_that_is_due_and_not_swept_yet_counts():
    late = extension('<loanflow:escalation after="PT0S" reassign="manager"/>')
    bench = Bench(package(line(user("a", "officer", 'camunda:dueDate="PT1H"', late))))
    case = bench.start()
    bench.clock.moment += dt.timedelta(hours=1)
    assert refused_by(bench, case, "a", "bo") == "not_a_candidate"
    bench.complete(case, "a", "di")
    assert bench.timers(case) == []
