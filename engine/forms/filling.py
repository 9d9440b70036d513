"""What a form holds: at first, from variables and defaults, and then with what was submitted laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.forms.errors import ErrorList, Path, Wrong
from engine.forms.kinds import Situation
from engine.forms.limits import MAX_ROWS
from engine.forms.schema import Leaf, Rows, Shape


def hold(shape: Shape, present: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """The data before anybody touches the form, as form-js initialises it: variables, else defaults, else empty."""
    held: dict[str, Any] = {}
    for name, node in shape.items():
        if isinstance(node, Leaf):
            held[name] = _hold_leaf(node, present, name, situation)
        elif isinstance(node, Rows):
            held[name] = _hold_rows(node, present.get(name), situation)
        else:
            held[name] = _hold_group(node, present.get(name), situation)
    return held


def _hold_leaf(leaf: Leaf, present: Mapping[str, Any], name: str, situation: Situation) -> Any:
    if leaf.kind is None:
        return present.get(name)
    return leaf.kind.hold(present.get(name, leaf.default), situation)


def _hold_group(shape: Shape, value: Any, situation: Situation) -> dict[str, Any]:
    members = value if isinstance(value, Mapping) else {}
    return {**members, **hold(shape, members, situation)}


def _hold_rows(rows: Rows, value: Any, situation: Situation) -> list[Any]:
    items = value if isinstance(value, list) else [{}] * rows.repetitions
    return [_hold_group(rows.shape, item, situation) for item in items]


class Submission:
    """A submission read against the shape of its form.

    `state` is what the form held with the submitted values over it, `given` the raw values by path, `wrong` those of
    the wrong type. `originals` is what a locked field may repeat: the present value, or in a list whose rows move that
    of any row; `fixed_lengths` how many rows a list must have whose rows are fixed.
    """

    def __init__(self, situation: Situation, errors: ErrorList) -> None:
        self.state: dict[str, Any] = {}
        self.given: dict[Path, Any] = {}
        self.wrong: dict[Path, Wrong] = {}
        self.originals: dict[Path, list[Any]] = {}
        self.fixed_lengths: dict[Path, int] = {}
        self._situation = situation
        self._errors = errors

    def read(self, shape: Shape, given: Mapping[Any, Any], held: dict[str, Any]) -> None:
        """Reads everything; unknown names and containers of the wrong type are errors at once."""
        self.state = self._group(shape, given, held, [held], ())

    def _group(
        self, shape: Shape, given: Mapping[Any, Any], base: Mapping[str, Any], originals: list[Any], path: Path
    ) -> dict[str, Any]:
        state = dict(base)
        for name, raw in given.items():
            node = shape.get(name) if isinstance(name, str) else None
            place = (*path, str(name))
            before = [original[name] for original in originals if isinstance(original, Mapping) and name in original]
            if node is None:
                self._errors.add(place, Wrong("unknown"))
            elif isinstance(node, Leaf):
                state[name] = self._leaf(node, raw, before, place)
            elif isinstance(node, Rows):
                state[name] = self._rows(node, raw, base[name], before, place)
            elif isinstance(raw, dict):
                state[name] = self._group(node, raw, base[name], before, place)
            elif raw is not None:
                self._errors.add(place, Wrong("not_a_group"))
        return state

    def _leaf(self, leaf: Leaf, raw: Any, before: list[Any], place: Path) -> Any:
        self.given[place] = raw
        self.originals[place] = before
        if raw is None or leaf.kind is None:
            return None
        try:
            return leaf.kind.read(raw, self._situation.zone)
        except Wrong as wrong:
            self.wrong[place] = wrong
            return None

    def _rows(self, rows: Rows, raw: Any, base: list[Any], before: list[Any], place: Path) -> list[Any]:
        if raw is not None and not isinstance(raw, list):
            self._errors.add(place, Wrong("not_a_list"))
            return base
        items = raw or []
        if len(items) > MAX_ROWS:
            self._errors.add(place, Wrong("too_many_rows", limit=MAX_ROWS))
            return base
        self.given[place] = raw
        if rows.fixed:
            self.fixed_lengths[place] = len(base)
        fresh = hold(rows.shape, {}, self._situation)
        anywhere = [fresh, *(row for held in before for row in held)]
        state = []
        for index, item in enumerate(items):
            spot = (*place, index)
            if item is not None and not isinstance(item, dict):
                self._errors.add(spot, Wrong("not_a_group"))
                item = None
            kept = base[index] if rows.fixed and index < len(base) else fresh
            # form-js leaves a hole where every field of a row is hidden.
            state.append(self._group(rows.shape, item or {}, kept, [kept] if rows.fixed else anywhere, spot))
        return state


def accepted_values(
    shape: Shape, accepted: Mapping[Path, Any], lists: Mapping[Path, int], present: Mapping[str, Any], path: Path = ()
) -> dict[str, Any]:
    """The variables to write: accepted values in their groups and rows.

    Entries of groups, and of rows that cannot move, which the form did not write stay as they are; `lists` gives the
    number of rows of each list that was submitted.
    """
    values: dict[str, Any] = {}
    for name, node in shape.items():
        place = (*path, name)
        before = present.get(name)
        if isinstance(node, Leaf):
            if place in accepted:
                values[name] = accepted[place]
        elif isinstance(node, Rows):
            if place in lists:
                values[name] = [
                    _kept(before, index, node)
                    | accepted_values(node.shape, accepted, lists, _kept(before, index, node), (*place, index))
                    for index in range(lists[place])
                ]
        else:
            members = before if isinstance(before, Mapping) else {}
            inner = accepted_values(node, accepted, lists, members, place)
            if inner:
                values[name] = {**members, **inner}
    return values


def _kept(before: Any, index: int, rows: Rows) -> dict[str, Any]:
    if rows.fixed and isinstance(before, list) and index < len(before) and isinstance(before[index], Mapping):
        return dict(before[index])
    return {}
