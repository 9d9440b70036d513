"""Work of the program and of other programs: operations, decisions, scripts, external tasks, called processes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import BpmnError, Conflict, Invalid, Refused
from engine.ports import Operation
from engine.service import external
from models.cases import Comment
from tests.engine.builder import (
    Bench,
    boundary,
    chain,
    end,
    error,
    event,
    extension,
    holds,
    inout,
    line,
    node,
    package,
    process,
    script,
    start,
    user,
    values,
)


def comment(call, text=None, fail=None, place=None):
    """Writes a row, so that a rollback shows, and fails on request."""
    call.session.add(
        Comment(
            instance_id=call.instance_id, task_id=None, person=call.actor or "?", text=str(text), written_at=call.now
        )
    )
    call.session.flush()
    call.queue_job("mail", {"text": str(text)})
    if fail == "business":
        raise BpmnError("E1", "no money", {"reason": "empty"})
    if fail == "input":
        raise Invalid("the text is bad", {"text": ["bad"]})
    if fail == "bug":
        raise RuntimeError("boom")
    return {"written": text, "count": Decimal(1), "bad": comment if fail == "value" else None}


OPERATIONS = {
    "note.write": Operation(
        "note.write", "t", comment, {"text": "t", "fail": "f", "place": "p"}, {"written": "w", "count": "c"}
    )
}


def service(outputs=None, operation="note.write", inputs=None) -> str:
    parameters = extension(inout(inputs or {"text": "${note}", "fail": "${fail}"}, outputs or {"done": "${written}"}))
    return node("serviceTask", "op", f'loanflow:operation="{operation}"', parameters)


def package_of(*nodes: str, **options):
    return package(line(user("a"), *nodes, user("z")), **options)


def comments(bench: Bench) -> list[str]:
    with bench.house.sessions.reading() as session:
        return list(session.scalars(sa.select(Comment.text)))


def jobs(bench: Bench) -> int:
    from models.tasks import Job

    with bench.house.sessions.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Job)) or 0


def test_an_operation_takes_inputs_and_gives_outputs():
    bench = Bench(package_of(service()), operations=OPERATIONS)
    case = bench.start({"note": "hello"})
    bench.complete(case, "a", "bo", {"opinion": 1})
    assert (comments(bench), jobs(bench)) == (["hello"], 1)
    assert bench.variables(case) == {"note": "hello", "opinion": 1, "done": "hello"}


def test_without_output_parameters_results_become_variables():
    read = package_of(
        node("serviceTask", "op", 'loanflow:operation="note.write"', extension(inout({"text": "${note}"})))
    )
    bench = Bench(read, operations=OPERATIONS)
    case = bench.start({"note": "hello"})
    bench.complete(case, "a", "bo")
    assert bench.variables(case) == {"note": "hello", "written": "hello", "count": 1, "bad": None}


@pytest.mark.parametrize(
    ("fail", "outputs"),
    [
        ("bug", None),
        ("input", None),
        ("business", None),
        (None, {"x": "${count(for i in 1..100000000 return i)}"}),
    ],
)
def test_what_an_operation_cannot_do_rolls_back_that_element_alone(fail, outputs):
    """Trap: an exception in a service task leaves the engine, and the state of the task is lost after a reload."""
    bench = Bench(package_of(service(outputs)), operations=OPERATIONS)
    case = bench.start({"note": "hello", "fail": fail})
    bench.complete(case, "a", "bo", {"opinion": 1})
    assert bench.instance(case).state == "incident"
    assert [found.element for found in bench.incidents(case)] == ["op"]
    assert bench.variables(case)["opinion"] == 1
    assert (comments(bench), jobs(bench)) == ([], 0)
    if fail:
        bench.retry(case, "op", {"note": "again", "fail": None})
        assert (comments(bench), jobs(bench)) == (["again"], 1)
        assert bench.open(case) == ["z"]


@pytest.mark.parametrize(("operation", "inputs"), [("no.such", {}), ("note.write", {"colour": "red"})])
def test_an_operation_that_does_not_fit_is_an_incident(operation, inputs):
    bench = Bench(package_of(service(operation=operation, inputs=inputs or {"text": "x"})), operations=OPERATIONS)
    case = bench.start()
    bench.complete(case, "a", "bo")
    assert [found.element for found in bench.incidents(case)] == ["op"]


def test_a_business_error_goes_the_way_of_its_boundary_event():
    """Trap: an exception in a service task is not routed to an error boundary event."""
    catch_all = '<bpmn:errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="words"/>'
    read = package(
        process(
            start(),
            service(),
            boundary("caught", "op", catch_all),
            end("bad"),
            end(),
            chain("start", "op", "end"),
            chain("caught", "bad"),
        )
    )
    bench = Bench(read, operations=OPERATIONS)
    case = bench.start({"note": "hello", "fail": "business"})
    assert (bench.instance(case).outcome, comments(bench), jobs(bench)) == ("bad", [], 0)
    found = bench.variables(case)
    assert (found["reason"], found["code"], found["words"]) == ("empty", "E1", "no money")


FORM_WORK = package_of(
    user(
        "f",
        "officer",
        'loanflow:operation="note.write"',
        extension(inout({"text": "${words}", "fail": "${fail}", "place": "here"}, {"done": "${written}"})),
    )
)


def test_the_operation_of_a_form_runs_instead_of_its_variables():
    bench = Bench(FORM_WORK, operations=OPERATIONS)
    case = bench.start()
    bench.complete(case, "a", "bo")
    bench.complete(case, "f", "bo", {"words": "hello"})
    assert (bench.variables(case), comments(bench)) == ({"done": "hello"}, ["hello"])


@pytest.mark.parametrize("fail", ["business", "input"])
def test_what_the_operation_of_a_form_refuses_is_told_to_the_person(fail):
    bench = Bench(FORM_WORK, operations=OPERATIONS)
    case = bench.start({"fail": fail})
    bench.complete(case, "a", "bo")
    with pytest.raises(Refused) as refusal:
        bench.complete(case, "f", "bo", {"words": "hello"})
    assert refusal.value.rule == "form_invalid"
    assert list(refusal.value.errors) == ([""] if fail == "business" else ["words"]), "by the fields of the form"
    assert (bench.open(case), comments(bench), jobs(bench)) == (["f"], [], 0)


def test_an_operation_of_a_form_that_breaks_is_an_incident_and_keeps_the_form():
    bench = Bench(FORM_WORK, operations=OPERATIONS)
    case = bench.start({"fail": "bug"})
    bench.complete(case, "a", "bo")
    done = bench.complete(case, "f", "bo", {"words": "hello"})
    assert (done.state, done.completed_by) == ("completed", "bo")
    assert (bench.instance(case).state, comments(bench)) == ("incident", [])
    bench.retry(case, "f", {"fail": None})
    assert (bench.open(case), comments(bench), bench.variables(case)["done"]) == (["z"], ["hello"], "hello")


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">
<decision id="tier" name="Tier"><decisionTable id="t" hitPolicy="{policy}">
<input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>{outputs}
{rules}</decisionTable></decision></definitions>"""


