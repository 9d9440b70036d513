"""Sealed opinions: until the other step is done too, only their author and auditors see them, anywhere."""

from __future__ import annotations

import json

import pytest

from engine.errors import Conflict, Refused
from engine.service import audit, interventions, moves, views
from engine.values import dumps
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
    several,
    start,
    user,
    xor,
)

SEALED_A = 'loanflow:sealedUntil="b"'
SEALED_B = 'loanflow:sealedUntil="a"'
TWO = package(
    process(
        start(),
        both("s"),
        user("a", attributes=SEALED_A),
        user("b", attributes=SEALED_B),
        both("j"),
        user("after", "manager"),
        end(),
        chain("start", "s", "a", "j", "after", "end"),
        chain("s", "b", "j"),
    ),
    search=["opinion_a", "opinion_b"],
)


def seen_by(bench: Bench, case, who: str) -> set[str]:
    """Everything of the opinions that a person finds anywhere."""
    viewer = bench.admin(who) if who in ("auditor", "admin") else bench.actor(who)
    instance = bench.instance(case)
    found = [str(bench.variables(case, viewer)), str(views.facts(instance, viewer)), instance.search_text]
    found += [json.dumps(views.event_data(event, instance, viewer), default=str) for event, _ in bench.events(case)]
    return {word for word in ("secret_a", "secret_b") if any(word in text for text in found)}


@pytest.mark.parametrize(("first", "second"), ["ab", "ba"])
def test_an_opinion_is_sealed_until_the_other_is_given(first, second):
    bench = Bench(TWO)
    case = bench.start()
    bench.complete(case, first, "bo", {f"opinion_{first}": f"secret_{first}"})
    secret = {f"secret_{first}"}
    assert seen_by(bench, case, "bo") == secret
    assert seen_by(bench, case, "auditor") == secret
    assert seen_by(bench, case, "cai") == seen_by(bench, case, "di") == seen_by(bench, case, "admin") == set()
    assert f"secret_{first}" not in str(bench.instance(case).facts)
    bench.complete(case, second, "cai", {f"opinion_{second}": f"secret_{second}"})
    assert seen_by(bench, case, "di") == {"secret_a", "secret_b"}
    assert bench.instance(case).facts == {"opinion_a": "secret_a", "opinion_b": "secret_b"}


def test_an_opinion_given_in_a_called_process_is_sealed_for_the_whole_case():
    everything = extension('<camunda:in variables="all"/><camunda:out variables="all"/>')
    inner = process(
        start("qs"),
        both("s"),
        user("a", attributes=SEALED_A),
        user("b", attributes=SEALED_B),
        both("j"),
        end("qe"),
        chain("qs", "s", "a", "j", "qe"),
        chain("s", "b", "j"),
        key="q",
    )
    main = line(node("callActivity", "call", 'calledElement="q"', everything), user("z", "manager"))
    bench = Bench(package(main, inner, search=["opinion_a", "opinion_b"]))
    case = bench.start()
    bench.complete(case, "a", "bo", {"opinion_a": "secret_a"})
    assert seen_by(bench, case, "bo") == seen_by(bench, case, "auditor") == {"secret_a"}
    assert seen_by(bench, case, "cai") == seen_by(bench, case, "admin") == set()
    bench.complete(case, "b", "cai", {"opinion_b": "secret_b"})
    assert seen_by(bench, case, "cai") == {"secret_a", "secret_b"}


def guessed(events, viewer, instance, form):
    """Whether an event's hash is what it would be if its form had been `form`; `viewer` reads all the rest of it."""
    previous = ""
    for event in events:
        shown = views.event_data(event, instance, viewer)
        shown.pop("sealed", None)
        said = (event.at, event.actor, event.on_behalf_of, event.kind, event.element, event.task_id)
        if event.kind == "task.completed":
            text = dumps({"form": form, **{name: value for name, value in shown.items() if name != "form"}})
            return audit.event_hash(previous, event.instance_id, event.seq, *said, text) == event.hash
        previous = event.hash
    raise AssertionError("nothing was completed")


def test_a_hash_does_not_tell_which_of_two_opinions_was_given():
    """Everybody who sees the case is shown the hashes of its events, and there are not many opinions to try."""
    bench = Bench(TWO)
    case = bench.start()
    bench.complete(case, "a", "bo", {"opinion_a": "against"})
    instance, events = bench.instance(case), [event for event, _ in bench.events(case)]
    assert guessed(events, bench.admin("auditor"), instance, {"opinion_a": "against"})
    assert not guessed(events, bench.actor("cai"), instance, {"opinion_a": "against"})


