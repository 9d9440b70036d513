"""What app.js does on the page of all components, and that the page holds and is accessible at every width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.browser.assets.bare_site import Site
from tests.browser.assets.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture
def guide(watched: Watched) -> Page:
    watched.page.goto(f"{watched.site.url}/styleguide")
    watched.page.wait_for_function("() => window.Loanflow")
    return watched.page


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")], ids=str)
def window(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Page]:
    width, scheme = request.param
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{site.url}/styleguide")
    page.wait_for_function("() => window.Loanflow")
    yield page
    page.close()


def test_no_window_is_too_narrow_and_nothing_bars_anyone(window: Page) -> None:
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    violations = Axe().run(window).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []


def test_nothing_is_inline(guide: Page) -> None:
    served = guide.request.get(guide.url).text()
    assert " style=" not in served
    assert " onclick=" not in served
    assert "<script>" not in served


class TestKeyboard:
    def test_j_and_k_move_and_x_selects(self, guide: Page) -> None:
        guide.keyboard.press("j")
        assert "A-2026-0330" in guide.locator("tr.cursor").inner_text()
        guide.keyboard.press("k")
        guide.keyboard.press("k")
        assert "A-2026-0317" in guide.locator("tr.cursor").inner_text()
        guide.keyboard.press("x")
        assert guide.locator(".bulk [data-n]").inner_text() == "1"

    def test_c_claims_the_row_and_says_so(self, guide: Page) -> None:
        guide.keyboard.press("j")
        guide.keyboard.press("c")
        assert guide.locator(".toasts .toast").inner_text() == "已领取：A-2026-0330"

    def test_enter_opens_the_row(self, guide: Page) -> None:
        guide.keyboard.press("k")
        guide.keyboard.press("Enter")
        guide.wait_for_url("**#case")

    def test_slash_searches_and_letters_then_are_letters(self, guide: Page) -> None:
        guide.keyboard.press("/")
        guide.keyboard.type("jx?")
        assert guide.locator("#q").input_value() == "jx?"
        assert not guide.locator("#keys").is_visible()

    def test_question_mark_helps_and_escape_closes(self, guide: Page) -> None:
        guide.keyboard.press("?")
        assert guide.locator("#keys").is_visible()
        guide.keyboard.press("Escape")
        assert not guide.locator("#keys").is_visible()

    def test_g_and_a_letter_go(self, guide: Page) -> None:
        guide.keyboard.press("g")
        guide.keyboard.press("c")
        guide.wait_for_url("**#cases")

    def test_ctrl_enter_presses_the_button_of_the_open_dialog(self, guide: Page) -> None:
        guide.locator('[data-dialog="sample"]').first.click()
        guide.keyboard.press("Control+Enter")
        assert guide.evaluate("document.querySelector('#sample textarea').matches(':invalid:focus')")


class TestMenusAndDialogs:
    def test_a_menu_closes_outside_and_by_escape(self, guide: Page) -> None:
        menu = guide.locator("#buttons details.menu")
        menu.locator("summary").click()
        guide.locator("h1").click()
        assert menu.get_attribute("open") is None
        menu.locator("summary").click()
        guide.keyboard.press("Escape")
        assert menu.get_attribute("open") is None
        assert menu.locator("summary").evaluate("summary => summary === document.activeElement")

    def test_what_is_refused_explains_itself(self, guide: Page) -> None:
        guide.locator("#why > summary").click()
        assert guide.locator("#why").get_attribute("open") is None
        guide.locator("#buttons button[data-why]").first.dispatch_event("click")
        assert guide.locator("#why").get_attribute("open") is not None

    def test_cancelling_a_dialog_sends_nothing_and_closes_it(self, guide: Page) -> None:
        guide.locator('[data-dialog="sample"]').first.click()
        guide.locator("#sample").get_by_text("取消").click()
        assert not guide.locator("#sample").is_visible()


class TestTheRest:
    def test_all_of_a_page_can_be_selected_and_dropped(self, guide: Page) -> None:
        guide.locator("[data-all]").check()
        assert guide.locator(".bulk [data-n]").inner_text() == "3"
        guide.locator("[data-clear]").click()
        assert guide.locator(".bulk").is_hidden()
        assert guide.locator('tr[aria-selected="true"]').count() == 0

    def test_the_theme_is_remembered(self, guide: Page) -> None:
        guide.locator(".topbar [data-theme-toggle]").click()
        chosen = guide.evaluate("document.documentElement.dataset.theme")
        guide.reload()
        assert guide.evaluate("document.documentElement.dataset.theme") == chosen
        guide.evaluate("localStorage.clear()")

    def test_leaving_with_unsaved_input_is_asked_about(self, guide: Page) -> None:
        asked: list[str] = []
        guide.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        guide.locator("#f-reason").fill("理由")
        guide.goto("about:blank")
        assert asked == ["beforeunload"]

    def test_saved_input_is_not_asked_about(self, guide: Page) -> None:
        asked: list[str] = []
        guide.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        guide.locator("#f-reason").fill("理由")
        guide.evaluate("Loanflow.saved(document.querySelector('#f-reason').form)")
        guide.goto("about:blank")
        assert asked == []

    def test_tabs_move_by_arrows(self, guide: Page) -> None:
        guide.locator("#tab-one").focus()
        guide.keyboard.press("ArrowRight")
        assert guide.locator("#two").is_visible()
        assert guide.locator("#one").is_hidden()

    def test_a_toast_of_the_server_offers_the_way_back(self, guide: Page) -> None:
        guide.evaluate("Loanflow.toast('已退回', {undo: '/undo/7'})")
        back = guide.locator(".toasts form")
        assert back.get_attribute("action") == "/undo/7"
        assert back.locator("input[name=csrf_token]").input_value() == "token"
        assert back.locator("button").inner_text() == "撤回"

    def test_requests_carry_the_token(self, guide: Page) -> None:
        sent: list[str | None] = []

        def echo(route: Route) -> None:
            sent.append(route.request.headers.get("x-csrftoken"))
            route.fulfill(json={"ok": True})

        guide.route("**/echo", echo)
        assert guide.evaluate("Loanflow.send('/echo', {json: {a: 1}})") == {"ok": True}
        guide.evaluate("htmx.ajax('POST', '/echo', {target: '#one', swap: 'none'})")
        assert sent == ["token", "token"]

    def test_answers_in_json_come_as_they_are(self, guide: Page) -> None:
        guide.route("**/echo", lambda route: route.fulfill(json={"detail": "职责分离", "rule": "separation_of_duties"}))
        assert guide.evaluate("Loanflow.send('/echo')") == {"detail": "职责分离", "rule": "separation_of_duties"}