def table(policy: str, *columns: str, rules: list[tuple[str, ...]]) -> str:
    rows = "".join(
        f"<rule id='r{n}'><inputEntry><text>{test}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{entry}</text></outputEntry>" for entry in entries)
        + "</rule>"
        for n, (test, *entries) in enumerate(rules)
    )
    outputs = "".join(f"<output id='o_{name}' name='{name}'/>" for name in columns)
    return DMN.format(policy=policy, outputs=outputs, rules=rows)


ONE = table("UNIQUE", "tier", rules=[("&lt; 10", '"low"'), (">= 10", '"high"')])
TWO = table("UNIQUE", "tier", "fee", rules=[("&lt; 10", '"low"', "1"), (">= 10", '"high"', "2")])
MANY = table("COLLECT", "tier", rules=[("&lt; 10", '"low"'), ("&lt; 20", '"mid"'), ("-", '"any"')])
CONTEXT = table("UNIQUE", "tier", rules=[("&lt; 10", "{rate: 1}")])
CONTEXTS = table("COLLECT", "tier", rules=[("&lt; 10", "{rate: 1}"), ("&lt; 20", "{rate: 2}")])
LIST = table("FIRST", "tier", rules=[("&lt; 10", "[1, 2]")])
NONE = table("UNIQUE", "tier", rules=[("&gt; 10", "1")])
TWICE = table("UNIQUE", "tier", rules=[("&lt; 10", "1"), ("&lt; 20", "1")])
DIFFERENT = table("ANY", "tier", rules=[("&lt; 10", "1"), ("&lt; 20", "2")])
OTHER_LOGIC = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">
<decision id="tier" name="Tier"><literalExpression><text>{}</text></literalExpression></decision></definitions>"""
OWN_CONTEXT, OWN_LIST = OTHER_LOGIC.format("{rate: amount}"), OTHER_LOGIC.format("[amount, 2]")


@pytest.mark.parametrize(
    ("model", "shape", "result"),
    [
        (ONE, "singleEntry", "low"),
        (ONE, "singleResult", {"tier": "low"}),
        (ONE, "collectEntries", ["low"]),
        (ONE, "resultList", [{"tier": "low"}]),
        (ONE, None, [{"tier": "low"}]),
        (TWO, "singleResult", {"tier": "low", "fee": 1}),
        (TWO, "resultList", [{"tier": "low", "fee": 1}]),
        (TWO, "singleEntry", "incident"),
        (MANY, "collectEntries", ["low", "mid", "any"]),
        (MANY, "resultList", [{"tier": "low"}, {"tier": "mid"}, {"tier": "any"}]),
        (MANY, "singleEntry", "incident"),
        (MANY, "singleResult", "incident"),
        (CONTEXT, "singleEntry", {"rate": 1}),
        (CONTEXT, "singleResult", {"tier": {"rate": 1}}),
        (CONTEXT, "collectEntries", [{"rate": 1}]),
        (CONTEXT, "resultList", [{"tier": {"rate": 1}}]),
        (CONTEXTS, "collectEntries", [{"rate": 1}, {"rate": 2}]),
        (CONTEXTS, "resultList", [{"tier": {"rate": 1}}, {"tier": {"rate": 2}}]),
        (LIST, "singleEntry", [1, 2]),
        (LIST, "collectEntries", [[1, 2]]),
        (LIST, "singleResult", {"tier": [1, 2]}),
        (NONE, "singleEntry", None),
        (NONE, "resultList", []),
        (OWN_CONTEXT, "singleEntry", {"rate": 5}),
        (OWN_CONTEXT, "singleResult", {"rate": 5}),
        (OWN_LIST, "singleEntry", [5, 2]),
        (OWN_LIST, "collectEntries", [5, 2]),
        (OWN_LIST, "resultList", [{"Tier": 5}, {"Tier": 2}]),
        (TWICE, "singleEntry", "incident"),
        (DIFFERENT, "singleEntry", "incident"),
    ],
)
def test_the_four_shapes_of_a_decision(model, shape, result):
    mapped = "" if shape is None else f'camunda:mapDecisionResult="{shape}"'
    task = node("businessRuleTask", "d", f'camunda:decisionRef="tier" camunda:resultVariable="r" {mapped}')
    bench = Bench(package(line(task), files={"tier.dmn": model}))
    case = bench.start({"amount": 5})
    if result == "incident":
        assert [found.element for found in bench.incidents(case)] == ["d"]
    else:
        assert bench.variables(case)["r"] == values(result)
        assert any(data.get("decisions") for _, data in bench.events(case))


def test_an_output_of_a_step_that_fails_is_an_incident_and_keeps_the_form():
    holds(
        package(line(user("a", content=extension(inout({}, {"r": "${if count(xs) > 1 then [1..3] else count(xs)}"}))))),
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo, form: {xs: [1, 2]}}
          - expect: {state: incident, incident: a, variables: {xs: [1, 2]}, no_tasks: [a]}
          - {retry: a, variables: {xs: [1]}}
        expect: {state: completed, variables: {xs: [1], r: 1}}
        """,
    )


