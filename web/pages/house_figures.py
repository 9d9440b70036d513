"""The figures of the house on one page, with each change: groups, limits, recusal, who works on files of customers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import EngineError, Forbidden, Invalid
from models.queries import staff, watch_lists
from models.queries.paging import BadCursor, fetch_page
from operations.house_figures import figures_of
from web.context import actor, reading
from web.customer_rights import may_block, may_read_lists, may_set_roles, set_house_figures
from web.pages.acting import act
from web.pages.addresses import here, wanted
from web.pages.moments import money
from web.pages.relation_words import relation_kinds
from web.pages.role_words import role_words

blueprint = Blueprint("house_figures", __name__)

_PAGE = 20
_PERCENTS = ("control_share", "beneficial_share", "single_limit", "group_limit")
_KINDS = ("control_kinds", "recusal_kinds")
_ROLES = ("file_roles", "block_roles", "identity_roles")


@blueprint.before_request
@login_required
def _for_those_who_set_or_read_them() -> None:
    if not (may_read_lists(reading(), actor()) or may_set_roles(actor())):
        abort(404)


@blueprint.get("/relations/figures")
def show() -> ResponseReturnValue:
    """The figures that hold, and each change of them, the latest first."""
    try:
        page = fetch_page(
            reading(), watch_lists.figure_changes(), watch_lists.CHANGED_LAST_FIRST, wanted("cursor", 500), _PAGE
        )
    except BadCursor:
        abort(400)
    figures = figures_of(reading())
    words = _roles({role for name in _ROLES for role in getattr(figures, name)})
    return render_template(
        "customers/figures.html",
        figures=figures,
        may_change=may_block(reading(), actor()),
        may_set_roles=may_set_roles(actor()),
        relation_kinds=relation_kinds(),
        roles=words,
        role_fields={
            "file_roles": gettext("改客户档案"),
            "block_roles": gettext("限制客户"),
            "identity_roles": gettext("看证件号"),
        },
        names=_names(),
        changes=[(row, _said(row.name, row.before, words), _said(row.name, row.after, words)) for row in page.items],
        titles=staff.titles_of(reading(), [row.changed_by for row in page.items]),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.post("/relations/figures")
def change() -> ResponseReturnValue:
    """Sets the figures: the form of limits and relations, or that of roles."""
    form = request.form

    def set_them(step: Any, who: Any) -> None:
        if form.get("of") == "roles":
            set_house_figures(step, who, {name: tuple(form.getlist(name)) for name in _ROLES})
            return
        given: dict[str, Any] = {name: _number(name, form.get(name, "")) / 100 for name in _PERCENTS}
        capital = form.get("net_capital", "").replace(",", "").strip()
        given["net_capital"] = _number("net_capital", capital) if capital else None
        for name in ("recusal_steps", "circle_length"):
            number = _number(name, form.get(name, ""))
            if number != int(number):
                raise Invalid("a whole number is wanted", {name: ["figure"]})
            given[name] = int(number)
        set_house_figures(step, who, given | {name: tuple(form.getlist(name)) for name in _KINDS})

    return act(set_them, gettext("参数已更新"), lambda: url_for("house_figures.show"), _told)


def _told(error: EngineError) -> str | None:
    """What stands against it, with the figure's name."""
    if isinstance(error, Forbidden):
        return gettext("限额和口径由总部合规岗设定，岗位由总部系统管理员设定；分支机构不能改。")
    if not isinstance(error, Invalid):
        return None
    name = next(iter(error.errors), "")
    if error.errors.get(name) == ["own_role"]:
        return gettext("限制客户的岗位：不能把自己担任的岗位加进去，请由另一名管理员办理")
    return gettext("%(field)s：%(rule)s", field=_names().get(name, name), rule=_rules().get(name, gettext("填写不对")))


def _rules() -> dict[str, str]:
    share = gettext("请填写大于 0、不超过 100 的百分数")
    return {
        **dict.fromkeys(_PERCENTS, share),
        "net_capital": gettext("请填写大于零的金额（元），或留空"),
        "circle_length": gettext("请填写 2 到 12 的整数"),
        "recusal_steps": gettext("请填写 0 到 3 的整数"),
        "file_roles": gettext("至少选一个岗位"),
        "identity_roles": gettext("至少选一个岗位"),
        "block_roles": gettext("至少选一个总部有人担任的岗位"),
    }


def _names() -> dict[str, str]:
    return {
        "net_capital": gettext("资本净额"),
        "single_limit": gettext("单一客户限额"),
        "group_limit": gettext("关联方限额"),
        "control_share": gettext("控制的持股比例"),
        "beneficial_share": gettext("受益所有人的持股比例"),
        "circle_length": gettext("联保圈最长"),
        "recusal_steps": gettext("回避再看几层关系"),
        "control_kinds": gettext("算作关联方的关系"),
        "recusal_kinds": gettext("须回避的关系"),
        "file_roles": gettext("可以建档和修改客户档案的岗位"),
        "block_roles": gettext("可以限制客户、管理名单和本页的岗位"),
        "identity_roles": gettext("可以看完整证件号的岗位"),
    }


def _roles(set_now: set[str]) -> dict[str, str]:
    """Roles that can be chosen: those of the packages, and those that are set already."""
    known = {**role_words(), "admin": gettext("管理员"), "auditor": gettext("内审")}
    return {**known, **{role: role for role in sorted(set_now - known.keys())}}


def _said(name: str, value: Any, roles: dict[str, str]) -> str:
    """A figure in words, as the form shows it."""
    if value is None:
        return gettext("未设定")
    if name in _PERCENTS:
        return f"{Decimal(value) * 100:.4g}%"
    if name in _KINDS or name in _ROLES:
        words = relation_kinds() if name in _KINDS else roles
        return gettext("、").join(words.get(one, one) for one in value) or gettext("没有")
    return gettext("%(sum)s 元", sum=money(value)) if name == "net_capital" else str(value)


def _number(name: str, text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= Decimal(10) ** 16:
        raise Invalid("a number is wanted", {name: ["figure"]})
    return found
