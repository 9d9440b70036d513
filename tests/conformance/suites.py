"""Where the public suites are, and what every one of them reports."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tally:
    """How many cases passed of how many, by kind; `surprises` are failures that no document explains."""

    passed: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)

    def count(self, kind: str, passed: bool) -> None:
        """Counts one case."""
        self.passed[kind] = self.passed.get(kind, 0) + passed
        self.total[kind] = self.total.get(kind, 0) + 1

    def report(self) -> None:
        """Prints the rates by kind, and what is not explained."""
        for kind in sorted(self.total):
            rate = 100 * self.passed[kind] / self.total[kind]
            print(f"{kind}: {self.passed[kind]} of {self.total[kind]} ({rate:.2f} %)")
        for surprise in self.surprises:
            print(f"NOT EXPLAINED: {surprise}")


def suite(name: str) -> Path | None:
    """The folder of a suite below LOANFLOW_SUITES (default ../shared/suites), or None, said loudly."""
    folder = Path(os.environ.get("LOANFLOW_SUITES") or "../shared/suites") / name
    if folder.is_dir():
        return folder
    stars = "*" * 100
    print(
        f"{stars}\n*  SKIPPED: there is no {name} at {folder.absolute()}.\n"
        f"*  Set LOANFLOW_SUITES to the folder that holds it.\n{stars}",
        file=sys.stderr,
    )
    return None
