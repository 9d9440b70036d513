# ruff: noqa: E501 - a line of XML reads better whole
"""Flows, gateways, events in their places, loops, and what is never reached."""

import pytest
from small_diagrams import line, task

BASE = line(task())


def flow(source: str, target: str, key: str = "extra", condition: str = "", more: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}" {more}>{inner}</bpmn:sequenceFlow>'


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        (flow("a", "nowhere"), ("flow-reference", "extra")),
        (flow("nowhere", "a"), ("flow-reference", "extra")),
        (flow("a", "start"), ("flow-direction", "start")),
        (flow("end", "a"), ("flow-direction", "end")),
        (flow("start", "end", condition="${x}"), ("condition-misplaced", "extra")),
        ('<bpmn:startEvent id="s2"/>', ("several-starts", "s2")),
        (
            '<bpmn:boundaryEvent id="b" attachedToRef="no"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>',
            ("boundary-attachment", "b"),
        ),
        (
            '<bpmn:boundaryEvent id="b" attachedToRef="start"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>',
            ("boundary-attachment", "b"),
        ),
        (
            '<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>',
            ("event-definition", "b"),
        ),
        (
            f'<bpmn:subProcess id="sub" name="s">{task("inner")}</bpmn:subProcess>' + flow("a", "inner"),
            ("flow-scope", "extra"),
        ),
        ('<bpmn:task id="a"/>', ("duplicate-id", "a")),
        ("<bpmn:task/>", ("missing-id", None)),
        ('<bpmn:exclusiveGateway id="g" default="no"/>', ("default-flow", "g")),
        (
            '<bpmn:exclusiveGateway id="g" name="g"/>'
            + flow("a", "g")
            + flow("g", "end", "g1")
            + flow("g", "a", "g2", "${x}"),
            ("unconditional-flow", "g1"),
        ),
        (
            '<bpmn:eventBasedGateway id="g"/>' + flow("a", "g") + flow("g", "end", "g1") + flow("g", "a", "g2"),
            ("event-gateway", "g"),
        ),
    ],
)
def test_broken_paths_are_errors(errors, extra, found):
    assert found in errors(BASE + extra)


def test_what_bpmn_leaves_implicit_is_allowed(errors):
    no_start_or_end = task("x") + task("y") + flow("x", "y", "xy") + flow("x", "z", "xz", "${big}") + task("z")
    assert errors(no_start_or_end) == []


@pytest.mark.parametrize(
    ("timer", "boundary", "right"),
    [
        ("<bpmn:timeDuration>PT48H</bpmn:timeDuration>", "", True),
        ("<bpmn:timeDuration>${wait}</bpmn:timeDuration>", "", True),
        ("<bpmn:timeDuration>two days</bpmn:timeDuration>", "", False),
        ("<bpmn:timeDuration>-PT1H</bpmn:timeDuration>", "", False),
        ("<bpmn:timeDuration>P1DT</bpmn:timeDuration>", "", False),
        ("<bpmn:timeDate>2026-12-31T17:00:00+08:00</bpmn:timeDate>", "", True),
        ("<bpmn:timeDate>31.12.2026</bpmn:timeDate>", "", False),
        ("", "", False),
        ("<bpmn:timeCycle>R3/PT10H</bpmn:timeCycle>", 'cancelActivity="false"', True),
        ("<bpmn:timeCycle>R/2026-03-02T09:00:00+08:00/P1D</bpmn:timeCycle>", 'cancelActivity="false"', True),
        ("<bpmn:timeCycle>R3/PT0S</bpmn:timeCycle>", 'cancelActivity="false"', False),
        ("<bpmn:timeCycle>0 0 9 * * ?</bpmn:timeCycle>", 'cancelActivity="false"', False),
        ("<bpmn:timeCycle>R3/PT10H</bpmn:timeCycle>", "", False),
        ("<bpmn:timeCycle>R0/PT10H</bpmn:timeCycle>", 'cancelActivity="false"', False),
    ],
)
def test_timers(errors, timer, boundary, right):
    event = f'<bpmn:boundaryEvent id="b" attachedToRef="a" {boundary}><bpmn:timerEventDefinition id="t">{timer}</bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    assert errors(BASE + event) == ([] if right else [("timer", "b")])


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (
            '<bpmn:message id="m" name="in"><bpmn:extensionElements><loanflow:correlation key="nr" value="${nr}"/></bpmn:extensionElements></bpmn:message>',
            None,
        ),
        ('<bpmn:message id="m" name="in" loanflow:payload="docs"/>', None),
        ('<bpmn:message id="m"/>', "message-name"),
        (
            '<bpmn:message id="m" name="in"><bpmn:extensionElements><loanflow:correlation key="nr"/></bpmn:extensionElements></bpmn:message>',
            "correlation",
        ),
        (
            '<bpmn:message id="m" name="in"><bpmn:extensionElements><loanflow:correlation value="${nr}"/></bpmn:extensionElements></bpmn:message>',
            "correlation",
        ),
        (
            '<bpmn:message id="m" name="in"><bpmn:extensionElements><loanflow:correlation key="nr" value="${nr ==}"/></bpmn:extensionElements></bpmn:message>',
            "expression",
        ),
        ('<bpmn:message id="m" name="in" loanflow:payload="two-words"/>', "variable-name"),
    ],
)
def test_messages(errors, message, rule):
    catching = '<bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition id="md" messageRef="m"/></bpmn:intermediateCatchEvent>'
    assert [found for found, _ in errors(line(catching), before=message)] == ([rule] if rule else [])


