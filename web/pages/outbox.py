"""What was told outside of the program, webhooks, and what the demonstration's stand-ins received."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Invalid, NotFound
from models.cases import Instance
from models.queries import case_file, outbox, staff
from models.queries.customers import find_customers
from models.queries.paging import BadCursor, Page
from operations.notices import choosing
from web.api.rights import require_role
from web.context import actor, person, reading, settings, step
from web.pages.addresses import here, option, wanted

blueprint = Blueprint("outbox", __name__)

READERS = ("admin", "auditor")
_PAGE = 50


def channel_words() -> dict[str, str]:
    """What the ways out of the house are called."""
    return {"email": gettext("邮件"), "sms": gettext("短信"), "webhook": gettext("接口推送")}


def state_words() -> dict[str, str]:
    """What the states of a delivery are called."""
    return {"waiting": gettext("待发"), "sent": gettext("已发出"), "failed": gettext("未发出")}


def told_of(instance: Instance) -> list[dict[str, Any]]:
    """What customers, people and programs were told of the case, the latest first."""
    rows = outbox.of_case(reading(), instance.id)
    names = staff.titles_of(reading(), (row.receiver for row in rows))
    customers = find_customers(reading(), [row.receiver for row in rows])
    channels, states = channel_words(), state_words()
    return [
        {
            "row": row,
            "states": states,
            "channel": channels[row.channel],
            "receiver": customers[row.receiver].name if row.receiver in customers else names[row.receiver],
        }
        for row in rows
    ]


@blueprint.get("/outbox")
@login_required
def index() -> ResponseReturnValue:
    """What was told outside of the program."""
    _readers_only()
    state, channel = wanted("state"), wanted("channel")
    states, channels = state_words(), channel_words()
    page = _page_of(
        lambda cursor: outbox.list_deliveries(
            reading(),
            state=state if state in states else None,
            channel=channel if channel in channels else None,
            limit=_PAGE,
            cursor=cursor,
        )
    )
    return render_template(
        "notices/outbox.html",
        deliveries=page.items,
        titles=staff.titles_of(reading(), (row.receiver for row in page.items)),
        numbers=case_file.numbers(reading(), (row.instance_id for row in page.items)),
        states=states,
        channels=channels,
        menus=[
            (gettext("状态"), [option(words, "state", key) for key, words in states.items()], here(state=None)),
            (gettext("方式"), [option(words, "channel", key) for key, words in channels.items()], here(channel=None)),
        ],
        narrowed=bool(state or channel),
        may_send="admin" in actor().roles,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.post("/outbox/<int:delivery_id>/again")
@login_required
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Tries a failed delivery once more."""
    require_role(actor(), "admin")
    try:
        with step() as s:
            choosing.send_again(s, delivery_id)
    except Conflict:
        flash(gettext("只有未发出、且有地址的通知可以重发。"), "danger")
    else:
        flash(gettext("已重新排队"), "ok")
    return redirect(url_for("outbox.index", state="failed"))


@blueprint.get("/webhooks")
@login_required
def webhooks() -> ResponseReturnValue:
    """The programs that are told."""
    _readers_only()
    return _webhooks_page({}, {})


@blueprint.post("/webhooks")
@login_required
def add_webhook() -> ResponseReturnValue:
    """Tells another program from now on, and shows its secret this once."""
    require_role(actor(), "admin")
    form = request.form
    given = {name: form.get(name, "").strip() for name in ("title", "url", "unit", "templates")}
    templates = [code for code in given["templates"].replace(",", " ").split() if code]
    known = {str(unit.id): unit.id for unit in staff.units_within(reading(), actor().unit_path)}
    unit = known.get(given["unit"], 0)
    try:
        with step() as s:
            hook = choosing.add_webhook(s, given["title"], given["url"], unit, templates, person().name)
            secret = hook.secret
    except Invalid as invalid:
        return _webhooks_page(given, {name: codes[0] for name, codes in invalid.errors.items()}), 422
    except Conflict:
        return _webhooks_page(given, {"title": "taken"}), 409
    return _webhooks_page({}, {}, secret=secret)


@blueprint.post("/webhooks/<int:webhook_id>/remove")
@login_required
def remove_webhook(webhook_id: int) -> ResponseReturnValue:
    """Tells a program no more."""
    require_role(actor(), "admin")
    with step() as s:
        choosing.remove_webhook(s, webhook_id)
    flash(gettext("已停止推送"), "ok")
    return redirect(url_for("outbox.webhooks"))


def _webhooks_page(given: dict[str, str], errors: dict[str, str], secret: str = "") -> str:
    words = {
        "length": gettext("要填，且不能太长。"),
        "no_address": gettext("写成 https://… 的地址，不带用户名和密码。"),
        "unknown": gettext("请选一个机构。"),
        "taken": gettext("已有同名的，或已到上限。"),
    }
    return render_template(
        "notices/webhooks.html",
        hooks=outbox.webhooks(reading()),
        units=(units := staff.units_within(reading(), actor().unit_path)),
        unit_options=[(unit.id, unit.name) for unit in units],
        given=given,
        errors={name: words[code] for name, code in errors.items()},
        secret=secret,
        may_change="admin" in actor().roles,
    )


@blueprint.get("/stand-in")
@login_required
def stand_in() -> ResponseReturnValue:
    """What the demonstration's mail server and phone received in place of real ones."""
    if not settings().demo:
        raise NotFound("There are no stand-ins outside of the demonstration.")
    page = _page_of(lambda cursor: outbox.received(reading(), cursor))
    return render_template(
        "notices/stand_in.html",
        messages=page.items,
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


def _page_of(read: Any) -> Page:
    try:
        found: Page = read(wanted("cursor", 500))
    except BadCursor:
        abort(400)
    return found


def _readers_only() -> None:
    if actor().roles.isdisjoint(READERS):
        abort(404)
