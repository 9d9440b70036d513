"""Swaps the texts of a schema into another language by the package's map; keys, values and expressions stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.forms.messages import Language

_TEXTS: Final = frozenset(
    [
        "label",
        "description",
        "dateLabel",
        "timeLabel",
        "text",
        "content",
        "title",
        "alt",
        "patternErrorMessage",
        "prefixAdorner",
        "suffixAdorner",
    ]
)


def localise(schema: Any, translations: Mapping[str, str], language: Language) -> Any:
    """A copy of the schema with its labels, descriptions, option labels, texts and error texts in `language`.

    The schema is written in Chinese; a text that the map lacks stays as it is.
    """
    if isinstance(schema, Mapping):
        return {name: _member(name, value, translations, language) for name, value in schema.items()}
    if isinstance(schema, list):
        return [localise(item, translations, language) for item in schema]
    return schema


def _member(name: Any, value: Any, translations: Mapping[str, str], language: Language) -> Any:
    if isinstance(value, str) and name in _TEXTS and language != "zh":
        return translations.get(value, translations.get(value.strip(), value))
    return localise(value, translations, language)
