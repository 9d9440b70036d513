"""Work goes back, is signed by several, and is taken back: at browsers, by the people who do it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.conftest import PHONE
from tests.browser.pages.test_work import opinion, write

pytestmark = pytest.mark.browser


@pytest.fixture
def review(work):
    """The address of a department's review, with both opinions given."""
    case = work.investigated()
    work.complete(case, "b", "zhao", b_opinion="for", b_amount=90000, b_reasons="受季节影响")
    return f"/tasks/{work.task(case, 'review').id}"


def more(page, name):
    page.locator(".foot summary").click()
    page.get_by_role("button", name=name).click()
    return page.get_by_role("dialog")


def test_a_review_goes_back_and_comes_straight_to_its_returner(sit, review):
    qian = sit("qian").go(review)
    qian.get_by_role("button", name="退回…").click()
    dialog = qian.get_by_role("dialog")
    dialog.get_by_label(re.compile("A 角调查")).check()
    dialog.get_by_label(re.compile("直接交回")).check()
    dialog.get_by_label("原因").fill("流水不全")
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(qian.get_by_text("已退回到 A 角调查")).to_be_visible()

    wang = sit("wang").go("/inbox")
    row = wang.locator("tr[data-row]").filter(has_text="流水不全")
    row.get_by_role("link", name="A 角调查").click()
    expect(wang.get_by_text("已退回，请重办")).to_be_visible()
    opinion(wang, reasons="补了三个月流水")
    wang.get_by_role("button", name="提交").click()
    wang.wait_for_url("**/inbox**")

    qian.goto(qian.url.split("/inbox")[0] + "/inbox")
    qian.get_by_role("link", name="部门审核").first.click()
    expect(qian.get_by_text("由您办理")).to_be_visible()


def test_what_is_filled_in_goes_along_to_whoever_signs_after_it(sit, review):
    qian = sit("qian").go(review)
    qian.wait_for_selector("[data-task-form][data-ready]")
    dialog = more(qian, "后加签…")
    dialog.get_by_label(re.compile("李倩")).check()
    dialog.get_by_label("原因").fill("请会签")
    dialog.get_by_role("button", name="提交并请他们签").click()
    expect(qian.get_by_role("alert").first).to_contain_text("请改正标出的各项")
    write(qian, "审核意见", "同意，按季跟踪")
    dialog = more(qian, "后加签…")
    dialog.get_by_role("button", name="提交并请他们签").click()
    expect(qian.get_by_text("等 1 人签")).to_be_visible()
    expect(qian.get_by_label("审核意见")).to_have_value("同意，按季跟踪")

    li = sit("li", viewport=PHONE).go("/inbox")
    li.get_by_role("link", name="部门审核").first.click()
    expect(li.get_by_text("同意，按季跟踪").first).to_be_visible()
    li.get_by_label("同意", exact=True).check()
    li.get_by_role("button", name="签", exact=True).click()
    li.wait_for_url("**/inbox**")
    qian.reload()
    expect(qian.get_by_text("已批准").first).to_be_attached()
    expect(qian.get_by_text("已办完").first).to_be_visible()


def test_what_was_just_submitted_is_taken_back_from_the_toast(sit, work):
    case = work.start()
    li = sit("li").go(f"/tasks/{work.task(case, 'check').id}")
    li.get_by_role("button", name="提交").click()
    li.wait_for_url("**/inbox**")
    li.locator(".toast").get_by_role("button", name="撤回").click()
    li.wait_for_url("**/tasks/**")
    expect(li.get_by_text("已撤回：核对资料")).to_be_visible()
    expect(li.get_by_text("由您办理")).to_be_visible()


def test_variables_of_a_step_without_a_form_go_along_too(sit, work):
    case = work.start()
    li = sit("li").go(f"/tasks/{work.task(case, 'check').id}")
    li.get_by_text("填写变量").click()
    li.get_by_label("名称").first.fill("checked_by")
    li.get_by_label("值", exact=True).first.fill("双人")
    dialog = more(li, "后加签…")
    dialog.get_by_label(re.compile("管理员")).check()
    dialog.get_by_label("原因").fill("双人核对")
    dialog.get_by_role("button", name="提交并请他们签").click()
    expect(li.get_by_text("等 1 人签")).to_be_visible()
    root = sit("root").go("/inbox")
    root.get_by_role("link", name="核对资料").first.click()
    expect(root.get_by_text("checked_by")).to_be_visible()
