"""The diagrams can be read: nothing overlaps, flows run straight and never through a step, all has its colour."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any, NamedTuple

import pytest

from engine.bpmn.model import SCOPES, Diagrams
from engine.bpmn.xml import BPMNDI, DC, DI, tag

FILES = [
    "loan_origination",
    "approval_validity",
    "investigation",
    "committee",
    "contract_and_guarantee",
    "disbursement",
    "desk_papers",
    "draw",
    "archive",
]
BIOC = "http://bpmn.io/schema/bpmn/biocolor/1.0"


class Box(NamedTuple):
    """A shape's corners."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the insides have anything in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest) -> str:
    """One diagram after another."""
    return f"{request.param}.bpmn"


def test_steps_do_not_overlap(file: str, diagrams: Diagrams) -> None:
    boxes = _boxes(file, diagrams)
    overlapping = [
        (one, other)
        for (one, first), (other, second) in combinations(boxes.items(), 2)
        if first.meets(second) and not {one, other} & _frames(diagrams) and not {one, other} & _attached(diagrams)
    ]
    assert overlapping == []


def test_texts_do_not_lie_over_one_another(file: str, diagrams: Diagrams) -> None:
    labels = _labels(diagrams.documents[file])
    overlapping = [
        (one, other) for (one, first), (other, second) in combinations(labels.items(), 2) if first.meets(second)
    ]
    assert overlapping == []


def test_flows_are_orthogonal_and_pass_no_step(file: str, diagrams: Diagrams) -> None:
    boxes = _boxes(file, diagrams)
    ends = {flow.id: {flow.source, flow.target} for flow in diagrams.flows()}
    for flow, points in _flows(file, diagrams).items():
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2, f"{flow} is slanted"
            segment = Box(min(x1, x2), min(y1, y2), max(x1, x2) + 0.1, max(y1, y2) + 0.1)
            passed = {key for key, box in boxes.items() if segment.meets(box)}
            assert passed - ends[flow] - _frames(diagrams) - _attached(diagrams) - _hosts(diagrams, ends[flow]) == set()


def test_every_step_lies_in_its_lane(file: str, diagrams: Diagrams) -> None:
    boxes = _boxes(file, diagrams)
    shapes = _shapes(diagrams.documents[file])
    for process in diagrams.processes.values():
        for lane in process.lanes.values() if process.file == file else ():
            frame = shapes[lane.id]
            for key in lane.nodes:
                box = boxes[key]
                assert frame.left < box.left < box.right < frame.right, key
                assert frame.top < box.top < box.bottom < frame.bottom, key


def test_every_node_has_its_colour(file: str, diagrams: Diagrams) -> None:
    drawn = {
        shape.get("bpmnElement")
        for shape in diagrams.documents[file].iter(tag(BPMNDI, "BPMNShape"))
        if shape.get(tag(BIOC, "fill")) and shape.get(tag(BIOC, "stroke"))
    }
    assert {element.id for element in diagrams.elements() if element.file == file} <= drawn


def _shapes(root: Any) -> dict[str, Box]:
    shapes = root.iter(tag(BPMNDI, "BPMNShape"))
    return {shape.get("bpmnElement"): _box(shape.find(tag(DC, "Bounds"))) for shape in shapes}


def _labels(root: Any) -> dict[str, Box]:
    """Where the texts beside elements and flows stand, by what they belong to."""
    labels = root.iter(tag(BPMNDI, "BPMNLabel"))
    return {label.getparent().get("bpmnElement"): _box(label.find(tag(DC, "Bounds"))) for label in labels}


def _box(bounds: Any) -> Box:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def _boxes(file: str, diagrams: Diagrams) -> dict[str, Box]:
    nodes = {element.id for element in diagrams.elements() if element.file == file}
    return {key: box for key, box in _shapes(diagrams.documents[file]).items() if key in nodes}


def _flows(file: str, diagrams: Diagrams) -> dict[str, list[tuple[float, float]]]:
    known = {flow.id for flow in diagrams.flows()}
    return {
        edge.get("bpmnElement"): [
            (float(point.get("x")), float(point.get("y"))) for point in edge.iter(tag(DI, "waypoint"))
        ]
        for edge in diagrams.documents[file].iter(tag(BPMNDI, "BPMNEdge"))
        if edge.get("bpmnElement") in known
    }


def _frames(diagrams: Diagrams) -> set[str]:
    """Sub-processes, which hold other nodes."""
    return {element.id for element in diagrams.elements() if element.kind in SCOPES}


def _attached(diagrams: Diagrams) -> set[str]:
    """Boundary events, which sit on their activity."""
    return {element.id for element in diagrams.elements() if element.kind == "boundaryEvent"}


def _hosts(diagrams: Diagrams, keys: set[str]) -> set[str]:
    """The activities under the boundary events among `keys`."""
    return {
        element.event.attached_to
        for element in diagrams.elements()
        if element.id in keys and element.event is not None and element.event.attached_to
    }
