"""Small process packages as Python text, and a bench to run them on: what tests of the engine build with."""

from __future__ import annotations

import datetime as dt
import textwrap
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import yaml

from engine.packages import Package
from engine.packages.package import build_package
from engine.ports import Operations
from engine.scenario import Ports, Result, Scenario, read_scenario, run_scenario
from engine.scenario.stage import build_stage
from engine.service import actors, cases, incidents, tasks, views, worker
from engine.service.actors import Actor
from engine.service.definitions import Definitions
from engine.values import loads
from lending.calendar import WorkingCalendar
from models.cases import CaseEvent, Incident, Instance
from models.database import Sessions
from models.tasks import OPEN, Notice, Task, Timer
from tests.stages import stands

MONDAY = dt.datetime.fromisoformat("2026-03-02T09:00:00+08:00")
CALENDAR = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:loanflow="urn:loanflow:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:t">'
)
ROLES = ("clerk", "officer", "manager", "member")
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "an": ("clerk",),
    "bo": ("officer",),
    "cai": ("officer",),
    "di": ("manager",),
    "ed": ("manager",),
    "m1": ("member",),
    "m2": ("member",),
    "m3": ("member",),
    "guest": (),
}


def node(kind: str, key: str, attributes: str = "", content: str = "") -> str:
    """Any flow node."""
    return f'<bpmn:{kind} id="{key}" name="{key}" {attributes}>{content}</bpmn:{kind}>'


def user(key: str, role: str | None = "officer", attributes: str = "", content: str = "") -> str:
    """A user task for a role."""
    groups = "" if role is None else f'camunda:candidateGroups="{role}"'
    return node("userTask", key, f"{groups} {attributes}", content)


def script(key: str, text: str, content: str = "") -> str:
    """A script task."""
    return node("scriptTask", key, "", f"{content}<bpmn:script>{_xml(text)}</bpmn:script>")


def start(key: str = "start", attributes: str = "") -> str:
    """A start event."""
    return node("startEvent", key, attributes)


def end(key: str = "end", content: str = "") -> str:
    """An end event."""
    return node("endEvent", key, "", content)


def xor(key: str, default: str | None = None) -> str:
    """An exclusive gateway; `default` is the target of its default flow."""
    return node("exclusiveGateway", key, _default(key, default))


def both(key: str) -> str:
    """A parallel gateway."""
    return node("parallelGateway", key)


