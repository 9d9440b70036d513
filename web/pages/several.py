"""Several tasks at once, chosen in the inbox: each in a transaction of its own, and each with its result."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.exceptions import BadRequest

from engine.errors import EngineError, NotFound
from engine.service import actors, follow_up, tasks
from engine.service.actors import Actor
from models.tasks import Task
from web.context import actor, person, reading, step
from web.pages.moments import at_midnight, now
from web.pages.refusals import words_of
from web.pages.task_rows import rows_of
from web.security.sessions import safe_next
from web.viewing import visible_task

blueprint = Blueprint("several", __name__)

_MOST_AT_ONCE = 100

Change = Callable[[Any, Task, Actor], Any]


@blueprint.post("/inbox/several")
@login_required
def act() -> ResponseReturnValue:
    """Does `do` with each task `id` and reports: total, done, failed, and why each failed."""
    titles = {
        "claim": (gettext("批量领取"), gettext("已领取")),
        "delegate": (gettext("批量委托"), gettext("已委托")),
        "follow_up": (gettext("批量定跟进日"), gettext("已定跟进日")),
    }
    asked = request.form.get("do", "")
    if asked not in titles:
        abort(400)
    title, done = titles[asked]
    change = _change(asked)
    ids = list(dict.fromkeys(request.form.getlist("id")))[:_MOST_AT_ONCE]
    results = [_result(task_id, change) for task_id in ids]
    return render_template(
        "inbox/several.html",
        title=title,
        done=done,
        results=results,
        failed=[result for result in results if result["why"]],
        back=safe_next(request.form.get("next"), url_for("inbox.mine")),
    )


def _change(asked: str) -> Change:
    if asked == "claim":
        return lambda s, task, who: tasks.claim(s, task.id, who)
    if asked == "delegate":
        to = request.form.get("to", "")
        return lambda s, task, who: tasks.delegate(s, task.id, who, to)
    at = _day_wanted()
    return lambda s, task, who: follow_up.set_follow_up(s, task.id, who, at)


def _day_wanted() -> dt.datetime:
    """The beginning of the day `on`, which is not over yet."""
    try:
        date = dt.date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise BadRequest(gettext("请选择跟进日。")) from None
    if date < now().date():
        raise BadRequest(gettext("跟进日不能早于今天。"))
    return at_midnight(date)


def _result(given: str, change: Change) -> dict[str, Any]:
    try:
        task_id = uuid.UUID(given)
        with step() as s:
            who = actors.load(s.session, person().name)
            change(s, visible_task(s.session, who, task_id), who)
    except (ValueError, NotFound):
        return {"row": None, "why": gettext("没有这一项，或者不归您的岗位查看。")}
    except EngineError as error:
        task = visible_task(reading(), actor(), task_id)
        return {"row": rows_of([task])[0], "why": words_of(error, task)}
    return {"row": rows_of([visible_task(reading(), actor(), task_id)])[0], "why": None}
