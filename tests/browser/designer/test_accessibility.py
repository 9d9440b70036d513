"""The designer's pages pass axe-core and hold, wide and narrow, light and dark, in both languages.

Left out are the canvases and panels of bpmn.io (`THEIRS`): those libraries draw them and give their palettes, tables
and property groups no roles and names that we could mend from outside. What they show can be read in the lists below
them, and every file can be had as text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.designer.conftest import PHONE, WIDE

pytestmark = pytest.mark.browser

THEIRS = [".djs-container", ".bio-properties-panel", ".lf-dmn-canvas", ".fjs-container", ".fjs-editor-container"]
PAGES = (
    "",
    "axed",
    "axed/changes",
    "axed/edit/axed.bpmn?tab=scenarios",
    "axed/edit/axed.bpmn?tab=changes",
    "axed/edit/forms/request.form",
    "axed/edit/limits.dmn",
    "axed/edit/package.yaml",
)
LOOKS = [
    pytest.param(WIDE, "zh-CN", "light", id="wide-zh-light"),
    pytest.param(WIDE, "zh-CN", "dark", id="wide-zh-dark"),
    pytest.param(PHONE, "zh-CN", "light", id="phone-zh-light"),
    pytest.param({"width": 320, "height": 700}, "zh-CN", "dark", id="320-zh-dark"),
]


@pytest.fixture(scope="module")
def package(server: Any) -> str:
    """A draft with a finding of each level."""
    from flask import Flask

    from engine.service import drafts
    from web.pages.designer import starter

    app = Flask("web", root_path="web", template_folder="templates")
    with app.test_request_context():
        files = starter.new_package("axed", "办公用品")
        files["limits.dmn"] = starter.new_file("limits.dmn", "axed")
    files["package.yaml"] = files["package.yaml"].replace(b"approver", b"reviewer")
    with server.house.step() as step:
        drafts.create(step, "axed", files, "tang")
    return "axed"


@pytest.mark.parametrize(("viewport", "locale", "scheme"), LOOKS)
def test_no_page_has_a_violation(
    studio: Callable[..., Any], package: str, viewport: Any, locale: str, scheme: str
) -> None:
    designer, found = studio("tang", viewport=viewport, locale=locale, scheme=scheme), {}
    for path in PAGES:
        page = designer.go(path)
        if "/edit/" in path:
            page.wait_for_selector("#designer[data-ready][data-checked]")
        excluded = [[selector] for selector in THEIRS if page.locator(selector).count()]
        context = {"include": [["html"]], "exclude": excluded} if excluded else None
        violations = Axe().run(page, context=context).response["violations"]
        if violations or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path] = [
                (item["id"], [node["html"][:160] for node in item["nodes"]][:3]) for item in violations
            ] or "wider than the screen"
    assert found == {}
