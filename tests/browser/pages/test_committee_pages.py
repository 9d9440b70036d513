"""The committee at its pages: a secretary chooses an open meeting, and no page has a violation (REV-3, REV-4)."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from engine.packages import read_folder
from engine.packages.yaml12 import load_yaml
from engine.service import actors, cases, deployments, tasks
from engine.values import to_json
from models.queries import people
from models.queries.meetings import items_of
from models.tasks import OPEN, Task
from operations.furnishing import furnish
from tests.browser.pages.conftest import PHONE, WIDE
from tests.browser.pages.server import PASSWORD, Server
from tests.browser.pages.test_whole_loan import FOLDER, now, violations

pytestmark = pytest.mark.browser

SCENARIO = load_yaml((FOLDER / "scenarios/25_committee_approves_with_conditions.yaml").read_bytes())


def bank(step):
    for name, roles in SCENARIO["people"].items():
        people.add_person(step.session, step.now, name, PASSWORD, title=f"岗位 {name}", roles=roles)
    for name, powers in SCENARIO["authority"].items():
        for power, amount in powers.items():
            people.set_authority(step.session, name, power, amount, None)
    furnish(step.session)
    deployments.deploy(step, read_folder(FOLDER), "lin")


def as_text(value):
    """Days and times as forms send them: to the minute."""
    if isinstance(value, dt.datetime):
        value = value.replace(second=0, microsecond=0)
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else to_json(value)


class Played:
    """A case that is carried through the scenario step by step."""

    def __init__(self, house):
        self.house, self.first, self.left = house, "", [step for step in SCENARIO["steps"] if "complete" in step]
        begun = SCENARIO["start"]
        with house.step() as step:
            who = actors.load(step.session, begun["as"])
            self.id = cases.start(step, SCENARIO["process"], who, as_text(now(begun["variables"]))).id

    def until(self, element):
        """Does what comes before this step."""
        while self.left[0]["complete"] != element:
            done = self.left.pop(0)
            with self.house.step() as step:
                task = self.task(step.session, done["complete"], done["as"])
                # Investigators are assigned by their load, so that a second case may be the other way round.
                who = self.first if done["complete"] == "propose_terms" else task.assignee or done["as"]
                self.first = who if done["complete"] == "investigate_a" else self.first
                tasks.complete(step, task.id, actors.load(step.session, who), as_text(now(done.get("form") or {})))
        return self

    def task(self, session, element, who=None):
        found = session.query(Task).filter_by(instance_id=self.id, element=element, state=OPEN).all()
        return next((task for task in found if task.assignee == who), found[0])

    def address(self, element, who=None):
        with self.house.sessions.reading() as session:
            return f"/tasks/{self.task(session, element, who).id}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("committee"), bank) as running:
        yield running


@pytest.fixture(scope="module")
def played(server):
    """A case that is voted on, one that waits for a meeting, and one that was approved on conditions."""
    approved = Played(server.house).until("draft_contract")
    voting, waiting = Played(server.house).until("vote"), Played(server.house).until("convene")
    minuted = Played(server.house).until("write_minutes")
    return {"approved": approved, "voting": voting, "waiting": waiting, "minuted": minuted}


def number_of(server, played):
    with server.house.sessions.reading() as session:
        return items_of(session, played.id)[0].meeting.number


LOOKS = [pytest.param(WIDE, "zh", id="wide-zh"), pytest.param(PHONE, "en", id="phone-en")]


@pytest.mark.parametrize(("viewport", "language"), LOOKS)
def test_no_page_of_the_committee_has_a_violation(sit, server, played, viewport, language):
    meeting = number_of(server, played["voting"])
    pages = {
        "mi": ["/meetings", "/meetings?state=closed", f"/meetings/{meeting}", played["waiting"].address("convene"),
               f"/meetings/{number_of(server, played['approved'])}", played["minuted"].address("write_minutes")],
        "bai": [played["voting"].address("vote", "bai")],
        "gao": ["/authority", "/authority/delegations", "/authority/changes", f"/cases/{played['approved'].id}"],
    }  # fmt: skip
    found = {}
    for name, paths in pages.items():
        desk = sit(name, viewport=viewport, language=language)
        for path in paths:
            page = desk.go(path)
            if page.locator("[data-task-form]").count():
                page.wait_for_selector("[data-task-form][data-ready]")
            if wrong := violations(page):
                found[path] = wrong
            if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                found[path] = "too wide"
    assert found == {}


def test_a_secretary_puts_a_case_on_the_agenda_of_an_open_meeting(sit, server, played):
    meeting = number_of(server, played["voting"])
    page = sit("mi").go(played["waiting"].address("convene"))
    page.wait_for_selector("[data-task-form][data-ready]")
    page.get_by_label("列入已召集的会议").click()
    page.locator(".fjs-dropdownlist-item", has_text=meeting).click()
    expect(page.get_by_text("参会委员", exact=True)).to_have_count(0)
    page.locator("[data-complete]").click()
    page.wait_for_url("**/inbox**")
    assert number_of(server, played["waiting"]) == meeting
    page.goto(f"{server.url}/meetings/{meeting}")
    expect(page.get_by_role("heading", name="议题 2")).to_have_count(1)
