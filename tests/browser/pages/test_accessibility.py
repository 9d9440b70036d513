"""Every page passes axe-core, wide and narrow, light and dark, and holds at 320 pixels."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from engine.service import actors, cosigning, moves, pausing
from engine.service.attachments import FileStore
from models.papers import PaperItem
from models.queries import following, saved_filters
from models.tasks import Task
from operations import blocked_lists, declarations, documents
from operations.customer_changes import Editor
from operations.documents import About
from operations.house_figures import set_figures
from tests.browser.pages.conftest import PHONE, WIDE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def paths(server):
    """One address of each page, with something on it."""
    from tests.web.pages.conftest import Cases

    work = Cases(server.house)
    open_case, full, failed = work.investigated(), work.investigated(), work.start(key="failing")
    work.complete(full, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响，建议压降额度")
    work.complete(failed, "enter", "li")
    waiting = work.start()
    moved = moved_about(work)
    forked = work.start()
    work.complete(forked, "check", "li")
    right = f"/cases/{forked.id}/set-right?token={work.task(forked, 'a').id}&do="
    with server.house.step() as step:
        following.follow(step.session, "root", waiting.id, step.now)
        saved_filters.keep(step.session, "root", "三天内", "roles", "due=3d", None)
    return [
        "/inbox",
        "/inbox/roles",
        "/inbox/watching",
        "/inbox/roles?due=3d",
        "/inbox/done",
        "/cases",
        "/cases?q=nothing",
        f"/cases/{open_case.id}",
        f"/cases/{full.id}",
        f"/cases/{full.id}/history",
        *with_papers(server, work.start()),
        f"/cases/{failed.id}",
        f"/tasks/{work.task(open_case, 'b').id}",
        f"/tasks/{work.task(full, 'review').id}",
        f"/tasks/{work.task(waiting, 'check').id}",
        *moved,
        f"{right}jump&to=review",
        f"{right}skip",
        f"{right}cancel_branch",
        f"/cases/{forked.id}/variables",
        "/start",
        "/start/small_loan",
        "/start/failing",
        "/customers",
        "/handbook",
        *kept_files(server),
        "/loans",
        "/products",
        "/products/proposals",
        "/search?q=陈梅",
        "/registers",
        "/registers/applications",
        "/registers/complaints",
        "/registers/visits/print",
        "/prospects",
        "/prospects/week",
        "/registers/loss_shares",
        "/deputies",
        "/handovers",
        "/notices",
        "/outbox",
        "/password",
        "/nowhere",
    ]


def with_papers(server, case):
    """Addresses of a case with papers in every state, and of documents of every kind that can be looked at."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(drawn, "PNG")
    sent = [("照片.png", drawn.getvalue()), ("报告.pdf", b"%PDF-1.7\n"), ("说明.txt", "说明".encode())]
    with server.house.step() as step:
        stamp = {"checked_by": "li", "checked_at": step.now, "issued_on": dt.date(2026, 1, 1)}
        states = [("open", {}), ("complete", stamp), ("missing", stamp), ("not_applicable", stamp | {"reason": "无"})]
        for n, (state, stamped) in enumerate(states, start=1):
            step.session.add(
                PaperItem(instance_id=case.id, desk="intake", n=n, kind=f"kind{n}", title=f"资料{n}", whose="borrower",
                          required=True, needs_original=True, state=state, **stamped)
            )  # fmt: skip
        step.session.flush()
        who, store = actors.load(step.session, "li"), FileStore(server.settings.data_dir)
        for _ in range(2):
            kept = documents.receive(
                step,
                store,
                case.id,
                who,
                sent,
                About("kind2", issued_on=dt.date(2026, 1, 1), expires_on=step.now.date()),
            )
        documents.receive(step, store, case.id, who, sent[1:], About())
        shown = [f"/files/{item.document.attachment_id}/show" for item in kept]
    return [f"/cases/{case.id}", *shown]


