"""What loan origination promises before it runs: no findings, every duty drawn, deadlines escalated, people apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.bpmn.model import Diagrams, Element
from engine.check import check
from engine.packages import Package
from engine.scenario import Ports
from tests.bpmn.test_loan_origination__scenarios import DUTIES

INVESTIGATION = {"investigate_a", "investigate_b"}
REVIEW = {"dept_review", "compliance_review"}
APPROVAL = {"manager_approval", "general_manager_approval", "vote", "confirm_resolution"}
DISBURSEMENT = {"finance_check_1", "finance_check_2"}


def test_check_finds_nothing(package: Package, ports: Ports) -> None:
    assert check(package, ports.operations) == []


@pytest.mark.parametrize("duty", DUTIES)
def test_duty_is_drawn(duty: str, diagrams: Diagrams) -> None:
    drawn = {word for element in diagrams.elements() for word in element.attributes.get("loanflow:duty", "").split()}
    assert duty in drawn


def test_every_step_has_role_form_deadline_and_escalation(diagrams: Diagrams) -> None:
    for step in _steps(diagrams):
        human = step.human
        assert human.roles or human.assignee, step.id
        assert human.form_ref, step.id
        assert human.due_date, step.id
        assert human.escalations, step.id
        assert human.duties, step.id


def test_times_are_the_institutions_wherever_the_browser_stands(package: Package) -> None:
    """A meeting at two is at two o'clock of the house, whatever zone somebody's machine is set to."""
    forms = [json.loads(data) for name, data in package.files.items() if name.endswith(".form")]
    written = [one["timeSerializingFormat"] for form in forms for one in _moments(form)]
    assert len(written) >= 4
    assert set(written) == {"no_timezone"}


def _moments(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if component.get("subtype") == "datetime":
        yield component
    for inner in component.get("components", []):
        yield from _moments(inner)


def test_investigation_review_approval_and_disbursement_are_for_different_people(diagrams: Diagrams) -> None:
    """GOV-2."""
    stages = [INVESTIGATION, REVIEW, APPROVAL, DISBURSEMENT]
    apart = {step.id: set(step.human.separate_from) for step in _steps(diagrams)}
    for later, stage in enumerate(stages):
        for step in stage:
            for other in set().union(*stages[:later]):
                assert other in apart[step] or step in apart[other], f"{step} and {other}"


def test_who_investigates_reviews_votes_or_approves_can_be_recused(diagrams: Diagrams) -> None:
    """GOV-1."""
    recused = {step.id for step in _steps(diagrams) if step.human.recuse}
    assert recused >= INVESTIGATION | REVIEW | APPROVAL | {"answer_questions", "waive_preconditions"}


def test_called_processes_are_not_started_past_what_comes_before(diagrams: Diagrams) -> None:
    starters = {process.id: process.starter_groups for process in diagrams.processes.values()}
    assert starters.pop("loan_origination") == ("intake_clerk",)
    assert starters.pop("draw") == ("contract_clerk", "finance_clerk")
    assert {starters.pop("archive_lending"), starters.pop("archive_handover")} == {("archivist",)}
    assert set(starters.values()) == {("admin",)}


def test_single_approvals_ask_for_a_personal_limit(diagrams: Diagrams) -> None:
    """REV-6."""
    limits = {step.id: (step.human.authority, step.human.authority_of) for step in _steps(diagrams)}
    assert limits["manager_approval"] == limits["general_manager_approval"] == ("approve_loan", "proposed_amount")


@pytest.mark.parametrize(
    ("parameter", "duration"),
    [
        ("intake_time", "PT4H"),
        ("investigation_time", "P2D"),
        ("report_time", "PT4H"),
        ("compliance_time", "P1D"),
        ("answer_time", "P1D"),
        ("signing_notice", "PT4H"),
    ],
)
def test_deadlines_are_those_of_the_duties(parameter: str, duration: str, package: Package) -> None:
    assert package.manifest.parameters[parameter].default == duration


def _steps(diagrams: Diagrams) -> list[Element]:
    return [element for element in diagrams.elements() if element.kind == "userTask"]
