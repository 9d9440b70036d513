"""Every scenario of every package that has no test module of its own; a failure shows what the scenario says."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.packages import Package, read_folder
from engine.scenario import Ports, read_scenario, run_scenario
from engine.service.definitions import Definitions

PACKAGES = Path(__file__).parents[2] / "bpmn"
FILES = [
    file
    for folder in sorted(PACKAGES.iterdir())
    if not (Path(__file__).parent / f"test_{folder.name}__scenarios.py").exists()
    for file in sorted(folder.glob("scenarios/*.yaml"))
]


@cache
def package_in(folder: Path) -> tuple[Package, Definitions]:
    return read_folder(folder), Definitions()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}/{file.stem}")
def test_the_scenario_holds(file: Path, ports: Ports):
    package, definitions = package_in(file.parents[1])
    scenario = read_scenario(file.read_bytes(), file.name, ports.calendar.zone)
    result = run_scenario(scenario, package, ports, definitions)
    if not result.ok:
        pytest.fail(f"{result.name}\n{result.failure}", pytrace=False)


def test_every_package_is_covered():
    with_scenarios = {folder.name for folder in PACKAGES.iterdir() if any(folder.glob("scenarios/*.yaml"))}
    own = {name for name in with_scenarios if (Path(__file__).parent / f"test_{name}__scenarios.py").exists()}
    assert with_scenarios - own == {file.parents[1].name for file in FILES}
