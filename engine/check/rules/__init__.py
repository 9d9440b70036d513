"""The rules, one module for each group; importing this package registers all of them."""

from engine.check.rules import (
    calls,
    compensation,
    decisions,
    elements,
    events,
    expressions,
    extensions,
    files,
    forms,
    handlers,
    joins,
    paths,
    people,
    references,
    starts,
    style,
)

__all__ = [
    "calls",
    "compensation",
    "decisions",
    "elements",
    "events",
    "expressions",
    "extensions",
    "files",
    "forms",
    "handlers",
    "joins",
    "paths",
    "people",
    "references",
    "starts",
    "style",
]
