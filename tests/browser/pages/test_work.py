"""Work as people do it: from signing in to a completed case, two at one task, a keyboard alone, a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.conftest import PHONE

pytestmark = pytest.mark.browser


def write(page, label, value):
    """Fill in one field of a form and leave it; the form has taken it over before the next one begins."""
    pane, field = page.locator("[data-task-form]"), page.get_by_label(label)
    before = pane.get_attribute("data-edits")
    field.fill(value)
    field.blur()
    expect(pane).not_to_have_attribute("data-edits", before or "")
    expect(field).to_have_value(re.compile(".+"))


def opinion(page, amount="100000", reasons="季节性强，按季跟踪"):
    """Fill in the form of an investigation."""
    page.wait_for_selector("[data-task-form][data-ready]")
    page.get_by_label(re.compile("^(同意|For)$")).check()
    write(page, re.compile("建议金额|Amount proposed"), amount)
    write(page, re.compile("理由|Reasons"), reasons)


def test_from_the_application_to_the_review(sit, work):
    li = sit("li")
    page = li.go("/inbox")
    page.get_by_role("link", name="发起").click()
    page.get_by_role("link", name="小额贷款 v1").click()
    page.wait_for_selector("[data-task-form][data-ready]")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").first).to_contain_text("请改正标出的各项")
    write(page, "客户姓名", "周建平")
    write(page, "申请金额", "80000")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/tasks/*")
    expect(page.get_by_role("heading", name="核对资料")).to_be_visible()
    expect(page.get_by_text("80,000.00 元").first).to_be_visible()
    page.get_by_label("说明").fill("证件齐全")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/inbox**")
    expect(page.get_by_text("已提交：核对资料")).to_be_visible()

    zhao = sit("zhao").go("/inbox/roles?q=周建平")
    zhao.get_by_role("link", name="B 角调查").click()
    opinion(zhao)
    zhao.keyboard.press("Control+Enter")
    zhao.wait_for_url("**/inbox**")

    wang = sit("wang").go("/inbox/roles?q=周建平")
    wang.get_by_role("link", name="A 角调查").click()
    expect(wang.get_by_text("季节性强")).to_have_count(0)
    opinion(wang, amount="80000")
    wang.get_by_role("button", name="提交").click()
    wang.wait_for_url("**/inbox**")

    qian = sit("qian").go("/inbox/roles?q=周建平")
    qian.get_by_role("link", name="部门审核").click()
    expect(qian.get_by_role("region", name="两份报告的差异").get_by_text("差 20,000")).to_be_visible()
    qian.wait_for_selector("[data-task-form][data-ready]")
    write(qian, "审核意见", "同意")
    qian.get_by_role("button", name="提交").click()
    qian.wait_for_url("**/inbox**")
    qian.goto(qian.url.replace("/inbox", "/cases?q=周建平"))
    expect(qian.get_by_text("已批准")).to_be_visible()


def test_of_two_browsers_at_one_task_one_wins_and_the_other_is_told(sit, work):
    case = work.start()
    work.complete(case, "check", "li")
    path = f"/tasks/{work.task(case, 'b').id}"
    first, second = sit("wang").go(path), sit("zhao").go(path)
    opinion(first)
    opinion(second, reasons="我也写好了")
    first.get_by_role("button", name="提交").click()
    first.wait_for_url("**/inbox**")
    second.get_by_role("button", name="提交").click()
    told = second.get_by_role("alert").filter(has_text="王俊 已先一步办完 B 角调查")
    expect(told).to_be_visible()
    expect(second.get_by_label("理由")).to_have_value("我也写好了")


def test_a_draft_is_kept_while_one_writes(sit, work):
    case = work.investigated()
    path = f"/tasks/{work.task(case, 'b').id}"
    desk = sit("zhao")
    page = desk.go(path)
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_text("由您办理")).to_be_visible()
    opinion(page, reasons="写到一半")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿已存", timeout=10_000)
    desk.go(path)
    expect(page.get_by_label("理由")).to_have_value("写到一半")


def test_what_the_server_refuses_stands_at_its_field(sit, work):
    case = work.investigated()
    page = sit("zhao", language="en").go(f"/tasks/{work.task(case, 'b').id}")
    opinion(page)
    page.route("**/complete", lambda route: route.continue_(post_data='{"form": {"b_opinion": "for"}}'))
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert").first).to_contain_text("Not yet")
    expect(page.get_by_text("This field is required").first).to_be_visible()


def test_a_counter_with_only_a_keyboard(sit, work):
    case = work.start(customer_name="键盘测试")
    page = sit("li").go("/inbox/roles?q=键盘测试")
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="核对资料")).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_text(f"已领取：{case.business_key}")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(re.compile(r"/inbox(/\w+)?$"))
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    page.keyboard.type("键盘测试")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    found = page.get_by_role("region", name="案件").get_by_role("listitem").filter(has_text=case.business_key)
    expect(found.get_by_role("link", name="键盘测试")).to_be_visible()


def test_several_are_claimed_at_once(sit, work):
    cases = [work.start(customer_name="批量") for _ in range(2)]
    page = sit("li").go("/inbox/roles?q=批量")
    page.get_by_label("全选本页").check()
    work.claim(cases[0], "check", "root")
    page.get_by_role("button", name="领取选中的").click()
    expect(page.get_by_role("img", name="成功 1，未成 1")).to_be_visible()
    expect(page.get_by_text("在 管理员 手上")).to_be_visible()


def test_several_are_delegated_and_put_off_by_keyboard(sit, work):
    cases = [work.start(customer_name="转交") for _ in range(2)]
    for case in cases:
        work.claim(case, "check", "li")
    page = sit("li").go("/inbox?q=转交")
    page.wait_for_load_state("load")
    page.keyboard.type("jxjx")
    page.get_by_role("button", name="跟进日…").click()
    page.locator("#follow-up-several").get_by_role("button", name="确定").click()
    expect(page.get_by_role("img", name="成功 2，未成 0")).to_be_visible()
    page.get_by_role("link", name="回到列表").click()
    page.wait_for_load_state("load")
    page.keyboard.type("jx")
    page.get_by_role("button", name="委托…").click()
    page.get_by_label("委托给").select_option("root")
    page.locator("#delegate-several").get_by_role("button", name="委托").click()
    expect(page.get_by_role("img", name="成功 1，未成 0")).to_be_visible()


def test_a_case_is_followed_and_a_filter_kept(sit, work):
    case = work.start(customer_name="跟踪测试")
    page = sit("wang").go(f"/cases/{case.id}")
    page.get_by_role("button", name="关注").click()
    expect(page.get_by_text("已关注")).to_be_visible()
    page.goto(page.url.split("/cases")[0] + "/inbox/watching?q=跟踪测试")
    expect(page.get_by_role("link", name=case.business_key)).to_be_visible()
    page.get_by_role("button", name="保存当前条件").click()
    page.get_by_label("名称").fill("我跟的")
    page.locator("#saved").get_by_role("button", name="保存当前条件").click()
    expect(page.get_by_role("link", name="我跟的").first).to_be_visible()


def test_a_file_goes_in_and_comes_out_as_a_download(sit, work, files):
    case = work.start()
    page = sit("li").go(f"/cases/{case.id}")
    page.set_input_files("#upload-files", str(files / "身份证.pdf"))
    page.get_by_role("button", name="上传").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 身份证.pdf").click()
    assert download.value.suggested_filename == "身份证.pdf"


def test_the_diagram_shows_who_is_where(sit, work):
    case = work.investigated()
    page = sit("li").go(f"/cases/{case.id}")
    page.locator("#diagram").scroll_into_view_if_needed()
    expect(page.locator(".lf-note-now")).to_contain_text("客户经理")
    expect(page.locator(".lf-note-done").filter(has_text="王俊")).to_have_count(1)


def test_a_task_on_a_phone(sit, work):
    case = work.investigated()
    page = sit("zhao", viewport=PHONE, language="en").go(f"/tasks/{work.task(case, 'b').id}")
    expect(page.get_by_role("heading", name="Investigation B")).to_be_visible()
    expect(page.locator(".case-pane")).to_be_hidden()
    page.get_by_role("button", name=f"Case {case.business_key}").click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    page.get_by_role("button", name="Task").click()
    page.locator(".task-pane .menu > summary").click()
    page.locator(".task-pane .menu .pop .item").last.click(trial=True)  # nothing lies over the last of them
    page.keyboard.press("Escape")
    opinion(page)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/inbox**")
    expect(page.get_by_text("Submitted: Investigation B")).to_be_visible()
