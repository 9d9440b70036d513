"""One application goes from the counter to the disbursed loan and the archive, as twelve people do it at their desks.

What they write is the package's own scenario of the straight path; the pages are all that stands between.
"""

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from engine.bpmn.reading import read_diagrams
from engine.packages import read_files, read_folder
from engine.packages.yaml12 import load_yaml
from engine.service import deployments
from models.queries import people
from operations.furnishing import furnish
from tests.browser.pages.filling import fill
from tests.browser.pages.server import PASSWORD, Server

pytestmark = pytest.mark.browser

FOLDER = Path("bpmn/loan_origination")
ON_ANY_DAY = (b"default: next_working_day", b"default: as_is")
"""The payment does not wait for a working day: the test is carried out today, whatever day that is."""
FILES = {name: data for name, data in read_folder(FOLDER).files.items() if not name.startswith("scenarios/")}
PACKAGE = read_files({**FILES, "package.yaml": FILES["package.yaml"].replace(*ON_ANY_DAY)}, FOLDER.name)
SCENARIO = load_yaml((FOLDER / "scenarios/01_straight_path.yaml").read_bytes())
PATIENCE = 60_000
ISO_DAY, ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT.*")


def bank(step):
    """The people of the scenario, called by their roles' titles, and the package."""
    for name, roles in SCENARIO["people"].items():
        title = PACKAGE.manifest.role_titles[roles[0]]["zh"]
        people.add_person(step.session, step.now, name, PASSWORD, title=f"{title} {name}", roles=roles)
    for name, powers in SCENARIO["authority"].items():
        for power, amount in powers.items():
            people.set_authority(step.session, name, power, amount, None)
    furnish(step.session)
    deployments.deploy(step, PACKAGE, "lin")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("bank"), bank) as running:
        yield running


def now(value):
    """A value of the scenario, with its days made days of today: people write of what happens while they work."""
    if isinstance(value, list):
        return [now(item) for item in value]
    if isinstance(value, dict):
        return {name: now(item) for name, item in value.items()}
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    if value == SCENARIO["start_at"]:
        return today.replace(minute=today.minute // 5 * 5)  # what has just happened, as the form's clock is set
    if isinstance(value, str) and ISO_TIME.fullmatch(value):
        return (today + dt.timedelta(days=2)).replace(hour=15, minute=0)
    return today.date() if isinstance(value, str) and ISO_DAY.fullmatch(value) else value


def violations(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [(item["id"], [node["target"] for node in item["nodes"]]) for item in found.response["violations"]]


def offered(page, name):
    """The step in the list, once what the program does by itself before it (a payment) is done."""
    link = page.get_by_role("link", name=name, exact=True)
    began = time.monotonic()
    while not link.count() and time.monotonic() - began < PATIENCE / 1000:
        page.wait_for_timeout(250)
        page.reload()
    return link


def submitted(page):
    page.get_by_role("button", name="提交").click()


def test_from_the_counter_to_the_archive(sit, server):
    desks = {}

    def desk(name):
        if name not in desks:
            desks[name] = sit(name)
            desks[name].page.set_default_timeout(PATIENCE)
        return desks[name]

    steps = {element.id: element for element in read_diagrams(PACKAGE).elements()}
    page = desk("lin").go("/start")
    page.get_by_role("link", name="贷款发放").click()
    fill(page, FOLDER / "forms/application.form", SCENARIO["start"]["variables"])
    submitted(page)
    page.wait_for_url("**/tasks/*")
    number = re.search(r"A\d*-\d{4}-\d{4}", page.title())[0]

    for step in (step for step in SCENARIO["steps"] if "complete" in step):
        element = steps[step["complete"]]
        # What the program has given to somebody waits in their own inbox, all else in that of their role.
        inbox = "/inbox" if element.human.assignee else "/inbox/roles"
        page = desk(step["as"]).go(f"{inbox}?q={number}")
        offered(page, element.name).click()
        expect(page.get_by_text("申请 200,000.00 元").first).to_be_visible()
        form = FOLDER / f"forms/{element.human.form_ref}.form"
        fill(page, form, {name: now(value) for name, value in step["form"].items()})
        submitted(page)
        page.wait_for_url("**/inbox**")
        expect(page.get_by_text(f"已提交：{element.name}")).to_be_visible()

    wrong = {}
    page = desk("dang").go(f"/cases?q={number}")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("已放款归档").first).to_be_visible()
    wrong["case"] = violations(page)
    money = page.get_by_role("region", name="资金")
    expect(money.get_by_text("180,000.00").first).to_be_visible()
    money.get_by_role("link", name="L-").first.click()
    expect(page.get_by_role("heading", name="还款计划")).to_be_visible()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    wrong["loan"] = violations(page)
    page.get_by_role("heading", level=1).get_by_role("link").click()
    expect(page.get_by_role("heading", name="身份识别")).to_be_visible()
    wrong["customer"] = violations(page)
    page.go_back()
    expect(page.locator("tr").filter(has=page.get_by_text("未到期"))).to_have_count(24)
    assert wrong == {"case": [], "loan": [], "customer": []}
