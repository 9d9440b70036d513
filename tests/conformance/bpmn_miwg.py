"""Reads the reference files of the BPMN Model Interchange Working Group: `python -m tests.conformance.bpmn_miwg`.

For each file: what of it is not in the model as it is drawn, and for each process what the checker says and whether a
case of it runs to its end.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState

from engine.bpmn.model import FLOW_NODES, SCOPES, Diagrams, MultiInstance, StandardLoop
from engine.bpmn.reading import read_diagrams
from engine.bpmn.xml import BPMN, BPMNDI, local_name, tag
from engine.check import check
from engine.packages import Package, read_files
from engine.runtime.activities import EXTERNAL
from engine.runtime.build import build
from engine.runtime.environment import Environment
from engine.runtime.state import dump, load
from engine.runtime.workflow import CaseWorkflow
from tests.conformance.suites import Tally, suite
from tests.engine.builder import CALENDAR, MONDAY

WHO = frozenset({"no-process", "nobody", "unknown-role", "standard-assignment"})
"""What a house adds to a drawing: that it shall run, and who does its steps."""

_STEPS = 200


def files() -> list[Path]:
    """The reference files; none where the suite is not there, which is said loudly."""
    folder = suite("bpmn-miwg")
    return [] if folder is None else sorted(folder.glob("Reference/*.bpmn"))


def package(path: Path) -> Package:
    """The file as a package, with its processes marked executable."""
    data = path.read_bytes().replace(b'isExecutable="false"', b'isExecutable="true"')
    return read_files({path.name: data, "package.yaml": b"title: reference\nroles: [anybody]\n"})


def losses(path: Path) -> list[str]:
    """What stands in the file and not in the model; everything else than nodes and flows is kept as its XML."""
    data = path.read_bytes()
    read = read_files({path.name: data, "package.yaml": b"title: reference\n"})
    diagrams, root = read_diagrams(read), etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True))
    found = [f"{problem.rule}: {problem.message}" for problem in diagrams.problems]
    if read.files[path.name] != data:
        found.append("the file is not kept byte for byte")
    if etree.tostring(root) != etree.tostring(diagrams.documents[path.name]):
        found.append("the document is not kept as it stands")
    for process in root.iter(tag(BPMN, "process")):
        found += _losses_of_process(process, diagrams)
    pools = {pool.id: (pool.name, pool.process) for pool in diagrams.participants}
    for node in root.iter(tag(BPMN, "participant")):
        if pools.get(node.get("id")) != (node.get("name") or "", node.get("processRef")):
            found.append(f"the pool {node.get('id')}")
    for kind in ("BPMNShape", "BPMNEdge"):
        for node in root.iter(tag(BPMNDI, kind)):
            if str(node.get("bpmnElement")) not in diagrams.drawn[path.name]:
                found.append(f"the shape of {node.get('bpmnElement')}")
    return found


def _losses_of_process(node: Any, diagrams: Diagrams) -> Iterator[str]:
    process = diagrams.processes[node.get("id")]
    for child in node.iter(tag(BPMN, "*")):
        name, key = local_name(child), child.get("id")
        if name in FLOW_NODES and not _is_kept(child, process.elements.get(key)):
            yield f"the {name} {key}"
        if name == "sequenceFlow":
            flow = process.flows.get(key)
            drawn = (child.get("sourceRef"), child.get("targetRef"), child.get("name") or "")
            conditions = child.iterchildren(tag(BPMN, "conditionExpression"))
            condition = "".join(text for part in conditions for text in part.itertext()).strip()
            if (
                flow is None
                or (flow.source, flow.target, flow.name) != drawn
                or bool(flow.condition) != bool(condition)
            ):
                yield f"the flow {key}"
        if name == "lane":
            lane = process.lanes.get(key)
            nodes = tuple(ref.text.strip() for ref in child.iterchildren(tag(BPMN, "flowNodeRef")))
            if lane is None or (lane.name, lane.nodes) != (child.get("name") or "", nodes):
                yield f"the lane {key}"


def _is_kept(node: Any, element: Any) -> bool:
    if element is None:
        return False
    parent = node.getparent()
    scope = parent.get("id") if local_name(parent) in SCOPES else None
    definitions = [child for child in node if local_name(child).endswith("EventDefinition")]
    definitions += list(node.iterchildren(tag(BPMN, "eventDefinitionRef")))
    kind = element.event.kind if element.event is not None else "none"
    loops = {"standardLoopCharacteristics": StandardLoop, "multiInstanceLoopCharacteristics": MultiInstance}
    loop = next((loops[local_name(child)] for child in node if local_name(child) in loops), type(None))
    return (
        (element.kind, element.name, element.scope) == (local_name(node), (node.get("name") or "").strip(), scope)
        and ("Event" not in element.kind or (kind == "none") == (not definitions))
        and isinstance(element.loop, loop)
        and (element.event is None or element.event.attached_to == node.get("attachedToRef"))
        and element.default_flow == node.get("default")
    )


def errors(read: Package) -> dict[str, Counter[str]]:
    """What the checker says against each process, by rule, apart from who does its steps."""
    diagrams = read_diagrams(read)
    place = {element.id: process.id for process in diagrams.processes.values() for element in process.elements.values()}
    place |= {flow: process.id for process in diagrams.processes.values() for flow in process.flows}
    found: dict[str, Counter[str]] = {process: Counter() for process in diagrams.processes}
    for finding in check(read, {}):
        if finding.level == "error" and finding.rule not in WHO:
            process = place.get(finding.element or "", finding.element)
            for concerned in [process] if process in found else found:
                found[concerned][finding.rule] += 1
    return found


def runs_to_its_end(read: Package, process: str) -> bool:
    """Plays a case, reloaded at each step: everything that waits gets what it waits for, the oldest first."""
    specs = build(read_diagrams(read), process)
    world = Environment(MONDAY.astimezone(dt.UTC), CALENDAR, {})
    workflow = CaseWorkflow(specs[process], specs, world)
    starts = [*specs[process].entries]
    workflow.start({}, starts[0] if starts else None)
    for _ in range(_STEPS):
        workflow = load(dump(workflow), process, specs, world)
        if workflow.completed:
            return True
        open_tokens = [task for scope in workflow.scopes() for task in scope.tasks.values()]
        waiting = [task for task in open_tokens if _goes_on(task) is not None]
        if not waiting:
            return False
        task = min(waiting, key=lambda task: (task.task_spec.listens, task.id))
        _goes_on(task)()
        workflow.advance()
    return False


def _goes_on(task: Any) -> Any:
    """What lets a token go on that waits for somebody or something."""
    if task.state == TaskState.READY:
        return task.run
    if task.state != TaskState.WAITING:
        return None
    if EXTERNAL in task.internal_data:
        return lambda: task.task_spec.answer(task, {})
    return (lambda: task.task_spec.fire(task, {}, {})) if hasattr(task.task_spec, "fire") else None


def main(words: list[str]) -> int:
    """Reports the files whose names contain a word, or all. Exit status 1 when something of one is not read."""
    tally, processes = Tally(), Tally()
    for path in files():
        if words and not any(word in path.name for word in words):
            continue
        missing = losses(path)
        tally.count("BPMN reference files read without loss", not missing)
        tally.surprises += [f"{path.name} loses {what}" for what in missing]
        read = package(path)
        for process, found in errors(read).items():
            ends = not found and runs_to_its_end(read, process)
            processes.count("their processes that run to their end as drawn", ends)
            says = ", ".join(f"{rule} {count}" for rule, count in sorted(found.items()))
            print(f"{path.name} {process}: {'runs to its end' if ends else says or 'does not end'}")
    tally.report()
    processes.report()
    return 1 if tally.surprises else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
