# ruff: noqa: E501 - a line of XML reads better whole
"""Diagrams become plain data: everything that the contract lets a designer write is found where it is looked for."""

from engine.bpmn.model import Entries, Items, MultiInstance, Pass, StandardLoop, Text, Timer
from engine.bpmn.reading import read_documents

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:loanflow="urn:loanflow:bpmn:1" xmlns:t="urn:t" targetNamespace="urn:t">'
)
BESIDE = (
    '<bpmn:message id="m" name="papers_in" loanflow:payload="docs, pages"><bpmn:extensionElements>'
    '<loanflow:correlation key="nr" value="${nr}"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:error id="err" errorCode="LATE"/><bpmn:escalation id="esc" escalationCode="UP"/><bpmn:signal id="sig" name="news"/>'
)


def read(body: str, process: str = ""):
    xml = f'{HEAD}{BESIDE}<bpmn:process id="p" isExecutable="true" {process}>{body}</bpmn:process></bpmn:definitions>'
    diagrams = read_documents({"p.bpmn": xml.encode()})
    assert diagrams.problems == ()
    return diagrams.processes["p"]


def test_a_step_with_everything():
    element = read(
        '<bpmn:userTask id="a" name=" A " camunda:candidateGroups="x, y z" camunda:assignee="${li}" camunda:formRef="f" '
        'camunda:dueDate="PT4H" camunda:followUpDate="P1D" camunda:priority="80" loanflow:calendar="natural" '
        'loanflow:separateFrom="b  c" loanflow:sameAs="d" loanflow:recuse="true" loanflow:authority="approve" '
        'loanflow:authorityOf="limit" loanflow:sealedUntil="b" loanflow:duty="INV-1 INV-7" loanflow:operation="o.p">'
        '<bpmn:extensionElements><loanflow:escalation after="P1D" notify="boss"/></bpmn:extensionElements></bpmn:userTask>'
    ).elements["a"]
    human = element.human
    assert (element.name, element.kind, element.calendar) == ("A", "userTask", "natural")
    assert human.roles == ("x", "y z")
    assert (human.assignee, human.form_ref, human.due_date, human.follow_up, human.priority) == (
        "${li}",
        "f",
        "PT4H",
        "P1D",
        "80",
    )
    assert (human.separate_from, human.same_as, human.sealed_until, human.duties) == (
        ("b", "c"),
        "d",
        ("b",),
        ("INV-1", "INV-7"),
    )
    assert (human.recuse, human.authority, human.authority_of) == (True, "approve", "limit")
    assert [(item.after, item.notify, item.reassign) for item in human.escalations] == [("P1D", "boss", None)]
    assert element.work.operation == "o.p"


def test_the_innermost_lane_gives_the_role_and_sub_processes_pass_theirs_on():
    process = read(
        '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="Front" loanflow:role="front"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>b</bpmn:flowNodeRef><bpmn:flowNodeRef>s</bpmn:flowNodeRef>"
        '<bpmn:childLaneSet id="cs"><bpmn:lane id="inner" name="Desk"><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane>'
        '<bpmn:lane id="nameless"><bpmn:flowNodeRef>c</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>'
        '<bpmn:userTask id="a"/><bpmn:userTask id="b"/><bpmn:userTask id="c"/>'
        '<bpmn:subProcess id="s"><bpmn:userTask id="d"/><bpmn:userTask id="e" camunda:candidateGroups="own"/></bpmn:subProcess>'
    )
    roles = {key: element.human.roles for key, element in process.elements.items()}
    assert roles == {"a": ("front",), "b": ("Desk",), "c": ("front",), "s": ("front",), "d": ("front",), "e": ("own",)}
    assert process.elements["d"].scope == "s"


def test_parameters():
    work = (
        read(
            '<bpmn:serviceTask id="a"><bpmn:extensionElements><camunda:inputOutput>'
            '<camunda:inputParameter name="plain"> two words </camunda:inputParameter>'
            '<camunda:inputParameter name="list"><camunda:list><camunda:value>${x}</camunda:value><camunda:value>y</camunda:value></camunda:list></camunda:inputParameter>'
            '<camunda:inputParameter name="map"><camunda:map><camunda:entry key="k">${v}</camunda:entry></camunda:map></camunda:inputParameter>'
            '<camunda:outputParameter name="out">${r}</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>'
        )
        .elements["a"]
        .work
    )
    assert work.inputs == {
        "plain": Text("two words", 1),
        "list": Items((Text("${x}", 1), Text("y", 1))),
        "map": Entries({"k": Text("${v}", 1)}),
    }
    assert work.outputs == {"out": Text("${r}", 1)}


def test_work_of_every_kind():
    elements = read(
        '<bpmn:serviceTask id="ext" camunda:type="external" camunda:topic="t"/><bpmn:serviceTask id="not" camunda:topic="t"/>'
        '<bpmn:businessRuleTask id="dec" camunda:decisionRef="d" camunda:resultVariable="r" camunda:mapDecisionResult="singleEntry"/>'
        '<bpmn:scriptTask id="scr" scriptFormat="feel"><bpmn:script>a = 1\nb = 2</bpmn:script></bpmn:scriptTask>'
        '<bpmn:receiveTask id="rec" messageRef="t:m"/>'
    ).elements
    assert (elements["ext"].work.topic, elements["not"].work.topic) == ("t", None)
    decision = elements["dec"].work
    assert (decision.decision_ref, decision.result_variable, decision.map_decision_result) == ("d", "r", "singleEntry")
    assert elements["scr"].work.script == "a = 1\nb = 2"
    assert elements["rec"].event.message.name == "papers_in"


