"""What lists show and search of a case: the package's `search` variables and the parties, as plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.values import dumps, to_json

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase


def shown(case: OpenedCase) -> dict[str, Any]:
    """The columns of the instance that follow from its variables. What is sealed stays out until it is opened."""
    variables = case.workflow.variables()
    manifest = case.definition.package.manifest
    sealed = case.seals.names()
    facts = {name: to_json(variables[name]) for name in manifest.search if name in variables and name not in sealed}
    return {
        "facts": facts,
        "parties": {kind: numbers(variables.get(name)) for kind, name in manifest.parties.items() if name in variables},
        # A script may make a text with NUL in it, which PostgreSQL keeps in JSON and nowhere else.
        "search_text": " ".join([case.business_key or "", *map(str, facts.values())]).lower().replace("\0", "")[:2000],
    }


def numbers(value: Any) -> list[str]:
    """The customer numbers in a variable that holds one or several."""
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else dumps(item) for item in items if item is not None]
