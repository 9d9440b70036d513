"""Multi-instance activities and standard loops: collections, cardinality, output, early completion, nesting."""

from __future__ import annotations

import pytest

from tests.engine.builder import (
    Bench,
    boundary,
    chain,
    end,
    extension,
    holds,
    inout,
    line,
    node,
    package,
    process,
    script,
    several,
    start,
    sub,
    timer,
    user,
)


def loop(condition: str = "", *, first: bool = False, most: int | None = None) -> str:
    """A standard loop."""
    inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    maximum = "" if most is None else f'loopMaximum="{most}"'
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="{str(first).lower()}" {maximum}>{inner}'
        "</bpmn:standardLoopCharacteristics>"
    )


@pytest.mark.parametrize("collection", ["things", "${things}", "${[1, 2, 3]}", "${for i in 1..3 return i}"])
@pytest.mark.parametrize("sequential", [False, True])
def test_a_script_for_each_of_a_collection(collection, sequential):
    read = package(
        line(script("s", "double = n * 2", several(collection, "n", sequential=sequential, out=("doubles", "double"))))
    )
    holds(
        read,
        """
        start: {as: an, variables: {things: [1, 2, 3]}}
        expect: {state: completed, variables: {doubles: [2, 4, 6]}}
        """,
    )
    bench = Bench(read)
    assert bench.variables(bench.start({"things": [1, 2, 3]})).keys() == {"things", "doubles"}


@pytest.mark.parametrize(("number", "count"), [("3", 3), ("${size + 1}", 3), ("0", 0)])
def test_a_number_of_instances(number, count):
    bench = Bench(package(line(user("a", "officer", "", several(number=number)), user("b"))))
    case = bench.start({"size": 2})
    assert bench.open(case) == (["a"] * count or ["b"])
    for _ in range(count):
        bench.complete(case, "a", "bo")
    assert bench.open(case) == ["b"]


def test_an_empty_collection_passes_and_gives_an_empty_output():
    holds(
        package(line(user("a", "officer", "", several("things", "t", out=("results", "r"))), user("b"))),
        """
        start: {as: an, variables: {things: []}}
        expect: {tasks: {b: {count: 1}}, no_tasks: [a], variables: {results: []}}
        """,
    )


@pytest.mark.parametrize("given", ["missing", "null", "5", "{x: 1}", "text"])
def test_what_is_no_collection_is_an_incident_that_a_repair_resolves(given):
    variables = "" if given == "missing" else f"things: {given}"
    holds(
        package(line(user("x"), user("a", "officer", "", several("things", "t")))),
        f"""
        start: {{as: an, variables: {{{variables}}}}}
        steps:
          - {{complete: x, as: bo, form: {{kept: 1}}}}
          - expect: {{state: incident, incident: a, variables: {{kept: 1}}}}
          - {{retry: a, variables: {{things: [1, 2], notes: [first]}}}}
          - expect: {{state: running, tasks: {{a: {{count: 2}}}}}}
          - {{complete: a, as: bo, form: {{one: 1}}}}
          - {{complete: a, as: bo, form: {{two: 2}}}}
        expect: {{state: completed, variables: {{things: [1, 2], notes: [first], one: 1, two: 2}}}}
        """,
    )


def test_sequential_instances_come_one_after_another():
    holds(
        package(line(user("a", "officer", "", several("names", "who", sequential=True, out=("said", "word"))))),
        """
        start: {as: an, variables: {names: [x, y]}}
        steps:
          - expect: {tasks: {a: {count: 1}}}
          - refused: {complete: a, for: y, as: bo, rule: not_open}
          - {complete: a, for: x, as: bo, form: {word: 1}}
          - expect: {tasks: {a: {count: 1}}}
          - {complete: a, for: y, as: bo, form: {word: 2}}
        expect: {state: completed, variables: {said: [1, 2]}}
        """,
    )