def kept_files(server):
    """Addresses of a firm's file with its owner, a guarantor, contacts and changes, and of what compliance keeps."""
    with server.house.step() as step:
        editor = Editor(step.session, step.now, "root")
        firm = editor.open_file("company", "credit_code", "91410100MA3X00001K", "青松贸易有限公司", phone="03716666666")
        owner = editor.open_file("person", "resident_id", "410102198503152345", "陈梅")
        step.session.flush()
        editor.relate(owner, "shareholder", firm.number, Decimal("0.6"))
        editor.relate(firm, "guarantor_of", owner.number)
        editor.add_contact(firm, "address", "柳林镇建设路 8 号", "仓库")
        editor.block(firm, "提供虚假材料")
        step.session.flush()
        declarations.record(step, "wang", owner.number, "family", "表姐", "wang")
        set_figures(step.session, {"net_capital": Decimal(20000000)}, step.now, "root")
        blocked = {"name": "钱多多", "list_name": "本行禁入名单", "reason": "骗贷"}
        blocked_lists.enter(step.session, blocked, step.now.date(), "root")
    return [
        f"/customers/{firm.number}",
        f"/customers/{firm.number}/changes",
        f"/customers/{owner.number}",
        "/relations",
        "/relations/figures",
        "/blocked",
    ]


def moved_about(work):
    """Addresses of tasks that were returned, signed, paused and withdrawn, as root sees them, who may do the steps."""

    def does(action, case, element, by, *given):
        with work.house.step() as step:
            return action(step, work.task(case, element).id, actors.load(step.session, by), *given)

    back, signed, paused, done = work.investigated(), work.start(), work.start(), work.start()
    work.complete(back, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    closed = does(moves.send_back, back, "review", "qian", "a", "流水不全")
    waits = does(cosigning.ask, signed, "check", "li", ["root", "wang"], "before", "请看原件")
    does(pausing.pause, paused, "check", "root", "等客户补件")
    completed = work.complete(done, "check", "root")
    with work.house.sessions.reading() as session:
        [own] = session.scalars(sa.select(Task.id).where(Task.of_task == waits.id, Task.assignee == "root"))
    tasks = [closed.id, work.task(back, "a").id, waits.id, own, work.task(paused, "check").id, completed.id]
    return [f"/tasks/{task}" for task in tasks]


LOOKS = [
    pytest.param(WIDE, "zh", "light", id="wide-zh-light"),
    pytest.param(PHONE, "en", "dark", id="phone-en-dark"),
]


@pytest.mark.parametrize(("viewport", "language", "scheme"), LOOKS)
def test_no_page_has_a_violation(sit, paths, viewport, language, scheme):
    desk, found = sit("root", viewport=viewport, language=language, scheme=scheme), {}
    for path in paths:
        page = desk.go(path)
        if page.locator("[data-task-form]").count():
            page.wait_for_selector("[data-task-form][data-ready]")
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
        violations = [
            (item["id"], [node["target"] for node in item["nodes"]][:3]) for item in results.response["violations"]
        ]
        if violations:
            found[path] = violations
    assert found == {}


def test_the_sign_in_page_has_none_either(chromium, server):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(server.url + "/sign-in")
    violations = Axe().run(page).response["violations"]
    context.close()
    assert [item["id"] for item in violations] == []


def test_pages_hold_at_320_pixels(sit, paths):
    desk = sit("root", viewport={"width": 320, "height": 640}, language="en")
    too_wide = {
        path: excess
        for path in paths
        if (excess := desk.go(path).evaluate("document.documentElement.scrollWidth - innerWidth")) > 0
    }
    assert too_wide == {}


@pytest.mark.parametrize(("viewport", "language", "scheme"), LOOKS)
def test_the_dialogs_of_moves_have_none_either(sit, server, viewport, language, scheme):
    from tests.web.pages.conftest import Cases

    work = Cases(server.house)
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    page = sit("qian", viewport=viewport, language=language, scheme=scheme).go(f"/tasks/{work.task(case, 'review').id}")
    page.wait_for_selector("[data-task-form][data-ready]")
    found = {}
    for name in ("return", "before", "after", "transfer", "delegate", "pause"):
        page.evaluate("name => document.getElementById(name).showModal()", name)
        found[name] = [item["id"] for item in Axe().run(page, context=f"#{name}").response["violations"]]
        page.evaluate("name => document.getElementById(name).close()", name)
    assert set(map(tuple, found.values())) == {()}, found
