"""Looks for conditions that depend on each other in ways that form-js and the server could not settle alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.forms.report import Report
from engine.forms.schema import Leaf, Node

_FOLLOWED: Final = 2


def check_conditions(nodes: tuple[Node, ...], report: Report) -> None:
    """Warns of conditions in a circle, and of chains of more than two hidden fields, which form-js does not follow."""
    reads: dict[str, set[str]] = {}
    for name, names in _hidden_by(nodes, frozenset()):
        reads.setdefault(name, set()).update(names)
    depth = 1
    while reads:
        settled = [name for name, names in reads.items() if names.isdisjoint(reads)]
        if not settled:
            break
        for name in settled:
            del reads[name]
            if depth > _FOLLOWED:
                message = f"a chain of {depth} fields decides whether it is hidden; form-js follows {_FOLLOWED}"
                report.warnings.append((name, message))
        depth += 1
    report.warnings.extend((name, "whether it is hidden depends on itself, around a circle") for name in reads)


def _hidden_by(nodes: tuple[Node, ...], around: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each variable with the names that the conditions of its field, and of what is around it, read."""
    for node in nodes:
        names = around | (node.hide.reads if node.hide else frozenset())
        if not isinstance(node, Leaf):
            yield from _hidden_by(node.children, names)
        elif names:
            yield node.field.variable, names
