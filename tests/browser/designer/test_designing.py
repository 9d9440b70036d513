"""A designer's day: draw, save, check, try, deploy; two at once; nothing lost by leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.designer.conftest import PHONE

pytestmark = pytest.mark.browser


def test_from_a_new_package_to_its_second_version(studio: Callable[..., Any], drafted: Callable[..., Any]) -> None:
    designer = studio()
    page = designer.new_package("office")
    # Renamed on the canvas, kept by Ctrl+S.
    designer.rename("approve", "经理审批")
    designer.save()
    assert 'name="经理审批"' in drafted("office")["office.bpmn"].decode()
    # The check speaks of it, on the diagram and in the list; either leads to the other.
    flag = page.locator(".finding-flag")
    flag.wait_for()
    page.locator("#findings-list tr[data-element=approve]", has_text="missing-translation").wait_for()
    page.locator(".djs-container").click(position={"x": 700, "y": 400})
    flag.click()
    expect(page.locator("g.djs-element.selected[data-element-id=approve]")).to_have_count(1)
    expect(page.locator("#findings-list tr.cursor")).to_have_count(1)
    page.locator("#props").get_by_text("经理审批").wait_for()
    # Its scenario passes and reaches everything.
    page.click("#trial")
    page.locator("#coverage-words").get_by_text("3 / 3").wait_for()
    expect(page.locator("#tab-scenarios .count")).to_have_text("1 / 1")
    # Deployed, and the draft is empty.
    page.click("#deploy-open")
    page.locator("#deploy").get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url("**/designer/office")
    expect(page.locator(".toast")).to_contain_text("office v1")
    expect(page.locator("#changes")).to_have_count(0)
    page = designer.edit("office", "office.bpmn")
    designer.rename("approve", "总经理审批")
    designer.save()
    page.click("#deploy-open")
    page.locator("#deploy").get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("office v2")
    expect(page.locator("#deployments")).to_contain_text("唐宁")


def test_errors_of_unsaved_work_bar_deployment(studio: Callable[..., Any], drafted: Callable[..., Any]) -> None:
    designer = studio()
    designer.new_package("barred")
    page = designer.edit("barred", "package.yaml")
    page.fill(".source", page.input_value(".source").replace("approver", "nobody_knows"))
    expect(page.locator("#findings-list")).to_contain_text("unknown-role", timeout=15_000)
    expect(page.locator("#deploy-open")).to_have_attribute("aria-disabled", "true")
    page.locator("#deploy-open").click(force=True)
    expect(page.locator("#deploy")).not_to_be_visible()
    assert b"nobody_knows" not in drafted("barred")["package.yaml"]
    page.on("dialog", lambda dialog: dialog.accept())
    # The finding leads to the diagram, where it stands at its element.
    page.locator("#findings-list a", has_text="barred.bpmn").first.click()
    page.wait_for_selector("g.djs-element.selected[data-element-id=approve]")


def test_whoever_leaves_with_unsaved_work_is_asked(studio: Callable[..., Any]) -> None:
    designer = studio()
    page = designer.new_package("guarded")
    designer.rename("approve", "还没存")
    page.keyboard.press("Enter")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{designer.server.url}/inbox")
    assert asked == ["beforeunload"]


def test_of_two_at_once_one_wins_and_the_other_sees_both(studio: Callable[..., Any], drafted: Any) -> None:
    first, second = studio("tang"), studio("shen")
    first.new_package("shared")
    second.edit("shared", "i18n/en.yaml")
    first.edit("shared", "i18n/en.yaml")
    second.page.fill(".source", "审批: Theirs\n")
    second.save()
    first.page.fill(".source", "审批: Mine\n")
    first.page.keyboard.press("Control+s")
    conflict = first.page.locator("#conflict")
    expect(conflict).to_contain_text("已由 shen 改动")
    expect(conflict.locator("tr.del")).to_contain_text("Theirs")
    expect(conflict.locator("tr.add")).to_contain_text("Mine")
    assert drafted("shared")["i18n/en.yaml"].decode() == "审批: Theirs\n"
    conflict.get_by_role("button", name="用我的覆盖").click()
    first.page.locator(".toast", has_text="已存草稿").wait_for()
    assert drafted("shared")["i18n/en.yaml"].decode() == "审批: Mine\n"


def test_differences_name_elements_and_lines(studio: Callable[..., Any]) -> None:
    designer = studio("shen")
    page = designer.edit("small_loans", "small_loan.bpmn")
    name = page.locator("g.djs-element[data-element-id=check] text").first.text_content() or "?"
    designer.rename("check", "复核")
    designer.save()
    page.click("#tab-changes")
    expect(page.locator("#elements")).to_contain_text("复核")
    expect(page.locator("#changes-list tr.add", has_text="复核")).to_have_count(1)
    expect(page.locator("#changes-list tr.del", has_text=name)).to_have_count(1)
    page.locator("#changes-list").get_by_role("button", name="放弃改动").click()
    page.wait_for_url("**/designer/small_loans")


def test_tables_and_forms_open_in_their_editors(studio: Callable[..., Any], drafted: Any) -> None:
    designer = studio()
    page = designer.new_package("tools")
    for name in ("limits.dmn", "forms/more.form"):
        page.click(".file-rail [data-dialog=new-file]")
        page.fill("#f-name", name)
        page.locator("#new-file").get_by_role("button", name="新建", exact=True).click()
        page.wait_for_selector("#designer[data-ready][data-checked]")
    expect(page.locator(".fjs-palette-container")).to_contain_text("单行文本")
    page = designer.edit("tools", "limits.dmn")
    page.locator(".lf-dmn-views button").nth(1).click()
    expect(page.locator(".lf-dmn-canvas")).to_contain_text("金额")
    page.locator("td.input-cell").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("<= 5")
    designer.save()
    assert "&lt;= 5" in drafted("tools")["limits.dmn"].decode()


def test_a_phone_shows_checks_and_tries_but_does_not_edit(studio: Callable[..., Any]) -> None:
    studio("shen").new_package("pocket")
    page = studio("tang", viewport=PHONE).edit("pocket", "pocket.bpmn")
    expect(page.locator(".djs-palette")).to_have_count(0)
    expect(page.locator("#save")).not_to_be_visible()
    expect(page.locator("g.djs-element[data-element-id=approve]")).to_be_visible()
    page.click("#trial")
    page.locator("#coverage-words").get_by_text("3 / 3").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_name_with_markup_runs_nowhere(studio: Callable[..., Any]) -> None:
    designer = studio()
    page = designer.new_package("hostile")
    designer.rename("approve", "审批 <img src=x onerror=\"document.title='run'\">")
    designer.save()
    page.locator(".finding-flag").wait_for()
    page.click("#tab-changes")
    page.locator("#changes-list .change").first.wait_for()
    assert page.locator("img").count() == 0
    assert "run" not in page.title()


def test_the_function_of_a_step_is_chosen_and_checked(studio: Callable[..., Any], drafted: Any) -> None:
    """GOV-2: a step declared as approval that could fall to an investigator is an error at once, on the drawing too."""
    designer = studio("shen")
    page = designer.edit("small_loans", "small_loan.bpmn")
    page.locator("g.djs-element[data-element-id=check]").click()
    page.locator("#props").get_by_text("职责分离、回避与授权").click()
    function = page.get_by_label("在贷款中的职能")
    assert function.locator("option").all_text_contents() == [
        "按所履行的职责推定",
        "调查",
        "审查",
        "审批",
        "放款",
        "都不是，只做准备",
    ]
    function.select_option("审批")
    finding = page.locator("#findings-list tr", has_text="separation-missing")
    expect(finding.first).to_contain_text("调查与审批", timeout=15_000)
    expect(page.locator("#deploy-open")).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".finding-flag").first).to_be_visible()
    page.get_by_label("在贷款中的职能").select_option("都不是，只做准备")
    expect(finding).to_have_count(0, timeout=15_000)
    designer.save()
    assert 'loanflow:function="none"' in drafted("small_loans")["small_loan.bpmn"].decode()
