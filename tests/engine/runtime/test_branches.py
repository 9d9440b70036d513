"""Parallel branches: each sees its own data, everybody else sees them merged, and a join takes the changes of all."""

from __future__ import annotations

import pytest

from tests.engine.builder import (
    Bench,
    both,
    chain,
    end,
    flow,
    holds,
    package,
    process,
    script,
    start,
    sub,
    user,
    values,
    xor,
)

FORK = package(
    process(
        start(),
        both("s"),
        user("a"),
        user("b"),
        both("j"),
        user("after"),
        end(),
        chain("start", "s", "a", "j", "after", "end"),
        chain("s", "b", "j"),
    )
)


@pytest.mark.parametrize(
    ("base", "a", "b", "merged"),
    [
        ({}, {"x": 1}, {"y": 2}, {"x": 1, "y": 2}),
        ({"x": 0, "y": 0}, {"x": 1}, {"y": 2}, {"x": 1, "y": 2}),
        ({"l": [0]}, {"l": [0, 1]}, {"l": [0, 2]}, {"l": [0, 1, 2]}),
        ({"l": [0, 1, 2]}, {"l": [0, 2]}, {"l": [0, 1, 2, 3]}, {"l": [0, 2, 3]}),
        ({"l": [1, 2]}, {"l": []}, {"l": [1, 2]}, {"l": []}),
        (
            {"o": {"p": {"x": 1, "y": 1}}},
            {"o": {"p": {"x": 2, "y": 1}}},
            {"o": {"p": {"x": 1}}},
            {"o": {"p": {"x": 2}}},
        ),
        ({"o": {}}, {"o": {"a": 1}}, {"o": {"b": 2}}, {"o": {"a": 1, "b": 2}}),
        ({"l": [{"n": 1, "v": 0}]}, {"l": [{"n": 1, "v": 5}]}, {"l": [{"n": 1, "v": 0}, {"n": 2}]}, None),
        ({"x": 1}, {"x": 1}, {"x": 2}, {"x": 2}),
        ({"x": True}, {"x": 1}, {"x": True}, {"x": 1}),
    ],
)
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_each_branch_contributes_its_own_changes(base, a, b, merged, order):
    """Trap: the later branch wins with its stale copy: appends are lost and deleted keys return."""
    merged = merged or {"l": [{"n": 1, "v": 5}, {"n": 2}]}
    bench = Bench(FORK)
    case = bench.start(base)
    for key in order:
        bench.complete(case, key, "bo", {"a": a, "b": b}[key])
        if key == order[0]:
            assert bench.variables(case) == values({**base, **({"a": a, "b": b}[key])})
    found = bench.variables(case)
    if order == "ba" and merged.get("l") == [0, 1, 2]:
        merged = {"l": [0, 2, 1]}
    assert found == values(merged)
    assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in values(merged).items()}
    assert bench.events(case, "variable.overwritten") == []


def test_the_later_arrival_wins_a_scalar_and_leaves_an_event():
    bench = Bench(FORK)
    case = bench.start({"o": {"x": 0}})
    bench.complete(case, "b", "bo", {"o": {"x": 1}})
    bench.complete(case, "a", "bo", {"o": {"x": 2}})
    assert bench.variables(case) == values({"o": {"x": 2}})
    [(_, told)] = bench.events(case, "variable.overwritten")
    assert told == {"variable": "o.x"}
    assert bench.events(case, "variable.overwritten")[0][0].element == "j"


def test_a_branch_sees_its_own_data_and_lists_see_all():
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b"),
            xor("g", default="unseen"),
            user("seen"),
            user("unseen"),
            end(),
            chain("start", "s", "a", "end"),
            chain("s", "b", "g", "unseen", "end"),
            flow("g", "seen", "secret = 1"),
            chain("seen", "end"),
        ),
        search=["secret"],
    )
    bench = Bench(read)
    case = bench.start()
    bench.complete(case, "a", "bo", {"secret": 1})
    bench.complete(case, "b", "cai", {"open": 2})
    assert bench.open(case) == ["unseen"]
    assert bench.variables(case) == {"secret": 1, "open": 2}
    assert bench.instance(case).facts == {"secret": 1}


def test_a_form_of_a_branch_is_enforced_with_the_data_of_that_branch():
    form = """{"type": "default", "components": [
        {"type": "textfield", "key": "reason", "conditional": {"hide": "=secret != null"}, "label": "r"}]}"""
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b", "officer", 'camunda:formRef="f"'),
            end(),
            chain("start", "s", "a", "end"),
            chain("s", "b", "end"),
        ),
        files={"forms/f.form": form},
    )
    holds(
        read,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo, form: {secret: 1}}
          - refused: {complete: b, as: bo, form: {other: 1}, rule: form_invalid}
          - {complete: b, as: bo, form: {reason: shown in its own branch}}
        expect: {state: completed, variables: {secret: 1, reason: shown in its own branch}}
        """,
    )


def test_a_sub_process_in_a_branch_is_merged_while_it_runs_and_after():
    inner = sub("p1", start("is"), user("x"), user("y"), end("ie"), chain("is", "x", "y", "ie"))
    read = package(
        process(
            start(),
            both("s"),
            inner,
            user("b"),
            both("j"),
            end(),
            chain("start", "s", "p1", "j", "end"),
            chain("s", "b", "j"),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {log: []}}
        steps:
          - {complete: x, as: bo, form: {log: [x], x: 1}}
          - {complete: b, as: bo, form: {log: [b], b: 1}}
          - expect: {variables: {x: 1, b: 1, log: [b, x]}}
          - {complete: y, as: bo, form: {log: [x, y]}}
        expect: {state: completed, variables: {x: 1, b: 1, log: [b, x, y]}}
        """,
    )


def test_nested_splits_merge_once():
    read = package(
        process(
            start(),
            both("s1"),
            both("s2"),
            script("a", 'log = append(log, "a")'),
            script("b", 'log = append(log, "b")'),
            both("j2"),
            script("c", 'log = append(log, "c")'),
            both("j1"),
            end(),
            chain("start", "s1", "s2", "a", "j2", "j1", "end"),
            chain("s2", "b", "j2"),
            chain("s1", "c", "j1"),
        )
    )
    bench = Bench(read)
    found = bench.variables(bench.start({"log": ["0"]}))["log"]
    assert found[0] == "0"
    assert sorted(found) == ["0", "a", "b", "c"]


def test_several_ends_merge_as_a_join_does():
    read = package(
        process(
            start(),
            both("s"),
            user("a"),
            user("b"),
            end("e1"),
            end("e2"),
            chain("start", "s", "a", "e1"),
            chain("s", "b", "e2"),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {log: []}}
        steps:
          - {complete: b, as: bo, form: {log: [b]}}
          - {complete: a, as: bo, form: {log: [a]}}
        expect: {state: completed, outcome: e1, variables: {log: [b, a]}}
        """,
    )
