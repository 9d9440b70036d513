"""Look-ups in registers from the case: asking, and filling the form of the step with what came back (INT-6)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Forbidden, Invalid, NotFound
from engine.service import actors, tasks
from engine.values import dumps, loads
from models.register_queries import ANSWERED, RegisterQuery
from operations.registers import asking
from web.context import house, person, step
from web.pages.acting import act_on_task
from web.security.sessions import safe_next
from web.viewing import visible_case

blueprint = Blueprint("lookups", __name__)


def register_words() -> dict[str, str]:
    """What the registers are called."""
    return {"credit": gettext("征信"), "fund": gettext("公积金缴存"), "presale": gettext("预售登记")}


def state_words() -> dict[str, str]:
    """What the states of a look-up are called."""
    return {
        "asked": gettext("查询中"),
        "answered": gettext("已返回"),
        "typed": gettext("人工录入"),
        "failed": gettext("未查到"),
    }


@blueprint.post("/cases/<uuid:instance_id>/lookups")
@login_required
def ask(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Looks a party of the case up."""
    form = request.form
    words = {
        "party": gettext("请选要查的人"),
        "register": gettext("请选登记系统"),
        "authorisation_no": gettext("没有授权书编号不能查询"),
        "authorised_on": gettext("授权日期要填，且不晚于今天"),
    }
    try:
        with step() as s:
            who = actors.load(s.session, person().name)
            case = visible_case(s.session, who, instance_id)
            query = asking.ask(
                s,
                case,
                form.get("party", ""),
                form.get("register", ""),
                form.get("authorisation_no", ""),
                _day(form.get("authorised_on", "")),
                who,
                again="again" in form,
            )
            state = query.state
    except Invalid as invalid:
        flash("；".join(words[field] for field in invalid.errors), "danger")
    except Forbidden:
        flash(gettext("查询由办理征信查询步骤的人发起（INT-6）。"), "danger")
    else:
        flash(
            gettext("已发出查询，结果稍后显示") if state == "asked" else gettext("有效期内已有结果，未重复查询"), "ok"
        )
    onward = url_for("cases.show", instance_id=instance_id, _anchor="lookups")
    return redirect(safe_next(form.get("next"), onward))


@blueprint.post("/tasks/<uuid:task_id>/lookups/<int:query_id>/fill")
@login_required
def fill(task_id: uuid.UUID, query_id: int) -> ResponseReturnValue:
    """Puts what a register answered into my draft of the step's form; what I had written elsewhere stays."""

    def into_draft(s: Any, task: Any, who: Any) -> None:
        query = s.session.get(RegisterQuery, query_id) if query_id < 2**31 else None
        if query is None or query.instance_id != task.instance_id or query.state != ANSWERED:
            raise NotFound("There is no such answer in this case.")
        definition = house().definitions.get(s.session, task.definition_id)
        element = definition.element(task.process, task.element)
        keys = definition.form(element.human.form_ref).keys if element.human.form_ref else frozenset()
        known = {
            **loads(dumps(query.answer)),
            "authorisation_no": query.authorisation_no,
            "authorised_on": query.authorised_on.isoformat(),
            "query_no": query.query_no,
            "queried_on": query.queried_on.isoformat() if query.queried_on else None,
            "credit_summary": query.summary,
        }
        given = {name: value for name, value in known.items() if name in keys and value is not None}
        tasks.save_draft(s, task.id, who, {**tasks.draft_of(task, who), **given})

    onward = url_for("tasks.show", task_id=task_id)
    return act_on_task(task_id, into_draft, lambda _task: gettext("已填入表单，请核对后提交"), lambda: onward)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
