"""Which fields are hidden, and what expression fields compute, in the order in which form-js works it out.

form-js judges the conditions on all data first and takes the values of hidden fields out, so that a variable shows what
the form began with again; on this it judges them once more, and that second result is what it shows and submits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.forms.errors import Path, Wrong
from engine.forms.expressions import Circumstances, Scope, top_scope
from engine.forms.kinds import same
from engine.forms.schema import Block, Leaf, Node, Rows
from engine.values import ValueRefused, check_variable


@dataclass(frozen=True, slots=True)
class Place:
    """One field or list as it stands in the filled-in form; `in_moving_rows` where its row may be added or removed."""

    node: Leaf | Rows
    path: Path
    scope: Scope
    hidden: bool
    in_moving_rows: bool


def settle(
    nodes: tuple[Node, ...], state: dict[str, Any], at_first: dict[str, Any], passes: int, around: Circumstances
) -> list[Place]:
    """Every place of the form with its visibility; expression fields are computed into `state`.

    `at_first` is what the form held before anybody touched it.
    They may read each other, so they are computed until nothing changes, at most `passes` times. Raises `Wrong`.
    """
    for _ in range(passes):
        places = _visible(nodes, state, at_first, around)
        if not _compute(places, state):
            return places
    return _visible(nodes, state, at_first, around)


def _visible(
    nodes: tuple[Node, ...], state: dict[str, Any], at_first: dict[str, Any], around: Circumstances
) -> list[Place]:
    places = _places(nodes, state, top_scope(state, around), (), hidden=False, moving=False)
    remaining = at_first | _without(state, [place.path for place in places if place.hidden])
    return list(_places(nodes, state, top_scope(remaining, around), (), hidden=False, moving=False))


def _places(
    nodes: tuple[Node, ...], data: Any, scope: Scope, path: Path, *, hidden: bool, moving: bool
) -> Iterator[Place]:
    for node in nodes:
        is_hidden = hidden or (node.hide is not None and node.hide.holds(scope))
        if isinstance(node, Block):
            yield from _places(node.children, data, scope, path, hidden=is_hidden, moving=moving)
            continue
        place = (*path, *node.segments)
        yield Place(node, place, scope, is_hidden, moving)
        if isinstance(node, Rows) and not is_hidden:
            for index, row in enumerate(value_at(data, node.segments)):
                inner = scope.row(row, index + 1)
                yield from _places(
                    node.children, row, inner, (*place, index), hidden=False, moving=moving or not node.fixed
                )


def _compute(places: list[Place], state: dict[str, Any]) -> bool:
    """Computes the visible expression fields; whether any of them changed."""
    changed = False
    for place in places:
        leaf = place.node
        if not isinstance(leaf, Leaf) or leaf.computed is None or place.hidden:
            continue
        value = leaf.computed.value(place.scope)
        try:
            check_variable(value, leaf.field.path)
        except ValueRefused:
            raise Wrong("expression_failed") from None
        container = value_at(state, place.path[:-1])
        name = place.path[-1]
        if name not in container or not same(container[name], value):
            container[name] = value
            changed = True
    return changed


def value_at(data: Any, path: Path) -> Any:
    """What stands at `path`."""
    for part in path:
        data = data[part]
    return data


def _without(data: dict[str, Any], hidden: list[Path]) -> dict[str, Any]:
    """A copy of `data` without the values at the hidden paths, and without groups, rows and lists that this empties."""
    copied: dict[Path, Any] = {(): dict(data)}
    for path in hidden:
        containers = [copied[()]]
        for length in range(1, len(path)):
            step = path[:length]
            if step not in copied:
                inner = containers[-1][path[length - 1]]
                copied[step] = list(inner) if isinstance(inner, list) else dict(inner)
                containers[-1][path[length - 1]] = copied[step]
            containers.append(copied[step])
        for container, part in zip(reversed(containers), reversed(path), strict=True):
            _take_out(container, part)
            if not _is_empty(container):
                break
    result: dict[str, Any] = copied[()]
    return result


def _take_out(container: Any, part: str | int) -> None:
    if isinstance(container, list):
        container[int(part)] = None
    else:
        container.pop(part, None)


def _is_empty(container: Any) -> bool:
    return all(item is None for item in container) if isinstance(container, list) else not container
