"""Sets a template of `templates/` with its data by typst, in the fonts of `fonts/` alone.

A template is ours and part of the program; what people typed reaches it as data and is never read as markup. The same
data makes the same bytes: no clock and no system font has a part in it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from engine.values import dumps
from operations.printing.writing import plain

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
_FONTS = _HERE / "fonts"
_setting = threading.Lock()
"""Typst keeps what it has read between documents; one document at a time is set."""


class CannotPrint(ValueError):
    """There is no such template, or it does not fit its data: the message says where."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The document `templates/TEMPLATE.typ` filled with `data`, as PDF.

    Values are texts, whole numbers, booleans, None, lists and maps; amounts (`Decimal`) are written as `120,000.00`,
    dates as `2026年3月27日`, instants with their time in their own zone. Raises `CannotPrint`.
    """
    source = TEMPLATES / f"{template}.typ"
    if not template.replace("_", "").isalnum() or not source.is_file():
        raise CannotPrint(f"there is no template {template!r}")
    try:
        with _setting:
            made = _compiler().compile(source, format="pdf", sys_inputs={"data": dumps(plain(dict(data)))}, timestamp=0)
    except typst.TypstError as error:
        raise CannotPrint(f"{template}: {error.diagnostic or error.message}") from error
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
