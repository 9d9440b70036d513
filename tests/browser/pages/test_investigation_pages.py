"""The forms of an investigation with twelve guarantors, and what is read of them (INV-1, INV-8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from engine.packages import read_folder
from engine.packages.yaml12 import load_yaml
from engine.service import actors, cases, deployments, tasks
from models.queries import people
from models.queries import tasks as task_lists
from operations.furnishing import furnish
from tests.browser.pages.conftest import PHONE, WIDE
from tests.browser.pages.server import PASSWORD, Server

pytestmark = pytest.mark.browser

FOLDER = Path("bpmn/loan_origination")
SCENARIO = load_yaml((FOLDER / "scenarios/64_company_with_twelve_guarantors.yaml").read_bytes())
LOOKS = [pytest.param(WIDE, "zh", "light", id="wide-zh"), pytest.param(PHONE, "en", "dark", id="phone-en-dark")]


def bank(step):
    """The people of the scenario, and the package."""
    for name, roles in SCENARIO["people"].items():
        people.add_person(step.session, step.now, name, PASSWORD, title=name, roles=roles)
    furnish(step.session)
    deployments.deploy(step, read_folder(FOLDER), "lin")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("bank"), bank) as running:
        yield running


class Played:
    """The scenario's application, brought as far as before a step; `address` is the page of that step."""

    def __init__(self, server, before):
        self.house, self.before, self.by = server.house, before, {}
        with self.house.step() as step:
            starter = actors.load(step.session, SCENARIO["start"]["as"])
            self.case = cases.start(step, SCENARIO["process"], starter, SCENARIO["start"]["variables"]).id
        for act in SCENARIO["steps"]:
            if act.get("complete") == before:
                break
            if "complete" in act:
                self._complete(act)

    def task(self, element):
        with self.house.sessions.reading() as session:
            query = task_lists.filtered(task_lists.all_tasks(), instance_id=self.case, state="open")
            return next(task for task in session.scalars(query) if task.element == element)

    def _complete(self, act):
        """By whom the program has chosen: the proposal is whose report A is."""
        element = act["complete"]
        task = self.task(element)
        who = self.by["investigate_a"] if element == "propose_terms" else task.assignee or act["as"]
        self.by[element] = who
        with self.house.step() as step:
            tasks.complete(step, task.id, actors.load(step.session, who), act["form"])

    @property
    def address(self):
        return f"/tasks/{self.task(self.before).id}"


@pytest.fixture(scope="module")
def investigated(server):
    return Played(server, "investigate_a")


@pytest.fixture(scope="module")
def reviewed(server):
    return Played(server, "dept_review")


def wrong(page):
    """What axe finds, and by how much the page is too wide."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    told = [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found.response["violations"]]
    return told, max(page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)


@pytest.mark.parametrize(("viewport", "language", "scheme"), LOOKS)
def test_forms_and_main_facts_have_no_violation_and_fit(
    sit, investigated, reviewed, viewport, language, scheme
):  # fmt: skip
    found = {}
    look = {"viewport": viewport, "language": language, "scheme": scheme}
    pages = {
        investigated.task("investigate_a").assignee: [investigated.address],
        "qian": [reviewed.address, f"/cases/{reviewed.case}", f"/cases/{reviewed.case}/brief", "/customers"],
    }
    for name, paths in pages.items():
        desk = sit(name, **look)
        for path in paths:
            page = desk.go(path)
            if page.locator("[data-task-form]").count():
                page.wait_for_selector("[data-task-form][data-ready]")
            for folded in page.locator(".compared details:not([open]) > summary").all():
                if folded.is_visible():
                    folded.click()
            if wrong(page) != ([], 0):
                found[path] = wrong(page)
    assert found == {}


def test_a_long_form_has_a_line_of_its_sections_that_leads_folds_and_says_what_is_wrong(sit, investigated):
    page = sit(investigated.task("investigate_a").assignee).go(investigated.address)
    page.wait_for_selector("[data-task-form][data-ready]")
    line = page.get_by_role("navigation", name="表单各节")
    expect(line.get_by_role("button")).to_have_text(
        ["现场调查", "资产", "负债", "经营情况", "还款能力与比率", "经营、用途与还款来源", "保证人", "调查意见"]
    )
    line.get_by_role("button", name="调查意见").click()
    expect(page.get_by_label("理由")).to_be_in_viewport()
    assets = page.get_by_role("group", name="资产", exact=True)
    assets.get_by_role("button", name="收起").click()
    expect(page.get_by_label("应收款")).to_be_hidden()
    line.get_by_role("button", name="资产").click()
    expect(page.get_by_label("应收款")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").first).to_contain_text("还不能提交")
    expect(line.get_by_role("button", name="现场调查 (")).to_be_visible()


def test_differences_stand_by_section_the_leading_ones_first_and_what_agrees_on_demand(sit, reviewed):
    page = sit("qian").go(reviewed.address)
    compared = page.locator(".case-pane .compared")
    first = compared.locator("details").first
    expect(first.locator("summary")).to_contain_text("主要指标")
    expect(first.get_by_text("年净收入")).to_be_visible()
    expect(first.get_by_text("建议金额")).to_be_hidden()
    page.locator(".case-pane").get_by_text("只看不同").click()
    expect(first.get_by_text("建议金额")).to_be_visible()
