"""Which variables an expression reads, and which functions it misses: for the checker, and to tell tests about `?`."""

from __future__ import annotations

from collections.abc import Set

from engine.feel import syntax as s
from engine.feel.builtins import FUNCTIONS


class _Reader:
    def __init__(self) -> None:
        self.certain: set[str] = set()
        self.possible: set[str] = set()
        self.missing: set[str] = set()

    def read(self, node: s.Node, bound: Set[str], filtered: bool) -> None:
        if isinstance(node, s.Name):
            if node.name not in bound:
                (self.possible if filtered or node.name in FUNCTIONS else self.certain).add(node.name)
        elif isinstance(node, s.Filter):
            self.read(node.source, bound, filtered)
            self.read(node.match, bound | {"item"}, True)
        elif isinstance(node, (s.For, s.Quantified)):
            self._iteration(node, bound, filtered)
        elif isinstance(node, s.ContextNode):
            entries = set(bound)
            for key, value in node.entries:
                self.read(value, entries, filtered)
                entries.add(key)
        elif isinstance(node, s.FunctionNode):
            if not node.external:
                self.read(node.body, bound | {name for name, _ in node.parameters}, filtered)
        elif isinstance(node, s.Call):
            self._call(node, bound, filtered)
        else:
            for child in s.children(node):
                self.read(child, bound, filtered)

    def _iteration(self, node: s.For | s.Quantified, bound: Set[str], filtered: bool) -> None:
        if isinstance(node, s.For):
            bound = bound | {s.PARTIAL}
        for iterator in node.iterators:
            self.read(iterator.source, bound, filtered)
            if iterator.end is not None:
                self.read(iterator.end, bound, filtered)
            bound = bound | {iterator.variable}
        self.read(node.body, bound, filtered)

    def _call(self, node: s.Call, bound: Set[str], filtered: bool) -> None:
        if not isinstance(node.function, s.Name) or node.function.name not in FUNCTIONS:
            self.read(node.function, bound, filtered)
            called = _called(node.function)
            if called is not None and called[0] not in bound:
                self.missing.add(".".join(called))
        for argument in node.arguments:
            self.read(argument, bound, filtered)


def _called(function: s.Node) -> tuple[str, ...] | None:
    """The name, or path from a name, by which a function is called; None where something else gives the function."""
    if isinstance(function, s.Name):
        return (function.name,)
    if isinstance(function, s.Path):
        source = _called(function.source)
        return None if source is None else (*source, function.member)
    return None


def free_names(node: s.Node) -> tuple[frozenset[str], frozenset[str]]:
    """The variables read for certain; those that may instead be members of a filtered item or built-in functions."""
    reader = _Reader()
    reader.read(node, frozenset(), False)
    return frozenset(reader.certain), frozenset(reader.possible - reader.certain)


def missing_functions(node: s.Node) -> frozenset[str]:
    """The functions called that neither FEEL nor the expression has: such a call is null, as no variable is one."""
    reader = _Reader()
    reader.read(node, frozenset(), False)
    return frozenset(reader.missing)
