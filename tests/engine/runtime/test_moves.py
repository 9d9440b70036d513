"""Returning, jumping, skipping and cancelling on the engine alone, written and read between any two steps."""

from __future__ import annotations

import pytest

from engine.runtime.moves import Impossible, OthersOpen
from tests.engine.builder import (
    both,
    boundary,
    chain,
    end,
    flow,
    line,
    node,
    package,
    process,
    script,
    several,
    some,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.machine import Machine


def three() -> Machine:
    return Machine(package(line(user("a"), user("b"), user("c"))))


def forked(*more: str) -> Machine:
    """a, then b beside c-d, then e."""
    return Machine(
        package(
            process(
                start(),
                user("a"),
                both("s"),
                user("b"),
                user("c"),
                user("d"),
                both("j"),
                user("e"),
                end(),
                chain("start", "a", "s", "b", "j", "e", "end"),
                chain("s", "c", "d", "j"),
                *more,
            )
        ),
        {"log": []},
    )


def log(machine: Machine, *elements: str) -> None:
    for element in elements:
        machine.complete(element, log=lambda data, element=element: [*data["log"], element])


def test_a_step_goes_back_and_through_the_steps_between_again():
    machine = three()
    machine.complete("a", x=1)
    machine.complete("b", y=2)
    machine.move("c", "a")
    assert machine.names() == ["a"]
    assert machine.variables() == {"x": 1, "y": 2}
    for element in ("a", "b", "c"):
        machine.complete(element)
    assert machine.workflow.completed


def test_a_step_goes_back_and_comes_straight_back():
    machine = three()
    machine.complete("a")
    machine.complete("b")
    machine.move("c", "a", back=True)
    assert machine.names() == ["a"]
    machine.complete("a", x=1)
    assert machine.names() == ["c"]
    machine.complete("c")
    assert machine.workflow.completed


def test_straight_back_waits_for_the_boundary_events_of_the_target_too():
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer("P1D")),
            user("b"),
            user("x"),
            end(),
            chain("start", "a", "b", "end"),
            chain("late", "x", "end"),
        )
    )
    machine = Machine(read)
    machine.complete("a")
    machine.move("b", "a", back=True)
    machine.complete("a")
    assert machine.names() == ["b"]
    assert machine.timers() == []
    machine.move("b", "a", back=True)
    machine.fire("late")
    assert machine.names() == ["x"]


def test_a_branch_goes_back_within_itself_while_the_other_stays():
    machine = forked()
    log(machine, "a", "c")
    machine.move("d", "c")
    assert machine.names() == ["b", "c"]
    log(machine, "b", "c", "d")
    assert machine.names() == ["e"]
    assert machine.variables()["log"] == ["a", "c", "b", "c", "d"] or sorted(machine.variables()["log"]) == list(
        "abccd"
    )


def test_leaving_a_branch_would_cancel_the_others_and_says_so_first():
    machine = forked()
    log(machine, "a", "c")
    with pytest.raises(OthersOpen, match="b would be cancelled"):
        machine.move("d", "a")
    assert machine.names() == ["b", "d"]
    machine.move("d", "a", others=True)
    assert machine.names() == ["a"]
    log(machine, "a", "b", "c", "d", "e")
    assert machine.workflow.completed


def test_behind_a_join_one_branch_is_walked_again_and_the_other_counts_as_arrived():
    machine = forked()
    log(machine, "a", "b", "c", "d")
    machine.move("e", "c")
    assert machine.names() == ["c"]
    log(machine, "c", "d")
    assert machine.names() == ["e"]
    assert machine.variables()["log"].count("c") == 2
    machine.complete("e")
    assert machine.workflow.completed


def test_behind_a_join_one_comes_straight_back_from_a_branch():
    machine = forked()
    log(machine, "a", "b", "c", "d")
    machine.move("e", "c", back=True)
    log(machine, "c")
    assert machine.names() == ["e"]


def test_into_the_sister_of_an_open_branch_only_by_cancelling():
    machine = forked()
    log(machine, "a", "c")
    with pytest.raises(OthersOpen):
        machine.move("d", "b")
    machine.move("d", "b", others=True)
    assert machine.names() == ["b"]
    log(machine, "b")
    assert machine.names() == ["e"]


