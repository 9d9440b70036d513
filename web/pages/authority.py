"""Powers 授权: personal limits, what was lent to whom for which days, and how both changed (REV-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound
from engine.service import actors, authority
from models.queries import authority as lists
from models.queries import staff
from models.queries.paging import BadCursor, Order, Page, fetch_page
from web.authority_scope import overseen, state_of
from web.context import actor, person, reading, step
from web.pages.addresses import here, wanted
from web.pages.moments import now
from web.pages.shell import is_staff

blueprint = Blueprint("authority", __name__, url_prefix="/authority")

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("")
def limits() -> ResponseReturnValue:
    """Personal limits: one's own, and those of the people one oversees."""
    page = _page(lists.holders(actor().name, overseen(actor())), lists.BY_PERSON)
    found = lists.limits_of(reading(), page.items)
    rows = [(someone, limit) for someone in page.items for limit in found[someone.id]]
    waiting = fetch_page(
        reading(), lists.proposals(actor().name, overseen(actor()), still_open=True), lists.NEWEST_PROPOSAL, None, _PAGE
    )
    proposals = [(one, authority.may_decide(reading(), actor(), one)) for one in waiting.items]
    return _draw("limits", page, rows=rows, proposals=proposals)


@blueprint.get("/delegations")
def delegations() -> ResponseReturnValue:
    """What was lent, the newest first; with `in_force=1` what holds today."""
    only_now = wanted("in_force") == "1"
    day = now().date() if only_now else None
    page = _page(lists.delegations(actor().name, overseen(actor()), in_force_on=day), lists.NEWEST_LENT)
    rows = [(lent, state_of(lent, now().date()), _may_withdraw(lent)) for lent in page.items]
    in_force = {"label": gettext("现行有效"), "on": only_now, "url": here(in_force=None if only_now else 1)}
    return _draw("delegations", page, rows=rows, in_force=in_force)


@blueprint.get("/changes")
def changes() -> ResponseReturnValue:
    """Every change of a limit or a delegation, the newest first."""
    page = _page(lists.changes(actor().name, overseen(actor())), lists.NEWEST_CHANGE)
    return _draw("changes", page, rows=page.items)


@blueprint.post("/limits")
def set_limit() -> ResponseReturnValue:
    """Sets a limit; the own one is proposed to a second person."""
    form = request.form
    if form.get("person") == actor().name:
        return _act(
            lambda s, who: authority.propose_limit(s, who, form.get("power"), *_terms(), form.get("reason")),
            gettext("已提出，由另一名管理员或总经理确认后生效"),
            "authority.limits",
        )
    return _act(
        lambda s, who: authority.set_limit(
            s, who, form.get("person", ""), form.get("power"), *_terms(), form.get("reason")
        ),
        gettext("限额已设定"),
        "authority.limits",
    )


@blueprint.post("/proposals/<int:proposal_id>")
def decide(proposal_id: int) -> ResponseReturnValue:
    """Confirms, refuses or takes back a limit that somebody has proposed for themselves: `do`."""
    decided = {
        "confirm": ("confirmed", gettext("限额已确认，即时生效")),
        "refuse": ("refused", gettext("已退回")),
        "withdraw": ("withdrawn", gettext("已撤回")),
    }.get(request.form.get("do", ""))
    if decided is None:
        abort(400)
    decision, said = decided
    return _act(lambda s, who: authority.decide_proposal(s, who, proposal_id, decision), said, "authority.limits")


@blueprint.post("/delegations")
def lend() -> ResponseReturnValue:
    """Lends a power for some days."""
    form = request.form
    return _act(
        lambda s, who: authority.lend(
            s,
            who,
            form.get("giver") or who.name,
            form.get("receiver", ""),
            form.get("power"),
            *_terms(),
            form.get("reason"),
        ),
        gettext("转授权已生效登记"),
        "authority.delegations",
    )


@blueprint.post("/delegations/<int:delegation_id>/withdraw")
def withdraw(delegation_id: int) -> ResponseReturnValue:
    """Ends a delegation at once."""
    return _act(
        lambda s, who: authority.withdraw(s, who, delegation_id, request.form.get("reason")),
        gettext("转授权已收回"),
        "authority.delegations",
    )


def _page(selected: Any, order: Order) -> Page:
    try:
        return fetch_page(reading(), selected, order, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)