GRAPH = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">
<businessKnowledgeModel id="double" name="double"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>
<literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="band" name="band"><literalExpression><text>[1..5]</text></literalExpression></decision>
<decision id="fee" name="fee"><informationRequirement><requiredDecision href="#band"/></informationRequirement>
<knowledgeRequirement><requiredKnowledge href="#double"/></knowledgeRequirement>
<decisionTable id="t"><input><inputExpression>
<text>double(amount)</text></inputExpression></input><output name="fee"/>
<rule id="r1"><inputEntry><text>? in band</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_the_audit_holds_inputs_rules_and_outputs_of_every_decision():
    task = node("businessRuleTask", "d", 'camunda:decisionRef="fee" camunda:resultVariable="r"')
    bench = Bench(package(line(task), files={"fee.dmn": GRAPH}))
    case = bench.start({"amount": 4})
    assert bench.incidents(case) == []
    (made,) = [data["decisions"] for _, data in bench.events(case) if data.get("decisions")]
    assert made == [
        {"element": "d", "decision": "band", "inputs": {}, "tests": [], "rules": [], "outputs": "[1..5]"},
        {
            "element": "d",
            "decision": "fee",
            "inputs": {"band": "[1..5]", "double": "function double"},
            "tests": [{"input": "double(amount)", "value": 8}],
            "rules": [{"number": 2, "id": "r2"}],
            "outputs": 2,
        },
    ]