def test_out_of_nested_branches_and_into_one():
    read = package(
        process(
            start(),
            both("s"),
            both("t"),
            user("a"),
            user("b"),
            both("u"),
            user("c"),
            both("j"),
            user("z"),
            end(),
            chain("start", "s", "t", "a", "u", "j", "z", "end"),
            chain("t", "b", "u"),
            chain("s", "c", "j"),
        )
    )
    machine = Machine(read)
    for element in ("a", "b", "c"):
        machine.complete(element)
    machine.move("z", "a")
    assert machine.names() == ["a"]
    machine.complete("a")
    assert machine.names() == ["z"]


def test_an_inclusive_join_does_not_wait_for_what_was_not_walked():
    read = package(
        process(
            start(),
            some("s"),
            user("a"),
            user("b"),
            some("j"),
            user("z"),
            end(),
            flow("s", "a", "true"),
            flow("s", "b", "true"),
            chain("start", "s"),
            chain("a", "j", "z", "end"),
            chain("b", "j"),
        )
    )
    machine = Machine(read)
    machine.complete("a")
    machine.complete("b")
    machine.move("z", "b")
    machine.complete("b")
    assert machine.names() == ["z"]


def test_out_of_a_sub_process_its_changes_come_along():
    inner = sub("q", start("qs"), user("b"), user("c"), end("qe"), chain("qs", "b", "c", "qe"))
    machine = Machine(package(line(user("a"), inner, user("d"))))
    machine.complete("a")
    machine.complete("b", x=1)
    machine.move("c", "a")
    assert machine.names() == ["a"]
    assert machine.variables() == {"x": 1}
    machine.complete("a")
    assert machine.names() == ["b"]


def test_into_a_finished_sub_process_it_begins_anew_at_the_step():
    inner = sub("q", start("qs"), user("b"), user("c"), end("qe"), chain("qs", "b", "c", "qe"))
    late = boundary("t", "q", timer("P1D"))
    machine = Machine(package(line(user("a"), inner, user("d"), more=late + chain("t", "d"))))
    for element in ("a", "b", "c"):
        machine.complete(element)
    with pytest.raises(Impossible, match="straight back"):
        machine.move("d", "c", back=True)
    machine.move("d", "c")
    assert machine.names() == ["c"]
    assert len(machine.timers()) == 1
    machine.complete("c", x=1)
    assert machine.names() == ["d"]
    assert machine.variables() == {"x": 1}


def test_into_a_called_process_and_out_of_it():
    called = line(user("b"), user("c"), key="q")
    call = node("callActivity", "call", 'calledElement="q"')
    main = process(start("ms"), user("a"), call, user("d"), end("me"), chain("ms", "a", "call", "d", "me"))
    machine = Machine(package(main, called))
    for element in ("a", "b", "c"):
        machine.complete(element)
    machine.move("d", "c")
    assert machine.names() == ["c"]
    machine.move("c", "a")
    assert machine.names() == ["a"]


def test_out_of_one_of_several_ends_all_of_them():
    vote = user("v", "member", "", several("${[1, 2, 3]}", "voter", out=("votes", "vote")))
    machine = Machine(package(line(user("a"), vote, user("z"))))
    machine.complete("a")
    machine.complete("v", vote="for")
    with pytest.raises(OthersOpen, match="other instances of v"):
        machine.move("v", "a")
    machine.move("v", "a", others=True)
    assert machine.names() == ["a"]
    assert "votes" not in machine.variables()
    machine.complete("a")
    assert machine.names() == ["v", "v", "v"]


def test_nothing_that_runs_several_times_is_entered():
    inner = sub("q", start("qs"), user("b"), end("qe"), chain("qs", "b", "qe"), loop=several("${[1, 2]}", "n"))
    machine = Machine(package(line(inner, user("z"))))
    machine.complete("b")
    machine.complete("b")
    with pytest.raises(Impossible, match="several times"):
        machine.move("z", "b")


def test_within_one_of_several_sub_processes_a_move_stays_there():
    steps = (start("qs"), user("b"), user("c"), end("qe"), chain("qs", "b", "c", "qe"))
    inner = sub("q", *steps, loop=several("${[1, 2]}", "n"))
    machine = Machine(package(line(inner, user("z"))))
    machine.complete("b")
    machine.move("c", "b")
    assert machine.names() == ["b", "b"]
    for element in ("b", "c", "b", "c"):
        machine.complete(element)
    assert machine.names() == ["z"]


