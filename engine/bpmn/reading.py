"""Reads diagrams, as they were drawn, into `engine.bpmn.model`; what is broken becomes a problem, never an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from engine.bpmn import attributes as read
from engine.bpmn.definitions import Definitions, read_event
from engine.bpmn.model import (
    EVENTS,
    FLOW_NODES,
    SCOPES,
    Diagrams,
    Element,
    Event,
    Flow,
    Lane,
    Message,
    Participant,
    Problem,
    Process,
)
from engine.bpmn.xml import BPMN, BPMNDI, LOANFLOW, XmlError, local_name, namespace, parse, tag
from engine.packages.package import Package


def read_diagrams(package: Package) -> Diagrams:
    """All processes, messages and pools of the package's `.bpmn` files. A package does not change: read once for it."""
    kept: Diagrams | None = package.__dict__.get("_diagrams")
    if kept is None:
        kept = package.__dict__["_diagrams"] = read_documents(package.bpmn_files)
    return kept


def read_documents(files: dict[str, bytes]) -> Diagrams:
    """The same for BPMN files that are not, or not yet, a package."""
    reader = _Reader()
    for name, data in files.items():
        reader.file(name, data)
    return Diagrams(
        processes=reader.processes,
        messages=reader.messages,
        participants=tuple(reader.participants),
        documents=reader.documents,
        drawn=reader.drawn,
        problems=tuple(reader.problems),
    )


@dataclass
class _Reader:
    """Gathers over all files what has one name in the whole package."""

    processes: dict[str, Process] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    participants: list[Participant] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    drawn: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def file(self, name: str, data: bytes) -> None:
        try:
            root = parse(data, name)
        except XmlError as error:
            self.problems.append(Problem("xml", name, None, error.line, error.message))
            return
        if root.tag != tag(BPMN, "definitions"):
            text = f"The file is no BPMN 2.0 diagram: its root is {root.tag}, not definitions of {BPMN}."
            self.problems.append(Problem("xml", name, None, root.sourceline, text))
            return
        self.documents[name] = root
        self._unique_ids(name, root)
        definitions = Definitions.of(root, name)
        for message in definitions.messages.values():
            self._message(message)
        for node in root.iter(tag(BPMN, "participant")):
            process = node.get("processRef")
            self.participants.append(
                Participant(node.get("id") or "", node.get("name") or "", process, name, node.sourceline)
            )
        self.drawn[name] = frozenset(
            str(node.get("bpmnElement")) for kind in ("BPMNShape", "BPMNEdge") for node in root.iter(tag(BPMNDI, kind))
        )
        for node in root.iterchildren(tag(BPMN, "process")):
            self._process(read_process(node, name, definitions))

    def _message(self, message: Message) -> None:
        known = self.messages.setdefault(message.name, message)
        if (known.correlation, known.payload) != (message.correlation, message.payload):
            text = (
                f"The message {message.name!r} is declared otherwise in {known.file}, line {known.line}; "
                "give both the same correlation and payload."
            )
            self.problems.append(Problem("message-declared-twice", message.file, message.id, message.line, text))

    def _process(self, process: Process) -> None:
        if not process.id:
            self.problems.append(Problem("missing-id", process.file, None, process.line, "A process has no id."))
        elif process.id in self.processes:
            text = f"The process {process.id!r} also stands in {self.processes[process.id].file}; rename one of them."
            self.problems.append(Problem("duplicate-process", process.file, process.id, process.line, text))
        else:
            self.processes[process.id] = process

    def _unique_ids(self, file: str, root: Any) -> None:
        seen: set[str] = set()
        for node in root.iter(tag(BPMN, "*")):
            key = node.get("id")
            if key in seen:
                text = f"The id {key!r} stands in this file twice; every element needs its own."
                self.problems.append(Problem("duplicate-id", file, key, node.sourceline, text))
            if key:
                seen.add(key)
            elif key is None and local_name(node) in FLOW_NODES | {"sequenceFlow"}:
                text = f"A {local_name(node)} has no id."
                self.problems.append(Problem("missing-id", file, None, node.sourceline, text))


def read_process(node: Any, file: str, definitions: Definitions) -> Process:
    """One process with everything inside it."""
    process_id = node.get("id") or ""
    lanes = {lane.id: lane for lane_set in node.iter(tag(BPMN, "laneSet")) for lane in _lanes(lane_set, file, None)}
    flows = {flow.id: flow for flow in _flows(node, process_id, None, file)}
    attributes = read.extension_attributes(node)
    starters = attributes.get("camunda:candidateStarterGroups")
    elements = _Elements(
        process_id,
        file,
        definitions,
        flows,
        {key: lane for lane in lanes.values() for key in lane.nodes},
        attributes,
        {},
    )
    for association in node.iter(tag(BPMN, "association")):
        ends = (association.get("sourceRef") or "", association.get("targetRef") or "")
        elements.associated.update({ends[0]: ends[1], ends[1]: ends[0]})
    return Process(
        id=process_id,
        name=node.get("name") or "",
        executable=node.get("isExecutable") in ("true", "1"),
        starter_groups=None if starters is None else read.groups(starters),
        file=file,
        line=node.sourceline,
        attributes=attributes,
        elements={element.id: element for element in elements.of(node, None, None)},
        flows=flows,
        lanes=lanes,
    )


