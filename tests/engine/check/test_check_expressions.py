# ruff: noqa: E501 - a line of XML reads better whole
"""Expressions, scripts and names of variables: FEEL, whole, and not taken."""

import pytest
from small_diagrams import line, task

XOR = (
    '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="x" name="?" default="no"/>{}<bpmn:endEvent id="end"/>'
    '<bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="x"/>'
    '<bpmn:sequenceFlow id="yes" sourceRef="x" targetRef="a"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{}</bpmn:conditionExpression></bpmn:sequenceFlow>'
    '<bpmn:sequenceFlow id="no" sourceRef="x" targetRef="end"/><bpmn:sequenceFlow id="f1" sourceRef="a" targetRef="end"/>'
)


@pytest.mark.parametrize(
    "text",
    ["${amount &gt; 5}", "=amount &gt; 5", "${ 金额 &gt; 5 and approved }", '${count(votes[item = "for"]) &gt;= 2}'],
)
def test_conditions_in_feel(errors, text):
    assert errors(XOR.format(task(), text)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${a == 1}", "="),
        ("${a &amp;&amp; b}", "and"),
        ("${!a}", "not(x)"),
        ("#{a}", "${…}"),
        ("${a} or so", "one expression"),
        ("${a +}", ""),
        ("${}", ""),
    ],
)
def test_conditions_that_are_no_feel_say_what_to_write(examine, text, says):
    found = [finding for finding in examine(XOR.format(task(), text)) if finding.level == "error"]
    assert [(finding.rule, finding.element) for finding in found] == [("expression", "yes")]
    assert says in found[0].message


@pytest.mark.parametrize(
    "attributes",
    [
        'camunda:assignee="Mr ${name}"',
        'camunda:dueDate="${now( + 1}"',
        'camunda:followUpDate="#{x}"',
        'camunda:priority="${a ==}"',
    ],
)
def test_attributes_of_a_step(errors, attributes):
    assert errors(line(task("a", attributes))) == [("expression", "a")]


def test_mappings_and_lists_are_looked_into(errors):
    parameter = "<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name='amount'>{}</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>"
    node = f'<bpmn:serviceTask id="x" name="x" loanflow:operation="loan.disburse">{parameter}</bpmn:serviceTask>'
    for right in ("plain text", "${1 + 1}", "<camunda:list><camunda:value>${a}</camunda:value></camunda:list>"):
        assert errors(line(node.format(right))) == []
    for wrong in (
        "Nr ${nr}",
        "<camunda:list><camunda:value>${a ==}</camunda:value></camunda:list>",
        '<camunda:map><camunda:entry key="k">${(}</camunda:entry></camunda:map>',
    ):
        assert errors(line(node.format(wrong))) == [("expression", "x")]


def test_parameters_must_be_declared(errors):
    assert errors(XOR.format(task(), "${parameters.days = 2}")) == []
    assert errors(XOR.format(task(), "${parameters.weeks = 2}")) == [("unknown-parameter", "yes")]
    assert errors(XOR.format(task(), '${"parameters.weeks" = x}')) == []


@pytest.mark.parametrize(
    ("script", "rules"),
    [
        ("a = 1\nb = a + 1 // sum", []),
        ("rows = [\n1,\n2]", []),
        ("a == 1", ["script"]),
        ("a", ["script"]),
        ("a = (1", ["script"]),
        ("parameters = 1", ["script"]),
        ("nrOfInstances = 1", ["script"]),
        ("typename = 1", ["variable-name"]),
        ("a = parameters.weeks", ["unknown-parameter"]),
    ],
)
def test_scripts(errors, script, rules):
    node = f'<bpmn:scriptTask id="x" name="x"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>'
    assert errors(line(node)) == [(rule, "x") for rule in rules]


def test_names_that_no_variable_can_have(errors):
    call = '<bpmn:callActivity id="x" name="x" calledElement="p"><bpmn:extensionElements><camunda:out source="a" target="{}"/></bpmn:extensionElements></bpmn:callActivity>'
    for name in ("parameters", "item", "nrOfVotes", "typename", "two words", "1st", "a-b", "true"):
        assert errors(line(call.format(name))) == [("variable-name", "x")]
    for name in ("b", "金额", "_x1"):
        assert errors(line(call.format(name))) == []


def test_names_that_take_no_expression(errors):
    assert ("expression-not-allowed", "a") in errors(line(task(role='camunda:candidateGroups="${groups}"')))


def test_search_lists_variables(errors):
    manifest = b"title: x\nroles: [clerk]\nsearch: [amount, two words]\n"
    assert errors(line(task()), {"package.yaml": manifest}) == [("variable-name", None)]


@pytest.mark.parametrize(
    "text",
    [
        '${T(java.lang.Runtime).getRuntime().exec("id") = 0}',
        '${open("/etc/passwd").read() = ""}',
        "${lenght(a) &gt; 1}",
        "${votes.size() &gt; 1}",
    ],
)
def test_functions_that_do_not_exist_are_named(errors, text):
    assert set(errors(XOR.format(task(), text))) == {("unknown-function", "yes")}


def test_functions_of_scripts_exist_too(errors):
    script = '<bpmn:scriptTask id="x" name="x"><bpmn:script>{}</bpmn:script></bpmn:scriptTask>'
    assert errors(line(script.format("a = cuont(b)"))) == [("unknown-function", "x")]
    own = "a = {twice: function(x) 2 * x, four: twice(2)}.four\nb = count([1])"
    assert errors(line(script.format(own))) == []
