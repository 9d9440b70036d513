"""A scenario that does not hold says at which step, what was expected and what was found; nothing breaks the runner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.scenario import Ports, ScenarioError, read_scenario, run_paths
from tests.engine.builder import (
    CALENDAR,
    Bench,
    boundary,
    chain,
    end,
    line,
    node,
    package,
    play,
    process,
    script,
    several,
    start,
    sub,
    timer,
    user,
    xor,
)

READ = package(line(user("a", "officer", 'camunda:dueDate="P1D"'), user("b", "manager")))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{complete: b, as: di}", ["step 1 (complete)", "not_open"]),
        ("{complete: a, as: an}", ["step 1", "not_a_candidate"]),
        ("{complete: a, as: nobody}", ["step 1", "nobody is not among the people"]),
        ("{complete: a, as: bo, form: {a-b: 1}}", ["step 1", "form_invalid", "a-b"]),
        ("refused: {complete: a, as: bo, rule: authority}", ["expected a refusal by authority", "was done"]),
        ("refused: {complete: a, as: an, rule: authority}", ["expected a refusal by authority", "not_a_candidate"]),
        ("expect: {tasks: {b: {}}}", ["expected an open task b", "none"]),
        ("expect: {tasks: {a: {role: manager}}}", ["manager", "officer"]),
        ("expect: {tasks: {a: {due: 2026-03-09T09:00:00+08:00}}}", ["2026-03-09", "2026-03-03"]),
        ("expect: {tasks: {a: {overdue: true}}}", ["overdue"]),
        ("expect: {tasks: {a: {count: 2}}}", ["2", "1"]),
        ("expect: {no_tasks: [a]}", ["no task a"]),
        ("expect: {variables: {x: 2}}", ["x = 2", "found 1"]),
        ("expect: {variables: {y: 2}}", ["no such variable"]),
        ("expect: {visited: [b]}", ["b visited", "'a'"]),
        ("expect: {not_visited: [a]}", ["a not visited"]),
        ("expect: {incident: a}", ["an incident at a", "none"]),
        ("expect: {state: completed}", ["state completed", "running"]),
        ("expect: {outcome: end}", ["outcome end", "none"]),
        ("expect: {escalated: {a: [manager]}}", ["manager", "[]"]),
        ("advance: soon", ["step 1 (advance)"]),
        ("advance_to: 2026-03-01T09:00:00+08:00", ["is past"]),
        ("external: {topic: t}", ["no work of the topic t"]),
        ("{complete: aa, as: bo}", ["no element aa; is a meant?"]),
        ("refused: {complete: zzz, as: bo, rule: not_open}", ["no element zzz"]),
        ("expect: {visited: [zzz]}", ["no element zzz"]),
        ("expect: {escalated: {zzz: []}}", ["no element zzz"]),
        ("expect: {tasks: {zzz: {count: 0}}}", ["no element zzz"]),
        ("expect: {incident: zzz}", ["no element zzz"]),
        ("retry: zzz", ["no element zzz"]),
        ("retry: a", ["no open incident at a"]),
        ("{start: unknown, as: an}", ["there is no process unknown"]),
    ],
)
def test_a_step_that_does_not_hold(step, told):
    result = play(READ, f"start: {{as: an, variables: {{x: 1}}}}\nsteps:\n  - {step}")
    assert not result.ok
    assert "step 1" in str(result.failure)
    for words in told:
        assert words in str(result.failure)


def test_the_end_is_checked_too():
    result = play(READ, "start: {as: an}\nexpect: {state: completed}")
    assert result.failure == "the end: expected state completed; found running"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("process: p", "start_at is missing"),
        ("[1]", "a map is expected"),
        ("process: p\nstart_at: x\npeople: {}", "is no date-time"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nsteps: [{do: x}]", "step 1"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nexpect: {tusks: 1}", "tusks is unknown"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nexpect: {state: done}", "state is one of"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nunits: {x: y}", "not among the people"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nsteps: [external: {}]", "external.topic"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nsteps: [message: {name: 5}]", "message.name"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nexpect: {tasks: {a: {count: '1'}}}", "a number"),
        ("process: p\nstart_at: 2026-01-01T00:00:00Z\npeople: {}\nexpect: {tasks: {a: {overdue: no}}}", "true or"),
        ("process: p\nprocess: q", "f.yaml, line 2"),
    ],
)
def test_a_file_that_is_no_scenario_says_where(text, told):
    with pytest.raises(ScenarioError, match=r"f\.yaml") as wrong:
        read_scenario(text.encode(), "f.yaml", CALENDAR.zone)
    assert told in str(wrong.value)


def test_a_package_that_cannot_run_fails_its_scenarios_and_not_the_runner(caplog):
    result = play(package(line(node("complexGateway", "g"))), "start: {as: an}")
    assert not result.ok
    assert "complexGateway" in str(result.failure)


def test_only_what_happened_is_visited():
    read = package(
        process(
            start(),
            user("a"),
            boundary("late", "a", timer("P1D")),
            node("eventBasedGateway", "g"),
            node("intermediateCatchEvent", "t1", "", timer("PT1H")),
            node("intermediateCatchEvent", "t2", "", timer("PT2H")),
            end("e1"),
            end("e2"),
            end("e3"),
            chain("start", "a", "g", "t1", "e1"),
            chain("g", "t2", "e2"),
            chain("late", "e3"),
        )
    )
    result = play(read, "start: {as: an}\nsteps:\n  - {complete: a, as: bo}\n  - advance: PT1H")
    assert result.ok
    assert result.visited == {"start", "a", "g", "t1", "e1"}


def test_the_report_counts_and_covers(tmp_path: Path):
    for name, data in READ.files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "scenarios").mkdir()
    common = "process: p\nstart_at: 2026-03-02T09:00:00+08:00\npeople: {an: [clerk], bo: [officer]}\nstart: {as: an}\n"
    (tmp_path / "scenarios" / "1.yaml").write_text(common + "name: good\nsteps: [{complete: a, as: bo}]")
    (tmp_path / "scenarios" / "2.yaml").write_text(common + "name: bad\nexpect: {state: completed}")
    report = run_paths([tmp_path / "scenarios"], package=None, ports=Ports(CALENDAR, {}))
    assert (report["passed"], report["failed"]) == (1, 1)
    assert [(one["name"], one["ok"], one["failure"] is None) for one in report["scenarios"]] == [
        ("good", True, True),
        ("bad", False, False),
    ]
    assert report["coverage"]["elements"] == {"visited": ["a", "b", "start"], "missed": ["end"]}
    json.dumps(report)


def test_time_passes_from_one_due_moment_to_the_next():
    read = package(
        process(
            start(),
            xor("g"),
            node("intermediateCatchEvent", "t", "", timer("PT1H")),
            script("s", "n = n + 1\nat = string(now())"),
            xor("more", default="end"),
            end(),
            chain("start", "g", "t", "s", "more", "end"),
            '<bpmn:sequenceFlow id="b" sourceRef="more" targetRef="g">'
            "<bpmn:conditionExpression>${n &lt; 3}</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
    )
    result = play(
        read,
        """
        start: {as: an, variables: {n: 0}}
        steps: [{advance: P1D}]
        expect: {state: completed, variables: {n: 3}}
        """,
    )
    assert result.ok, result.failure


def test_what_a_running_instance_has_changed_is_seen():
    inner = sub(
        "s",
        start("is"),
        user("x"),
        user("y"),
        end("ie"),
        chain("is", "x", "y", "ie"),
        loop=several("things", "t", sequential=True, out=("rs", "r")),
    )
    bench = Bench(package(line(inner)))
    case = bench.start({"things": [1, 2]})
    bench.complete(case, "x", "bo", {"found": 5})
    assert bench.variables(case)["found"] == 5
    assert "t" not in bench.variables(case)
