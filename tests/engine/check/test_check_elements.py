# ruff: noqa: E501 - a line of XML reads better whole
"""What the engine cannot run faithfully is refused with the element, its line and a way round; what it runs passes."""

import pytest
from small_diagrams import diagram, line, task

from engine.check.support import SUPPORT

MESSAGE = '<bpmn:message id="m" name="papers_in"/><bpmn:signal id="s" name="news"/><bpmn:error id="e" errorCode="E"/>'
MESSAGE += '<bpmn:escalation id="esc" escalationCode="X"/>'
DEFINITIONS = {
    "message": '<bpmn:messageEventDefinition id="ed" messageRef="m"/>',
    "signal": '<bpmn:signalEventDefinition id="ed" signalRef="s"/>',
    "error": '<bpmn:errorEventDefinition id="ed" errorRef="e"/>',
    "escalation": '<bpmn:escalationEventDefinition id="ed" escalationRef="esc"/>',
    "timer": '<bpmn:timerEventDefinition id="ed"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>',
    "conditional": '<bpmn:conditionalEventDefinition id="ed"><bpmn:condition>${x}</bpmn:condition></bpmn:conditionalEventDefinition>',
    "compensate": '<bpmn:compensateEventDefinition id="ed"/>',
    "terminate": '<bpmn:terminateEventDefinition id="ed"/>',
    "cancel": '<bpmn:cancelEventDefinition id="ed"/>',
    "multiple": '<bpmn:signalEventDefinition id="ed" signalRef="s"/><bpmn:messageEventDefinition id="ee" messageRef="m"/>',
    "": "",
}
CONTENT = {
    "scriptTask": "<bpmn:script>x = 1</bpmn:script>",
    "userTask": "",
    "subProcess": '<bpmn:startEvent id="s2"/>',
    "transaction": '<bpmn:startEvent id="s2"/>',
}
ATTRIBUTES = {
    "userTask": 'camunda:candidateGroups="clerk"',
    "serviceTask": 'loanflow:operation="loan.disburse"',
    "sendTask": 'camunda:type="external" camunda:topic="post"',
    "businessRuleTask": 'camunda:decisionRef="tier"',
    "receiveTask": 'messageRef="m"',
    "callActivity": 'calledElement="p"',
}
TIER = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="urn:t">'
    b'<decision id="tier" name="tier"><literalExpression><text>1</text></literalExpression></decision></definitions>'
)
HANDLER = " in an event sub-process"
EVENTS_BY_KIND = [key.partition(":") for key in SUPPORT if "Event" in key.partition(":")[0]]


def with_event(kind: str, event: str) -> str:
    if event.endswith(HANDLER):
        starts = f'<bpmn:startEvent id="start">{DEFINITIONS[event.removesuffix(HANDLER)]}</bpmn:startEvent>'
        handler = f'<bpmn:subProcess id="h" name="h" triggeredByEvent="true">{starts}</bpmn:subProcess>'
        if event.startswith("compensate"):
            handler = f'<bpmn:subProcess id="o" name="o"><bpmn:startEvent id="os"/>{handler}</bpmn:subProcess>'
            return line(task(), handler).replace('"start"', '"begin"').replace('"begin">', '"start">')
        return line(task()).replace('"start"', '"begin"') + handler
    definition = DEFINITIONS[event]
    if kind == "startEvent":
        return line(task()).replace(
            '<bpmn:startEvent id="start"/>', f'<bpmn:startEvent id="start">{definition}</bpmn:startEvent>'
        )
    if kind == "endEvent" and event != "cancel":
        return line(task()).replace(
            '<bpmn:endEvent id="end"/>', f'<bpmn:endEvent id="end">{definition}</bpmn:endEvent>'
        )
    if (kind, event) == ("boundaryEvent", "compensate"):
        undoes = '<bpmn:task id="un" name="un" isForCompensation="true"/>'
        undoes += '<bpmn:association id="as" sourceRef="x" targetRef="un"/>'
        return line(task()) + undoes + f'<bpmn:boundaryEvent id="x" attachedToRef="a">{definition}</bpmn:boundaryEvent>'
    if event == "cancel":
        inside = f'<bpmn:endEvent id="end">{definition}</bpmn:endEvent>' if kind == "endEvent" else ""
        edge = DEFINITIONS["cancel"].replace('"ed"', '"e2"')
        transaction = f'<bpmn:transaction id="tx" name="tx"><bpmn:startEvent id="s2"/>{inside}</bpmn:transaction>'
        around = line(task(), transaction).replace('<bpmn:endEvent id="end"/>', '<bpmn:endEvent id="done"/>')
        around = around.replace('targetRef="end"', 'targetRef="done"')
        return around + f'<bpmn:boundaryEvent id="x" attachedToRef="tx">{edge}</bpmn:boundaryEvent>'
    if kind == "boundaryEvent":
        return line(task()) + f'<bpmn:boundaryEvent id="x" attachedToRef="a">{definition}</bpmn:boundaryEvent>'
    return line(f'<bpmn:{kind} id="x">{definition}</bpmn:{kind}>')


