"""Cases: the list with its conditions, one case, its history and diagrams, and what administrators do with it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import NotFound
from engine.service import cases, comments, conflicts, incidents
from models.cases import STATES, Incident, Instance
from models.queries import cases as case_lists
from models.queries import following, staff
from models.queries.paging import BadCursor, fetch_page
from web.context import actor, house, reading
from web.pages import diagrams, history, set_right
from web.pages.acting import act_on_case, add_to_case
from web.pages.addresses import here, option, wanted
from web.pages.case_view import CaseView
from web.pages.inbox_filters import processes
from web.pages.task_rows import amount_of, case_number, subject_of
from web.pages.vocabulary import Vocabulary
from web.viewing import viewer_of, visible_case

blueprint = Blueprint("cases", __name__)

_PAGE = 50


@blueprint.get("/cases")
@login_required
def index() -> ResponseReturnValue:
    """The cases that I may see, the newest first."""
    state = wanted("state")
    selected = case_lists.visible_cases(
        viewer_of(reading(), actor()),
        definition=wanted("process"),
        state=state if state in STATES else None,
        search=wanted("q"),
    )
    if wanted("by") == "me":
        selected = selected.where(Instance.started_by == actor().name)
    try:
        page = fetch_page(reading(), selected, case_lists.NEWEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "cases/index.html",
        rows=_rows(page.items),
        menus=_menus(),
        mine=option(gettext("我发起的"), "by", "me"),
        narrowed=any(wanted(name) for name in ("process", "state", "q", "by")),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/cases/<uuid:instance_id>")
@login_required
def show(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Everything about one case on one page."""
    case = CaseView(visible_case(reading(), actor(), instance_id))
    followed = following.is_followed(reading(), actor().name, instance_id)
    is_admin = "admin" in actor().roles
    standing = set_right.standing(case) if is_admin and case.instance.ended_at is None else []
    return render_template("cases/show.html", case=case, is_admin=is_admin, followed=followed, standing=standing)


@blueprint.get("/cases/<uuid:instance_id>/history")
@login_required
def whole_history(instance_id: uuid.UUID) -> ResponseReturnValue:
    """All events, the latest first, a page at a time."""
    case = CaseView(visible_case(reading(), actor(), instance_id))
    try:
        page = case.events(wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "cases/history.html",
        case=case,
        lines=history.lines(case.instance, page.items, case.words),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/cases/<uuid:instance_id>/diagrams/<process>")
@login_required
def diagram(instance_id: uuid.UUID, process: str) -> ResponseReturnValue:
    """The diagram of a process of the case's package, in the version that the case runs."""
    instance = visible_case(reading(), actor(), instance_id)
    definition = house().definitions.get(reading(), instance.definition_id)
    found = definition.diagrams.processes.get(process)
    if found is None:
        raise NotFound("There is no such process in the package of this case.")
    content = diagrams.in_language(definition, found.file)
    response: Response = current_app.response_class(content, mimetype="application/xml")
    return response


@blueprint.post("/cases/<uuid:instance_id>/comments")
@login_required
def comment(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a remark on the case."""
    text = request.form.get("text")
    return add_to_case(
        instance_id,
        lambda step, case, who: comments.add(step, case.id, who, text),
        gettext("已评论"),
        url_for("cases.show", instance_id=instance_id, _anchor="remarks"),
    )


@blueprint.post("/cases/<uuid:instance_id>/conflict")
@login_required
def declare_conflict(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Declares a conflict of interest in the case (GOV-1)."""
    reason = request.form.get("reason")
    return add_to_case(
        instance_id,
        lambda step, case, who: conflicts.declare(step, case.id, who, reason),
        gettext("已声明回避，需要回避的任务已交回岗位"),
        url_for("cases.show", instance_id=instance_id),
    )


@blueprint.post("/cases/<uuid:instance_id>/cancel")
@login_required
def cancel(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Ends the case from outside, for administrators."""
    reason = request.form.get("reason")
    return act_on_case(
        instance_id,
        lambda step, case, who: cases.cancel(step, case.id, who, reason),
        gettext("案件已终止"),
        url_for("cases.show", instance_id=instance_id),
    )


@blueprint.post("/cases/<uuid:instance_id>/incidents/<int:incident_id>/retry")
@login_required
def retry(instance_id: uuid.UUID, incident_id: int) -> ResponseReturnValue:
    """Tries a failed element again, for administrators."""

    def again(step: Any, case: Instance, who: Any) -> None:
        found = step.session.get(Incident, incident_id) if incident_id < 2**31 else None
        if found is None or found.instance_id != case.id:
            raise NotFound("There is no such incident in this case.")
        incidents.retry(step, incident_id, who)

    onward = url_for("cases.show", instance_id=instance_id)
    return act_on_case(instance_id, again, gettext("已重试"), onward)


def _rows(items: list[Instance]) -> list[dict[str, Any]]:
    units = staff.unit_names(reading(), (item.unit_id for item in items))
    titles = staff.titles_of(reading(), (item.started_by for item in items))
    return [
        {
            "case": item,
            "number": case_number(item),
            "subject": subject_of(item),
            "amount": amount_of(item.facts),
            "words": (words := Vocabulary(house().definitions.get(reading(), item.definition_id))),
            "unit": units.get(item.unit_id, ""),
            "started_by": titles.get(item.started_by or "", ""),
            "outcome": words.element(item.outcome),
        }
        for item in items
    ]


def _menus() -> list[dict[str, Any]]:
    states = {
        "running": gettext("办理中"),
        "completed": gettext("已办结"),
        "terminated": gettext("已终止"),
        "incident": gettext("故障"),
    }
    return [
        {
            "label": gettext("流程"),
            "options": [option(title, "process", key) for key, title in processes()],
            "clear": here(process=None),
        },
        {
            "label": gettext("状态"),
            "options": [option(words, "state", state) for state, words in states.items()],
            "clear": here(state=None),
        },
    ]
