"""What was asked for, marked in a text that was found by it. Everything around it is escaped."""

from __future__ import annotations

import regex
from markupsafe import Markup, escape

from models.search_words import folded


def marked(text: str, words: str) -> Markup:
    """`text` with each of the words in it marked, whatever their case."""
    parts = sorted({part for part in words.split() if folded(part)}, key=len, reverse=True)
    if not parts:
        return escape(text)
    found = regex.split("(" + "|".join(regex.escape(part) for part in parts) + ")", text, flags=regex.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(found)
    )
