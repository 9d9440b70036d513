"""The reference files of the BPMN Model Interchange Working Group: read without loss, and run where they can."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import bpmn_miwg

FILES = bpmn_miwg.files() or [Path("absent.bpmn")]
RUN = {
    ("A.1.0.bpmn", "WFP-6-"),
    ("A.4.0.bpmn", "WFP-6-1"),
    ("A.4.0.bpmn", "WFP-6-2"),
    ("A.4.1.bpmn", "sid-34746A54-1D7D-46CA-B219-0C4CEAE51170"),
    ("A.4.1.bpmn", "sid-54D696FD-DEDC-45F3-99DB-1404DA433FC4"),
    ("B.1.0.bpmn", "Process_ba16239e-181e-4b9f-bc5b-0bb2ee973450"),
    ("B.1.0.bpmn", "WFP-0-"),
    ("B.2.0.bpmn", "WFP-0-"),
    ("C.9.1.bpmn", "requestDocument_en"),
}


@pytest.fixture(autouse=True)
def there_is_a_suite():
    if not FILES[0].exists():
        pytest.skip("the reference files are not there: set LOANFLOW_SUITES to the folder of the suites")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_read_without_loss(path):
    assert bpmn_miwg.losses(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_the_checker_lets_pass_runs_and_everything_else_is_refused(path):
    read = bpmn_miwg.package(path)
    for process, found in bpmn_miwg.errors(read).items():
        assert (not found) == ((path.name, process) in RUN)
        assert found or bpmn_miwg.runs_to_its_end(read, process)


def test_all_of_it_is_there():
    assert len(FILES) == 21
