# ruff: noqa: E501 - a line of XML reads better whole
"""What the table says runs, the engine builds; what end events and send tasks throw arrives."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from small_diagrams import diagram, line, task
from test_check_elements import ATTRIBUTES, CONTENT, MESSAGE, with_event

from engine.bpmn.reading import read_documents
from engine.check.support import SUPPORT
from engine.runtime.build import build
from engine.scenario.running import Ports, run_paths

EVENTS = [
    key for key in SUPPORT if "Event" in key.partition(":")[0] and SUPPORT[key].runs and not key.endswith(":link")
]
ACTIVITIES = [key for key in ATTRIBUTES | CONTENT | {"task": "", "manualTask": ""} if SUPPORT[key].runs]


class PlainCalendar:
    """Enough of a calendar for cases without deadlines."""

    zone = ZoneInfo("Asia/Shanghai")

    def add(self, start, duration, counted_in):
        return start + dt.timedelta(days=1)


@pytest.mark.parametrize("key", EVENTS)
def test_the_engine_builds_every_event_that_runs(key):
    kind, _, event = key.partition(":")
    assert build(read_documents({"p.bpmn": diagram(with_event(kind, event), before=MESSAGE)}), "p")


@pytest.mark.parametrize("kind", ACTIVITIES)
def test_the_engine_builds_every_activity_that_runs(kind):
    node = f'<bpmn:{kind} id="x" name="X" {ATTRIBUTES.get(kind, "")}>{CONTENT.get(kind, "")}</bpmn:{kind}>'
    assert build(read_documents({"p.bpmn": diagram(line(node), before=MESSAGE)}), "p")


def flow(source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


THROWN = {
    "message end event": '<bpmn:endEvent id="t"><bpmn:messageEventDefinition id="td" messageRef="mail"/></bpmn:endEvent>',
    "message throw event": '<bpmn:intermediateThrowEvent id="t"><bpmn:messageEventDefinition id="td" messageRef="mail"/></bpmn:intermediateThrowEvent>',
    "send task": '<bpmn:sendTask id="t" name="t" messageRef="mail"/>',
    "signal end event": '<bpmn:endEvent id="t"><bpmn:signalEventDefinition id="td" signalRef="s"/></bpmn:endEvent>',
    "escalation end event": '<bpmn:endEvent id="t"><bpmn:escalationEventDefinition id="td" escalationRef="esc"/></bpmn:endEvent>',
}
MAIL = (
    '<bpmn:message id="mail" name="mail" loanflow:payload="docs"><bpmn:extensionElements>'
    '<loanflow:correlation key="nr" value="${nr}"/></bpmn:extensionElements></bpmn:message>'
)


@pytest.mark.parametrize("thrown", THROWN)
def test_what_is_thrown_arrives(tmp_path, thrown):
    throwing = task("first") + flow("first", "t") + THROWN[thrown]
    if thrown.startswith("escalation"):
        body = f'<bpmn:startEvent id="start"/>{flow("start", "w")}<bpmn:subProcess id="w" name="w">{throwing}</bpmn:subProcess>'
        catching = '<bpmn:escalationEventDefinition id="cd" escalationRef="esc"/>'
    else:
        split = '<bpmn:startEvent id="start"/><bpmn:parallelGateway id="g"/>' + flow("start", "g") + flow("g", "first")
        body = split + throwing + task("w") + flow("g", "w")
        catching = '<bpmn:messageEventDefinition id="cd" messageRef="mail"/>'
        if thrown.startswith("signal"):
            catching = '<bpmn:signalEventDefinition id="cd" signalRef="s"/>'
    body += (
        f'<bpmn:boundaryEvent id="b" attachedToRef="w">{catching}</bpmn:boundaryEvent>{task("told")}{flow("b", "told")}'
    )
    (tmp_path / "p.bpmn").write_bytes(diagram(body, before=MESSAGE + MAIL))
    (tmp_path / "package.yaml").write_text("title: x\nroles: [clerk]\n")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "arrives.yaml").write_text(
        "name: it arrives\nprocess: p\nstart_at: 2026-03-02T09:00:00+08:00\npeople: {an: [clerk]}\n"
        "start: {as: an, variables: {nr: A-1, docs: 1}}\nsteps:\n  - {complete: first, as: an, form: {docs: 2}}\n"
        "  - {complete: told, as: an}\nexpect: {state: completed, visited: [told], not_visited: [end]}\n"
    )
    report = run_paths([tmp_path / "scenarios"], package=tmp_path, ports=Ports(PlainCalendar(), {}))
    assert [scenario["failure"] for scenario in report["scenarios"]] == [None]