def test_a_form_cannot_show_what_is_sealed():
    """The form of the other step is enforced without the sealed value, or its author would learn it from errors."""
    form = json.dumps(
        {
            "type": "default",
            "components": [
                {"type": "textfield", "key": "reply", "label": "r", "conditional": {"hide": "=opinion_a = null"}}
            ],
        }
    )
    read = package(
        line(
            user("a", attributes='loanflow:sealedUntil="z"'),
            user("b", attributes='camunda:formRef="f"'),
            user("z"),
        ),
        files={"forms/f.form": form},
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo", {"opinion_a": "secret_a"})
    with pytest.raises(Refused) as refusal:
        bench.complete(case, "b", "cai", {"reply": "I saw it"})
    assert refusal.value.rule == "form_invalid"
    bench.complete(case, "b", "bo", {"reply": "it is mine"})


def test_rules_of_the_process_see_what_is_sealed():
    read = package(
        process(
            start(),
            user("a", attributes='loanflow:sealedUntil="z"'),
            xor("g", default="z"),
            user("no"),
            user("z"),
            chain("start", "a", "g", "z"),
            flow("g", "no", 'opinion = "against"'),
        )
    )
    holds(
        read,
        """
        start: {as: an}
        steps: [{complete: a, as: bo, form: {opinion: against}}]
        expect: {tasks: {no: {count: 1}}}
        """,
    )


def test_a_vote_is_sealed_until_all_have_voted():
    vote = user(
        "vote",
        "member",
        'camunda:assignee="${m}" loanflow:sealedUntil="vote"',
        several("voters", "m", out=("votes", "given")),
    )
    bench = Bench(package(line(vote, user("after"))))
    case = bench.start({"voters": ["m1", "m2"]})
    bench.complete(case, "vote", "m1", {"given": "secret_a"})
    assert seen_by(bench, case, "m1") == {"secret_a"}
    assert seen_by(bench, case, "m2") == seen_by(bench, case, "bo") == set()
    bench.complete(case, "vote", "m2", {"given": "secret_b"})
    assert seen_by(bench, case, "bo") == {"secret_a", "secret_b"}


def test_a_vote_that_ends_early_is_opened():
    vote = user(
        "vote",
        "member",
        'camunda:assignee="${m}" loanflow:sealedUntil="vote"',
        several("voters", "m", out=("votes", "given"), until="${nrOfCompletedInstances = 1}"),
    )
    bench = Bench(package(line(vote, user("after"))))
    case = bench.start({"voters": ["m1", "m2"]})
    bench.complete(case, "vote", "m1", {"given": "secret_a"})
    assert seen_by(bench, case, "bo") == {"secret_a"}


def test_a_new_round_is_sealed_again_although_the_other_step_was_done_in_the_last():
    read = package(
        process(
            start(),
            user("a", attributes=SEALED_A),
            user("b"),
            xor("g", default="end"),
            end(),
            chain("start", "a", "b", "g", "end"),
            flow("g", "a", "back = true"),
        )
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo", {"opinion_a": "first"})
    bench.advance(minutes=1)
    bench.complete(case, "b", "cai", {"back": True})
    bench.complete(case, "a", "bo", {"opinion_a": "secret_a"})
    assert seen_by(bench, case, "di") == set()
    bench.complete(case, "b", "cai", {"back": False})
    assert seen_by(bench, case, "di") == {"secret_a"}


def test_a_deputy_and_who_is_stood_in_for_both_see_their_opinion():
    from engine.service import tasks

    bench = Bench(TWO)
    case = bench.start()
    task_id = bench.task(case, "a").id
    with bench.house.step() as step:
        tasks.delegate(step, task_id, bench.actor("bo"), "cai")
    bench.complete(case, "a", "cai", {"opinion_a": "secret_a"})
    assert seen_by(bench, case, "bo") == seen_by(bench, case, "cai") == {"secret_a"}
    assert seen_by(bench, case, "di") == set()


def test_an_opinion_is_not_withdrawn_once_it_has_opened_another():
    read = package(
        process(
            start(),
            both("s"),
            user("a", attributes=SEALED_A),
            user("b", attributes=SEALED_B),
            user("b2"),
            both("j"),
            end(),
            chain("start", "s", "a", "j", "end"),
            chain("s", "b", "b2", "j"),
        )
    )
    bench = Bench(read)
    case = bench.start()
    early = bench.complete(case, "b", "cai", {"opinion_b": "secret_b"})
    with bench.house.step() as step:
        moves.withdraw(step, early.id, bench.actor("cai"))
    bench.complete(case, "a", "bo", {"opinion_a": "secret_a"})
    late = bench.complete(case, "b", "cai", {"opinion_b": "secret_b"})
    assert seen_by(bench, case, "cai") == {"secret_a", "secret_b"}
    with bench.house.step() as step, pytest.raises(Conflict, match="has been shown"):
        moves.withdraw(step, late.id, bench.actor("cai"))


@pytest.mark.parametrize("passed_by", ["skip_element", "end_branch"])
def test_an_opinion_is_shown_when_the_step_it_waits_for_is_passed_by(passed_by):
    bench = Bench(TWO)
    case = bench.start()
    bench.complete(case, "a", "bo", {"opinion_a": "secret_a"})
    assert seen_by(bench, case, "di") == set()
    with bench.house.step() as step:
        getattr(interventions, passed_by)(step, case, bench.admin(), "b", "无人可办")
    assert bench.open(case) == ["after"]
    assert seen_by(bench, case, "di") == {"secret_a"}


def test_votes_that_were_dropped_by_a_return_stay_sealed_until_all_have_voted_anew():
    vote = user("v", "member", 'camunda:assignee="${m}" loanflow:sealedUntil="v"', several('${["m1", "m2"]}', "m"))
    bench = Bench(package(line(user("a"), vote, user("z"))))
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "v", "m1", {"opinion_a": "secret_a"})
    with bench.house.step() as step:
        moves.send_back(step, bench.task(case, "v").id, bench.actor("m2"), "a", "材料不全", cancel_others=True)
    assert seen_by(bench, case, "m2") == set()
    bench.complete(case, "a", "bo")
    bench.complete(case, "v", "m1", {"opinion_a": "secret_b"})
    assert seen_by(bench, case, "m2") == set()
    bench.complete(case, "v", "m2")
    assert seen_by(bench, case, "m2") == {"secret_a", "secret_b"}
