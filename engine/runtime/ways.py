"""What the drawing of one scope says about its ways: which branch a node lies in, and where its branches meet.

Asked of the definition alone; the token tree is not needed, so that compaction may drop what is finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.runtime.events import EventGateway
from engine.runtime.gateways import ExclusiveGateway, ParallelGateway

Edge = tuple[str, str]
"""The names of two nodes: the flow from one to the other."""


def inside(spec: Any, edge: Edge, name: str) -> bool:
    """Whether every way from the beginning of the scope to `name` goes through this flow."""
    seen: set[str] = set()
    todo = [spec.start.name]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += [after for after in spec.task_specs[node]._outputs if (node, after) != edge]
    return name not in seen


def branch(spec: Any, parting: str, name: str) -> Edge | None:
    """The flow out of `parting` in whose branch `name` lies; None when it lies in none, or behind their meeting."""
    outputs = spec.task_specs[parting]._outputs
    found = (edge for edge in ((parting, after) for after in outputs) if inside(spec, edge, name))
    return next(found, None)


def branches_around(spec: Any, name: str) -> list[Edge]:
    """The branches of parallel splits in which a node lies."""
    found = (branch(spec, split, name) for split in spec.task_specs if _parts(spec.task_specs[split]))
    return [edge for edge in found if edge is not None]


def branch_beside(spec: Any, name: str, others: Iterable[str]) -> Edge | None:
    """The nearest branch around a node whose sisters, or the join where it meets them, are among `others`."""
    around = [edge for edge in branches_around(spec, name) if any(_is_beside(spec, edge, other) for other in others)]
    return max(around, key=lambda edge: sum(inside(spec, other, edge[0]) for other in around), default=None)


def _is_beside(spec: Any, edge: Edge, other: str) -> bool:
    if any(join.name == other for join, _ in meetings(spec, edge)):
        return True
    return branch(spec, edge[0], other) not in (None, edge)


def _parts(node: Any) -> bool:
    """Whether tokens may go on side by side behind it."""
    alternatives = isinstance(node, (ExclusiveGateway, EventGateway)) or node.is_boundary_split
    return len(node._outputs) > 1 and not alternatives


def meetings(spec: Any, edge: Edge) -> list[tuple[ParallelGateway, list[str]]]:
    """The parallel joins outside a branch to which it leads, each with those of its inputs that lie in the branch."""
    found = []
    for node in spec.task_specs.values():
        if isinstance(node, ParallelGateway) and len(node._inputs) > 1 and not inside(spec, edge, node.name):
            inputs = [name for name in node._inputs if inside(spec, edge, name) or (name, node.name) == edge]
            if inputs:
                found.append((node, inputs))
    return found
