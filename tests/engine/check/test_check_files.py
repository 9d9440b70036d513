# ruff: noqa: E501 - a line of XML reads better whole
"""Files of a package: missing, broken, hostile, beside the point; and findings in order, whatever comes."""

import pytest
from small_diagrams import HEAD, diagram, line, task

from engine.check import RULES, check_source
from engine.packages import PackageError, read_files, read_folder

TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="dd" namespace="urn:t"><decision id="tier" name="Tier">'
    '<decisionTable id="t"><input id="i"><inputExpression><text>score</text></inputExpression></input>{outputs}'
    '<rule id="r"><inputEntry id="ri"><text>{cell}</text></inputEntry>{entries}</rule></decisionTable></decision></definitions>'
)
RULE_TASK = '<bpmn:businessRuleTask id="x" name="x" camunda:decisionRef="{}" camunda:resultVariable="t" camunda:mapDecisionResult="{}"/>'


def table(cell: str = "&gt; 5", outputs: int = 1) -> bytes:
    return TABLE.format(
        cell=cell,
        outputs="".join(f'<output id="o{n}" name="o{n}"/>' for n in range(outputs)),
        entries="".join(f'<outputEntry id="e{n}"><text>1</text></outputEntry>' for n in range(outputs)),
    ).encode()


@pytest.mark.parametrize(
    ("files", "rule", "file"),
    [
        ({"package.yaml": b"roles: ["}, "manifest", "package.yaml"),
        ({"package.yaml": b"title: x\nroles: [clerk, officer, manager]\ncolour: red"}, "manifest", "package.yaml"),
        ({"bad.bpmn": b"<a"}, "xml", "bad.bpmn"),
        ({"bad.bpmn": b"<a/>"}, "xml", "bad.bpmn"),
        ({"bad.bpmn": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}, "xml", "bad.bpmn"),
        ({"bad.form": b"{"}, "package", "forms/bad.form"),
        ({"bad.form": b'{"components": 5}'}, "form", "forms/bad.form"),
        (
            {"bad.form": b'{"components": [{"type": "textfield", "key": "parameters", "label": "x"}]}'},
            "form",
            "forms/bad.form",
        ),
        ({"bad.dmn": b"<a"}, "package", "bad.dmn"),
        ({"bad.dmn": b"<a/>"}, "decision", "bad.dmn"),
        ({"bad.dmn": table(cell="a ==")}, "decision", "bad.dmn"),
        ({"i18n/en.yaml": b"- a"}, "package", "i18n/en.yaml"),
    ],
)
def test_broken_files_are_errors(examine, files, rule, file):
    found = [finding for finding in examine(line(task()), files) if finding.level == "error"]
    assert {(finding.rule, finding.file) for finding in found} == {(rule, file)}


def test_without_manifest():
    package = read_files({"p.bpmn": diagram(line(task()))})
    found = {finding.rule for finding in check_source(lambda: package, {})[1] if finding.level == "error"}
    assert found == {"manifest"}


def test_what_cannot_be_read_at_all_is_a_finding():
    def broken():
        raise PackageError("", "The zip cannot be read.")

    package, findings = check_source(broken, {})
    assert package is None
    assert [(finding.rule, finding.level) for finding in findings] == [("package", "error")]


def test_a_number_is_for_a_process_of_the_package(examine):
    manifest = (
        b"title: x\nroles: [clerk, officer, manager]\nnumbering: {business_key: 'A-{seq}', p: 'P-{seq}', q: 'Q-{seq}'}"
    )
    found = [each for each in examine(line(task()), {"package.yaml": manifest}) if each.rule == "numbering-process"]
    assert [each.message.split("'")[1] for each in found] == ["q"]


def test_processes(errors):
    assert errors(diagram(line(task())).replace(b'isExecutable="true"', b"")) == [("no-process", None)]
    assert errors("") == [("empty-process", "p")]
    assert ("duplicate-process", "p") in errors(line(task()), {"q.bpmn": diagram(line(task()))})


def test_decisions(errors):
    assert errors(line(RULE_TASK.format("tier", "singleEntry")), {"t.dmn": table()}) == []
    assert errors(line(RULE_TASK.format("Tier", "singleEntry")), {"t.dmn": table()}) == []
    assert errors(line(RULE_TASK.format("tear", "singleEntry")), {"t.dmn": table()}) == [("unknown-decision", "x")]
    assert errors(line(RULE_TASK.format("tier", "singleEntry")), {"t.dmn": table(outputs=2)}) == [
        ("decision-outputs", "x")
    ]
    assert errors(line(RULE_TASK.format("tier", "singleResult")), {"t.dmn": table(outputs=2)}) == []
    assert errors(line(RULE_TASK.format("tier", "all")), {"t.dmn": table()}) == [("attribute-value", "x")]


def test_a_form_on_the_start_event(errors):
    start = line(task()).replace('id="start"/>', 'id="start" camunda:formRef="apply"/>')
    assert errors(start, {"apply.form": b'{"components": []}'}) == []
    assert errors(start) == [("unknown-form", "start")]
    assert ("form-misplaced", "end") in errors(
        line(task()).replace('id="end"/>', 'id="end" camunda:formRef="apply"/>'), {"apply.form": b'{"components": []}'}
    )


def test_advice(warnings):
    found = warnings(
        line('<bpmn:userTask id="a" camunda:candidateGroups="clerk"/>'),
        {"notes.docx": b"x", "spare.form": b'{"components": []}'},
    )
    rules = {rule for rule, _ in found}
    assert {"no-scenario", "no-form", "no-layout", "missing-name", "file-ignored", "form-unused"} <= rules


