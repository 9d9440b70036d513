"""How I want to be told outside of the program: addresses, quiet hours, topics."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Invalid
from models.notices import TOPICS
from operations.notices import choosing
from operations.notices.choosing import Choices
from web.context import person, reading, step

blueprint = Blueprint("notices", __name__)


def _topic_words() -> dict[str, tuple[str, str]]:
    words = {
        "late": (gettext("逾期与升级"), gettext("任务逾期、逾期后转给您")),
        "back": (gettext("退回"), gettext("步骤退回给您或您的岗位")),
        "cosign": (gettext("加签"), gettext("加签人不同意，或签完仍不能办")),
        "mention": (gettext("提到您"), gettext("评论里写了 @您")),
        "told": (gettext("流程通知"), gettext("流程发给您岗位的通知，如贷款主要情况")),
    }
    return {topic: words[topic] for topic in sorted(TOPICS, key=list(words).index)}


@blueprint.get("/notices")
@login_required
def choices() -> ResponseReturnValue:
    """How I am told."""
    return _choices_page(choosing.choices_of(reading(), person().id), {})


@blueprint.post("/notices")
@login_required
def choose() -> ResponseReturnValue:
    """Keeps how I want to be told."""
    form = request.form
    boxes = {(topic, channel): f"{topic}-{channel}" in form for topic in TOPICS for channel in ("email", "sms")}
    errors: dict[str, Any] = {}
    chosen = Choices(
        form.get("email", "").strip()[:254],
        form.get("phone", "").strip()[:40],
        _time("quiet_from", errors),
        _time("quiet_to", errors),
        boxes,
    )
    if not errors:
        try:
            with step() as s:
                choosing.choose(s, person().id, chosen)
        except Invalid as invalid:
            errors = invalid.errors
    if errors:
        return _choices_page(chosen, errors), 422
    flash(gettext("通知设置已保存"), "ok")
    return redirect(url_for("notices.choices"))


def _time(name: str, errors: dict[str, Any]) -> dt.time | None:
    text = request.form.get(name, "").strip()
    try:
        return dt.time.fromisoformat(text) if text else None
    except ValueError:
        errors[name] = ["no_time"]
        return None


def _choices_page(chosen: Choices, errors: dict[str, Any]) -> str:
    words = {
        "no_address": gettext("写成 名字@域名 的样子。"),
        "no_number": gettext("只写数字、空格和连字符，如 138 0000 0000。"),
        "missing": gettext("起止要一起填。"),
        "no_time": gettext("写成 22:00 的样子。"),
    }
    said = {name: words[codes[0]] for name, codes in errors.items()}
    return render_template("notices/choices.html", chosen=chosen, topics=_topic_words(), errors=said)
