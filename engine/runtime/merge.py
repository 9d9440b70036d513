"""Three-way merge of process variables: what each branch changed since the paths parted, and nothing else.

SpiffWorkflow merges whole data at a join, so that the later branch wins with its stale copy. Values are never changed
in place, here or anywhere in the engine: a changed value is a new value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any

from engine.values import dumps

_GONE = object()

Conflict = Callable[[str], None]
"""Told the path of a scalar that two branches changed differently; the later arrival has won."""


def same(a: Any, b: Any) -> bool:
    """Equal and of the same type all the way down (Python thinks that True equals 1)."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return len(a) == len(b) and all(key in b and same(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def merge(base: Any, ours: Any, theirs: Any, conflict: Conflict, path: str = "") -> Any:
    """`ours` with the change from `base` to `theirs` applied; where both changed the same scalar, `theirs` wins."""
    if _unchanged(base, theirs):
        return ours
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_contexts(base if isinstance(base, dict) else {}, ours, theirs, conflict, path)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _merge_lists(base if isinstance(base, list) else [], ours, theirs, conflict, path)
    if not _unchanged(base, ours) and not _unchanged(ours, theirs):
        conflict(path)
    return theirs


def _unchanged(base: Any, value: Any) -> bool:
    return base is value or (base is not _GONE and value is not _GONE and same(base, value))


def _merge_contexts(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], conflict: Conflict, path: str
) -> dict[str, Any]:
    merged = {}
    for key in dict.fromkeys([*ours, *theirs]):
        inner = f"{path}.{key}" if path else key
        value = merge(base.get(key, _GONE), ours.get(key, _GONE), theirs.get(key, _GONE), conflict, inner)
        if value is not _GONE:
            merged[key] = value
    return merged


def _merge_lists(base: list[Any], ours: list[Any], theirs: list[Any], conflict: Conflict, path: str) -> list[Any]:
    """Insertions of both are kept, deletions of either are done, an item replaced by both is merged."""
    our_items, our_gaps = _edits(base, ours)
    their_items, their_gaps = _edits(base, theirs)
    merged: list[Any] = []
    for i in range(len(base) + 1):
        merged += our_gaps[i] + their_gaps[i]
        if i < len(base):
            merged.append(merge(base[i], our_items[i], their_items[i], conflict, f"{path}[{i + 1}]"))
    return [item for item in merged if item is not _GONE]


def _edits(base: list[Any], new: list[Any]) -> tuple[list[Any], list[list[Any]]]:
    """What stands in place of each item of `base`, and what is put in before each (and at the end)."""
    items, gaps = list(base), [[] for _ in range(len(base) + 1)]  # type: list[Any], list[list[Any]]
    if new[: len(base)] == base and all(map(same, base, new)):
        gaps[len(base)] = new[len(base) :]
        return items, gaps
    matcher = SequenceMatcher(None, [dumps(item) for item in base], [dumps(item) for item in new], autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for i in range(start, end):
            items[i] = new[new_start + i - start] if i - start < new_end - new_start else _GONE
        gaps[end] += new[new_start + end - start : new_end]
    return items, gaps


def merge_paths(
    paths: Iterable[list[Any]],
    data_of: Callable[[Any], dict[str, Any]],
    base_of: Callable[[Any, Any], dict[str, Any]],
    conflict: Conflict,
) -> dict[str, Any]:
    """Several tokens of one tree become one set of variables, merging wherever their paths (root first) meet.

    `paths` come in the order of arrival; `data_of(token)` is what a token carries, `base_of(node, child)` what the
    path beginning at `child` of `node` started from.
    """

    def result(group: list[list[Any]], depth: int) -> dict[str, Any]:
        while len(group) > 1 and all(path[depth] is group[0][depth] for path in group):
            depth += 1
        if len(group) == 1:
            return data_of(group[0][-1])
        node = group[0][depth - 1]
        branches: dict[int, list[list[Any]]] = {}
        for path in group:
            branches.setdefault(id(path[depth]), []).append(path)
        merged = node.data
        for branch in branches.values():
            merged = merge(base_of(node, branch[0][depth]), merged, result(branch, depth + 1), conflict)
        return dict(merged)

    return result(list(paths), 0)
