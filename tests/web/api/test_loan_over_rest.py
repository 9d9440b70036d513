"""A whole loan over REST: scenarios of loan origination, each act of a person as the call that person would make."""

from __future__ import annotations

import datetime as dt
from copy import copy
from functools import cache
from pathlib import Path

import pytest

from engine.packages import read_folder
from engine.scenario import read_scenario
from engine.scenario.expecting import equal
from engine.scenario.stage import build_stage
from engine.service import errands, worker
from engine.service.definitions import Definitions
from loanflow.settings import Settings
from loanflow.wiring import scenario_ports
from tests.stages import stands
from tests.web.conftest import SECRET, signed_in
from web import context
from web.app import create_app

PACKAGE = Path(__file__).parents[3] / "bpmn" / "loan_origination"
CHOSEN = (
    "01_straight_path",
    "11_a_and_b_must_differ",
    "17_compliance_asks",
    "20_authority_too_low",
    "25_committee_approves_with_conditions",
    "37_guaranteed_and_entrusted",
    "71_payment_failed_and_corrected",
)


@cache
def origination():
    """Loan origination, read once, and where it is compiled."""
    return read_folder(PACKAGE), Definitions()


@cache
def one_app():
    """The application of all replays: making one takes longer than many a replay."""
    return create_app(None, Settings(secret_key=SECRET, embedded_scheduler=False, max_upload_mb=1))


@pytest.fixture
def package():
    return origination()


class Replay:
    """One scenario through the web application, on a house in memory unless `sessions` lead elsewhere."""

    def __init__(self, name, package, settings, sessions=None, **people):
        ports = scenario_ports()
        file = PACKAGE / "scenarios" / f"{name}.yaml"
        self.scenario = read_scenario(file.read_bytes(), name, ports.calendar.zone)
        self.scenario.people.update(people, eyes=["auditor"])
        self.house, self.clock = build_stage(
            self.scenario, package[0], ports.calendar, ports.operations, package[1], sessions
        )
        self.house.errands, self.house.choices = ports.errands(self.house.sessions), ports.choices
        with self.house.step() as step:
            ports.furnish(step.session)
        if sessions is None:
            stands(self.house)
        self.settings = settings
        self.clients = {}
        self.case = None

    @property
    def app(self):
        """The application before this house."""
        context.put(one_app(), self.house, self.settings)
        return one_app()

    def another(self):
        """The same scenario as a second case in the same house."""
        other = copy(self)
        other.case = None
        return other

    def as_(self, name):
        app = self.app
        if name not in self.clients:
            self.clients[name] = signed_in(self.house, app, name)
        return self.clients[name]

    def run(self, before=None):
        """Plays its steps, all of them or those before the first that completes the element `before`."""
        self.case = self.begin(self.scenario.process, self.scenario.start)["id"]
        for step in self.scenario.steps:
            if before is not None and (step.action, step.target) == ("complete", before):
                return
            getattr(self, step.action)(step.target, step.options)
            self.settle()

    def settle(self):
        """What is due, and what leaves the house and comes back."""
        while worker.sweep(self.house) or errands.run(self.house):
            pass

    def begin(self, process, options):
        """A new case, as its JSON."""
        body = {"variables": options["variables"]}
        answer = self.as_(options["as"]).post(f"/definitions/{process}/instances", body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def complete(self, element, options):
        answer = self.post_complete(element, options)
        assert answer.status_code == 200, f"{element}: {answer.text}"

    def refused(self, wanted, _options):
        if wanted["action"] != "complete":
            return
        answer = self.post_complete(wanted["complete"], wanted)
        expected = {"not_open": 409, "form_invalid": 422}.get(wanted["rule"], 403)
        assert (answer.status_code, answer.json.get("rule")) == (expected, wanted["rule"]), answer.text

    def expect(self, _expected, _options):
        """What scenarios expect is asked by the scenario runner."""

    def advance(self, duration, _options):
        self.clock.moment = self.house.calendar.add(self.clock.moment, duration, "natural")

    def advance_to(self, moment, _options):
        self.clock.moment = moment.astimezone(dt.UTC)

    def task(self, element, wanted=None, case=None):
        """A task of the element, open ones and those assigned to `wanted` first."""
        listed = self.as_("eyes").get(f"/instances/{case or self.case}/tasks", limit=500).json["items"]
        items = [item for item in listed if item["element"] == element]
        return min(items, key=lambda item: (item["state"] != "open", item["assignee"] != wanted))

    def open(self, case=None):
        """The elements of its open tasks."""
        listed = self.as_("eyes").get(f"/instances/{case or self.case}/tasks", limit=500).json["items"]
        return sorted(item["element"] for item in listed if item["state"] == "open")

    def post_complete(self, element, options, headers=None):
        task = self.task(element, options.get("for") or options["as"], options.get("case"))
        form = {"form": options.get("form") or {}}
        return self.as_(options["as"]).post(f"/tasks/{task['id']}/complete", form, headers)


@pytest.mark.parametrize("name", CHOSEN)
def test_scenario_over_rest(name, package, settings):
    replay = Replay(name, package, settings)
    replay.run()
    expected = replay.scenario.expect
    case = replay.as_("eyes").get(f"/instances/{replay.case}").json
    assert case["state"] == expected.get("state", case["state"])
    for variable, value in expected["variables"].items():
        assert equal(value, case["variables"][variable])
    if case["state"] == "completed":
        loans = replay.as_("eyes").get("/loans").json["items"]
        [loan] = [loan for loan in loans if loan["status"] == "active"]
        schedule = replay.as_("eyes").get(f"/loans/{loan['id']}/schedule").json
        assert sum(row["principal"] for row in schedule["rows"]) == loan["principal"]
