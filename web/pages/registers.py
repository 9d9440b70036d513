"""Registers: which there are, one with its conditions in the address, on paper, and as a sheet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import NotFound
from models.cases import Instance
from models.queries import staff
from models.queries.paging import BadCursor
from models.queries.visibility import visible_to
from web.context import actor, house, reading
from web.pages.addresses import here, option, wanted
from web.pages.moments import now
from web.registers import register_for, registers_of
from web.registers.asking import BadCondition, asked
from web.registers.cells import Cells
from web.registers.declaring import Conditions, Register
from web.registers.sheets import MIMETYPE
from web.registers.taking import head_of, record, sheet_of
from web.registers.words import products
from web.viewing import viewer_of

blueprint = Blueprint("registers", __name__, url_prefix="/registers")

_PAGE = 50
MOST_PRINTED = 2_000


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The registers that I may read, each with what it holds."""
    who, zone = actor(), house().calendar.zone
    found = registers_of(who)
    if not found:
        abort(404)
    month = Conditions(since=now().date().replace(day=1))
    shown = [
        {
            "register": register,
            "rows": register.totals(reading(), who, Conditions(), zone).rows,
            "new": register.totals(reading(), who, month, zone).rows,
        }
        for register in found
    ]
    return render_template("registers/index.html", registers=shown, month=month.since)


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """One register, the newest first."""
    register, conditions = _register(key), _conditions()
    who, zone = actor(), house().calendar.zone
    try:
        page = register.page(reading(), who, conditions, zone, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "registers/show.html",
        register=register,
        cells=Cells(reading(), register, zone),
        rows=page.items,
        links=_links(page.items),
        totals=register.totals(reading(), who, conditions, zone),
        counts=register.counts(reading(), who, conditions, zone),
        menus=_menus(register),
        periods=_periods(),
        asked=conditions,
        kept={name: value for name, value in conditions.as_query().items() if name not in ("since", "until", "q")},
        narrowed=bool(conditions.as_query()),
        sheet=url_for("registers.sheet", key=key, **conditions.as_query()),
        paper=url_for("registers.paper", key=key, **conditions.as_query()),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/<key>/print")
@login_required
def paper(key: str) -> ResponseReturnValue:
    """The register as it goes on paper: everything that the conditions leave, with its head."""
    register, conditions = _register(key), _conditions()
    who, zone = actor(), house().calendar.zone
    totals = register.totals(reading(), who, conditions, zone)
    rows = list(register.rows(reading(), who, conditions, zone, MOST_PRINTED))
    head = head_of(register, conditions)
    record(register, who, conditions, "print", len(rows))
    return render_template(
        "registers/paper.html",
        register=register,
        cells=Cells(reading(), register, zone),
        rows=rows,
        totals=totals,
        head=head,
        left_off=totals.rows - len(rows),
        back=url_for("registers.show", key=key, **conditions.as_query()),
    )


@blueprint.get("/<key>/sheet")
@login_required
def sheet(key: str) -> ResponseReturnValue:
    """The register as an xlsx file."""
    register, conditions = _register(key), _conditions()
    name = f"{register.title}-{now():%Y%m%d-%H%M}.xlsx"
    return send_file(sheet_of(register, actor(), conditions), MIMETYPE, as_attachment=True, download_name=name)


def _register(key: str) -> Register:
    try:
        return register_for(actor(), key)
    except NotFound:
        abort(404)


def _conditions() -> Conditions:
    try:
        return asked(request.args)
    except BadCondition:
        abort(400)


def _links(rows: list[Mapping[str, Any]]) -> dict[uuid.UUID, str]:
    """The addresses of the cases among the rows that I may see; the others are not linked."""
    ids = {row["instance_id"] for row in rows if row.get("instance_id") is not None}
    if not ids:
        return {}
    query = sa.select(Instance.id).where(Instance.id.in_(ids), visible_to(viewer_of(reading(), actor())))
    return {case: url_for("cases.show", instance_id=case) for case in reading().scalars(query)}


def _menus(register: Register) -> list[dict[str, Any]]:
    """The conditions with a choice of values."""
    menus = []
    if register.states is not None:
        menus.append(_menu(gettext("状态"), "state", [(words, code) for code, words in register.states().items()]))
    if register.product is not None:
        menus.append(_menu(gettext("产品"), "product", [(words, code) for code, words in products().items()]))
    units = staff.units_within(reading(), actor().unit_path)
    if len(units) > 1:
        menus.append(_menu(gettext("机构"), "unit", [(unit.name, str(unit.id)) for unit in units]))
    if register.officer is not None:
        people = staff.colleagues(reading(), "", actor().unit_path)
        menus.append(_menu(gettext("人员"), "officer", [(who.title or who.name, who.name) for who in people]))
    return menus


def _menu(label: str, name: str, options: list[tuple[Any, str]]) -> dict[str, Any]:
    return {
        "label": label,
        "options": [option(words, name, value) for words, value in options],
        "clear": here(**{name: None}),
    }


def _periods() -> list[dict[str, Any]]:
    """Periods that people ask for, as addresses."""
    today = now().date()
    month = today.replace(day=1)
    last_month_end = month - dt.timedelta(days=1)
    quarter = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    spans = (
        (gettext("今天"), today, today),
        (gettext("本月"), month, today),
        (gettext("上月"), last_month_end.replace(day=1), last_month_end),
        (gettext("本季"), quarter, today),
        (gettext("今年"), dt.date(today.year, 1, 1), today),
    )
    chosen = (request.args.get("since"), request.args.get("until"))
    return [
        {
            "label": label,
            "url": here(since=since, until=until),
            "current": chosen == (since.isoformat(), until.isoformat()),
        }
        for label, since, until in spans
    ]