@pytest.mark.parametrize(
    ("kind", "event"),
    [(kind, event) for kind, _, event in EVENTS_BY_KIND if event != "link"],
    ids=lambda value: value or "none",
)
def test_events_run_or_are_refused_as_the_table_says(errors, kind, event):
    found = errors(with_event(kind, event), before=MESSAGE)
    element = {"startEvent": "start", "endEvent": "end"}.get(kind, "x")
    runs = SUPPORT[f"{kind}:{event}" if event else kind].runs
    assert found == ([] if runs else [("unsupported-element", element)])


def test_links_run(errors):
    throwing = '<bpmn:intermediateThrowEvent id="t"><bpmn:linkEventDefinition id="l1" name="on"/></bpmn:intermediateThrowEvent>'
    catching = '<bpmn:intermediateCatchEvent id="c"><bpmn:linkEventDefinition id="l2" name="on"/></bpmn:intermediateCatchEvent>'
    assert (
        errors(
            line(task(), throwing).replace('targetRef="end"', 'targetRef="b"') + catching + task("b") + flow("c", "b")
        )
        == []
    )
    assert errors(line(task()) + throwing + flow("a", "t")) == [("link", "t")]
    assert errors(line(task()) + catching + flow("c", "a", "z")) == [("link", "c")]


def flow(source: str, target: str, key: str = "extra") -> str:
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}"/>'


@pytest.mark.parametrize(
    "kind", [key for key in SUPPORT if key.endswith(("Task", "task", "Activity", "ubProcess", "transaction"))]
)
def test_activities_run_or_are_refused_as_the_table_says(errors, kind):
    node = f'<bpmn:{kind} id="x" name="X" {ATTRIBUTES.get(kind, "")}>{CONTENT.get(kind, "")}</bpmn:{kind}>'
    found = errors(line(node), {"tier.dmn": TIER}, before=MESSAGE)
    assert found == ([] if SUPPORT[kind].runs else [("unsupported-element", "x")])


def test_what_is_refused_names_line_and_way_round(examine):
    whole = diagram(line(task()) + '\n\n<bpmn:complexGateway id="g"/>')
    finding = next(finding for finding in examine(whole) if finding.rule == "unsupported-element")
    assert (finding.element, finding.line, finding.level) == ("g", 3, "error")
    assert "inclusive gateway" in finding.message
    assert finding.as_dict()["file"] == "p.bpmn"