def some(key: str, default: str | None = None) -> str:
    """An inclusive gateway."""
    return node("inclusiveGateway", key, _default(key, default))


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{_xml(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def catch(key: str, definition: str, attributes: str = "") -> str:
    """An intermediate catching event."""
    return node("intermediateCatchEvent", key, attributes, definition)


def throw(key: str, definition: str) -> str:
    """An intermediate throwing event."""
    return node("intermediateThrowEvent", key, "", definition)


def boundary(key: str, activity: str, definition: str, *, interrupting: bool = True, attributes: str = "") -> str:
    """A boundary event at an activity."""
    cancels = "true" if interrupting else "false"
    return node("boundaryEvent", key, f'attachedToRef="{activity}" cancelActivity="{cancels}" {attributes}', definition)


def event(kind: str, ref: str | None = None) -> str:
    """An event definition with a reference, such as `event("message", "papers")`."""
    attribute = "" if ref is None else f'{kind}Ref="{ref}"'
    return f"<bpmn:{kind}EventDefinition {attribute}/>"


def message(key: str, payload: str | None = None, **correlation: str) -> str:
    """A message; its keys with their expressions."""
    keys = "".join(f'<loanflow:correlation key="{k}" value="{_xml(v)}"/>' for k, v in correlation.items())
    limited = "" if payload is None else f'loanflow:payload="{payload}"'
    content = f"<bpmn:extensionElements>{keys}</bpmn:extensionElements>"
    return f'<bpmn:message id="{key}" name="{key}" {limited}>{content}</bpmn:message>'


def error(key: str) -> str:
    """An error with its id as code."""
    return f'<bpmn:error id="{key}" errorCode="{key}"/>'


def chain(*keys: str) -> str:
    """Flows from each key to the next."""
    return "".join(flow(source, target) for source, target in pairwise(keys))


def flow(source: str, target: str, when: str | None = None) -> str:
    """A flow, with a condition or without."""
    condition = "" if when is None else f"<bpmn:conditionExpression>${{{_xml(when)}}}</bpmn:conditionExpression>"
    key = f"{source}_{target}"
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{condition}</bpmn:sequenceFlow>'


def sub(key: str, *content: str, loop: str = "") -> str:
    """An embedded sub-process."""
    return node("subProcess", key, "", loop + "".join(content))


def on_event(key: str, definition: str, *nodes: str, interrupting: bool = True, more: str = "") -> str:
    """An event sub-process: its start event `<key>_on`, nodes one after another, and its end `<key>_end`."""
    keys = [text.split('id="', 1)[1].split('"', 1)[0] for text in nodes]
    begins = node("startEvent", f"{key}_on", f'isInterrupting="{str(interrupting).lower()}"', definition)
    inner = begins + "".join(nodes) + end(f"{key}_end") + chain(f"{key}_on", *keys, f"{key}_end") + more
    return node("subProcess", key, 'triggeredByEvent="true"', inner)


def undoing(activity: str, handler: str) -> str:
    """A compensation event at an activity, named `<activity>_back`, associated with what undoes it."""
    key = f"{activity}_back"
    association = f'<bpmn:association id="{key}_to" sourceRef="{key}" targetRef="{handler.split(chr(34), 2)[1]}"/>'
    marked = handler.replace(" name=", ' isForCompensation="true" name=', 1)
    return boundary(key, activity, "<bpmn:compensateEventDefinition/>") + association + marked


def undo(activity: str | None = None) -> str:
    """A definition that throws compensation, for one activity or all of the scope."""
    return event("compensate") if activity is None else f'<bpmn:compensateEventDefinition activityRef="{activity}"/>'


def when(condition: str) -> str:
    """A conditional definition."""
    text = f"<bpmn:condition>${{{_xml(condition)}}}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{text}</bpmn:conditionalEventDefinition>"


def extension(*elements: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{''.join(elements)}</bpmn:extensionElements>"


def inout(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    """Input and output parameters."""
    parameters = [
        f'<camunda:inputParameter name="{k}">{_xml(v)}</camunda:inputParameter>' for k, v in (inputs or {}).items()
    ]
    parameters += [
        f'<camunda:outputParameter name="{k}">{_xml(v)}</camunda:outputParameter>' for k, v in (outputs or {}).items()
    ]
    return f"<camunda:inputOutput>{''.join(parameters)}</camunda:inputOutput>"


def several(
    collection: str | None = None,
    item: str | None = None,
    *,
    sequential: bool = False,
    number: str | None = None,
    out: tuple[str, str] | None = None,
    until: str | None = None,
) -> str:
    """Multi-instance; `out` is the output collection and what each gives to it."""
    attributes = f'isSequential="{str(sequential).lower()}"'
    if collection is not None:
        attributes += f' camunda:collection="{_xml(collection)}"'
    if item is not None:
        attributes += f' camunda:elementVariable="{item}"'
    inner = "" if out is None else f"<bpmn:loopDataOutputRef>{out[0]}</bpmn:loopDataOutputRef>"
    inner += "" if out is None else f'<bpmn:outputDataItem id="{out[1]}" name="{out[1]}"/>'
    inner += "" if number is None else f"<bpmn:loopCardinality>{_xml(number)}</bpmn:loopCardinality>"
    inner += "" if until is None else f"<bpmn:completionCondition>{_xml(until)}</bpmn:completionCondition>"
    return f"<bpmn:multiInstanceLoopCharacteristics {attributes}>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def process(*content: str, key: str = "p", attributes: str = "") -> str:
    """An executable process."""
    return f'<bpmn:process id="{key}" name="{key}" isExecutable="true" {attributes}>{"".join(content)}</bpmn:process>'


def line(*nodes: str, key: str = "p", attributes: str = "", more: str = "") -> str:
    """A process of nodes one after another between `start` and `end`."""
    keys = [text.split('id="', 1)[1].split('"', 1)[0] for text in nodes]
    return process(start(), *nodes, end(), chain("start", *keys, "end"), more, key=key, attributes=attributes)


def package(
    *processes: str,
    before: str = "",
    files: Mapping[str, str | bytes] | None = None,
    roles: Iterable[str] = ROLES,
    **manifest: Any,
) -> Package:
    """A package of these processes; `before` holds messages, errors and signals."""
    content: dict[str, bytes] = {
        "package.yaml": yaml.safe_dump({"title": {"zh": "试", "en": "t"}, "roles": list(roles), **manifest}).encode(),
        "p.bpmn": f"{HEAD}{before}{''.join(processes)}</bpmn:definitions>".encode(),
    }
    for name, text in (files or {}).items():
        content[name] = text if isinstance(text, bytes) else text.encode()
    return build_package("test", content)


def play(read: Package, text: str, operations: Operations | None = None) -> Result:
    """Run a scenario written as YAML, with the people above unless it names its own."""
    written = textwrap.dedent(text)
    if "process:" not in written:
        written = f"process: p\n{written}"
    if "start_at:" not in written:
        written = f"start_at: {MONDAY.isoformat()}\n{written}"
    if "\npeople: {" not in written:
        written += f"\npeople: {{{', '.join(f'{name}: [{chr(44).join(roles)}]' for name, roles in PEOPLE.items())}}}\n"
    scenario = read_scenario(written.encode(), "test.yaml", CALENDAR.zone)
    return run_scenario(scenario, read, Ports(CALENDAR, operations or {}))


def holds(read: Package, text: str, operations: Operations | None = None) -> Result:
    """Run a scenario and fail with its message."""
    result = play(read, text, operations)
    assert result.ok, result.failure
    return result


class Bench:
    """A house with one package, its people, and a clock that stands still."""

    def __init__(
        self,
        read: Package,
        *,
        people: Mapping[str, tuple[str, ...]] = PEOPLE,
        units: Mapping[str, str] | None = None,
        operations: Operations | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        scenario = Scenario("bench", "bench", "p", MONDAY, people, units or {})
        self.house, self.clock = build_stage(
            scenario, read, CALENDAR, operations or {}, Definitions(), sessions=sessions
        )
        if sessions is None:
            stands(self.house)

    def actor(self, name: str) -> Actor:
        with self.house.sessions.reading() as session:
            return actors.load(session, name)

    def admin(self, *roles: str) -> Actor:
        return Actor("root", 1, "/1/", frozenset(roles or ("admin",)))

    def start(self, variables: Any = None, who: str = "an", key: str = "p") -> uuid.UUID:
        with self.house.step() as step:
            return cases.start(step, key, self.actor(who), values(variables)).id

    def task(self, case: uuid.UUID, element: str) -> Task:
        """The oldest open task of an element."""
        with self.house.sessions.reading() as session:
            query = sa.select(Task).where(Task.instance_id == case, Task.element == element, Task.state == OPEN)
            found = session.scalars(query.order_by(Task.created_at, Task.id)).first()
        assert found is not None, f"{element} is not open; open are {self.open(case)}"
        return found

    def open(self, case: uuid.UUID) -> list[str]:
        """The elements of the open tasks."""
        with self.house.sessions.reading() as session:
            query = sa.select(Task.element).where(Task.instance_id == case, Task.state == OPEN)
            return sorted(session.scalars(query))

    def complete(self, case: uuid.UUID, element: str, who: str, form: Any = None) -> Task:
        task_id = self.task(case, element).id
        with self.house.step() as step:
            return tasks.complete(step, task_id, self.actor(who), values(form))

    def instance(self, case: uuid.UUID) -> Instance:
        with self.house.sessions.reading() as session:
            return session.get_one(Instance, case)

    def state_size(self, case: uuid.UUID) -> int:
        with self.house.sessions.reading() as session:
            return len(session.scalar(sa.select(Instance.state_data).where(Instance.id == case)) or b"")

    def variables(self, case: uuid.UUID, viewer: Actor | None = None) -> dict[str, Any]:
        with self.house.sessions.reading() as session:
            return views.variables(
                self.house, session, session.get_one(Instance, case), viewer or self.admin("admin", "auditor")
            )

    def events(self, case: uuid.UUID, kind: str | None = None) -> list[tuple[CaseEvent, dict[str, Any]]]:
        with self.house.sessions.reading() as session:
            query = sa.select(CaseEvent).where(CaseEvent.instance_id == case).order_by(CaseEvent.seq)
            return [(e, loads(e.data)) for e in session.scalars(query) if kind is None or e.kind == kind]

    def incidents(self, case: uuid.UUID) -> list[Incident]:
        with self.house.sessions.reading() as session:
            query = sa.select(Incident).where(Incident.instance_id == case, Incident.resolved_at.is_(None))
            return list(session.scalars(query.order_by(Incident.id)))

    def retry(self, case: uuid.UUID, element: str, variables: Any = None) -> None:
        incident = next(found for found in self.incidents(case) if found.element == element)
        with self.house.step() as step:
            incidents.retry(step, incident.id, self.admin(), values(variables))

    def notices(self, person: str) -> list[Notice]:
        with self.house.sessions.reading() as session:
            return list(session.scalars(sa.select(Notice).where(Notice.person == person).order_by(Notice.id)))

    def timers(self, case: uuid.UUID) -> list[Timer]:
        with self.house.sessions.reading() as session:
            return list(session.scalars(sa.select(Timer).where(Timer.instance_id == case).order_by(Timer.due_at)))

    def advance(self, **duration: float) -> int:
        self.clock.moment += dt.timedelta(**duration)
        return worker.sweep(self.house)


def values(given: Any) -> Any:
    """Python's integers as the decimals that JSON gives."""
    if isinstance(given, bool) or given is None:
        return given
    if isinstance(given, int):
        return Decimal(given)
    if isinstance(given, dict):
        return {key: values(value) for key, value in given.items()}
    if isinstance(given, list):
        return [values(value) for value in given]
    return given


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _default(key: str, target: str | None) -> str:
    return "" if target is None else f'default="{key}_{target}"'
