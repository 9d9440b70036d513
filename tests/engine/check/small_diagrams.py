"""BPMN in small pieces, for tests of the checker."""

from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:loanflow="urn:loanflow:bpmn:1" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:t">'
)


def diagram(body: str, *, before: str = "", after: str = "", process: str = "") -> bytes:
    """One executable process `p` around `body`; `before` and `after` stand beside it."""
    attributes = f'id="p" name="P" isExecutable="true" {process}'
    return f"{HEAD}{before}<bpmn:process {attributes}>{body}</bpmn:process>{after}</bpmn:definitions>".encode()


def line(*nodes: str) -> str:
    """The nodes one after another, between a start and an end event; each is written as `<userTask id="a" …/>`."""
    ids = ["start", *(node.split('id="', 1)[1].split('"', 1)[0] for node in nodes), "end"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(ids))
    )
    return f'<bpmn:startEvent id="start"/>{"".join(nodes)}<bpmn:endEvent id="end"/>{flows}'


def task(key: str = "a", attributes: str = "", content: str = "", role: str = 'camunda:candidateGroups="clerk"') -> str:
    """A user task that is right but for what is handed in."""
    return f'<bpmn:userTask id="{key}" name="{key}" {role} {attributes}>{content}</bpmn:userTask>'
