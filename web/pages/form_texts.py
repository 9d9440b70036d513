"""Texts of a form that name variables, written as people write them, and the package's own texts in its data.

Decision tables and checklists put Chinese texts of the package into variables. A form that only shows them shows their
translation; what comes back is the text as the case holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from web.pages.vocabulary import Vocabulary

# The name under which texts find the written values. They stay data: whatever they hold, it is no part of the template.
_SHOWN = "loanflow_shown"
_LITERAL = re.compile(r'"([^"\\]*)"')
_NAMED = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")


def script_words() -> dict[str, str]:
    """What the script that draws a form says."""
    return {
        "sections": gettext("表单各节"),
        "fold": gettext("收起"),
        "unfold": gettext("展开"),
        "wrong": gettext("还不能提交"),
        "check": gettext("请改正标出的各项"),
        "offline": gettext("没有连上服务器，填的内容还在，请稍后再提交"),
    }


def with_figures(
    schema: Mapping[str, Any], seen: Mapping[str, Any], words: Vocabulary
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema with its texts pointed at written values, and those values as further data of the form.

    Concerns `{{amount}}` of variables that the form only shows: what it asks for changes while one writes.
    """
    asked = set(_keys(schema.get("components", [])))
    shown: dict[str, str] = {}

    def point(found: re.Match[str]) -> str:
        name = found[1]
        if name in asked or seen.get(name) is None:
            return found[0]
        shown[name] = words.figure(name, seen[name])
        return f"{{{{{_SHOWN}.{name}}}}}"

    def redrawn(component: Mapping[str, Any]) -> dict[str, Any]:
        result = dict(component)
        if component.get("type") == "text" and isinstance(component.get("text"), str):
            result["text"] = _NAMED.sub(point, component["text"])
        if isinstance(component.get("components"), list):
            result["components"] = [redrawn(inner) for inner in component["components"]]
        return result

    drawn = redrawn(schema)
    return drawn, {_SHOWN: shown} if shown else {}


def in_words(
    schema: Mapping[str, Any], data: Mapping[str, Any], words: Vocabulary
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The data with the package's texts translated where the form cannot change them.

    Beside it, for each read-only field, what its translations stand for: the page's script sends those back. Texts that
    the form's expressions compare stay as they are.
    """
    asked, locked = set(_keys(schema.get("components", []))), _locked(schema.get("components", []))
    compared = set(_LITERAL.findall(" ".join(_formulas(schema))))
    back: dict[str, dict[str, str]] = {}

    def told(value: Any, key: str | None) -> Any:
        """The value in words; `key` is the read-only field that shows it, None where nothing asks for it."""
        if isinstance(value, list):
            return [told(item, key) for item in value]
        if isinstance(value, dict):
            return {name: told(item, key) for name, item in value.items()}
        if not isinstance(value, str) or value in compared:
            return value
        text = words.text(value)
        if key is None or text == value:
            return text
        return text if back.setdefault(key, {}).setdefault(text, value) == value else value

    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name in locked:
                found[name] = told(value, name)
            elif isinstance(value, list) and any(isinstance(item, dict) for item in value) and name in asked:
                found[name] = [read(item) if isinstance(item, dict) else item for item in value]
            else:
                found[name] = value if name in asked else told(value, None)
        return found

    return read(data), back


def _locked(components: list[Mapping[str, Any]]) -> set[str]:
    """The fields of text that are read-only wherever the form has one of that name."""
    found: dict[str, bool] = {}
    for component in _each(components):
        if isinstance(component.get("key"), str):
            held = component.get("readonly") is True and component.get("type") in ("textfield", "textarea")
            found[component["key"]] = held and found.get(component["key"], True)
    return {key for key, held in found.items() if held}


def _formulas(node: Any) -> Iterator[str]:
    """Every text of a schema that may be, or hold, an expression."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _formulas(item)
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _formulas(item)


def _each(components: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _each(component.get("components", []))


def _keys(components: list[Mapping[str, Any]]) -> Iterator[str]:
    """The names of fields and lists."""
    for component in _each(components):
        yield from (component[name] for name in ("key", "path") if isinstance(component.get(name), str))
