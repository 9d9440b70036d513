"""The real server with a database of its own for each module, and people at browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages.server import PASSWORD, Server
from tests.web.pages.conftest import Cases

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def work(server: Server) -> Cases:
    """Cases made beside the server, in its database."""
    return Cases(server.house)


class Desk:
    """A person at a browser, signed in; `complaints` gathers what the browser found wrong."""

    def __init__(self, context: BrowserContext, server: Server, name: str) -> None:
        self.server, self.complaints = server, []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.go("/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_url("**/inbox**")

    def speak(self, language: str) -> None:
        """Switch the language of the pages, as the button in the top bar does."""
        self.page.evaluate(
            """async language => {
                const csrf_token = document.querySelector('meta[name=csrf-token]').content;
                await fetch('/language', {method: 'POST', body: new URLSearchParams({locale: language, csrf_token})});
            }""",
            language,
        )

    def _note(self, words: str) -> None:
        # The browser reports each refused request as an error; pages tell them to people, and tests look at that.
        if "the server responded with a status of 4" not in words:
            self.complaints.append(words)

    def go(self, path: str) -> Page:
        self.page.goto(self.server.url + path)
        return self.page


@pytest.fixture
def sit(chromium: Browser, server: Server) -> Iterator[Callable[..., Desk]]:
    """`sit("li")` is li at a browser of her own."""
    desks: list[Desk] = []
    contexts: list[BrowserContext] = []

    def down(name: str, *, viewport: dict[str, int] = WIDE, language: str = "zh", scheme: str = "light") -> Desk:
        contexts.append(chromium.new_context(viewport=viewport, locale="zh-CN", color_scheme=scheme))
        desks.append(Desk(contexts[-1], server, name))
        desks[-1].speak(language)
        return desks[-1]

    yield down
    for context in contexts:
        context.close()
    assert [words for desk in desks for words in desk.complaints] == []


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document to upload."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "身份证.pdf").write_bytes(b"%PDF-1.7\n")
    return folder