@pytest.mark.parametrize(
    ("until", "open_after"),
    [
        ("${nrOfCompletedInstances = 2}", [3, 0]),
        ("${nrOfActiveInstances &lt;= 2}", [3, 0]),
        ("${nrOfCompletedInstances / nrOfInstances >= 0.5}", [3, 0]),
        ('${count(votes[item = "for"]) >= 1}', [0]),
        ("${missing > 1}", [3, 2, 1, 0]),
    ],
)
def test_a_vote_ends_early(until, open_after):
    """Trap: a completion condition sees only the last child's data and no counts."""
    votes = several("voters", "m", out=("votes", "vote"), until=until.replace("&lt;", "<"))
    bench = Bench(package(line(user("v", "member", 'camunda:assignee="${m}"', votes))))
    case = bench.start({"voters": ["m1", "m2", "m3", "guest"]})
    for voter, left in zip(("m1", "m2", "m3", "guest"), open_after, strict=False):
        with bench.house.sessions.reading() as session:
            from sqlalchemy import select

            from models.tasks import Task

            task_id = session.scalar(
                select(Task.id).where(Task.instance_id == case, Task.assignee == voter, Task.state == "open")
            )
        from engine.service import tasks

        with bench.house.step() as step:
            tasks.complete(step, task_id, bench.actor(voter), {"vote": "for"})
        assert len(bench.open(case)) == left
    assert bench.instance(case).state == "completed"
    assert bench.variables(case)["votes"] == ["for"] * len(open_after)


def test_a_completion_condition_that_fails_is_an_incident_and_keeps_the_vote():
    """Trap: an exception in a completion condition leaves the last voter's `run()`."""
    endless = "${count(for i in 1..100000000 return i) > 0}"
    votes = several("voters", "m", out=("votes", "vote"), until=endless)
    holds(
        package(line(user("v", "member", "", votes))),
        """
        start: {as: an, variables: {voters: [x, y]}}
        steps:
          - {complete: v, as: m1, form: {vote: 1}}
          - expect: {state: incident, incident: v, tasks: {v: {count: 1}}}
          - {complete: v, as: m2, form: {vote: 2}}
        expect: {state: completed, variables: {votes: [1, 2]}}
        """,
    )


def test_the_instances_of_a_sub_process_have_data_of_their_own():
    inner = sub(
        "s",
        start("is"),
        user("a", "officer", 'camunda:assignee="${m}"'),
        script("b", "result = m + said"),
        end("ie"),
        chain("is", "a", "b", "ie"),
        loop=several("people", "m", out=("results", "result")),
    )
    holds(
        package(line(inner)),
        """
        start: {as: an, variables: {people: [bo, cai]}}
        steps:
          - expect: {tasks: {a: {count: 2}}}
          - {complete: a, as: cai, form: {said: "2"}}
          - {complete: a, as: bo, form: {said: "1"}}
          - expect: {state: completed}
        expect: {state: completed, variables: {results: [cai2, bo1]}}
        """,
    )


@pytest.mark.parametrize("sequential", [False, True])
def test_a_called_process_for_each(sequential):
    passes = extension(
        '<camunda:in source="thing" target="x"/>', '<camunda:out sourceExpression="${y + 1}" target="result"/>'
    )
    read = package(
        line(
            node(
                "callActivity",
                "c",
                'calledElement="q"',
                passes + several("things", "thing", sequential=sequential, out=("results", "result")),
            )
        ),
        process(start("qs"), script("t", "y = x * 10"), end("qe"), chain("qs", "t", "qe"), key="q"),
    )
    holds(
        read,
        """
        start: {as: an, variables: {things: [1, 2]}}
        expect: {state: completed, variables: {results: [11, 21]}, visited: [t]}
        """,
    )


def test_a_loop_runs_at_least_once_or_not_at_all():
    holds(
        package(line(script("s", "n = n + 1", loop("${n &lt; 5}")))),
        "start: {as: an, variables: {n: 0}}\nexpect: {state: completed, variables: {n: 5}}",
    )
    holds(
        package(line(script("s", "n = n + 1", loop("${n &lt; 5}")))),
        "start: {as: an, variables: {n: 9}}\nexpect: {state: completed, variables: {n: 10}}",
    )
    holds(
        package(line(script("s", "n = n + 1", loop("${n &lt; 5}", first=True)))),
        "start: {as: an, variables: {n: 9}}\nexpect: {state: completed, variables: {n: 9}}",
    )
    holds(
        package(line(script("s", "n = n + 1", loop("${true}", most=3)))),
        "start: {as: an, variables: {n: 0}}\nexpect: {state: completed, variables: {n: 3}}",
    )