@pytest.mark.parametrize(
    "extra",
    [
        '<bpmn:callChoreography id="x"/>',
    ],
)
def test_variants_that_do_not_run(errors, extra):
    assert ("unsupported-element", "x") in errors(line(task()) + extra)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", [("event-sub-process", "h")]),
        ('<bpmn:startEvent id="s2"/>', [("event-sub-process", "s2")]),
        ('<bpmn:startEvent id="s2">{error}</bpmn:startEvent>', []),
        (
            '<bpmn:startEvent id="s2">{error}</bpmn:startEvent><bpmn:startEvent id="s3"/>',
            [("event-sub-process", "h"), ("event-sub-process", "s3")],
        ),
        (
            '<bpmn:startEvent id="s2" isInterrupting="false">{error}</bpmn:startEvent>',
            [("event-definition", "s2")],
        ),
        (
            '<bpmn:startEvent id="s2"><bpmn:conditionalEventDefinition id="ed"/></bpmn:startEvent>',
            [("event-definition", "s2")],
        ),
        (
            '<bpmn:startEvent id="s2">{error}</bpmn:startEvent><bpmn:standardLoopCharacteristics loopMaximum="3"/>',
            [("event-sub-process", "h")],
        ),
        (
            '<bpmn:startEvent id="s2"><bpmn:timerEventDefinition id="ed"><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>'
            "</bpmn:timerEventDefinition></bpmn:startEvent>",
            [("timer", "s2")],
        ),
        (
            '<bpmn:startEvent id="s2" isInterrupting="false"><bpmn:timerEventDefinition id="ed">'
            "<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>",
            [],
        ),
    ],
)
def test_event_sub_processes(errors, content, found):
    handler = (
        f'<bpmn:subProcess id="h" name="h" triggeredByEvent="true">{content.format(**DEFINITIONS)}</bpmn:subProcess>'
    )
    assert errors(line(task()) + handler, before=MESSAGE) == found


def test_nothing_flows_into_an_event_sub_process_or_hangs_at_its_edge(errors):
    handler = (
        f'<bpmn:subProcess id="h" name="h" triggeredByEvent="true"><bpmn:startEvent id="s2">{DEFINITIONS["error"]}'
        "</bpmn:startEvent></bpmn:subProcess>"
    )
    timer = f'<bpmn:boundaryEvent id="b" attachedToRef="h">{DEFINITIONS["timer"]}</bpmn:boundaryEvent>'
    assert errors(line(task()) + handler + flow("a", "h"), before=MESSAGE) == [("event-sub-process", "h")]
    assert ("event-sub-process", "h") in errors(line(task()) + handler + timer, before=MESSAGE)


UNDOES = '<bpmn:task id="un" name="un" isForCompensation="true"/>'
BACK = '<bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition id="ed"/></bpmn:boundaryEvent>'
TO = '<bpmn:association id="as" sourceRef="b" targetRef="un"/>'
THROW = '<bpmn:intermediateThrowEvent id="t"><bpmn:compensateEventDefinition id="e2" {}/></bpmn:intermediateThrowEvent>'


@pytest.mark.parametrize(
    ("more", "thrown", "found"),
    [
        (UNDOES + BACK + TO, "", []),
        (UNDOES + BACK + TO, 'activityRef="a"', []),
        (UNDOES + BACK, "", [("compensation-handler", "b"), ("compensation-handler", "un")]),
        (BACK + TO, "", [("compensation-handler", "b")]),
        (UNDOES.replace(' isForCompensation="true"', "") + BACK + TO, "", [("compensation-handler", "b")]),
        (UNDOES, "", [("compensation-handler", "un")]),
        (UNDOES + BACK + TO, 'activityRef="t"', [("compensation-throw", "t")]),
        (UNDOES + BACK + TO, 'activityRef="nowhere"', [("compensation-throw", "t")]),
        (UNDOES + BACK + TO, 'waitForCompletion="false"', [("compensation-throw", "t")]),
    ],
)
def test_compensation(errors, more, thrown, found):
    assert errors(line(task(), THROW.format(thrown)) + more) == found


def test_flows_do_not_lead_to_what_undoes(errors):
    found = errors(line(task()) + UNDOES + BACK + TO + flow("b", "un"))
    assert found == [("compensation-handler", "b"), ("compensation-handler", "un")]


STARTS = '<bpmn:startEvent id="on">{}</bpmn:startEvent><bpmn:sequenceFlow id="fo" sourceRef="on" targetRef="a"/>'


def test_start_events_with_triggers_stand_beside_a_plain_one(errors):
    both = STARTS.format(DEFINITIONS["message"])
    assert errors(line(task()) + both, before=MESSAGE) == []
    inner = f'<bpmn:subProcess id="x" name="x"><bpmn:startEvent id="s2">{DEFINITIONS["timer"]}</bpmn:startEvent></bpmn:subProcess>'
    assert errors(line(task(), inner)) == [("start-place", "s2")]
    second = '<bpmn:startEvent id="s3"/><bpmn:sequenceFlow id="f3" sourceRef="s3" targetRef="a"/>'
    assert errors(line(task()) + second) == [("several-starts", "s3")]


