"""What administrators may do to a case that has gone astray, with a reason and an event for each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.service import interventions, tasks
from engine.service.looking import CaseLook
from engine.service.opened import open_case
from models.cases import Instance
from tests.engine.builder import Bench, both, chain, end, line, package, process, script, several, start, user


def does(bench, action, case, *given, who=None, **options):
    with bench.house.step() as step:
        getattr(interventions, action)(step, case, bench.actor(who) if who else bench.admin(), *given, **options)


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
                user("d"),
                end(),
                chain("start", "a", "s", "b", "j", "d", "end"),
                chain("s", "c", "j"),
            )
        )
    )


def test_a_jump_forward_leaves_out_what_is_between():
    bench = Bench(package(line(user("a"), user("b"), user("c"))))
    case = bench.start()
    does(bench, "jump", case, "a", "c", "系统迁移")
    assert bench.open(case) == ["c"]
    [(event, data)] = bench.events(case, "case.jumped")
    assert (event.actor, event.element, data["to"], data["reason"]) == ("root", "a", "c", "系统迁移")


def test_into_a_branch_from_before_its_split_the_others_count_as_arrived():
    bench = forked()
    case = bench.start()
    does(bench, "jump", case, "a", "c", "只需重做一项")
    assert bench.open(case) == ["c"]
    bench.complete(case, "c", "bo")
    assert bench.open(case) == ["d"]


def test_a_failed_element_is_skipped_with_what_it_should_have_given():
    bench = Bench(package(line(script("s", "x = function(a) a"), user("a"))))
    case = bench.start()
    assert [incident.element for incident in bench.incidents(case)] == ["s"]
    does(bench, "skip_element", case, "s", "手工核实", {"x": "5"})
    assert bench.incidents(case) == []
    assert bench.instance(case).state == "running"
    assert bench.open(case) == ["a"]
    assert bench.variables(case) == {"x": "5"}


def test_a_branch_is_cancelled_and_the_join_waits_for_it_no_more():
    bench = forked()
    case = bench.start()
    bench.complete(case, "a", "bo")
    does(bench, "end_branch", case, "b", "不再需要")
    bench.complete(case, "c", "bo")
    assert bench.open(case) == ["d"]


def test_variables_are_set_in_every_branch():
    bench = forked()
    case = bench.start({"x": "old"})
    bench.complete(case, "a", "bo")
    does(bench, "change_variables", case, {"x": "new", "y": "more"}, "更正")
    assert bench.variables(case) == {"x": "new", "y": "more"}
    bench.complete(case, "b", "bo", {"b": "1"})
    bench.complete(case, "c", "cai")
    assert bench.variables(case) == {"x": "new", "y": "more", "b": "1"}
    assert bench.events(case, "variable.overwritten") == []
    assert bench.events(case, "case.variables_set")[0][1]["variables"] == {"x": "new", "y": "more"}


def test_one_of_several_is_named_by_its_token():
    vote = user("v", "member", "", several("${[1, 2]}", "n"))
    bench = Bench(package(line(vote, user("b"))))
    case = bench.start()
    with pytest.raises(Invalid, match="2 are open"):
        does(bench, "skip_element", case, "v", "回避")
    does(bench, "skip_element", case, bench.task(case, "v").id, "回避")
    assert bench.open(case) == ["v"]


def test_what_is_open_is_listed():
    bench = forked()
    case = bench.start()
    bench.complete(case, "a", "bo")
    with bench.house.step() as step:
        found = interventions.open_tokens(open_case(step, case))
    assert [entry["element"] for entry in found] == ["b", "c"]


@pytest.mark.parametrize(
    ("action", "given", "error"),
    [
        ("jump", ("a", "nowhere", "x"), Invalid),
        ("jump", ("nowhere", "b", "x"), NotFound),
        ("jump", ("a", "b", ""), Invalid),
        ("end_branch", ("a", "x"), Conflict),
        ("change_variables", ({}, "x"), Invalid),
        ("skip_element", ("a", None), Invalid),
    ],
)
def test_what_is_wrong_is_said_and_nothing_has_happened(action, given, error):
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    with pytest.raises(error):
        does(bench, action, case, *given)
    assert bench.open(case) == ["a"]


def test_nobody_but_administrators_intervenes():
    bench = Bench(package(line(user("a"), user("b"))))
    case = bench.start()
    with pytest.raises(Forbidden):
        does(bench, "jump", case, "a", "b", "x", who="bo")


def test_what_a_move_would_end_is_said_and_nothing_has_happened():
    bench = forked()
    case = bench.start()
    bench.complete(case, "a", "bo")

    def ends(what, element, to=None):
        with bench.house.sessions.reading() as session:
            look = CaseLook(bench.house, session, session.get(Instance, case), bench.admin())
            [token] = [entry["token"] for entry in interventions.open_tokens(look) if entry["element"] == element]
            return interventions.what_ends(look, what, token, to)

    assert ends("jump", "b", "d") == ["c"]
    assert ends("skip", "b") == []
    assert ends("cancel_branch", "b") == []
    assert bench.open(case) == ["b", "c"]


@pytest.mark.parametrize(("action", "given"), [("skip_element", ("a", "x")), ("jump", ("a", "b", "x"))])
def test_an_administrator_who_passes_a_step_by_does_not_do_what_is_separated_from_it(action, given):
    bench = Bench(package(line(user("a"), user("b", "officer", 'loanflow:separateFrom="a"'))))
    case = bench.start()
    both_hats = replace(bench.actor("bo"), roles=frozenset({"admin", "officer"}))
    with bench.house.step() as step:
        getattr(interventions, action)(step, case, both_hats, *given)
    with bench.house.step() as step, pytest.raises(Refused) as refused:
        tasks.complete(step, bench.task(case, "b").id, both_hats)
    assert refused.value.rule == "separation_of_duties"
    bench.complete(case, "b", "cai")
