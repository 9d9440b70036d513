"""How often completing a real step asks the database: a look-up that comes back for each person or party shows here."""

from __future__ import annotations

import sqlalchemy as sa

from engine.packages import Package
from engine.scenario import Ports, read_scenario
from engine.scenario.stage import build_stage, strike_stage
from engine.service import actors, cases, errands, tasks, worker
from engine.service.definitions import Definitions
from models.tasks import OPEN, Task
from tests.bpmn.conftest import LOAN_ORIGINATION
from tests.databases import statements

MOST = {
    "check_documents": 26,
    "interview": 23,
    "investigate_a": 26,
    "investigate_b": 62,
    "dept_review": 35,
    "compliance_review": 38,
}
"""With what the step's own operations do: a row for each paper, the second report's collateral, rating and visit."""


def test_a_step_asks_for_what_it_needs_once(package: Package, ports: Ports, definitions: Definitions) -> None:
    file = LOAN_ORIGINATION / "scenarios" / "01_straight_path.yaml"
    scenario = read_scenario(file.read_bytes(), file.name, ports.calendar.zone)
    house, _ = build_stage(scenario, package, ports.calendar, ports.operations, definitions)
    house.errands, house.choices = ports.errands(house.sessions), ports.choices
    begun = scenario.start or {}
    with house.step() as step:
        ports.furnish(step.session)
        clerk = actors.load(step.session, begun["as"])
        case = cases.start(step, scenario.process, clerk, begun["variables"]).id
    asked = {}
    for model in scenario.steps:
        if model.action != "complete" or asked.keys() >= MOST.keys():
            continue
        with house.step() as step:
            query = sa.select(Task.id).where(Task.instance_id == case, Task.element == model.target, Task.state == OPEN)
            task = step.session.scalars(query.order_by(Task.created_at)).first()
            assert task is not None, model.target
            actor = actors.load(step.session, model.options["as"])
            with statements(house.sessions.engine) as sent:
                tasks.complete(step, task, actor, model.options.get("form"))
        asked[model.target] = len(sent)
        while worker.sweep(house) or errands.run(house):
            pass
    strike_stage(house)
    over = {element: (asked[element], most) for element, most in MOST.items() if asked[element] > most}
    assert not over