def test_a_voter_who_is_skipped_counts_no_more():
    vote = user("v", "member", "", several("${[1, 2, 3]}", "voter", out=("votes", "vote"), until="${count(votes) = 2}"))
    machine = Machine(package(line(vote, user("z"))))
    machine.skip("v")
    machine.complete("v", vote="for")
    machine.complete("v", vote="against")
    assert machine.names() == ["z"]
    assert machine.variables()["votes"] == ["for", "against"]


def test_skipping_every_instance_goes_on():
    vote = user("v", "member", "", several("${[1, 2]}", "voter", sequential=True, out=("votes", "vote")))
    machine = Machine(package(line(vote, user("z"))))
    machine.skip("v")
    machine.skip("v")
    assert machine.names() == ["z"]
    assert machine.variables()["votes"] == []


def test_a_failed_element_is_skipped_with_what_it_should_have_given():
    machine = Machine(package(line(script("s", "x = function(a) a"), user("a"))))
    assert machine.incidents() == ["s"]
    machine.skip("s", x=5)
    assert machine.incidents() == []
    assert machine.names() == ["a"]
    assert machine.variables() == {"x": 5}


def test_a_gateway_that_has_failed_is_no_place_to_skip():
    read = package(
        process(
            start(),
            xor("g"),
            user("a"),
            user("b"),
            end(),
            flow("g", "a", "false"),
            flow("g", "b", "false"),
            chain("start", "g"),
            chain("a", "end"),
            chain("b", "end"),
        )
    )
    machine = Machine(read)
    assert machine.incidents() == ["g"]
    with pytest.raises(Impossible, match="chooses"):
        machine.skip("g")
    machine.move("g", "b")
    assert machine.incidents() == []
    assert machine.names() == ["b"]


def test_a_cancelled_branch_contributes_nothing_and_the_join_fires():
    machine = forked()
    log(machine, "a", "c")
    machine.cancel_branch("d")
    assert machine.names() == ["b"]
    log(machine, "b")
    assert machine.names() == ["e"]
    assert machine.variables()["log"] == ["a", "b"]


def test_the_only_branch_is_not_cancelled():
    machine = three()
    with pytest.raises(Impossible, match="only thing open"):
        machine.cancel_branch("a")
    assert machine.names() == ["a"]


def test_a_completion_is_withdrawn_with_what_it_gave():
    machine = Machine(package(line(user("a"), script("s", "y = x + 1"), xor("g"), user("b"))))
    done = machine.complete("a", x=1)
    machine.withdraw(done)
    assert machine.names() == ["a"]
    assert machine.variables() == {}
    machine.complete("a", x=2)
    assert machine.variables() == {"x": 2, "y": 3}


def test_nothing_is_withdrawn_once_somebody_has_gone_on():
    machine = three()
    first = machine.complete("a")
    second = machine.complete("b")
    with pytest.raises(Impossible):
        machine.withdraw(first)
    machine.withdraw(second)
    assert machine.names() == ["b"]


def test_a_withdrawn_step_keeps_its_old_deadline():
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer("P1D")),
            user("b"),
            end(),
            chain("start", "a", "b", "end"),
            chain("late", "end"),
        )
    )
    machine = Machine(read)
    [before] = [task.internal_data["due"] for task in machine.timers()]
    done = machine.complete("a")
    machine.now = machine.now.replace(hour=12)
    machine.workflow.environment = machine._world()
    machine.withdraw(done)
    assert [task.internal_data["due"] for task in machine.timers()] == [before]


def test_in_a_branch_a_completion_is_withdrawn_until_the_branches_have_met():
    machine = forked()
    log(machine, "a", "c")
    done = machine.complete("d", d=1)
    machine.withdraw(done)
    assert machine.names() == ["b", "d"]
    done = machine.complete("d", d=2)
    log(machine, "b")
    assert machine.names() == ["e"]
    with pytest.raises(Impossible):
        machine.withdraw(done)
    assert machine.variables()["d"] == 2


def test_a_split_by_itself_is_withdrawn_from_all_its_branches():
    machine = forked()
    done = machine.complete("a")
    assert machine.names() == ["b", "c"]
    machine.withdraw(done)
    assert machine.names() == ["a"]
    log(machine, "a", "b", "c", "d", "e")
    assert machine.workflow.completed


def test_a_hold_costs_two_nodes_however_long_the_case_goes_on():
    read = package(
        process(
            start(),
            user("a"),
            xor("g"),
            end(),
            chain("start", "a", "g"),
            flow("g", "end", "x = 0"),
            flow("g", "a", "x > 0"),
        )
    )
    machine = Machine(read)
    sizes = set()
    for _ in range(40):
        machine.complete("a", x=1)
        sizes.add(machine.count())
    assert max(sizes) <= 5


