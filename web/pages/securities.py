"""What of securities ends: insurance, valuation, registration, the first to end first. In one's unit and below.

The contract desk and account managers record insurance and valuations, and renew them, at any time (LEG-4).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Invalid
from engine.service import actors
from models.queries import securities
from models.queries.paging import BadCursor
from models.security_papers import SecurityPaper
from operations.contracting import security_desk as desk
from web.context import actor, person, reading, step
from web.pages.addresses import here, option, wanted
from web.pages.contract_words import paper_kind_words
from web.pages.moments import now
from web.pages.shell import is_staff
from web.viewing import viewer_of

blueprint = Blueprint("securities", __name__, url_prefix="/securities")

_PAGE = 50
_PERIODS = (7, 30, 90)
_FIELDS = (
    "application", "kind", "item", "issuer", "number", "beneficiary", "amount", "valid_from", "valid_until", "reason",
)  # fmt: skip
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """`?kind=` and `?within=` (days) narrow the list; what has ended already always stands in it."""
    if not is_staff():
        abort(404)
    kind, within = wanted("kind"), wanted("within", 4)
    days = int(within) if within and within.isdecimal() else None
    today = now().date()
    try:
        page = securities.holding(
            reading(),
            _path(),
            until=today + dt.timedelta(days=days) if days is not None else None,
            kind=kind if kind in paper_kind_words() else None,
            limit=_PAGE,
            cursor=wanted("cursor", 500),
        )
    except BadCursor:
        abort(400)
    return render_template(
        "securities/index.html",
        papers=page.items,
        paper_kinds=paper_kind_words(),
        kind_options=[option(words, "kind", key) for key, words in paper_kind_words().items()],
        period_options=[option(gettext("%(n)s 天内", n=n), "within", str(n)) for n in _PERIODS],
        clear_kind=here(kind=None),
        clear_period=here(within=None),
        narrowed=bool(kind or within),
        may_write=bool(actor().roles & desk.WRITERS),
        today=today,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/new")
@login_required
def new() -> ResponseReturnValue:
    """The form for insurance or a valuation; `?application=` is the number of its application."""
    _writers_only()
    return _form(None, {"application": wanted("application") or "", "kind": "insurance"}, {})


@blueprint.post("/new")
@login_required
def record() -> ResponseReturnValue:
    """Records insurance or a valuation."""
    _writers_only()
    given = _given()
    try:
        facts = _facts(given)
        with step() as s:
            who = actors.load(s.session, person().name)
            application = securities.visible_application(s.session, _path(), given["application"])
            if application is None:
                raise Invalid("unknown application", {"application": "unknown"})
            kept = desk.record(s.session, application, facts, who.name, s.now)
            paper_id = kept.id
    except Invalid as invalid:
        return _form(None, given, invalid.errors), 422
    flash(gettext("已登记，到期前会提醒"), "ok")
    return redirect(url_for("securities.show", paper_id=paper_id))


@blueprint.get("/<int:paper_id>")
@login_required
def show(paper_id: int) -> ResponseReturnValue:
    """One paper, and for those who may the form to renew it."""
    return _form(_found(paper_id), {}, {})


@blueprint.post("/<int:paper_id>/renew")
@login_required
def renew(paper_id: int) -> ResponseReturnValue:
    """Puts a new paper in its place."""
    return _deal(paper_id, lambda s, paper, given: desk.replace(
        s.session, paper, _facts(given), actor().name, s.now, now().date()
    ), gettext("已续办"))  # fmt: skip


@blueprint.post("/<int:paper_id>/end")
@login_required
def end(paper_id: int) -> ResponseReturnValue:
    """Watches it no more."""
    return _deal(
        paper_id, lambda s, paper, given: desk.end(s.session, paper, given["reason"], now().date()), gettext("不再提醒")
    )


def _deal(paper_id: int, change: Callable[[Any, SecurityPaper, dict[str, str]], Any], said: str) -> ResponseReturnValue:
    _writers_only()
    _found(paper_id)
    given = _given()
    try:
        with step() as s:
            paper = securities.visible_paper(s.session, _path(), paper_id) or abort(404)
            kept = change(s, paper, given) or paper
            shown = kept.id
    except Conflict:
        flash(gettext("没有改动：已被别人办理。"), "danger")
        return redirect(url_for("securities.show", paper_id=paper_id))
    except Invalid as invalid:
        return _form(_found(paper_id), given, invalid.errors), 422
    flash(said, "ok")
    return redirect(url_for("securities.show", paper_id=shown))


def _form(paper: SecurityPaper | None, given: dict[str, str], errors: dict[str, Any]) -> str:
    kinds = paper_kind_words()
    words = {name: _error_words(name, str(problem)) for name, problem in errors.items()}
    return render_template(
        "securities/paper.html",
        paper=paper,
        given=given,
        errors=words,
        listed=[(f"f-{name}", problem) for name, problem in words.items()],
        kinds=kinds,
        kind_options=[(kind, kinds[kind]) for kind in desk.RECORDED],
        today=now().date(),
        may_write=bool(actor().roles & desk.WRITERS),
    )


def _error_words(name: str, problem: str) -> str:
    if name == "application":
        return gettext("没有这个申请编号")
    if "on record" in problem:
        return gettext("这个编号已登记")
    if name == "valid_until":
        return gettext("到期日要晚于起始日和原来的到期日")
    return gettext("请填写，且不能过长") if name != "amount" else gettext("金额要大于零，最多两位小数")


def _given() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in _FIELDS}


def _facts(given: dict[str, str]) -> dict[str, Any]:
    """What was typed, as days and amounts; what is none counts as missing."""
    facts: dict[str, Any] = {name: text or None for name, text in given.items()}
    for name in ("valid_from", "valid_until"):
        try:
            facts[name] = dt.date.fromisoformat(given[name])
        except ValueError:
            facts[name] = None
    if given["amount"]:
        facts["amount"] = _amount(given["amount"])
    return facts


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text.replace(",", "")):
        raise Invalid("amount: no amount", {"amount": "is no amount"})
    return Decimal(text.replace(",", ""))


def _found(paper_id: int) -> SecurityPaper:
    if not is_staff():
        abort(404)
    return securities.visible_paper(reading(), _path(), paper_id) or abort(404)


def _path() -> str | None:
    viewer = viewer_of(reading(), actor())
    return None if viewer.reads_everything else viewer.unit_path


def _writers_only() -> None:
    if not is_staff():
        abort(404)
    if not actor().roles & desk.WRITERS:
        abort(403)
