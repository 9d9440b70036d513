"""Runs the DMN Technology Compatibility Kit and reports the pass rate by folder: `python -m tests.conformance.dmn_tck`.

`LOANFLOW_SUITES` says where the suites are. With words as arguments only the folders whose names contain one of them
are run, and every case that fails is shown. Cases that expect null are counted apart: whatever fails passes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.dmn import DmnError, Model, read_model
from engine.dmn.imports import import_loader
from engine.feel import BudgetExceeded
from tests.conformance.suites import Tally, suite
from tests.conformance.tck_cases import TckCase, read_cases

_NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_TOLERANCE = Decimal("1e-8")
EXPLAINED = Path(__file__).with_name("dmn_tck_explained.txt")
"""Folder and case, and why it fails: what docs/dmn.md explains."""


def load(path: Path) -> Model:
    """The model of a file; imported ones are in its folder."""

    beside = [other for other in sorted(path.parent.glob("*.dmn")) if other != path]
    return read_model(path.read_bytes(), import_loader(lambda: {other.name: other.read_bytes() for other in beside}))


def found(model: Model, case: TckCase) -> Any:
    """What the model gives for a case."""
    if case.service is None:
        return model.evaluate(case.node, case.inputs, now=_NOW, replace_decisions=True).result
    result = model.evaluate(case.service, case.inputs, now=_NOW, replace_decisions=True).result
    return result[case.node] if isinstance(result, dict) and case.node in result else result


def same(actual: Any, expected: Any) -> bool:
    """Whether a result is the expected one; numbers may differ in the eighth digit, as the kit's own runners allow."""
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(actual - expected) <= _TOLERANCE * max(1, abs(expected))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in expected)
    return type(actual) is type(expected) and actual == expected


def failure(models: dict[Path, Model], case: TckCase) -> str | None:
    """Why a case fails, or None when it passes."""
    try:
        if case.model not in models:
            models[case.model] = load(case.model)
        actual = found(models[case.model], case)
    except (DmnError, BudgetExceeded) as error:
        return None if case.expected is None else f"{case}: {error}"
    return None if same(actual, case.expected) else f"{case}: {actual!r} instead of {case.expected!r}"


def run(folders: Iterable[Path], show: bool) -> Tally:
    """Runs the folders and prints a line for each."""
    tally = Tally()
    explained = {line.partition(":")[0] for line in EXPLAINED.read_text("utf-8").splitlines()}
    for folder in folders:
        models: dict[Path, Model] = {}
        failures = []
        cases = list(read_cases(folder))
        for case in cases:
            why = failure(models, case)
            tally.count(
                f"{folder.parent.name}, cases that expect {'null' if case.expected is None else 'a value'}", not why
            )
            if why is not None:
                failures.append(why)
                if f"{case.folder} {case.case}" not in explained:
                    tally.surprises.append(why)
        print(f"{len(cases) - len(failures):5d} of {len(cases):5d}  {folder.parent.name}/{folder.name}")
        if show:
            print(*(f"        {why}" for why in failures), sep="\n", end="\n" if failures else "")
    return tally


def main(words: list[str]) -> int:
    """Runs what the words select. Exit status 1 when a case fails that docs/dmn.md does not explain."""
    root = suite("dmn-tck")
    if root is None:
        return 0
    folders = [folder for folder in sorted(root.glob("TestCases/*/*")) if folder.is_dir()]
    tally = run([folder for folder in folders if not words or any(word in folder.name for word in words)], bool(words))
    print()
    tally.report()
    return 1 if tally.surprises else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
