"""Compiles a form-js schema into nodes, and reports what the browser or the server could not do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from engine.forms.checks import check_component
from engine.forms.choice_fields import OneOf, SomeOf
from engine.forms.expressions import Formula
from engine.forms.names import why_no_name
from engine.forms.report import Reader, Report
from engine.forms.rules import KINDS
from engine.forms.schema import Block, Field, Leaf, Node, Rows, shape_of

MAX_COMPONENTS: Final = 500
MAX_NESTING: Final = 10
MAX_REPETITIONS: Final = 50
DISPLAY: Final = frozenset(
    {
        "text", "html", "image", "spacer", "separator", "button", "documentPreview", "table", "iframe",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a component stands: the segments from the row or form around it, the path before those, what hides it."""

    segments: tuple[str, ...] = ()
    before: str = ""
    depth: int = 0
    hideable: bool = False
    removable_rows: bool = False
    in_rows: bool = False

    def path(self, segments: tuple[str, ...]) -> str:
        return self.before + ".".join(segments)


class Compiler:
    """Compiles the components of one schema; `fields` and `report` fill as it goes."""

    def __init__(self, report: Report) -> None:
        self.fields: list[Field] = []
        self._report = report
        self._components = 0
        self._claims: set[tuple[str, ...]] = set()

    def compile(self, components: Any) -> tuple[Node, ...]:
        """The nodes of the form."""
        return self._nodes(components, _Around())

    def _nodes(self, components: Any, around: _Around) -> tuple[Node, ...]:
        if not isinstance(components, list):
            self._report.problems.append(("", "components must be a list"))
            return ()
        if around.depth > MAX_NESTING:
            self._report.problems.append(("", f"components are nested more than {MAX_NESTING} levels deep"))
            return ()
        nodes = []
        for component in components:
            self._components += 1
            if self._components > MAX_COMPONENTS:
                self._report.problems.append(("", f"there are more than {MAX_COMPONENTS} components"))
                break
            node = self._node(component, around)
            if node is not None:
                nodes.append(node)
        return tuple(nodes)

    def _node(self, component: Any, around: _Around) -> Node | None:
        if not isinstance(component, Mapping):
            self._report.problems.append(("", "a component is not an object"))
            return None
        reader = self._report.on(component)
        check_component(reader)
        if reader.type in DISPLAY:
            reader.condition()
            _read_sources(reader)
            return None
        if reader.type in KINDS or reader.type == "expression":
            return self._leaf(reader, around)
        if reader.type == "group":
            return self._group(reader, around)
        if reader.type == "dynamiclist":
            return self._rows(reader, around)
        reader.problem(f"components of type {reader.type!r} are unknown")
        return None

    def _leaf(self, reader: Reader, around: _Around) -> Leaf | None:
        segments = self._segments(reader, "key", around)
        if segments is None:
            return None
        hide = reader.condition()
        readonly = reader.toggle("readonly")
        disabled = reader.flag("disabled")
        if around.removable_rows and (disabled or readonly is not False):
            reader.warning("it is locked in a list whose rows can be removed: set allowAddRemove to false")
        computed = self._computed(reader) if reader.type == "expression" else None
        if reader.type == "expression" and (disabled or readonly is not False):
            reader.warning("form-js does not compute an expression field that is disabled or read-only")
        kind = KINDS[reader.type](reader) if reader.type != "expression" else None
        required = reader.flag("required", of=reader.rules)
        options = kind.options.fixed if isinstance(kind, (OneOf, SomeOf)) else ()
        field = Field(
            id=str(reader.component.get("id") or "")[:100],
            path=around.path(segments),
            variable=around.path(segments).split(".")[0].split("[")[0],
            type=reader.type,
            value_type=kind.value_type() if kind else "any",
            label=reader.text("label") or reader.text("dateLabel") or reader.text("timeLabel"),
            required=required,
            disabled=disabled,
            readonly=None if isinstance(readonly, Formula) else readonly,
            hidden=None if hide or around.hideable else False,
            options=options or None,
        )
        self.fields.append(field)
        default = reader.component.get("defaultValue")
        return Leaf(field, segments, kind, hide, readonly, disabled, required, default, computed)

    def _computed(self, reader: Reader) -> Formula | None:
        text = reader.text("expression")
        if not text.startswith("="):
            reader.problem("expression must begin with =")
            return None
        if reader.component.get("computeOn", "change") not in ("change", "presubmit"):
            reader.problem("computeOn must be change or presubmit")
        return reader.formula(text[1:], "expression")

    def _group(self, reader: Reader, around: _Around) -> Block:
        path = reader.text("path")
        segments = self._segments(reader, "path", around) if path else around.segments
        hide = reader.condition()
        inside = replace(
            around,
            segments=segments if segments is not None else around.segments,
            depth=around.depth + 1,
            hideable=around.hideable or hide is not None,
        )
        return Block(hide, self._nodes(reader.component.get("components", []), inside))

    def _rows(self, reader: Reader, around: _Around) -> Node | None:
        if not reader.flag("isRepeating", default=True):
            return self._group(reader, around)
        segments = self._segments(reader, "path", around)
        if segments is None:
            return None
        hide = reader.condition()
        fixed = not reader.flag("allowAddRemove", default=True)
        repetitions = reader.count("defaultRepetitions", least=0, most=MAX_REPETITIONS)
        inside = _Around(
            before=around.path(segments) + "[].",
            depth=around.depth + 1,
            hideable=around.hideable or hide is not None,
            removable_rows=not fixed,
            in_rows=True,
        )
        children = self._nodes(reader.component.get("components", []), inside)
        return Rows(segments, hide, children, fixed, 1 if repetitions is None else repetitions, shape_of(children))

    def _segments(self, reader: Reader, name: str, around: _Around) -> tuple[str, ...] | None:
        """The key or path as names, claimed as form-js claims it; None when it cannot be used."""
        text = reader.text(name)
        if not text:
            reader.problem(f"the {name} is missing, so that its value would get a random name")
            return None
        own = tuple(text.split("."))
        segments = (*around.segments, *own)
        for index, segment in enumerate(own, len(around.segments)):
            why = why_no_name(segment, is_variable=index == 0 and not around.in_rows)
            if why is not None:
                reader.problem(why)
                return None
        if reader.type != "group" and not self._claim(tuple(around.path(segments).split("."))):
            reader.problem(f"the {name} {text[:100]!r} is used twice")
            return None
        return segments

    def _claim(self, path: tuple[str, ...]) -> bool:
        for other in self._claims:
            shorter = min(len(path), len(other))
            if path[:shorter] == other[:shorter]:
                return False
        self._claims.add(path)
        return True


def _read_sources(reader: Reader) -> None:
    for name in ("dataSource", "columnsExpression"):
        text = reader.text(name)
        if text.startswith("="):
            reader.formula(text[1:], name)


def exact(value: Any, depth: int = 0) -> Any:
    """A copy of a schema in which every number is a `Decimal`; what is nested absurdly deep is left out."""
    if depth > 4 * MAX_NESTING:
        return None
    if isinstance(value, Mapping):
        return {key: exact(member, depth + 1) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(item, depth + 1) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return value
