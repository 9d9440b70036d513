"""Finds imported models among the files that lie beside a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from posixpath import basename
from urllib.parse import unquote

from engine.dmn.errors import DmnError
from engine.dmn.xml import parse

LoadImport = Callable[[str, str | None], bytes | None]


def import_loader(files: Callable[[], Mapping[str, bytes]]) -> LoadImport:
    """A `load_import` over files by name: the one of that namespace, and of several the one that the location names.

    `files` is called once, when the first import is looked for. The location never leads out of these files.
    """
    by_namespace: dict[str, dict[str, bytes]] = {}
    looked = False

    def load(namespace: str, location: str | None) -> bytes | None:
        nonlocal looked
        if not looked:
            looked = True
            for name, content in files().items():
                _index(name, content, by_namespace)
        candidates = by_namespace.get(namespace, {})
        wanted = basename(unquote(location)) if location else ""
        return candidates.get(wanted) or next(iter(candidates.values()), None)

    return load


def _index(name: str, content: bytes, by_namespace: dict[str, dict[str, bytes]]) -> None:
    try:
        namespace = parse(content).get("namespace") or ""
    except DmnError:
        return
    by_namespace.setdefault(namespace, {})[basename(name)] = content
