"""Designers at a real browser, on the real server, with one small package of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from engine.service import drafts
from models.queries import people
from tests.browser.pages.server import PASSWORD, Server

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
DESIGNERS = {"tang": "唐宁", "shen": "沈青"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, with two designers."""
    made = Server(tmp_path_factory.mktemp("designed"))
    with made.house.step() as step:
        for name, title in DESIGNERS.items():
            people.add_person(step.session, step.now, name, PASSWORD, title=title, roles=["designer"])
    with made as running:
        yield running


class Studio:
    """One designer's browser; `complaints` are what it found wrong."""

    def __init__(self, context: BrowserContext, server: Server, name: str) -> None:
        self.server, self.complaints = server, []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self._note(f"{error} {error.stack}"))
        self.page.goto(f"{server.url}/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/inbox**")

    def _note(self, words: str) -> None:
        # Refusals are part of the play; the pages say what they mean.
        if "the server responded with a status of 4" not in words:
            self.complaints.append(words)

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.server.url}/designer/{path}")
        return self.page

    def edit(self, package: str, name: str, query: str = "") -> Page:
        """The editor, once it has opened and its findings have come."""
        self.go(f"{package}/edit/{name}{query}")
        self.page.wait_for_selector("#designer[data-ready][data-checked]")
        return self.page

    def new_package(self, key: str) -> Page:
        """A package begun through its dialog; its diagram is open."""
        page = self.go("")
        page.get_by_role("button", name="新建流程包…").click()
        page.fill("#f-title", "办公用品")
        page.fill("#new-key", key)
        page.get_by_role("button", name="新建", exact=True).click()
        page.wait_for_selector("#designer[data-ready][data-checked]")
        return page

    def rename(self, element: str, words: str) -> None:
        """Another name for an element, typed on the canvas."""
        self.page.locator(f"g.djs-element[data-element-id={element}]").dblclick()
        self.page.wait_for_selector(".djs-direct-editing-content")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def save(self) -> None:
        """Ctrl+S, until the page says so."""
        self.page.keyboard.press("Control+s")
        self.page.locator(".toast", has_text="已存草稿").last.wait_for()


@pytest.fixture
def studio(chromium: Browser, server: Server) -> Iterator[Callable[..., Studio]]:
    """`studio("tang")` is that designer at a browser; at the end no browser may have complained."""
    open_ones: list[Studio] = []

    def enter(name: str = "tang", viewport: Any = WIDE, locale: str = "zh-CN", scheme: Any = "light") -> Studio:
        context = chromium.new_context(viewport=viewport, locale=locale, color_scheme=scheme)
        open_ones.append(Studio(context, server, name))
        return open_ones[-1]

    yield enter
    for one in open_ones:
        one.page.context.close()
    assert [complaint for one in open_ones for complaint in one.complaints] == []


@pytest.fixture
def drafted(server: Server) -> Callable[[str], dict[str, bytes]]:
    """`drafted("office")` are the files of a draft as they are stored."""

    def read(key: str) -> dict[str, bytes]:
        with server.house.sessions.reading() as session:
            return drafts.read(session, key).contents

    return read
