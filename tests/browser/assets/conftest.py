"""The bare site, and pages of it that are watched for complaints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.assets.bare_site import PAGES, Site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


class Watched:
    """A page with what it complained of: console errors, exceptions, requests that left this machine or failed."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed {request.url}"))
        page.on("request", self._local)
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {answer.url}")

    def _local(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"left the machine: {request.url}")

    def tool(self, bundle: str, locale: str = "zh-CN") -> Page:
        """An empty page with one bundle loaded, in this language."""
        self.page.goto(f"{self.site.url}/pages/tools.html")
        self.page.evaluate("locale => { document.documentElement.lang = locale }", locale)
        self.page.add_style_tag(url=f"/static/dist/{bundle}.css")
        self.page.add_script_tag(url=f"/static/dist/{bundle}.js")
        return self.page

    def run(self, script: str, *names: str, **facts: Any) -> Any:
        """Run an async function of one argument: the texts of the files named, and `facts`."""
        texts = {name: (PAGES / name).read_text(encoding="utf-8") for name in names}
        return self.page.evaluate(script, {**texts, **facts})


@pytest.fixture(scope="session")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One context, so that the large bundles come from its cache; its language is not the page's on purpose."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def watched(context: BrowserContext, site: Site) -> Iterator[Watched]:
    watched = Watched(context.new_page(), site)
    yield watched
    watched.page.close()
    assert watched.complaints == []
