"""Small process packages that the tests of the web deploy."""

import io
import zipfile
from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:loanflow="urn:loanflow:bpmn:1"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:test">'
)


def process(key, *nodes, messages=""):
    """A process of `nodes` one after another: XML with its id in the first attribute."""
    inner = ['<bpmn:startEvent id="start"/>', *nodes, '<bpmn:endEvent id="done" name="done"/>']
    ids = [node.split('id="', 1)[1].split('"', 1)[0] for node in inner]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(ids))
    )
    body = "".join(inner) + flows
    return (
        f'{HEAD}{messages}<bpmn:process id="{key}" name="{key}" isExecutable="true">{body}</bpmn:process>'
        "</bpmn:definitions>"
    )


def user_task(name, role, **attributes):
    more = "".join(f' {key.replace("_", ":", 1)}="{value}"' for key, value in attributes.items())
    return f'<bpmn:userTask id="{name}" name="{name}" camunda:candidateGroups="{role}"{more}/>'


MANIFEST = """title: {zh: 审查, en: Review}
roles: [clerk, officer, manager]
search: [customer_name, amount]
"""

REVIEW = {
    "package.yaml": MANIFEST,
    "review.bpmn": process(
        "review",
        user_task("prepare", "clerk"),
        user_task("approve", "officer,manager", loanflow_separateFrom="prepare", camunda_dueDate="PT4H"),
    ),
    "limited.bpmn": process("limited", user_task("sign", "manager", loanflow_authority="approve_loan")),
    "valued.bpmn": process(
        "valued",
        '<bpmn:serviceTask id="value" name="value" camunda:type="external" camunda:topic="valuation"/>',
        user_task("look", "clerk"),
    ),
    "papers.bpmn": process(
        "papers",
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="md" messageRef="m"/>'
        "</bpmn:intermediateCatchEvent>",
        user_task("file", "clerk"),
        messages='<bpmn:message id="m" name="papers_in"><bpmn:extensionElements>'
        '<loanflow:correlation key="nr" value="${nr}"/></bpmn:extensionElements></bpmn:message>',
    ),
    "broken_sum.bpmn": process(
        "broken_sum",
        user_task("enter", "clerk"),
        '<bpmn:scriptTask id="add"><bpmn:script>total = parts[1] + number(rest)</bpmn:script></bpmn:scriptTask>',
        '<bpmn:exclusiveGateway id="gate"/>',
    ).replace(
        '<bpmn:sequenceFlow id="f3" sourceRef="gate" targetRef="done"/>',
        '<bpmn:sequenceFlow id="f3" sourceRef="gate" targetRef="done"><bpmn:conditionExpression'
        ' xsi:type="bpmn:tFormalExpression">${total &gt; 0}</bpmn:conditionExpression></bpmn:sequenceFlow>',
    ),
    "sealed.bpmn": process(
        "sealed",
        user_task("first", "officer", loanflow_sealedUntil="second"),
        user_task("second", "officer", loanflow_separateFrom="first"),
        user_task("after", "manager"),
    ),
    "checked.bpmn": process("checked", user_task("fill", "clerk", camunda_formRef="opinion", loanflow_duty="INT-2")),
    "forms/opinion.form": """{"type": "default", "id": "opinion", "schemaVersion": 18, "components": [
        {"type": "number", "key": "limit", "label": "Limit", "decimalDigits": 2,
         "validate": {"required": true, "max": 1000}}]}""",
}


def as_zip(files, folder="review_package"):
    """The files as the bytes of a zip, in one folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}/{name}", content)
    return buffer.getvalue()