@pytest.mark.parametrize(
    ("text", "found"), [("parameters.days", []), ("amount", ["start-timer"]), ("a +", ["expression"])]
)
def test_start_timers_read_parameters_alone(errors, text, found):
    timer = f'<bpmn:timerEventDefinition id="ed"><bpmn:timeDuration>${{{text}}}</bpmn:timeDuration></bpmn:timerEventDefinition>'
    assert errors(line(task()) + STARTS.format(timer)) == [(rule, "on") for rule in found]


def test_one_message_starts_at_one_place(errors):
    twice = STARTS.format(DEFINITIONS["message"]) + STARTS.format(DEFINITIONS["message"]).replace(
        '"on"', '"o2"'
    ).replace('"fo"', '"f2"').replace('"ed"', '"e3"')
    assert errors(line(task()) + twice, before=MESSAGE) == [("start-message", "o2")]


def test_receive_tasks_that_start_cases(errors):
    receives = '<bpmn:receiveTask id="x" name="x" messageRef="m" instantiate="true"/>'
    begins = receives + '<bpmn:sequenceFlow id="fx" sourceRef="x" targetRef="a"/>'
    assert errors(line(task()) + begins, before=MESSAGE) == []
    assert errors(line(task(), receives), before=MESSAGE) == [("start-place", "x")]
    gateway = '<bpmn:eventBasedGateway id="g" instantiate="true"/>'
    assert ("unsupported-element", "g") in errors(line(task()) + gateway)


def test_a_called_process_has_a_plain_start(errors):
    callee = (
        f'<bpmn:process id="q" name="Q" isExecutable="true"><bpmn:startEvent id="qs">{DEFINITIONS["message"]}'
        "</bpmn:startEvent></bpmn:process>"
    )
    call = '<bpmn:callActivity id="x" name="x" calledElement="q"/>'
    assert errors(line(call), before=MESSAGE, after=callee) == [("called-start", "x")]


def test_only_a_sub_process_is_undone_by_a_handler_inside(errors):
    handler = (
        '<bpmn:subProcess id="h" name="h" triggeredByEvent="true"><bpmn:startEvent id="s2">'
        '<bpmn:compensateEventDefinition id="ed"/></bpmn:startEvent></bpmn:subProcess>'
    )
    assert errors(line(task()) + handler) == [("compensation-start", "s2")]


def test_cancel_events_belong_to_transactions(errors):
    cancel = DEFINITIONS["cancel"]
    ending = f'<bpmn:endEvent id="c">{cancel}</bpmn:endEvent>'
    assert errors(line(task()) + ending) == [("transaction", "c")]
    inside = f'<bpmn:transaction id="x" name="x"><bpmn:startEvent id="s2"/>{ending}</bpmn:transaction>'
    assert errors(line(task(), inside)) == [("transaction", "c")]
    edge = f'<bpmn:boundaryEvent id="b" attachedToRef="a">{cancel}</bpmn:boundaryEvent>'
    assert errors(line(task()) + edge) == [("transaction", "b")]
    stored = inside.replace(ending, "").replace('name="x"', 'name="x" method="##Store"')
    assert errors(line(task(), stored)) == [("transaction", "x")]


def test_what_is_only_drawn_has_no_finding(errors):
    drawn = (
        '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/><bpmn:textAnnotation id="t"/>'
        '<bpmn:association id="as" sourceRef="a" targetRef="t"/><bpmn:group id="g"/><bpmn:dataStoreReference id="ds"/>'
    )
    assert errors(line(task()) + drawn) == []


