"""File pickers: a list of references to documents uploaded before; whether they exist is for the caller to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from engine.forms.errors import Wrong
from engine.forms.expressions import Formula
from engine.forms.kinds import Kind, Situation
from engine.forms.limits import MAX_ROWS

_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}")


@dataclass(frozen=True)
class Documents(Kind):
    """References to documents; one unless the designer allows several (`multiple`, fixed or a formula)."""

    several: bool | Formula = False

    def value_type(self) -> str:
        """A list."""
        return "list"

    def read(self, given: Any, zone: tzinfo) -> list[str]:
        """The list of references; a single one may stand without a list."""
        references = [given] if isinstance(given, str) else given
        if not isinstance(references, list) or len(references) > MAX_ROWS:
            raise Wrong("not_a_document")
        if not all(isinstance(item, str) and _REFERENCE.fullmatch(item) for item in references):
            raise Wrong("not_a_document")
        if len(set(references)) < len(references):
            raise Wrong("repeated")
        return references

    def check(self, value: list[str], situation: Situation) -> Iterator[Wrong]:
        """One, unless several are allowed."""
        several = self.several if isinstance(self.several, bool) else self.several.holds(situation.scope)
        if len(value) > 1 and not several:
            yield Wrong("one_document")

    def formulas(self) -> Iterator[Formula]:
        """That of `multiple`."""
        if isinstance(self.several, Formula):
            yield self.several
