"""Opinions that nobody sees too early: those of the two investigators (INV-1) and of committee members (REV-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from engine.packages import Package
from engine.scenario import Ports, Scenario, read_scenario
from engine.scenario.stage import build_stage
from engine.service import actors, cases, tasks, views
from engine.service.definitions import Definitions
from engine.service.house import House
from models.cases import CaseEvent, Instance
from models.people import Person, PersonRole
from models.tasks import OPEN, Task
from tests.bpmn.conftest import LOAN_ORIGINATION


class Case:
    """A case that is played up to a step of a scenario and then looked at through somebody's eyes."""

    def __init__(self, house: House, scenario: Scenario, until: str) -> None:
        self.house = house
        start = scenario.start or {}
        with house.step() as step:
            started = cases.start(step, scenario.process, actors.load(step.session, start["as"]), start["variables"])
            self.id = started.id
        for model in scenario.steps:
            if model.action == "complete":
                if model.target == until:
                    return
                self.complete(model.target, model.options["as"], model.options["form"])

    def complete(self, element: str, person: str, form: Any) -> None:
        """`person` completes the open task that is theirs, or anybody's."""
        with self.house.step() as step:
            found = sa.select(Task).where(Task.element == element, Task.state == OPEN)
            open_tasks = step.session.scalars(found).all()
            task = next(task for task in open_tasks if task.assignee in (None, person))
            tasks.complete(step, task.id, actors.load(step.session, person), form)

    def seen_by(self, person: str) -> tuple[dict[str, Any], str]:
        """The variables and all events that a person may see."""
        with self.house.sessions.reading() as session:
            instance = session.get_one(Instance, self.id)
            viewer = actors.load(session, person)
            events = session.scalars(sa.select(CaseEvent).where(CaseEvent.instance_id == self.id)).all()
            told = " ".join(str(views.event_data(event, instance, viewer)) for event in events)
            return views.variables(self.house, session, instance, viewer), told


@pytest.fixture
def play(package: Package, ports: Ports, definitions: Definitions) -> Iterator[Callable[[str, str], Case]]:
    """Plays a scenario of the package up to the first completion of a step; there is an auditor besides."""
    houses = []

    def played(name: str, until: str) -> Case:
        text = (LOAN_ORIGINATION / "scenarios" / f"{name}.yaml").read_bytes()
        scenario = read_scenario(text, name, ports.calendar.zone)
        house, _ = build_stage(scenario, package, ports.calendar, ports.operations, definitions)
        house.choices = ports.choices
        houses.append(house)
        with house.step() as step:
            ports.furnish(step.session)
            step.session.add(
                Person(
                    name="audit",
                    title="audit",
                    password_hash="!",
                    unit_id=1,
                    created_at=step.now,
                    roles=[PersonRole(role="auditor")],
                )
            )
        return Case(house, scenario, until)

    yield played
    for house in houses:
        house.sessions.engine.dispose()


def test_role_b_does_not_see_the_report_of_role_a_before_giving_an_own(play: Callable[[str, str], Case]) -> None:
    case = play("01_straight_path", "investigate_b")
    reasons = "经营正常，还款来源充足"
    for person, sees in {"zhao": False, "qian": False, "wang": True, "audit": True}.items():
        variables, events = case.seen_by(person)
        assert (reasons in events) is sees, person
        assert sees or reasons not in str(variables), person


def test_both_reports_are_open_when_both_are_given(play: Callable[[str, str], Case]) -> None:
    case = play("01_straight_path", "dept_review")
    for person in ("wang", "zhao", "qian"):
        variables, events = case.seen_by(person)
        assert {"a_amount", "b_amount"} <= variables.keys(), person
        assert "经营正常，还款来源充足" in events, person


def test_votes_are_sealed_until_all_have_voted(play: Callable[[str, str], Case]) -> None:
    case = play("26_committee_refuses", "vote")
    form = {"vote": "against", "vote_reasons": "负债偏高，不宜介入"}
    case.complete("vote", "bai", form)
    for person, sees in {"cao": False, "mi": False, "audit": True}.items():
        variables, events = case.seen_by(person)
        assert ("负债偏高，不宜介入" in str(variables) + events) is sees, person
    for person in ("cao", "ding"):
        case.complete("vote", person, form)
    assert "负债偏高，不宜介入" in case.seen_by("mi")[1]
