"""Fills in forms as people do: by the labels they read, whatever the form calls its fields."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from operations.standard_products import STANDARD_PRODUCTS

Component = Mapping[str, Any]


def components(form: Path) -> Iterator[Component]:
    """The fields and lists of a form, in the order in which they stand on the page."""
    waiting = [json.loads(form.read_text(encoding="utf-8"))]
    while waiting:
        component = waiting.pop(0)
        if component["type"] == "dynamiclist":
            yield component
            continue
        waiting[:0] = component.get("components", [])
        if "key" in component:
            yield component


def fill(page: Page, form: Path, values: Mapping[str, Any]) -> None:
    """Writes the values into the fields of the page's form, which has to be that one."""
    page.wait_for_selector("[data-task-form][data-ready]")
    left = dict(values)
    for component in components(form):
        name = component.get("key") or component["path"]
        if name in left:
            _FILLERS[component["type"]](page, component, left.pop(name))
    assert not left, f"{form.name} has no field for {sorted(left)}"


def _rows(page: Page, component: Component, rows: list[Mapping[str, Any]]) -> None:
    """A list, row by row; rows that are not there yet are added, unless the list has rows of its own."""
    box = page.locator(".fjs-form-field-dynamiclist").filter(has=page.get_by_text(_label(component)))
    grows = component.get("allowAddRemove", True)
    there = box.locator(".fjs-repeat-row-container" if grows else ".fjs-children > div")
    for index, row in enumerate(rows):
        if there.count() <= index:
            box.locator(".fjs-repeat-render-add").click()
        for inner in component["components"]:
            if inner["key"] in row:
                _FILLERS[inner["type"]](there.nth(index), inner, row[inner["key"]])


def _label(component: Component, name: str = "label") -> re.Pattern[str]:
    return re.compile("^" + re.escape(component[name]) + r"\s*\*?$")


def _option(component: Component, value: Any) -> str:
    if component.get("valuesKey") == "products":
        return str(STANDARD_PRODUCTS[value]["title_zh"])
    return next(option["label"] for option in component["values"] if option["value"] == value)


def _field(page: Page | Locator, component: Component) -> Locator:
    """The box of a field: its label, and what one writes or presses."""
    kind = component["type"]
    whole = page if isinstance(page, Page) else page.page
    return page.locator(f".fjs-form-field-{kind}").filter(has=whole.get_by_text(_label(component)))


def _write(page: Page | Locator, component: Component, value: Any) -> None:
    field = page.get_by_label(_label(component))
    field.fill(str(value))
    field.blur()
    expect(field).to_have_value(str(value))


def _tick(page: Page | Locator, component: Component, value: bool) -> None:
    page.get_by_label(_label(component)).set_checked(value)


def _choose(page: Page | Locator, component: Component, value: Any) -> None:
    box = _field(page, component)
    for one in value if isinstance(value, list) else [value]:
        box.get_by_label(_option(component, one), exact=True).check()


def _select(page: Page | Locator, component: Component, value: Any) -> None:
    box = _field(page, component)
    box.locator(".fjs-input-group").click()
    box.get_by_text(_option(component, value), exact=True).last.click()
    expect(box.locator(".fjs-select-display")).to_have_text(_option(component, value))


def _date(page: Page | Locator, component: Component, value: dt.date) -> None:
    parts = {"dateLabel": f"{value:%Y-%m-%d}"}
    if isinstance(value, dt.datetime):
        parts["timeLabel"] = f"{value:%H:%M}"
    for name, written in parts.items():
        field = page.get_by_label(_label(component, name))
        if name == "dateLabel":  # it may just have come into sight: the calendar that reads it has to be there
            expect(field).to_have_class(re.compile("flatpickr-input"))
        field.fill(written)
        field.press("Enter")
        expect(field).to_have_value(written)


_FILLERS = {
    "textfield": _write,
    "textarea": _write,
    "number": _write,
    "checkbox": _tick,
    "radio": _choose,
    "checklist": _choose,
    "select": _select,
    "datetime": _date,
    "dynamiclist": _rows,
}