def test_calls():
    call = (
        read(
            '<bpmn:callActivity id="c" calledElement="q"><bpmn:extensionElements><camunda:in variables="all"/>'
            '<camunda:in businessKey="${k}"/><camunda:out sourceExpression="${a + 1}" target="b"/></bpmn:extensionElements></bpmn:callActivity>'
        )
        .elements["c"]
        .call
    )
    assert call.called == "q"
    assert call.ins == (Pass(everything=True, line=1), Pass(business_key="${k}", line=1))
    assert call.outs == (Pass(source_expression="${a + 1}", target="b", line=1),)


def test_loops_in_both_spellings():
    elements = read(
        '<bpmn:userTask id="camunda"><bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${all}" camunda:elementVariable="one"/></bpmn:userTask>'
        '<bpmn:userTask id="standard"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>all</bpmn:loopDataInputRef>'
        '<bpmn:loopDataOutputRef>given</bpmn:loopDataOutputRef><bpmn:inputDataItem id="i" name="one"/><bpmn:outputDataItem id="vote"/>'
        "<bpmn:completionCondition>${done}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
        '<bpmn:task id="again"><bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="3"><bpmn:loopCondition>${x}</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:task>'
    ).elements
    assert elements["camunda"].loop == MultiInstance(True, "${all}", "one", line=1)
    assert elements["standard"].loop == MultiInstance(False, "all", "one", None, "given", "vote", "${done}", line=1)
    assert elements["again"].loop == StandardLoop("${x}", True, "3", line=1)


def test_events():
    process = read(
        '<bpmn:task id="a"/>'
        '<bpmn:boundaryEvent id="timer" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT10H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        '<bpmn:boundaryEvent id="error" attachedToRef="a"><bpmn:errorEventDefinition errorRef="err" camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/></bpmn:boundaryEvent>'
        '<bpmn:boundaryEvent id="any" attachedToRef="a"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
        '<bpmn:boundaryEvent id="up" attachedToRef="a"><bpmn:escalationEventDefinition escalationRef="esc" camunda:escalationCodeVariable="code"/></bpmn:boundaryEvent>'
        '<bpmn:intermediateCatchEvent id="news"><bpmn:signalEventDefinition signalRef="sig"/></bpmn:intermediateCatchEvent>'
        '<bpmn:intermediateThrowEvent id="link"><bpmn:linkEventDefinition name="on"/></bpmn:intermediateThrowEvent>'
        '<bpmn:intermediateCatchEvent id="mail"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>'
        '<bpmn:endEvent id="plain"/><bpmn:endEvent id="end"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    )
    event = {key: element.event for key, element in process.elements.items()}
    assert event["timer"].timer == Timer("cycle", "R3/PT10H", 1)
    assert (event["timer"].attached_to, event["timer"].interrupting, event["error"].interrupting) == ("a", False, True)
    assert (event["error"].code, event["error"].code_variable, event["error"].message_variable) == (
        "LATE",
        "code",
        "text",
    )
    assert (event["any"].kind, event["any"].code) == ("error", None)
    assert (event["up"].code, event["up"].code_variable) == ("UP", "code")
    assert (event["news"].name, event["link"].name) == ("news", "on")
    assert event["mail"].message.correlation == (("nr", "${nr}"),)
    assert event["mail"].message.payload == ("docs", "pages")
    assert (event["plain"].kind, event["end"].kind, event["a"]) == ("none", "terminate", None)
    assert [element.id for element in process.boundary_events("a")] == ["timer", "error", "any", "up"]


def test_flows_and_starters():
    process = read(
        '<bpmn:task id="a" default="f2"/><bpmn:task id="b"/><bpmn:sequenceFlow id="f1" name="yes" sourceRef="a" targetRef="b">'
        "<bpmn:conditionExpression> ${x} </bpmn:conditionExpression></bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="b"/>',
        'camunda:candidateStarterGroups="clerk, boss"',
    )
    assert process.starter_groups == ("clerk", "boss")
    assert (process.elements["a"].outgoing, process.elements["b"].incoming) == (("f1", "f2"), ("f1", "f2"))
    assert (process.elements["a"].default_flow, process.flows["f1"].condition, process.flows["f2"].condition) == (
        "f2",
        "${x}",
        None,
    )
    assert read("").starter_groups is None


def test_what_cannot_be_read_is_a_problem():
    diagrams = read_documents({"a.bpmn": b"<a", "b.bpmn": b"<b/>", "c.bpmn": HEAD.encode() + b"</bpmn:definitions>"})
    assert [(problem.rule, problem.file) for problem in diagrams.problems] == [("xml", "a.bpmn"), ("xml", "b.bpmn")]
