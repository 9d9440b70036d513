"""Every scenario of loan origination holds, and together they go through every element of every diagram."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from engine.bpmn.model import Diagrams
from engine.packages import Package
from engine.scenario import Ports, Result, read_scenario, run_scenario
from engine.service.definitions import Definitions
from tests.bpmn.conftest import LOAN_ORIGINATION

FILES = sorted((LOAN_ORIGINATION / "scenarios").glob("*.yaml"))
DUTIES = [
    *[f"INT-{n}" for n in range(1, 8)],
    *[f"INV-{n}" for n in range(1, 9)],
    *[f"REV-{n}" for n in range(1, 9)],
    *[f"LEG-{n}" for n in range(1, 6)],
    *[f"DIS-{n}" for n in range(1, 5)],
    "GOV-1",
    "GOV-2",
]


@pytest.fixture(scope="module")
def run(package: Package, ports: Ports, definitions: Definitions) -> Callable[[Path], Result]:
    """Runs a scenario, each once."""

    @cache
    def once(file: Path) -> Result:
        scenario = read_scenario(file.read_bytes(), file.name, ports.calendar.zone)
        return run_scenario(scenario, package, ports, definitions)

    return once


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenario(file: Path, run: Callable[[Path], Result]) -> None:
    assert run(file).failure is None


def test_every_element_is_visited(diagrams: Diagrams, run: Callable[[Path], Result]) -> None:
    visited = {element for file in FILES for element in run(file).visited}
    assert {element.id for element in diagrams.elements()} - visited == set()


@pytest.mark.parametrize("duty", DUTIES)
def test_duty_has_a_scenario(duty: str) -> None:
    cited = [file.name for file in FILES if _cites(file.read_text(encoding="utf-8").splitlines()[0], duty)]
    assert cited


def _cites(comment: str, duty: str) -> bool:
    """Whether the first line names the duty, or a range such as `INT-1..INT-7` that holds it."""
    kind, number = duty.split("-")
    for word in comment.removeprefix("#").split():
        first, _, last = word.partition("..")
        if not first.startswith(kind + "-"):
            continue
        numbers = [int(part.split("-")[1]) for part in (first, last or first)]
        if numbers[0] <= int(number) <= numbers[1]:
            return True
    return False