def test_a_branch_that_was_entered_anew_is_cancelled_and_left_like_any_other():
    machine = forked()
    log(machine, "a", "b", "c", "d")
    machine.move("e", "c")
    machine.cancel_branch("c")
    assert machine.names() == ["e"]
    machine.move("e", "c")
    machine.move("c", "a")  # nobody's work is lost: what counted as arrived was nobody's
    assert machine.names() == ["a"]
    log(machine, "a", "b", "c", "d", "e")
    assert machine.workflow.completed


def test_within_a_branch_that_was_entered_anew_the_others_still_count_as_arrived():
    machine = forked()
    log(machine, "a", "b", "c", "d")
    machine.move("e", "d")
    machine.move("d", "c")
    log(machine, "c", "d")
    assert machine.names() == ["e"]


def test_out_of_a_choice_within_a_branch_the_branch_as_a_whole_arrives():
    """Trap: the choice alone was ended, and the join behind it waited for ever."""
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            some("t"),
            user("b"),
            user("c"),
            some("u"),
            both("j"),
            user("z"),
            end(),
            chain("start", "s", "a", "j", "z", "end"),
            chain("s", "t"),
            flow("t", "b", "true"),
            flow("t", "c", "false"),
            chain("b", "u", "j"),
            chain("c", "u"),
        )
    )
    machine = Machine(read)
    machine.complete("a")
    machine.complete("b")
    machine.move("z", "b")
    machine.cancel_branch("b")
    assert machine.incidents() == []
    assert machine.names() == ["z"]


def test_into_a_branch_within_a_sub_process_the_others_count_as_arrived_there():
    inner = sub(
        "q",
        start("qs"),
        both("s"),
        user("a"),
        user("b"),
        both("j"),
        end("qe"),
        chain("qs", "s", "a", "j", "qe"),
        chain("s", "b", "j"),
    )
    machine = Machine(package(line(inner, user("z"))))
    machine.complete("a")
    machine.complete("b")
    machine.move("z", "a")
    assert machine.names() == ["a"]
    machine.complete("a")
    assert machine.incidents() == []
    assert machine.names() == ["z"]


def test_what_was_cancelled_by_a_move_is_not_withdrawn():
    machine = forked()
    log(machine, "a", "c")
    done = machine.complete("b")
    machine.move("d", "b", others=True)
    with pytest.raises(Impossible):
        machine.withdraw(done)
    assert machine.names() == ["b"]


def test_a_branch_that_was_entered_from_before_its_split_is_entered_once():
    machine = forked()
    machine.move("a", "c")
    machine.move("c", "c")
    log(machine, "c", "d")
    assert machine.incidents() == []
    assert machine.names() == ["e"]


def test_straight_back_survives_being_sent_back_further_skipped_and_withdrawn():
    machine = forked()
    log(machine, "a", "b", "c", "d")
    machine.move("e", "d", back=True)
    machine.move("d", "c", back=True)
    done = machine.complete("c")
    assert machine.names() == ["d"]
    machine.withdraw(done)
    machine.complete("c")
    machine.skip("d")
    assert machine.incidents() == []
    assert machine.names() == ["e"]


def test_in_a_sub_process_that_was_entered_anew_only_what_parts_counts_as_a_branch():
    """Trap: all of the sub-process lies behind the flow by which its main path leaves the listening beginning."""
    handler = sub("h", start("hs", 'isInterrupting="false"'), end("he"), chain("hs", "he"))
    handler = handler.replace("<bpmn:subProcess ", '<bpmn:subProcess triggeredByEvent="true" ', 1)
    handler = handler.replace("</bpmn:startEvent>", f"{timer('P9D')}</bpmn:startEvent>", 1)
    steps = (start("qs"), both("s"), user("a"), user("b"), both("j"), end("qe"))
    inner = sub("q", *steps, chain("qs", "s", "a", "j", "qe"), chain("s", "b", "j"), handler)
    machine = Machine(package(line(inner, user("z"))))
    machine.complete("a")
    machine.complete("b")
    machine.move("z", "a")
    with pytest.raises(Impossible, match="another branch"):
        machine.move("a", "b", back=True)
    machine.complete("a")
    assert machine.names() == ["z"]
