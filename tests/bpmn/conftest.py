"""The package under test, read once, with what scenarios take from the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.model import Diagrams
from engine.bpmn.reading import read_diagrams
from engine.packages import Package, read_folder
from engine.scenario import Ports
from engine.service.definitions import Definitions
from loanflow.wiring import scenario_ports

LOAN_ORIGINATION = Path(__file__).parents[2] / "bpmn" / "loan_origination"


@pytest.fixture(scope="session")
def package() -> Package:
    """Loan origination as it is deployed."""
    return read_folder(LOAN_ORIGINATION)


@pytest.fixture(scope="session")
def diagrams(package: Package) -> Diagrams:
    """Its diagrams."""
    return read_diagrams(package)


@pytest.fixture(scope="session")
def ports() -> Ports:
    """Calendar, operations and standard products of the house."""
    return scenario_ports()


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    """Shared, so that the package is compiled once."""
    return Definitions()
