"""Who stands in for whom 代理: arranged by the person, a manager of the unit or an administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import EngineError, Forbidden, Invalid, NotFound
from engine.service import actors
from engine.service import deputies as standing
from engine.service.actors import Actor
from models.deputies import Deputy
from models.queries import deputies as lists
from models.queries import staff
from models.queries.paging import BadCursor, fetch_page
from web.context import actor, person, reading, step
from web.pages.addresses import here, wanted
from web.pages.inbox_filters import processes, processes_with_steps
from web.pages.moments import now
from web.pages.role_words import role_words

blueprint = Blueprint("deputies", __name__)

_PAGE = 50
_LARGEST_ID = 2**31


@blueprint.get("/deputies")
@login_required
def index() -> ResponseReturnValue:
    """Who stands or stood in for whom, as far as it concerns me, and the form for the next time."""
    return _page({}, {})


@blueprint.post("/deputies")
@login_required
def appoint() -> ResponseReturnValue:
    """Lets somebody stand in."""
    given = {name: request.form.get(name, "").strip() for name in ("person", "deputy", "begins", "until", "reason")}
    chosen = {name: request.form.getlist(name) for name in ("roles", "processes")}
    errors: dict[str, str] = {}
    days = {name: _day(given[name], name, errors) for name in ("begins", "until")}
    if not errors:
        try:
            with step() as s:
                who = actors.load(s.session, person().name)
                whom = given["person"] or who.name
                standing.appoint(
                    s, who, whom, given["deputy"], days["begins"], days["until"], given["reason"], **chosen
                )
        except Invalid as wrong:
            errors = {name: _words(codes) for name, codes in wrong.errors.items()}
        except Forbidden:
            errors = {"person": gettext("只能由本人、本机构的经理或管理员设置。")}
    if errors:
        return _page({**given, **chosen}, errors), 422
    flash(gettext("代理已设置，到期自动结束。"), "ok")
    return redirect(url_for("deputies.index"))


@blueprint.post("/deputies/<int:deputy_id>/end")
@login_required
def end(deputy_id: int) -> ResponseReturnValue:
    """Ends it before its last day."""
    if deputy_id >= _LARGEST_ID:
        abort(404)
    try:
        with step() as s:
            standing.end(s, deputy_id, actors.load(s.session, person().name))
    except (Invalid, Forbidden):
        flash(gettext("没有办成：已经结束，或者不归您设置。"), "danger")
    except EngineError:
        abort(404)
    else:
        flash(gettext("代理已结束。"), "ok")
    return redirect(url_for("deputies.index"))


def _day(text: str, name: str, errors: dict[str, str]) -> Any:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        errors[name] = gettext("请选择日期。")
        return None


def _words(codes: list[str]) -> str:
    said = {
        "past": gettext("这一天已经过去。"),
        "order": gettext("最后一天不能早于第一天。"),
        "self": gettext("不能由本人代理本人。"),
        "unknown": gettext("没有这一项，请重新选择。"),
        "not_held": gettext("本人没有这个岗位。"),
        "overlaps": gettext("这段时间已有人代理同样的工作，请先结束原来的代理。"),
        "chain": gettext("这段时间本人正代理他人，或代理人自己也在外：代理不能再转代理。"),
        "number": gettext("选得过多。"),
    }
    return next((said[code] for code in codes if code in said), gettext("请填写内容，且不要过长。"))


def _page(given: dict[str, Any], errors: dict[str, str]) -> str:
    who = actor()
    manages = "admin" in who.roles or bool(who.roles & standing.MANAGERS)
    if who.reads_everything:
        known: Any = None
    else:
        known = staff.names_below(who.unit_path) if manages else [who.name]
    try:
        page = fetch_page(reading(), lists.about(known), lists.LATEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    away = _away(given.get("person") or wanted("person") or who.name, who)
    near = staff.colleagues(reading(), "", who.unit_path)
    return render_template(
        "deputies/index.html",
        rows=[_row(row, who, manages) for row in page.items],
        titles=staff.titles_of(reading(), (name for row in page.items for name in (row.person, row.deputy))),
        role_words=role_words(),
        process_words=dict(processes()),
        offered=processes_with_steps(),
        people=[(other.name, _named(other)) for other in near],
        manages=manages,
        away=away,
        today=now().date(),
        given=given,
        errors=errors,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


def _away(name: str, who: Actor) -> Actor:
    """For whom it is to be arranged: the one asked for if I may do that, else myself."""
    try:
        asked = actors.load(reading(), name)
    except NotFound:
        return who
    return asked if standing.may_arrange(who, asked) else who


def _named(other: Any) -> str:
    return f"{other.title} ({other.name})" if other.title else str(other.name)


def _row(row: Deputy, who: Any, manages: bool) -> dict[str, Any]:
    day = now().date()
    if row.ended_at is not None:
        state = "ended"
    elif row.until < day:
        state = "over"
    else:
        state = "now" if row.begins <= day else "later"
    concerned = manages or who.name in (row.person, row.deputy)
    return {"row": row, "state": state, "may_end": concerned and state in ("now", "later")}