def test_a_process_that_is_only_drawn_may_hold_anything(errors):
    other = '<bpmn:process id="customer"><bpmn:complexGateway id="g"/><bpmn:userTask id="u"/></bpmn:process>'
    assert errors(line(task()), after=other) == []


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        ('<bpmn:serviceTask id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:sendTask id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:businessRuleTask id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:scriptTask id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:receiveTask id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:callActivity id="x" name="x"/>', "nothing-to-do"),
        ('<bpmn:serviceTask id="x" name="x" camunda:class="a.B"/>', "camunda-refused"),
        ('<bpmn:serviceTask id="x" name="x" camunda:delegateExpression="${b}"/>', "camunda-refused"),
        ('<bpmn:serviceTask id="x" name="x" camunda:expression="${b.c()}"/>', "camunda-refused"),
        ('<bpmn:serviceTask id="x" name="x" loanflow:operation="loan.forgive"/>', "unknown-operation"),
        (
            '<bpmn:serviceTask id="x" name="x" loanflow:operation="loan.disburse" camunda:type="external" camunda:topic="t"/>',
            "two-things-to-do",
        ),
        (
            '<bpmn:scriptTask id="x" name="x" scriptFormat="groovy"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>',
            "script-format",
        ),
        ('<bpmn:callActivity id="x" name="x" calledElement="nowhere"/>', "unknown-process"),
        ('<bpmn:callActivity id="x" name="x" calledElement="${which}"/>', "expression-not-allowed"),
        (
            '<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition id="md"/></bpmn:intermediateCatchEvent>',
            "event-definition",
        ),
        (
            '<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition id="md" messageRef="no"/></bpmn:intermediateCatchEvent>',
            "unresolved-event",
        ),
        ('<bpmn:userTask id="x" name="x" camunda:assignee="a" camunda:formKey="k"/>', "camunda-refused"),
        ('<bpmn:userTask id="x" name="x" camunda:assignee="a" camunda:formRef="k"/>', "unknown-form"),
        ('<bpmn:userTask id="x" name="x" camunda:assignee="a" loanflow:seperateFrom="b"/>', "loanflow-attribute"),
        (
            '<bpmn:serviceTask id="x" name="x" camunda:type="external" camunda:topic="t" loanflow:recuse="true"/>',
            "loanflow-attribute",
        ),
        ('<bpmn:userTask id="x" name="x"><bpmn:potentialOwner/></bpmn:userTask>', "standard-assignment"),
    ],
)
def test_tasks_that_do_nothing_or_what_nobody_runs(errors, node, rule):
    assert (rule, "x") in errors(line(node))


EXTENSION = '<bpmn:userTask id="x" name="x" camunda:assignee="a"><bpmn:extensionElements>{}</bpmn:extensionElements></bpmn:userTask>'


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('<camunda:taskListener class="a.B" event="create"/>', "camunda-refused"),
        ('<camunda:executionListener class="a.B" event="start"/>', "camunda-refused"),
        ('<camunda:formData><camunda:formField id="f"/></camunda:formData>', "camunda-refused"),
        ("<camunda:connector/>", "camunda-refused"),
        ('<loanflow:escalate after="P1D"/>', "loanflow-element"),
        ('<loanflow:correlation key="a" value="b"/>', "loanflow-element"),
        ('<loanflow:escalation after="P1D" notify="manager" colour="red"/>', "loanflow-element"),
        (
            '<camunda:inputOutput><camunda:inputParameter name="">1</camunda:inputParameter></camunda:inputOutput>',
            "input-output",
        ),
        (
            '<camunda:inputOutput><camunda:inputParameter name="n"><camunda:script>1</camunda:script>'
            "</camunda:inputParameter></camunda:inputOutput>",
            "input-output",
        ),
    ],
)
def test_extension_elements_that_are_not_run(errors, content, rule):
    assert (rule, "x") in errors(line(EXTENSION.format(content)))


@pytest.mark.parametrize(
    ("attributes", "content", "rule"),
    [
        ('camunda:asyncBefore="true"', "", "camunda-ignored"),
        ('camunda:newThing="true"', "", "camunda-ignored"),
        ("", "<bpmn:extensionElements><camunda:newThing/></bpmn:extensionElements>", "camunda-ignored"),
        (
            "",
            '<bpmn:extensionElements><zeebe:assignmentDefinition assignee="li"/></bpmn:extensionElements>',
            "foreign-extension",
        ),
    ],
)
def test_what_has_no_effect_is_a_warning(warnings, errors, attributes, content, rule):
    assert (rule, "a") in warnings(line(task("a", attributes, content)))
    assert errors(line(task("a", attributes, content))) == []


