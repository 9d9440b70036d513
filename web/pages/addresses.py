"""Addresses of the page at hand with one condition changed: every filter is a link that can be kept and sent."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict


def here(**changes: Any) -> str:
    """This address with some parameters changed (None takes one off); the cursor goes, as the list is another one."""
    given: MultiDict[str, str] = request.args.copy()  # type: ignore[assignment]
    given.pop("cursor", None)
    for name, value in changes.items():
        if value is None:
            given.pop(name, None)
        else:
            given[name] = str(value)
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **given.to_dict()})


def option(label: Any, name: str, value: str | None) -> dict[str, Any]:
    """One entry of a filter's menu."""
    return {"label": label, "url": here(**{name: value}), "current": (request.args.get(name) or None) == value}


def wanted(name: str, limit: int = 200) -> str | None:
    """A parameter of this address, without blanks around it; None when absent, empty or impossible."""
    value = (request.args.get(name) or "").strip()
    return value[:limit] if value and "\0" not in value else None
