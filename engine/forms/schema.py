"""The compiled form: leaves with their rules, blocks that may be hidden together, and lists of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.forms.expressions import Formula
from engine.forms.kinds import Kind

Toggle = bool | Formula


@dataclass(frozen=True, slots=True)
class Field:
    """What pages and the checker need to know of one field.

    `path` is `limit` or `children[].name`, `variable` its first name; `type` is form-js's, `value_type` FEEL's.
    `readonly` and `hidden` are None where an expression decides. `options` are the fixed option values, None where they
    come from elsewhere.
    """

    id: str
    path: str
    variable: str
    type: str
    value_type: str
    label: str
    required: bool
    disabled: bool
    readonly: bool | None
    hidden: bool | None
    options: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A field with a value. `segments` lead to it from the row or form around it; `computed`: an expression field."""

    field: Field
    segments: tuple[str, ...]
    kind: Kind | None
    hide: Formula | None
    readonly: Toggle
    disabled: bool
    required: bool
    default: Any = None
    computed: Formula | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A group: hidden as a whole; its path is part of its fields' segments."""

    hide: Formula | None
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A dynamic list. `fixed`: rows are neither added nor removed; `repetitions` rows are shown without a variable."""

    segments: tuple[str, ...]
    hide: Formula | None
    children: tuple[Node, ...]
    fixed: bool
    repetitions: int
    shape: Shape = field(default_factory=dict)


Node = Leaf | Block | Rows
Shape = dict[str, Any]
"""Names to leaves, lists, or (for groups) further shapes: what a submission may contain."""


def shape_of(nodes: tuple[Node, ...]) -> Shape:
    """The shape of a form or of one row. Where two fields claim one path, the first keeps it."""
    shape: Shape = {}
    for node in _bound(nodes):
        place = shape
        for segment in node.segments[:-1]:
            inner = place.setdefault(segment, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place.setdefault(node.segments[-1], node)
    return shape


def _bound(nodes: tuple[Node, ...]) -> Iterator[Leaf | Rows]:
    for node in nodes:
        if isinstance(node, Block):
            yield from _bound(node.children)
        else:
            yield node