LOOP = "<bpmn:multiInstanceLoopCharacteristics {}>{}</bpmn:multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize(
    ("loop", "found"),
    [
        (LOOP.format("", ""), ["multi-instance"]),
        (LOOP.format('camunda:collection="all" camunda:elementVariable="one"', ""), []),
        (LOOP.format('camunda:collection="${all[1]}" camunda:elementVariable="one"', ""), []),
        (LOOP.format('camunda:collection="all"', "<bpmn:loopCardinality>3</bpmn:loopCardinality>"), ["multi-instance"]),
        (LOOP.format("", "<bpmn:loopCardinality>3</bpmn:loopCardinality>"), []),
        (LOOP.format("", "<bpmn:loopCardinality>${n + 1}</bpmn:loopCardinality>"), []),
        (LOOP.format("", "<bpmn:loopCardinality>${n +}</bpmn:loopCardinality>"), ["expression"]),
        (
            LOOP.format('camunda:elementVariable="one"', "<bpmn:loopCardinality>3</bpmn:loopCardinality>"),
            ["multi-instance"],
        ),
        (LOOP.format('camunda:collection="all" camunda:elementVariable="item"', ""), ["variable-name"]),
        (
            LOOP.format('camunda:collection="all"', "<bpmn:loopDataOutputRef>out</bpmn:loopDataOutputRef>"),
            ["multi-instance"],
        ),
        (
            LOOP.format(
                'camunda:collection="all"', "<bpmn:completionCondition>${nrOfInstances ==}</bpmn:completionCondition>"
            ),
            ["expression"],
        ),
        ("<bpmn:standardLoopCharacteristics/>", ["standard-loop"]),
        ('<bpmn:standardLoopCharacteristics loopMaximum="0"/>', ["standard-loop"]),
        ('<bpmn:standardLoopCharacteristics loopMaximum="3"/>', []),
        (
            "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>${x}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
            [],
        ),
    ],
)
def test_loops(errors, loop, found):
    assert errors(line(task("a", "", loop))) == [(rule, "a") for rule in found]


def test_operations(errors, warnings):
    mapping = (
        '<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="{}">${{amount}}</camunda:inputParameter>'
        '<camunda:outputParameter name="loan">${{loan_id}}</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements>'
    )
    node = '<bpmn:serviceTask id="x" name="x" loanflow:operation="loan.disburse">{}</bpmn:serviceTask>'
    assert errors(line(node.format(mapping.format("amount")))) == []
    assert errors(line(node.format(mapping.format("sum")))) == [("operation-input", "x")]
    catching = '<bpmn:boundaryEvent id="b" attachedToRef="x"><bpmn:errorEventDefinition id="ed" errorRef="e"/></bpmn:boundaryEvent>'
    assert ("operation-error", "b") in warnings(line(node.format("")) + catching, before=MESSAGE)


def test_calls(errors):
    callee = '<bpmn:process id="q" name="Q" isExecutable="{}"><bpmn:startEvent id="qs"/></bpmn:process>'
    call = '<bpmn:callActivity id="x" name="x" calledElement="q"><bpmn:extensionElements>{}</bpmn:extensionElements></bpmn:callActivity>'
    assert errors(line(call.format("")), after=callee.format("true")) == []
    assert errors(line(call.format("")), after=callee.format("false")) == [("unknown-process", "x")]
    for wrong in (
        "<camunda:in/>",
        '<camunda:in source="a"/>',
        '<camunda:in variables="all" source="a" target="b"/>',
        '<camunda:out businessKey="${k}"/>',
    ):
        assert errors(line(call.format(wrong)), after=callee.format("true")) == [("call-mapping", "x")]
    for right in (
        '<camunda:in variables="all"/>',
        '<camunda:in source="a" target="b"/><camunda:out sourceExpression="${b + 1}" target="c"/>',
    ):
        assert errors(line(call.format(right)), after=callee.format("true")) == []
    assert errors(
        line(call.format('<camunda:in businessKey="#{execution.processBusinessKey}"/>')), after=callee.format("true")
    ) == [("expression", "x")]
