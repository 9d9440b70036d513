"""What the checker says about one place of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One finding. Errors forbid deployment, warnings do not; `rule` is a stable id in kebab-case.

    `element` is the id in the diagram, or the name of the form or decision; it and `line` (from 1) may be None.
    """

    rule: str
    level: Level
    file: str
    element: str | None
    line: int | None
    message: str

    def as_dict(self) -> dict[str, Any]:
        """The finding as the command line and REST print it."""
        return {
            "rule": self.rule,
            "level": self.level,
            "file": self.file,
            "element": self.element,
            "line": self.line,
            "message": self.message,
        }

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Findings are listed by file and line."""
        return (self.file, self.line or 0, self.rule, self.element or "")