def test_a_step_is_done_again_while_the_condition_holds():
    holds(
        package(line(user("a", "officer", "", loop("${again = true}")))),
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo, form: {again: true, log: [1]}}
          - {complete: a, as: bo, form: {again: false}}
        expect: {state: completed, variables: {log: [1]}}
        """,
    )


def test_too_many_instances_are_an_incident():
    bench = Bench(package(line(user("a", "officer", "", several(number="1000000000")))))
    case = bench.start()
    assert [found.element for found in bench.incidents(case)] == ["a"]


def test_a_timer_ends_all_instances():
    """Trap: cancelling a multi-instance drops the children and orphans running sub-processes."""
    inner = sub(
        "s", start("is"), user("a"), end("ie"), chain("is", "a", "ie"), loop=several("things", "t", out=("rs", "r"))
    )
    read = package(
        process(
            start(),
            inner,
            boundary("late", "s", timer("PT1H")),
            user("b"),
            end(),
            chain("start", "s", "end"),
            chain("late", "b"),
        )
    )
    holds(
        read,
        """
        start: {as: an, variables: {things: [1, 2, 3]}}
        steps:
          - {complete: a, as: bo}
          - advance: PT1H
          - expect: {no_tasks: [a], tasks: {b: {count: 1}}, state: running}
          - {complete: b, as: bo}
        expect: {state: completed}
        """,
    )


def test_instances_without_output_each_contribute_their_changes():
    holds(
        package(line(user("a", "officer", "", several("things", "t")))),
        """
        start: {as: an, variables: {things: [1, 2], log: [], o: {}}}
        steps:
          - {complete: a, as: bo, for: 1, form: {log: [x], o: {x: 1}}}
          - expect: {variables: {log: [x]}}
          - {complete: a, as: bo, for: 2, form: {log: [y], o: {y: 2}}}
        expect: {state: completed, variables: {log: [x, y], o: {x: 1, y: 2}}}
        """,
    )


def test_input_parameters_are_seen_by_the_step_alone():
    read = package(
        line(user("a", "officer", "", extension(inout({"shown": "${x * 2}", "x": "7"}, {"y": "${shown + z}"})))),
    )
    bench = Bench(read)
    case = bench.start({"x": 1})
    assert bench.task(case, "a").name == "a"
    bench.complete(case, "a", "bo", {"z": 5})
    assert bench.variables(case) == {"x": 1, "y": 7, "z": 5}


@pytest.mark.parametrize("sequential", [False, True])
def test_instances_read_their_number_and_the_counts(sequential):
    """As Camunda's `loopCounter`: for expressions everywhere inside, and never a variable of the case."""
    inner = sub(
        "s",
        start("is"),
        user("a", None, 'camunda:assignee="${people[loopCounter + 1]}"'),
        script("b", "said = [loopCounter, nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances]"),
        end("ie"),
        chain("is", "a", "b", "ie"),
        loop=several("people", "who", sequential=sequential, out=("results", "said")),
    )
    bench = Bench(package(line(inner, script("after", "none = loopCounter = null"))))
    case = bench.start({"people": ["bo", "cai"]})
    bench.complete(case, "a", "bo")
    bench.complete(case, "a", "cai")
    assert bench.variables(case) == {
        "people": ["bo", "cai"],
        "results": [[0, 2, 0, 1], [1, 2, 1, 1]] if sequential else [[0, 2, 0, 2], [1, 2, 1, 1]],
        "none": True,
    }


def test_a_loop_reads_its_number():
    holds(
        package(line(script("s", "log = append(log, loopCounter)", loop(most=3)))),
        "start: {as: an, variables: {log: []}}\nexpect: {state: completed, variables: {log: [0, 1, 2]}}",
    )
