"""Reads the test cases of the DMN Technology Compatibility Kit: inputs and expected values as FEEL values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.dmn.xml import child as _child
from engine.dmn.xml import children
from engine.feel import compile_expression

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NUMBERS = frozenset({"decimal", "double", "integer", "float", "int", "long", "short", "byte"})
_CONSTRUCTORS = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration"}


@dataclass(frozen=True, slots=True)
class TckCase:
    """One expected result: evaluate `invocable` of the model and, where it is a service, look at its output `node`."""

    folder: str
    model: Path
    case: str
    node: str
    service: str | None
    inputs: dict[str, Any]
    expected: Any
    is_error: bool

    def __str__(self) -> str:
        return f"{self.folder} {self.case} {self.node}"


def read_cases(folder: Path) -> Iterator[TckCase]:
    """All cases of one folder of the kit."""
    for file in sorted(folder.glob("*test*.xml")):
        root = etree.parse(file).getroot()
        model = folder / (_child(root, "modelName").text or "").strip()
        for case in children(root, "testCase"):
            inputs = {node.get("name"): _value(node) for node in children(case, "inputNode")}
            service = case.get("invocableName") if case.get("type") == "decisionService" else None
            for node in children(case, "resultNode"):
                expected = _child(node, "expected")
                yield TckCase(
                    folder.name,
                    model,
                    case.get("id") or "",
                    node.get("name"),
                    service,
                    inputs,
                    _value(expected) if expected is not None else None,
                    node.get("errorResult") == "true",
                )


def _value(element: Any) -> Any:
    """The value of an element that holds `value`, `list` or `component`s."""
    components = list(children(element, "component"))
    if components:
        return {component.get("name"): _value(component) for component in components}
    items = _child(element, "list")
    if items is not None:
        return [_value(item) for item in children(items, "item")]
    value = _child(element, "value")
    if value is None or "true" in (value.get(_XSI + "nil"), element.get(_XSI + "nil")):
        return None
    return _typed((value.get(_XSI + "type") or "string").rpartition(":")[2], value.text or "")


def _typed(kind: str, text: str) -> Any:
    if kind in _NUMBERS:
        return Decimal(text.strip())
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in _CONSTRUCTORS:
        return compile_expression(f'{_CONSTRUCTORS[kind]}("{text.strip()}")').evaluate({})
    return text