def test_a_script_assigns_line_by_line():
    holds(
        package(
            line(script("s", 'a = x + 1\nb = a * 2 // twice\nc = [a,\n  b]\n甲 = "是"\nd = parameters.p')),
            parameters={"p": {"type": "number", "default": 7, "title": {"zh": "p", "en": "p"}}},
        ),
        """
        start: {as: an, variables: {x: 1}}
        expect: {state: completed, variables: {a: 2, b: 4, c: [2, 4], 甲: 是, d: 7}}
        """,
    )


@pytest.mark.parametrize("text", ["x = [1..5]", "x = function(a) a", "x = for i in 1..100000000 return i"])
def test_a_script_that_gives_no_value_is_an_incident(text):
    bench = Bench(package(line(user("a"), script("s", text))))
    case = bench.start()
    bench.complete(case, "a", "bo", {"kept": 1})
    assert [found.element for found in bench.incidents(case)] == ["s"]
    assert bench.variables(case) == {"kept": 1}


EXTERNAL = package(
    process(
        start(),
        user("a"),
        node(
            "serviceTask",
            "ext",
            'camunda:type="external" camunda:topic="valuation"',
            extension(inout({"house": "${address}"}, {"value": "${worth * factor}"})),
        ),
        boundary("caught", "ext", event("error", "E1")),
        user("z"),
        end("bad"),
        chain("start", "a", "ext", "z"),
        chain("caught", "bad"),
    ),
    before=error("E1"),
)


def waiting() -> tuple[Bench, object]:
    bench = Bench(EXTERNAL)
    case = bench.start({"address": "1 High St", "factor": 2})
    bench.complete(case, "a", "bo")
    return bench, case


def fetch(bench: Bench, worker: str = "w1", topic: str = "valuation"):
    with bench.house.step() as step:
        return external.fetch(step, worker, [topic], dt.timedelta(minutes=5))


def test_external_work_is_fetched_under_a_lock_and_answered_once():
    bench, case = waiting()
    [work] = fetch(bench)
    assert '"house":"1 High St"' in work.variables
    assert fetch(bench, "w2") == []
    assert fetch(bench, "w1", "other") == []
    with pytest.raises(Conflict), bench.house.step() as step:
        external.complete(step, work.id, "w2", values({"worth": 1}))
    with bench.house.step() as step:
        external.complete(step, work.id, "w1", values({"worth": 5}))
    assert bench.variables(case)["value"] == 10
    assert "worth" not in bench.variables(case)
    assert bench.open(case) == ["z"]
    with pytest.raises(Conflict), bench.house.step() as step:
        external.complete(step, work.id, "w1", {})


def test_a_lock_that_has_run_out_is_nobodys():
    bench, _ = waiting()
    [work] = fetch(bench)
    bench.clock.moment += dt.timedelta(minutes=5)
    with pytest.raises(Conflict), bench.house.step() as step:
        external.complete(step, work.id, "w1", {})
    assert [again.id for again in fetch(bench, "w2")] == [work.id]


def test_after_the_last_failure_an_incident_and_after_the_retry_new_work():
    bench, case = waiting()
    for left in (2, 1, 0):
        [work] = fetch(bench)
        with bench.house.step() as step:
            assert external.failure(step, work.id, "w1", "no answer") == left
    assert fetch(bench) == []
    assert [(found.element, found.message) for found in bench.incidents(case)] == [("ext", "no answer")]
    bench.retry(case, "ext")
    [work] = fetch(bench)
    with bench.house.step() as step:
        external.complete(step, work.id, "w1", values({"worth": 5}))
    assert bench.open(case) == ["z"]


def test_an_answer_that_cannot_be_mapped_is_kept_for_the_retry():
    mapping = "${if huge then count(for i in 1..100000000 return i) else worth}"
    ask = node(
        "serviceTask",
        "ext",
        'camunda:type="external" camunda:topic="valuation"',
        extension(inout(outputs={"value": mapping})),
    )
    bench = Bench(package_of(ask))
    case = bench.start({"huge": True})
    bench.complete(case, "a", "bo")
    [work] = fetch(bench)
    with bench.house.step() as step:
        external.complete(step, work.id, "w1", values({"worth": 5}))
    assert [found.element for found in bench.incidents(case)] == ["ext"]
    bench.retry(case, "ext", {"huge": False})
    assert bench.variables(case) == {"huge": False, "value": 5}
    assert bench.open(case) == ["z"]


