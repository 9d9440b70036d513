"""The relations around customers, drawn and as a table: who is what to whom, the blocked and staff marked (CUS-1).

Drawn twice: in columns by distance for wide screens, in indented rows for narrow ones. Whatever is drawn stands in the
table too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lending.related_parties import circles_of
from models.customers import RELATION_KINDS, Customer
from models.queries import staff
from models.queries.related_parties import (
    customers_by_id,
    guarantees_of,
    relations_among,
    relations_around,
    staff_related_to,
)
from operations.house_figures import figures_of
from web.pages.relation_words import relation_kinds, staff_kinds

STEPS = 2
MOST_DRAWN = 40
_BOX, _ROW, _COLUMN = 168, 46, 258
_INDENT, _SLIM = 18, 350
_BESIDE, _NESTED = 76, 7
"""Room for lines between boxes of one column; the farther apart two are, the farther out their line."""
_SHORT = 11


@dataclass
class Node:
    """A customer or somebody of the house. `depth` counts steps from where the drawing begins."""

    key: str
    name: str
    depth: int
    number: str | None = None
    blocked: bool = False
    staff: bool = False
    circle: bool = False
    x: int = 0
    y: int = 0
    row: int = 0

    @property
    def short(self) -> str:
        """The name as it fits into its box."""
        return self.name if len(self.name) <= _SHORT else f"{self.name[: _SHORT - 1]}…"


@dataclass(frozen=True)
class Edge:
    """`one` is the `words` of `other`."""

    one: Node
    words: str
    other: Node
    share: Decimal | None = None

    @property
    def ends(self) -> tuple[Node, Node]:
        """The nearer one first."""
        return (self.one, self.other) if self.one.depth <= self.other.depth else (self.other, self.one)


@dataclass
class Graph:
    """Everything around some customers within a few steps."""

    nodes: list[Node]
    edges: list[Edge]
    left_out: int = 0
    box: int = _BOX
    width: int = 0
    height: int = 0
    slim_height: int = 0
    tree: list[tuple[Node, Node]] = field(default_factory=list)


def around(session: Session, begin: Iterable[Customer], steps: int = STEPS, beside: Iterable[Customer] = ()) -> Graph:
    """The graph around customers, in a query a step and a few more; those `beside` them stand a step away."""
    begun, others = {customer.id for customer in begin}, {customer.id for customer in beside}
    found = relations_around(session, begun | others, RELATION_KINDS, steps)
    ties = {(row.customer_id, row.kind, row.other_id): row.share for row in found}
    ids = begun | others | {end for one, _, other in ties for end in (one, other)}
    for guarantor, guaranteed in guarantees_of(session, begun | others):
        ties.setdefault((guarantor, "guarantor_of", guaranteed), None)
        ids |= {guarantor, guaranteed}
    among = relations_among(session, ids)
    ties |= {(row.customer_id, row.kind, row.other_id): row.share for row in among}
    known = customers_by_id(session, ids)
    depths = _depths(begun, others, [(one, other) for one, _, other in ties])
    order = sorted(known, key=lambda key: (depths[key], known[key].number))
    drawn = order[:MOST_DRAWN]
    nodes = {key: _customer(known[key], depths[key]) for key in drawn}
    guarantees = {(one, other) for one, kind, other in ties if kind == "guarantor_of"}
    for key, node in nodes.items():
        node.circle = bool(circles_of(guarantees, key, figures_of(session).circle_length, 1))
    kinds = relation_kinds()
    edges = [
        Edge(nodes[one], kinds.get(kind, kind), nodes[other], share)
        for (one, kind, other), share in sorted(ties.items(), key=lambda item: item[0])
        if one in nodes and other in nodes
    ]
    graph = Graph([*nodes.values()], edges, left_out=len(order) - len(drawn))
    _add_staff(session, graph)
    _lay_out(graph)
    return graph


def _customer(customer: Customer, depth: int) -> Node:
    blocked = customer.blocked_at is not None
    return Node(customer.number, customer.name, depth, number=customer.number, blocked=blocked)


def _depths(begun: Iterable[int], beside: set[int], pairs: list[tuple[int, int]]) -> dict[int, int]:
    depths = dict.fromkeys(begun, 0)
    front, depth = set(depths), 0
    while front or beside - depths.keys():
        depth += 1
        beyond = {other if one in front else one for one, other in pairs if (one in front) != (other in front)}
        front = (beyond | beside) - depths.keys()
        depths.update(dict.fromkeys(front, depth))
    return depths


def _add_staff(session: Session, graph: Graph) -> None:
    by_number = {node.number: node for node in graph.nodes if node.number}
    kinds = staff_kinds()
    related = staff_related_to(session, by_number)
    titles = staff.titles_of(session, [person.name for person, _ in related])
    people: dict[str, Node] = {}
    for person, relation in related:
        customer = by_number[relation.customer]
        node = people.get(person.name)
        if node is None:
            node = Node(f"staff:{person.name}", titles[person.name], customer.depth + 1, staff=True)
            people[person.name] = node
            graph.nodes.append(node)
        graph.edges.append(Edge(customer, kinds.get(relation.kind, relation.kind), node))


def _lay_out(graph: Graph) -> None:
    parent: dict[str, Node] = {}
    for edge in graph.edges:
        nearer, farther = edge.ends
        if nearer.depth < farther.depth:
            parent.setdefault(farther.key, nearer)
    children: dict[str, list[Node]] = {}
    roots = [node for node in graph.nodes if node.key not in parent]
    for node in graph.nodes:
        if node.key in parent:
            children.setdefault(parent[node.key].key, []).append(node)
            graph.tree.append((parent[node.key], node))
    rows = _in_rows(roots, children)
    slots = 0
    for node in reversed(rows):
        below = children.get(node.key)
        if below:
            node.y = sum(child.y for child in below) // len(below)
        else:
            node.y, slots = slots * _ROW, slots + 1
        node.x = node.depth * _COLUMN
    for row, node in enumerate(rows):
        node.row = row
        node.y = (slots - 1) * _ROW - node.y
    graph.width = max((node.x for node in graph.nodes), default=0) + _BOX + _BESIDE
    graph.height = slots * _ROW
    graph.slim_height = len(rows) * _ROW


def _in_rows(roots: list[Node], children: dict[str, list[Node]]) -> list[Node]:
    rows: list[Node] = []
    waiting = list(reversed(roots))
    while waiting:
        node = waiting.pop()
        rows.append(node)
        waiting.extend(reversed(children.get(node.key, [])))
    return rows


def edge_words(graph: Graph, nearer: Node, farther: Node) -> str:
    """What stands at the line between two: all that the one is to the other."""
    words = [
        edge.words + (f" {(edge.share * 100).normalize():f}%" if edge.share is not None else "")
        for edge in graph.edges
        if {edge.one.key, edge.other.key} == {nearer.key, farther.key}
    ]
    return "、".join(dict.fromkeys(words))


def _bow(one: Node, other: Node) -> int:
    """How far out the line between two boxes bends, so that lines side by side do not lie on each other."""
    return min(_BESIDE, 20 + _NESTED * abs(one.y - other.y) // _ROW) * 2 - 8


def drawing(graph: Graph) -> dict[str, Any]:
    """What the template draws: boxes, lines with words, for both widths."""
    tree = {(nearer.key, farther.key) for nearer, farther in graph.tree}
    cross = {
        (edge.ends[0].key, edge.ends[1].key): edge.ends
        for edge in graph.edges
        if (edge.ends[0].key, edge.ends[1].key) not in tree
    }
    return {
        "graph": graph,
        "lines": [(nearer, farther, edge_words(graph, nearer, farther)) for nearer, farther in graph.tree],
        "cross": [
            (one, other, edge_words(graph, one, other), _bow(one, other), one.circle and other.circle)
            for one, other in cross.values()
        ],
        "indent": _INDENT,
        "slim": _SLIM,
        "row": _ROW,
    }
