"""Runs scenarios and reports: which passed, what failed at which step, which elements were never visited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn.reading import read_diagrams
from engine.errors import EngineError
from engine.packages import Package, PackageError, read_folder
from engine.ports import NOTHING_TO_CHOOSE, Calendar, Choices, Operations
from engine.scenario.expecting import Failed
from engine.scenario.playing import Play
from engine.scenario.reading import Scenario, ScenarioError, read_scenario
from engine.scenario.stage import build_stage, strike_stage
from engine.service.definitions import Definitions
from engine.service.errands import Errand
from models.database import Sessions


@dataclass(frozen=True)
class Ports:
    """What scenarios take from the house: how time is counted, and what service tasks may call."""

    calendar: Calendar
    operations: Operations
    furnish: Callable[[Session], None] = lambda _session: None
    """Puts what every new house has (such as products) into a scenario's database."""
    errands: Callable[[Sessions], dict[str, Errand]] = lambda _sessions: {}
    """How work outside of the database is done, such as payments; done at once when it is due."""
    choices: Choices = NOTHING_TO_CHOOSE
    """The lists of the house from which forms let people choose."""


@dataclass
class Result:
    """What became of a scenario; `failure` says what was expected and what was found, at which step."""

    file: str
    name: str
    failure: str | None = None
    visited: set[str] = field(default_factory=set)

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return self.failure is None


def run_paths(
    paths: Iterable[Path],
    *,
    package: Path | None,
    ports: Ports,
    told: Callable[[dict[str, Any]], None] = lambda _entry: None,
) -> dict[str, Any]:
    """Run scenario files and folders of them; the report is that of the contract's section 4.

    Without `package`, a scenario is of the package in whose `scenarios/` it lies. `told` hears of each scenario as it
    ends. Raises `ScenarioError` for a file that is no scenario, and when no scenario is found.
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise ScenarioError("there is no scenario here")
    packages: dict[Path, tuple[Package, Definitions]] = {}
    results = []
    for file in files:
        folder = Path(package) if package is not None else _package_of(file)
        if folder not in packages:
            packages[folder] = (_read_package(folder), Definitions())
        read, definitions = packages[folder]
        scenario = read_scenario(file.read_bytes(), str(file), ports.calendar.zone)
        results.append(run_scenario(scenario, read, ports, definitions))
        told(_entry(results[-1]))
    visited = {element for result in results for element in result.visited}
    elements = {
        element.id
        for read, _ in packages.values()
        for process in _processes(read)
        for element in process.elements.values()
    }
    return {
        "passed": sum(result.ok for result in results),
        "failed": sum(not result.ok for result in results),
        "scenarios": [_entry(result) for result in results],
        "coverage": {"elements": {"visited": sorted(visited & elements), "missed": sorted(elements - visited)}},
    }


def _entry(result: Result) -> dict[str, Any]:
    return {"file": result.file, "name": result.name, "ok": result.ok, "failure": result.failure}


def run_scenario(scenario: Scenario, package: Package, ports: Ports, definitions: Definitions | None = None) -> Result:
    """Run one scenario on a database of its own."""
    result = Result(scenario.file, scenario.name)
    try:
        house, clock = build_stage(scenario, package, ports.calendar, ports.operations, definitions or Definitions())
        house.errands, house.choices = ports.errands(house.sessions), ports.choices
    except EngineError as error:
        result.failure = f"the package cannot be deployed: {error}"
        return result
    with house.step() as step:
        ports.furnish(step.session)
    play = Play(scenario, house, clock)
    try:
        play.run()
    except Failed as failed:
        result.failure = str(failed)
    finally:
        result.visited = play.visited()
        strike_stage(house)
    return result


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])
        # A folder may be a whole package: its manifest and translations are no scenarios.
        return [file for file in found if file.name != "package.yaml" and file.parent.name != "i18n"]
    return [path]


def _package_of(file: Path) -> Path:
    for folder in file.resolve().parents:
        if (folder / "package.yaml").exists() or any(folder.glob("*.bpmn")):
            return folder
    raise ScenarioError(f"{file} lies in no process package; name it with --package")


def _read_package(folder: Path) -> Package:
    try:
        return read_folder(folder)
    except PackageError as error:
        raise ScenarioError(f"{folder}: {error}") from None


def _processes(package: Package) -> list[Any]:
    return list(read_diagrams(package).processes.values())