def test_a_business_error_of_external_work_is_caught_or_an_incident():
    bench, case = waiting()
    [work] = fetch(bench)
    with bench.house.step() as step:
        external.bpmn_error(step, work.id, "w1", "E1", values({"why": 3}))
    assert (bench.instance(case).outcome, bench.variables(case)["why"]) == ("bad", 3)
    bench, case = waiting()
    [work] = fetch(bench)
    with bench.house.step() as step:
        external.bpmn_error(step, work.id, "w1", "E2")
    assert [found.element for found in bench.incidents(case)] == ["ext"]
    bench.retry(case, "ext")
    assert len(fetch(bench)) == 1


def test_external_steps_of_a_scenario():
    holds(
        EXTERNAL,
        """
        start: {as: an, variables: {address: x, factor: 3}}
        steps:
          - {complete: a, as: bo}
          - external: {topic: valuation, variables: {worth: 2}}
          - expect: {variables: {value: 6}}
          - {complete: z, as: bo}
        expect: {state: completed}
        """,
    )
    holds(
        EXTERNAL,
        """
        start: {as: an}
        steps:
          - {complete: a, as: bo}
          - external: {topic: valuation, error: E1}
        expect: {state: completed, outcome: bad, visited: [caught]}
        """,
    )


def calling(passes: str, called: str = "r = x\nmine = 1"):
    return package(
        line(node("callActivity", "c", 'calledElement="q"', extension(passes) if passes else ""), user("z")),
        process(start("qs"), script("t", called), end("qe"), chain("qs", "t", "qe"), key="q"),
    )


@pytest.mark.parametrize(
    ("passes", "found"),
    [
        ("", {"x": 1, "secret": 2, "r": 1, "mine": 1}),
        ('<camunda:in variables="all"/><camunda:out source="r" target="result"/>', {"x": 1, "secret": 2, "result": 1}),
        ('<camunda:in source="x" target="x"/>', {"x": 1, "secret": 2}),
        ('<camunda:out variables="all"/>', {"x": 1, "secret": 2, "r": None, "mine": 1}),
        (
            '<camunda:in sourceExpression="${x + 4}" target="x"/><camunda:out sourceExpression="${r * 2}" target="y"/>',
            {"x": 1, "secret": 2, "y": 10},
        ),
        (
            '<camunda:in source="secret" target="x"/><camunda:out variables="all"/>',
            {"x": 2, "secret": 2, "r": 2, "mine": 1},
        ),
    ],
)
def test_what_passes_to_a_called_process_and_back(passes, found):
    bench = Bench(calling(passes))
    case = bench.start({"x": 1, "secret": 2})
    assert bench.open(case) == ["z"]
    assert bench.variables(case) == values(found)


@pytest.mark.parametrize(
    ("passes", "found"),
    [
        ("", {"x": 1, "y": 2}),
        ('<camunda:in variables="all"/><camunda:out variables="all"/>', {"x": 1, "y": 2}),
        ('<camunda:in variables="all"/>', {"x": 1}),
        ('<camunda:in variables="all"/><camunda:out source="y" target="y"/>', {"x": 1}),
        ('<camunda:in source="x" target="x"/><camunda:out variables="all"/>', {"x": 1}),
    ],
)
def test_what_a_called_process_knows_is_seen_while_it_runs_when_everything_passes(passes, found):
    inner = line(user("b"), user("c"), key="q").replace('"start"', '"qs"').replace('"end"', '"qe"')
    bench = Bench(
        package(line(node("callActivity", "call", 'calledElement="q"', extension(passes) if passes else "")), inner)
    )
    case = bench.start({"x": 1})
    bench.complete(case, "b", "bo", {"y": 2})
    assert bench.open(case) == ["c"]
    assert bench.variables(case) == values(found)


def test_calls_within_calls_wait_and_come_back():
    read = package(
        line(node("callActivity", "c", 'calledElement="q"'), user("z")),
        line(node("callActivity", "d", 'calledElement="r"'), key="q")
        .replace('"start"', '"qs"')
        .replace('"end"', '"qe"'),
        process(start("rs"), user("deep"), end("re"), chain("rs", "deep", "re"), key="r"),
    )
    holds(
        read,
        """
        start: {as: an, variables: {x: 1}}
        steps:
          - expect: {tasks: {deep: {role: officer}}}
          - {complete: deep, as: bo, form: {y: 2}}
          - expect: {variables: {x: 1, y: 2}, tasks: {z: {count: 1}}}
          - {complete: z, as: bo}
        expect: {state: completed, outcome: end, visited: [c, d, deep, re]}
        """,
    )