def _lanes(lane_set: Any, file: str, role_around: str | None) -> Iterator[Lane]:
    """The lanes, outer before inner, so that the innermost wins when nodes are looked up."""
    for node in lane_set.iterchildren(tag(BPMN, "lane")):
        name = node.get("name") or ""
        given_role = node.get(tag(LOANFLOW, "role"))
        role = given_role or name.strip() or role_around
        nodes = tuple((ref.text or "").strip() for ref in node.iterchildren(tag(BPMN, "flowNodeRef")))
        lane_id = node.get("id") or f"lane at line {node.sourceline}"
        yield Lane(lane_id, name, role, given_role, nodes, file, node.sourceline)
        for inner in node.iterchildren(tag(BPMN, "childLaneSet")):
            yield from _lanes(inner, file, role)


def _flows(scope_node: Any, process_id: str, scope: str | None, file: str) -> Iterator[Flow]:
    for node in scope_node.iterchildren(tag(BPMN, "*")):
        if local_name(node) == "sequenceFlow":
            yield Flow(
                id=node.get("id") or f"flow at line {node.sourceline}",
                name=node.get("name") or "",
                source=node.get("sourceRef") or "",
                target=node.get("targetRef") or "",
                condition=read.child_text(node, "conditionExpression"),
                process_id=process_id,
                scope=scope,
                file=file,
                line=node.sourceline,
            )
        elif local_name(node) in SCOPES:
            yield from _flows(node, process_id, node.get("id"), file)


def _by_event(node: Any) -> bool:
    return node.get("triggeredByEvent") in ("true", "1")


@dataclass
class _Elements:
    """Reads the nodes of one process, sub-processes included."""

    process_id: str
    file: str
    definitions: Definitions
    flows: dict[str, Flow]
    lanes: dict[str, Lane]
    process_attributes: dict[str, str]
    associated: dict[str, str]
    """The other end of the association of a node, in either direction."""

    def __post_init__(self) -> None:
        self.incoming: dict[str, list[str]] = {}
        self.outgoing: dict[str, list[str]] = {}
        for flow in self.flows.values():
            self.outgoing.setdefault(flow.source, []).append(flow.id)
            self.incoming.setdefault(flow.target, []).append(flow.id)

    def of(self, scope_node: Any, scope: str | None, lane_around: Lane | None) -> Iterator[Element]:
        for node in scope_node.iterchildren(tag(BPMN, "*")):
            kind = local_name(node)
            if kind not in FLOW_NODES or namespace(node) != BPMN or not node.get("id"):
                continue
            lane = self.lanes.get(node.get("id"), lane_around)
            yield self.element(node, kind, scope, lane)
            if kind in SCOPES:
                yield from self.of(node, node.get("id"), lane)

    def element(self, node: Any, kind: str, scope: str | None, lane: Lane | None) -> Element:
        key, attributes = node.get("id"), read.extension_attributes(node)
        exchanges = kind in EVENTS or kind in ("sendTask", "receiveTask")
        return Element(
            id=key,
            kind=kind,
            name=(node.get("name") or "").strip(),
            process_id=self.process_id,
            scope=scope,
            file=self.file,
            line=node.sourceline,
            attributes=attributes,
            lane=lane.id if lane else None,
            incoming=tuple(self.incoming.get(key, ())),
            outgoing=tuple(self.outgoing.get(key, ())),
            default_flow=node.get("default"),
            calendar=attributes.get("loanflow:calendar"),
            instantiate=node.get("instantiate") in ("true", "1"),
            by_event=_by_event(node),
            begins_handler=kind == "startEvent" and _by_event(node.getparent()),
            for_compensation=node.get("isForCompensation") in ("true", "1"),
            human=read.human(node, attributes, lane.role if lane else None, self.process_attributes),
            work=read.work(node, attributes),
            call=read.call(node) if kind == "callActivity" else None,
            loop=read.loop(node),
            event=self._event(node, kind) if exchanges else None,
        )

    def _event(self, node: Any, kind: str) -> Event:
        event = read_event(node, kind, self.definitions)
        if kind == "boundaryEvent" and event.kind == "compensate":
            return replace(event, undone_by=self.associated.get(node.get("id")))
        return event
