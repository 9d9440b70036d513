"""Conditions of the inbox kept under a name: each is an address, one's own or shared with the people of one's unit."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.desk import SavedFilter
from models.queries import saved_filters
from web.context import actor, person, reading, step
from web.pages.inbox_filters import CONDITIONS

blueprint = Blueprint("saved_filters", __name__)

TABS = ("mine", "roles", "watching", "done")
_MOST = 1000
_NAME = 40


@blueprint.post("/inbox/filters")
@login_required
def save() -> ResponseReturnValue:
    """Keeps the conditions given under a name; the person's filter of the same name is replaced."""
    tab, name = request.form.get("tab", ""), request.form.get("name", "").strip()
    conditions = _known(request.form.get("conditions", ""))
    if tab not in TABS or not conditions or len(conditions) > _MOST:
        abort(400)
    if not 0 < len(name) <= _NAME or "\0" in name:
        flash(gettext("请给条件起名，不超过 40 个字。"), "warn")
        return redirect(_address(tab, conditions))
    unit = actor().unit_id if request.form.get("shared") else None
    with step() as s:
        kept = saved_filters.keep(s.session, person().name, name, tab, conditions, unit)
    if kept:
        flash(gettext("已保存：%(name)s", name=name), "ok")
    else:
        flash(gettext("最多保存 %(n)s 组条件，请先删去不用的。", n=saved_filters.MOST_OWN), "warn")
    return redirect(_address(tab, conditions))


@blueprint.post("/inbox/filters/<int:filter_id>/remove")
@login_required
def remove(filter_id: int) -> ResponseReturnValue:
    """Removes one of the person's own."""
    if filter_id >= 2**31:
        abort(404)
    with step() as s:
        saved_filters.drop(s.session, person().name, filter_id)
    flash(gettext("已删去"), "ok")
    return redirect(url_for("inbox.mine"))


def chips(tab: str) -> list[dict[str, Any]]:
    """The filters that the person can use: words, address, whether it is what is shown now, whether one's own."""
    shown = conditions_shown()
    found = saved_filters.usable_by(reading(), person().name, actor().unit_id)
    return [_chip(kept, tab == kept.tab and shown == kept.conditions) for kept in found]


def conditions_shown() -> str:
    """The conditions of this address, in one order; empty when there are none."""
    return _known(request.query_string.decode("utf-8", "replace"))


def _chip(kept: SavedFilter, on: bool) -> dict[str, Any]:
    return {
        "id": kept.id,
        "label": kept.name,
        "url": url_for(f"inbox.{kept.tab}") if on else _address(kept.tab, kept.conditions),
        "on": on,
        "shared": kept.shared_with is not None,
        "mine": kept.person == person().name,
    }


def _known(query: str) -> str:
    """Those conditions of a query that the inbox knows, in one order, so that equal ones are equal text."""
    given = dict(parse_qsl(query))
    kept = {name: given[name].strip() for name in CONDITIONS if given.get(name, "").strip() and "\0" not in given[name]}
    return urlencode(kept)


def _address(tab: str, conditions: str) -> str:
    return f"{url_for(f'inbox.{tab}')}?{conditions}"