def _draw(tab: str, page: Page, **more: Any) -> str:
    tabs = [
        {"label": label, "url": url_for(f"authority.{name}"), "current": name == tab}
        for name, label in (
            ("limits", gettext("个人限额")),
            ("delegations", gettext("转授权")),
            ("changes", gettext("变更记录")),
        )
    ]
    people = staff.colleagues(reading(), "", actor().unit_path)
    return render_template(
        f"authority/{tab}.html",
        tabs=tabs,
        me=actor().name,
        people=[(someone.name, someone.title or someone.name) for someone in people],
        titles=_Titles(),
        power_words=power_words,
        manages=bool(actor().roles & authority.MANAGERS),
        lends=any(lists.limits_of(reading(), [person()]).values()),
        state_words=_state_words(),
        kind_words=_kind_words(),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
        **more,
    )


class _Titles(dict[str | None, str]):
    """Display names, looked up when a row asks for one."""

    def __missing__(self, name: str | None) -> str:
        if name is None:
            return gettext("命令行")
        found = staff.titles_of(reading(), [name])[name]
        self[name] = found
        return found


def power_words(power: str) -> str:
    """A power as people call it; one that only a package knows stays as it is written there."""
    return {"approve_loan": gettext("贷款审批")}.get(power, power)


def _may_withdraw(lent: Any) -> bool:
    who = actor()
    if lent.withdrawn_at is not None or lent.until < now().date():
        return False
    if who.name in (lent.giver, lent.granted_by):
        return True
    try:
        return authority.may_manage(who, actors.load(reading(), lent.giver))
    except NotFound:
        return "admin" in who.roles


def _terms() -> tuple[Decimal | None, dt.date | None, dt.date | None]:
    """Amount and days of the form; what cannot be read is told like what does not hold."""
    form = request.form
    try:
        amount = Decimal((form.get("amount") or "").replace(",", "").strip())
    except InvalidOperation:
        raise Invalid("the amount is no number", {"amount": ["unfit"]}) from None
    days: list[dt.date | None] = []
    for name in ("since", "until"):
        given = (form.get(name) or "").strip()
        try:
            days.append(dt.date.fromisoformat(given) if given else None)
        except ValueError:
            raise Invalid(f"{name} is no day", {name: ["unfit"]}) from None
    return amount, days[0], days[1]


def _act(change: Callable[[Any, Any], Any], said: str, onward: str) -> ResponseReturnValue:
    try:
        with step() as s:
            change(s, actors.load(s.session, person().name))
    except NotFound:
        abort(404)
    except EngineError as error:
        flash(_words_of(error), "danger")
    else:
        flash(said, "ok")
    return redirect(url_for(onward))


def _words_of(error: EngineError) -> str:
    if isinstance(error, Forbidden):
        return gettext(
            "限额由本机构或上级的系统管理员、总经理设定；管理员为自己设的，须由另一人确认；转授权由本人或上述人员办理，不能为自己调高。"
        )
    if isinstance(error, Conflict):
        return gettext("没有办成：已经收回、已经有人决定，或同一权限还有一项待确认。请看最新的情况。")
    codes = {f"{field}.{code}" for field, told in getattr(error, "errors", {}).items() for code in told}
    words = {
        "amount.unfit": gettext("金额：请填写不小于零的金额（元）"),
        "amount.decimals": gettext("金额：最多两位小数"),
        "amount.above_own": gettext("金额：不得超过授权人自己现行的限额；没有限额的人不能授权，转来的权限不能再转"),
        "since.unfit": gettext("起始日：请填写日期，如 2026-03-02"),
        "since.required": gettext("起始日：必填"),
        "until.unfit": gettext("截止日：请填写日期，如 2026-03-31"),
        "until.required": gettext("截止日：必填"),
        "until.order": gettext("截止日：不能早于起始日"),
        "until.past": gettext("截止日：已经过去"),
        "person.unknown": gettext("人员：没有这个人，或已停用"),
        "giver.unknown": gettext("授权人：没有这个人，或已停用"),
        "receiver.unknown": gettext("被授权人：没有这个人，或已停用"),
        "receiver.own": gettext("被授权人：不能把别人的权限授给自己，请由授权人本人办理"),
        "receiver.self": gettext("被授权人：不能是授权人自己"),
        "power.required": gettext("权限：必填"),
        "reason.required": gettext("原因：必填，不超过 500 字"),
    }
    told = [text for code, text in words.items() if code in codes]
    return "；".join(told) or str(error)


def _state_words() -> dict[str, str]:
    return {
        "in_force": gettext("有效"),
        "coming": gettext("未到起始日"),
        "over": gettext("已到期"),
        "withdrawn": gettext("已收回"),
    }


def _kind_words() -> dict[str, str]:
    return {"limit_set": gettext("设定限额"), "delegated": gettext("转授权"), "withdrawn": gettext("收回转授权")}