def test_scenarios_of_another_process(warnings):
    assert ("scenario", None) in warnings(line(task()), {"scenarios/1.yaml": b"process: q"})
    assert ("scenario", None) in warnings(line(task()), {"scenarios/1.yaml": b"a: ["})
    assert ("scenario", None) not in warnings(line(task()), {"scenarios/1.yaml": b"process: p"})


@pytest.mark.parametrize("where", ["expect: {{{}}}", "steps: [{{complete: a}}, {{expect: {{{}}}}}, 5]"])
@pytest.mark.parametrize("key", ["no_tasks", "not_visited"])
def test_scenarios_that_forbid_what_is_not_there(warnings, where, key):
    for names, found in (("[a, end]", False), ("[a, misspelt]", True)):
        text = "process: p\n" + where.format(f"{key}: {names}")
        assert (("scenario", None) in warnings(line(task()), {"scenarios/1.yaml": text.encode()})) is found


def test_translations(examine):
    chinese = line('<bpmn:userTask id="a" name="调查" camunda:candidateGroups="clerk" camunda:formRef="f"/>')
    form = '{"components": [{"type": "select", "key": "k", "label": "意见", "values": [{"label": "同意", "value": "y"}]}]}'.encode()

    def missing(**files):
        found = examine(chinese, {"f.form": form, **files})
        return [finding.message.split("'")[1] for finding in found if finding.rule == "missing-translation"]

    assert missing() == ["意见", "同意", "调查"]
    assert missing(**{"i18n/en.yaml": "调查: Investigation\n意见: Opinion\n同意: For\n".encode()}) == []


def test_translations_of_decisions(examine):
    table = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="d" id="d" namespace="n">
      <inputData id="a" name="a" label="金额"/>
      <decision id="grade" name="评级"><decisionTable id="t"><input id="i"><inputExpression id="e"><text>a</text>
        </inputExpression></input><output id="o" name="o"/>
        <rule id="r"><description>足额</description><inputEntry id="x"><text>"不看"</text></inputEntry>
          <outputEntry id="y"><text>"优良"</text></outputEntry></rule></decisionTable></decision></definitions>"""
    found = examine(line(task()), {"t.dmn": table.encode()})
    missing = [finding.message.split("'")[1] for finding in found if finding.rule == "missing-translation"]
    assert missing == ["金额", "评级", "足额", "优良"]


def test_findings_come_by_file_and_line(examine):
    found = examine(line(task("a", role=""), task("b", role="")) + "\n<bpmn:complexGateway id='g'/>", {"a.bpmn": b"<a"})
    places = [(finding.file, finding.line or 0) for finding in found]
    assert places == sorted(places)
    assert len(places) == len(set(found))


@pytest.mark.parametrize(
    "body",
    [
        "<bpmn:userTask/>",
        "<bpmn:sequenceFlow/>",
        '<bpmn:boundaryEvent id="b"/>',
        '<bpmn:boundaryEvent id="b" attachedToRef="b"/>',
        '<bpmn:subProcess id="s"><bpmn:subProcess id="s"/></bpmn:subProcess>',
        '<bpmn:sequenceFlow id="f" sourceRef="f" targetRef="f"/>',
        '<bpmn:userTask id="a" loanflow:sameAs="b"/><bpmn:userTask id="b" loanflow:sameAs="a"/>',
        '<bpmn:standardLoopCharacteristics loopMaximum="²"/>',
        '<bpmn:task id="a"><bpmn:standardLoopCharacteristics loopMaximum="²"/></bpmn:task>',
        "<bpmn:laneSet><bpmn:lane><bpmn:flowNodeRef/><bpmn:childLaneSet><bpmn:lane/></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>",
        '<bpmn:intermediateCatchEvent id="c"><bpmn:linkEventDefinition/></bpmn:intermediateCatchEvent>',
        '<bpmn:startEvent id="c"><bpmn:eventDefinitionRef/></bpmn:startEvent>',
        '<bpmn:callActivity id="c" calledElement="p"><bpmn:extensionElements><camunda:in/></bpmn:extensionElements></bpmn:callActivity>',
        "<bpmn:extensionElements><loanflow:escalation/><camunda:inputOutput/></bpmn:extensionElements>",
        '<bpmn:scriptTask id="s"><bpmn:script>' + "(" * 3000 + "</bpmn:script></bpmn:scriptTask>",
    ],
)
def test_no_diagram_makes_the_checker_stumble(examine, body):
    assert not [finding for finding in examine(line(task()) + body) if "could not be judged" in finding.message]


def test_a_long_diagram_takes_no_long_time(examine):
    nodes = [task(f"t{n}") for n in range(1500)]
    assert not [finding for finding in examine(line(*nodes)) if finding.level == "error"]


def test_other_modelers_files_are_judged_without_stumbling(examine):
    other = (
        HEAD
        + '<bpmn:collaboration id="c"><bpmn:participant id="x" processRef="nowhere"/></bpmn:collaboration></bpmn:definitions>'
    )
    assert ("participant-process", "x") in [(finding.rule, finding.element) for finding in examine(other.encode())]


def test_every_rule_is_documented_by_a_sentence():
    assert all(rule.summary.endswith(".") and rule.id == rule.id.lower() for rule in RULES.values())


def test_a_folder_is_checked_as_it_lies(tmp_path):
    (tmp_path / "p.bpmn").write_bytes(diagram(line(task())))
    (tmp_path / "package.yaml").write_bytes(b"title: x\nroles: [clerk]")
    package, findings = check_source(lambda: read_folder(tmp_path), {})
    assert package is not None
    assert {finding.level for finding in findings} == {"warning"}
