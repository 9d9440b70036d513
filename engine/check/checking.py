"""Puts a package before all rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.check import rules  # noqa: F401 - importing it registers the rules
from engine.check.finding import Finding
from engine.check.registry import RULES
from engine.check.subject import Subject
from engine.packages import Package, PackageError

if TYPE_CHECKING:
    from engine.ports import Operation


def check(package: Package, operations: Mapping[str, Operation]) -> list[Finding]:
    """Everything that the rules find, by file and line. Never raises, however hostile the package."""
    subject = Subject(package, operations)
    found = dict.fromkeys(finding for rule in RULES.values() for finding in rule.findings(subject))
    return sorted(found, key=lambda finding: finding.sort_key)


def check_source(
    read: Callable[[], Package], operations: Mapping[str, Operation]
) -> tuple[Package | None, list[Finding]]:
    """Reads a package (`lambda: read_folder(path)`) and checks it; what cannot be read at all is a finding too."""
    try:
        package = read()
    except PackageError as error:
        return None, [unreadable(error)]
    return package, check(package, operations)


def unreadable(error: PackageError) -> Finding:
    """What is no package at all, as a finding."""
    return Finding("package", "error", error.file, None, error.line, error.message)
