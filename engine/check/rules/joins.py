"""The rule about parallel joins that one token alone leads to: what an exclusive gateway parts, no join can gather."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bpmn.model import Element, Process
from engine.check.graph import Graph, Node
from engine.check.registry import Spot, at, warning
from engine.check.subject import Subject

_ONE_WAY = frozenset({"exclusiveGateway", "eventBasedGateway"})
_MAX_JOINS, _MAX_INPUTS = 100, 8
"""So many are judged: a diagram may be as large as its author likes."""

Arm = tuple[str | None, Node]
"""Where a new token begins: the flow on which it leaves, if it leaves on one, and the node that it comes to."""


@warning("join-never-complete", "A parallel join whose incoming flows never have a token at once.")
def join_never_complete(subject: Subject) -> Iterator[Spot]:
    for process in subject.processes:
        joins = [e for e in process.elements.values() if e.kind == "parallelGateway" and len(e.incoming) > 1]
        graph = Graph(process)
        splits = {scope: _splits(process, graph, scope) for scope in {join.scope for join in joins[:_MAX_JOINS]}}
        for join in joins[:_MAX_JOINS]:
            pair = next(_never_together(process, graph, join, splits[join.scope]), None)
            if pair is not None:
                yield at(
                    join,
                    f"Nothing before the join gives both {pair[0]!r} and {pair[1]!r} a token, so that it waits for "
                    "ever; use an exclusive gateway to merge, or a parallel one to split.",
                )


def _never_together(
    process: Process, graph: Graph, join: Element, splits: list[list[Arm]]
) -> Iterator[tuple[str, str]]:
    leading = {key: graph.origins((process.flows[key].source, "out")) for key in join.incoming[:_MAX_INPUTS]}

    def part(arms: list[Arm], one: str, other: str) -> bool:
        """Whether two different arms lead to the two flows."""
        to_one, to_other = (
            {number for number, (key, node) in enumerate(arms) if key == flow or node in leading[flow]}
            for flow in (one, other)
        )
        return bool(to_one and to_other) and len(to_one | to_other) > 1

    for one, other in combinations(leading, 2):
        if not any(part(arms, one, other) for arms in splits):
            yield process.flows[one].source, process.flows[other].source


def _splits(process: Process, graph: Graph, scope: str | None) -> list[list[Arm]]:
    """The arms of everything in the scope that may make several tokens of one."""
    splits: list[list[Arm]] = [[(None, node) for node in graph.entries(scope)]]
    for element in process.elements.values():
        if element.scope != scope or element.kind in _ONE_WAY:
            continue
        arms: list[Arm] = [(key, (process.flows[key].target, "in")) for key in element.outgoing]
        events = [event for key in graph.events_of(element.id) if (event := process.elements[key].event) is not None]
        if not all(event.interrupting for event in events):
            # One that does not interrupt may come again.
            arms += [(None, (key, "in")) for key in graph.events_of(element.id) for _ in range(2)]
        splits.append(arms)
    return [arms for arms in splits if len(arms) > 1]
