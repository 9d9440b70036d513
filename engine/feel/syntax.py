"""The nodes of a parsed FEEL expression: data only. The parser makes them, `compiler` and `free_names` read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from engine.feel.types import Type

# What is made and kept counts for its memory too: a context or a function takes as much as several numbers.
STEPS_OF_A_CONTEXT: Final = 8
STEPS_OF_A_FUNCTION: Final = 30
INPUT: Final = "?"
PARTIAL: Final = "partial"


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes.

    `size` says how many steps of the budget it takes to evaluate the node once. What runs once is bounded by the length
    of its text, so only what can run again is counted: the body of a loop or function, a filter's condition. `mentions`
    are those of the special names INPUT and PARTIAL that stand anywhere in it. Both are found when the node is made,
    from those of its parts.
    """

    size: int = field(init=False, repr=False, compare=False)
    mentions: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = list(children(self))
        object.__setattr__(self, "size", self._weight() + sum(part.size for part in parts))
        object.__setattr__(self, "mentions", self._names().union(*(part.mentions for part in parts)))

    def _weight(self) -> int:
        return 1

    def _names(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str

    def _names(self) -> frozenset[str]:
        return frozenset((self.name,)) if self.name in (INPUT, PARTIAL) else frozenset()


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`first` and then each operator with its operand, of one precedence, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """All operands of a chain of one operator, `and` or `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """A unary test with an operator of its own, `< 5`; as a value it is a range."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """Holds when one of the tests holds for the input `?`; `None` stands for `-`."""

    tests: tuple[Node, ...] | None
    negated: bool


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`variable in source`, or `variable in source..end`."""

    variable: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    quantifier: str
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    entries: tuple[tuple[str, Node], ...]

    def _weight(self) -> int:
        return STEPS_OF_A_CONTEXT + 2 * len(self.entries)


@dataclass(frozen=True, slots=True)
class Path(Node):
    source: Node
    member: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    source: Node
    match: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call with positional arguments (`names` is None) or named ones."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    """A function definition; `external` ones cannot be called."""

    parameters: tuple[tuple[str, Type | None], ...]
    body: Node
    external: bool

    def _weight(self) -> int:
        return STEPS_OF_A_FUNCTION


def children(node: Node) -> Iterable[Node]:
    """The parts of a node, in the order written."""
    for name in type(node).__slots__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Node):
                    yield part
                elif isinstance(part, tuple):
                    yield from (inner for inner in part if isinstance(inner, Node))
