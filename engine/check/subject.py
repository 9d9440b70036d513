"""What the rules look at: a package, its diagrams, what service tasks may call, and look-ups over them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.bpmn.model import Diagrams, Element, Flow, Process
from engine.bpmn.reading import read_diagrams
from engine.bpmn.xml import BPMN, BPMNDI, tag
from engine.packages import Package
from engine.packages.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from engine.ports import Operation

HUMAN_STEPS = frozenset({"userTask"})


class Subject:
    """One package under examination."""

    def __init__(self, package: Package, operations: Mapping[str, Operation]) -> None:
        self.package = package
        self.operations = operations
        self.diagrams: Diagrams = read_diagrams(package)

    @cached_property
    def processes(self) -> list[Process]:
        """The processes that shall run, without those that are only drawn; all of them where none is executable."""
        known = list(self.diagrams.processes.values())
        return [process for process in known if process.executable] or known

    @cached_property
    def elements(self) -> list[Element]:
        """Every flow node of these processes."""
        return [element for process in self.processes for element in process.elements.values()]

    @cached_property
    def flows(self) -> list[Flow]:
        """Every sequence flow of these processes."""
        return [flow for process in self.processes for flow in process.flows.values()]

    @cached_property
    def by_id(self) -> dict[str, list[Element]]:
        """Flow nodes by id; an id may stand in several processes."""
        result: dict[str, list[Element]] = {}
        for element in self.elements:
            result.setdefault(element.id, []).append(element)
        return result

    @cached_property
    def human_steps(self) -> list[Element]:
        """The steps that people do."""
        return [element for element in self.elements if element.kind in HUMAN_STEPS]

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles of the package."""
        return frozenset(self.package.manifest.roles)

    @property
    def knows_roles(self) -> bool:
        """Whether `package.yaml` could be read so far that a missing role is worth a finding of its own."""
        return bool(self.roles) or not any(problem.file == MANIFEST for problem in self.package.problems)

    def process_of(self, element: Element) -> Process:
        """The process an element stands in."""
        return self.diagrams.processes[element.process_id]

    @cached_property
    def nodes(self) -> list[tuple[str, Any]]:
        """Every XML node with its file, apart from layout and from processes that are only drawn."""
        running = {(process.file, process.id) for process in self.processes}
        return [
            (file, node)
            for file, root in self.diagrams.documents.items()
            for part in root
            if part.tag != tag(BPMNDI, "BPMNDiagram")
            and (part.tag != tag(BPMN, "process") or (file, part.get("id") or "") in running)
            for node in part.iter("{*}*")
        ]
