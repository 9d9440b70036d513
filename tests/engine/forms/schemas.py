"""Builds small schemas for the tests, and asks for the error codes of a submission."""

from __future__ import annotations

from typing import Any

from engine.forms import Form, FormInvalid, compile_form


def field(kind: str, key: str, **properties: Any) -> dict[str, Any]:
    """One keyed component; `hide` is short for its condition."""
    hide = properties.pop("hide", None)
    if hide is not None:
        properties["conditional"] = {"hide": hide}
    return {"type": kind, "key": key, "label": key, **properties}


def form(*components: Any) -> Form:
    """A compiled form without problems."""
    compiled = compile_form({"type": "default", "schemaVersion": 19, "components": list(components)})
    assert compiled.problems == []
    return compiled


def problems(*components: Any) -> list[tuple[str, str]]:
    """What the checker is told of these components."""
    return compile_form({"type": "default", "components": list(components)}).problems


def codes(
    compiled: Form, data: Any, variables: dict[str, Any] | None = None, **circumstances: Any
) -> dict[str, list[str]]:
    """The error codes by path; empty when the submission is accepted."""
    try:
        compiled.validate(data, variables or {}, **circumstances)
    except FormInvalid as invalid:
        return {path: [entry["code"] for entry in entries] for path, entries in invalid.errors.items()}
    return {}
