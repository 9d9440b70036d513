"""What a form only shows: variables in texts are written as people write them, rows of tables in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from web.pages.vocabulary import Vocabulary

# The name under which texts find the written values. They stay data: whatever they hold, it is no part of the template.
_SHOWN = "loanflow_shown"
_ROWS = re.compile(r"=\s*([^\W\d]\w*)\s*")
_NAMED = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")


def with_figures(
    schema: Mapping[str, Any], seen: Mapping[str, Any], words: Vocabulary
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema with its texts and tables pointed at written values, and those values as further data of the form.

    Concerns `{{amount}}` of variables that the form only shows: what it asks for changes while one writes. Rows of a
    table whose `dataSource` is a variable get the package's words for what they hold.
    """
    asked = set(_keys(schema.get("components", [])))
    shown: dict[str, Any] = {}

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
        source = _ROWS.fullmatch(str(component.get("dataSource"))) if component.get("type") == "table" else None
        if source and source[1] not in asked and isinstance(seen.get(source[1]), list):
            shown[source[1]] = _worded(seen[source[1]], words)
            result["dataSource"] = f"={_SHOWN}.{source[1]}"
        if isinstance(component.get("components"), list):
            result["components"] = [redrawn(inner) for inner in component["components"]]
        return result

    drawn = redrawn(schema)
    return drawn, {_SHOWN: shown} if shown else {}


def _worded(rows: list[Any], words: Vocabulary) -> list[Any]:
    return [
        {key: words.text(cell) if isinstance(cell, str) else cell for key, cell in row.items()}
        if isinstance(row, Mapping)
        else row
        for row in rows
    ]


def _keys(components: list[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if isinstance(component.get("key"), str):
            yield component["key"]
        yield from _keys(component.get("components", []))