def test_a_message_has_one_declaration_in_a_package(errors):
    other = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:loanflow="urn:loanflow:bpmn:1">'
        b'<message id="m" name="in" loanflow:payload="other"/></definitions>'
    )
    catching = '<bpmn:receiveTask id="c" name="c" messageRef="m"/>'
    assert errors(line(catching), {"other.bpmn": other}, before='<bpmn:message id="m" name="in"/>') == [
        ("message-declared-twice", "m")
    ]


def test_unreachable_elements_and_useless_gateways_are_pointed_out(warnings):
    found = warnings(BASE + task("island") + '<bpmn:exclusiveGateway id="g"/>' + flow("island", "g", "i1"))
    assert {("never-reached", "island"), ("never-reached", "g")} <= set(found)
    assert ("never-reached", "a") not in found
    assert ("gateway-alone", "h") in warnings(line('<bpmn:parallelGateway id="h"/>'))


def test_what_boundary_events_and_sub_processes_lead_to_is_reached(warnings):
    inner = f'<bpmn:subProcess id="sub" name="s">{task("inner")}{task("next")}{flow("inner", "next", "i")}</bpmn:subProcess>'
    event = '<bpmn:boundaryEvent id="b" attachedToRef="sub"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
    found = warnings(line(inner) + event + task("late") + flow("b", "late"))
    assert "never-reached" not in [rule for rule, _ in found]


def test_loops_that_may_not_end(warnings):
    script = '<bpmn:scriptTask id="x" name="x"><bpmn:script>n = n + 1</bpmn:script></bpmn:scriptTask>'
    again = '<bpmn:exclusiveGateway id="g" name="g" default="back"/>'
    automatic = warnings(line(script, again) + flow("g", "x", "back"))
    assert [rule for rule, _ in automatic if rule == "endless-loop"] == ["endless-loop"]
    with_a_person = warnings(line(task(), again) + flow("g", "a", "back"))
    assert "endless-loop" not in [rule for rule, _ in with_a_person]
    no_way_out = warnings(
        f'<bpmn:startEvent id="start"/>{task("x")}{task("y")}'
        + flow("start", "x", "1")
        + flow("x", "y", "2")
        + flow("y", "x", "3")
    )
    assert [rule for rule, _ in no_way_out if rule == "endless-loop"] == ["endless-loop"]


def _to(source: str, target: str, condition: str = "") -> str:
    return flow(source, target, f"{source}_{target}", condition)


def _split(kind: str, *, at: str = "start") -> str:
    default = 'default="s_a"' if kind == "exclusiveGateway" else ""
    return (
        f'<bpmn:{kind} id="s" name="s" {default}/><bpmn:parallelGateway id="j" name="j"/><bpmn:endEvent id="end"/>'
        f'<bpmn:startEvent id="start"/>{task("a")}{task("b")}'
        + _to(at, "s")
        + _to("s", "a")
        + _to("s", "b", condition="${x}" if default else "")
        + _to("a", "j")
        + _to("b", "j")
        + _to("j", "end")
    )


@pytest.mark.parametrize(
    ("body", "dead"),
    [
        (_split("parallelGateway"), []),
        (_split("inclusiveGateway"), []),
        (_split("exclusiveGateway"), ["j"]),
        # A parallel block around it gives its branch one token too.
        (
            f'<bpmn:parallelGateway id="o" name="o"/>{task("c")}'
            + _to("start", "o")
            + _to("o", "c")
            + _split("exclusiveGateway", at="o"),
            ["j"],
        ),
        # A reminder of a step before the choice brings a second token.
        (
            task("c")
            + '<bpmn:boundaryEvent id="t" attachedToRef="c" cancelActivity="false"><bpmn:timerEventDefinition>'
            "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
            + _to("start", "c")
            + _to("t", "s")
            + _split("exclusiveGateway", at="c"),
            [],
        ),
    ],
)
def test_a_join_that_never_has_all_its_tokens(warnings, body, dead):
    assert [element for rule, element in warnings(body) if rule == "join-never-complete"] == dead


def test_a_gateway_without_default_flow(warnings):
    split = (
        '<bpmn:exclusiveGateway id="g" name="g"/>'
        + flow("a", "g", "1")
        + flow("g", "end", "2", "${x}")
        + flow("g", "a", "3", "${y}")
    )
    assert ("no-default-flow", "g") in warnings(BASE + split)


def test_processes_that_call_one_another(warnings):
    call = '<bpmn:callActivity id="x" name="x" calledElement="{}"/>'
    other = f'<bpmn:process id="q" name="q" isExecutable="true">{call.format("p")}</bpmn:process>'.replace(
        'id="x"', 'id="y"'
    )
    assert [found for found in warnings(line(call.format("q")), after=other) if found[0] == "recursive-call"] == [
        ("recursive-call", "x"),
        ("recursive-call", "y"),
    ]
