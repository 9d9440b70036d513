"""The demonstration of the program, made once for the tests that look at it or walk through it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from engine.packages import read_folder
from engine.service import deployments
from engine.service.definitions import Definitions
from engine.service.house import House
from lending.calendar import WorkingCalendar
from loanflow.wiring import choices_of_the_house
from models.database import Sessions
from operations.demo import create
from operations.demo.play import StandingClock
from operations.furnishing import furnish
from operations.registry import OPERATIONS
from operations.relations import RecordedRelations
from tests.databases import Databases, take

NOW = dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PACKAGES = Path(__file__).parents[1] / "bpmn"
LOOKED_AT_BY = frozenset(
    {
        "tests/operations/test_demo.py",
        "tests/web/security/test_internal_audit.py",
        "tests/web/security/test_outsiders.py",
    }
)
"""The files whose tests need it: where several processes share a run, one of them runs these."""


@dataclass(frozen=True)
class Image:
    """The database file of the demonstration, and its packages, compiled."""

    file: Path
    definitions: Definitions


def make(databases: Databases, empty: Path, file: Path) -> Image:
    """Everything that `make run` would show, in a file."""
    with databases.copy_of(empty) as sessions:
        house = house_on(sessions, Definitions())
        with house.step() as step:
            furnish(step.session)
            for manifest in sorted(PACKAGES.glob("*/package.yaml")):
                deployments.deploy(step, read_folder(manifest.parent), None)
        assert create(house)
        take(sessions.engine, file)
    return Image(file, house.definitions)


def house_on(sessions: Sessions, definitions: Definitions) -> House:
    """A house at the time of the demonstration."""
    return House(
        sessions=sessions,
        clock=StandingClock(NOW),
        calendar=WorkingCalendar("Asia/Shanghai"),
        operations=OPERATIONS,
        relations=RecordedRelations(),
        definitions=definitions,
        choices=choices_of_the_house("Asia/Shanghai"),
    )
