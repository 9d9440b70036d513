"""The small package that a new one begins with: one step that somebody does, with a form and a scenario; and the
beginnings of single files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from flask import render_template

KEY = re.compile(r"[a-z][a-z0-9_]{1,63}")
"""What a new package may be called: its process bears the same name, and expressions and addresses use it."""

_FILES = {
    "package.yaml": "package.yaml",
    "{key}.bpmn": "process.bpmn.xml",
    "forms/request.form": "request.form",
    "scenarios/01_approved.yaml": "scenario.yaml",
    "i18n/en.yaml": "en.yaml",
}
_SINGLE = {".bpmn": "process.bpmn.xml", ".dmn": "decision.dmn.xml", ".form": "blank.form", ".yaml": "scenario.yaml"}


def new_package(key: str, title: str) -> dict[str, bytes]:
    """The files of a new package; it passes the check and its scenario."""
    return {name.format(key=key): _rendered(template, key, title) for name, template in _FILES.items()}


def new_file(name: str, key: str) -> bytes:
    """What a new file of this name begins with."""
    path = PurePosixPath(name)
    template = "en.yaml" if name == "i18n/en.yaml" else _SINGLE.get(path.suffix)
    if name == "package.yaml":
        template = "package.yaml"
    if template is None:
        return b""
    called = key if path.suffix == ".yaml" else re.sub(r"\W", "_", path.stem)
    return _rendered(template, called if not called[:1].isdigit() else f"_{called}", path.stem)


def _rendered(template: str, key: str, title: str) -> bytes:
    return (render_template(f"designer/starter/{template}", key=key, title=title).rstrip() + "\n").encode()
