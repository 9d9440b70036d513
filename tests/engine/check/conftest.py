"""Small packages around a piece of BPMN, put before the checker."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from small_diagrams import diagram

from engine.check import Finding, check
from engine.packages import read_files

MANIFEST = "title: Test\nroles: [clerk, officer, manager]\nparameters: {days: {type: number, default: 2}}\n"
OPERATIONS = {
    "loan.disburse": SimpleNamespace(inputs={"amount": "CNY"}, outputs={"loan_id": "id"}, errors={"BLOCKED": "account"})
}


@pytest.fixture
def examine() -> Callable[..., list[Finding]]:
    """Checks a package: a body (or a whole diagram), and further files by name."""

    def run(body: str | bytes, files: dict[str, bytes] | None = None, **around: str) -> list[Finding]:
        whole = body if isinstance(body, bytes) else diagram(body, **around)
        return check(read_files({"p.bpmn": whole, "package.yaml": MANIFEST.encode(), **(files or {})}), OPERATIONS)

    return run


@pytest.fixture
def errors(examine: Callable[..., list[Finding]]) -> Callable[..., list[tuple[str, str | None]]]:
    """The same, as (rule, element) of the errors alone."""

    def run(*arguments: object, **around: object) -> list[tuple[str, str | None]]:
        found = examine(*arguments, **around)
        return [(finding.rule, finding.element) for finding in found if finding.level == "error"]

    return run


@pytest.fixture
def warnings(examine: Callable[..., list[Finding]]) -> Callable[..., list[tuple[str, str | None]]]:
    """The same, as (rule, element) of the warnings alone."""

    def run(*arguments: object, **around: object) -> list[tuple[str, str | None]]:
        found = examine(*arguments, **around)
        return [(finding.rule, finding.element) for finding in found if finding.level == "warning"]

    return run
