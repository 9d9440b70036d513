"""The handbook 使用手册: how a house is set up, and how its people work, in the reader's language."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markdown_it import MarkdownIt
from markupsafe import Markup

from web.language import language

blueprint = Blueprint("handbook", __name__, url_prefix="/handbook")

_TEXTS = Path(__file__).parents[1] / "handbook"
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Handbook:
    """Its title, its chapters (anchor and words), and the text below the title as HTML."""

    title: str
    chapters: tuple[tuple[str, str], ...]
    text: Markup


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """The whole handbook."""
    return render_template("handbook/show.html", handbook=_written(language()))


@lru_cache
def _written(of: str) -> Handbook:
    """The texts are part of the program: they change with it alone."""
    tokens = _READER.parse((_TEXTS / f"{of}.md").read_text(encoding="utf-8"))
    chapters = []
    for opening, words in itertools.pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            anchor = f"part-{len(chapters) + 1}"
            opening.attrSet("id", anchor)
            chapters.append((anchor, words.content))
        elif opening.type in ("table_open", "fence"):
            opening.attrSet("tabindex", "0")  # both scroll sideways in a narrow window, by keyboard too
    heading, text = tokens[:3], tokens[3:]
    drawn = _READER.renderer.render(text, _READER.options, {})
    return Handbook(heading[1].content, tuple(chapters), Markup(drawn))  # noqa: S704 - ours, and HTML in it is escaped
