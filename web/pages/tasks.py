"""The page of one task, and everything a person does with it: each a post of its own, enforced by the engine."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.exceptions import BadRequest

from engine.errors import Invalid
from engine.service import comments, conflicts, tasks
from engine.service.actors import Actor
from models.queries.tasks import all_tasks, mine
from models.tasks import COSIGN, OPEN, STEP, Task
from web.context import actor, house, reading
from web.language import language
from web.pages.acting import Message, act_on_task, add_to_case, refused_for_task
from web.pages.cosign_page import CosignPage
from web.pages.generic_form import ROWS, given_variables
from web.pages.moments import now
from web.pages.task_page import TaskPage
from web.pages.task_rows import case_number, may_be_withdrawn
from web.pages.vocabulary import Vocabulary
from web.viewing import visible_task

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<uuid:task_id>")
@login_required
def show(task_id: uuid.UUID) -> ResponseReturnValue:
    """The task beside its case."""
    task = visible_task(reading(), actor(), task_id)
    if task.kind == COSIGN:
        return render_template("tasks/cosign.html", page=CosignPage(task))
    return render_template("tasks/show.html", page=TaskPage(task), rows=ROWS)


@blueprint.post("/tasks/<uuid:task_id>/claim")
@login_required
def claim(task_id: uuid.UUID) -> ResponseReturnValue:
    """Takes the task."""
    undo = url_for("tasks.release", task_id=task_id)
    return act_on_task(
        task_id,
        lambda step, task, who: tasks.claim(step, task.id, who),
        lambda task: {"text": gettext("已领取：%(case)s", case=case_number(task.instance)), "undo": undo},
        lambda: url_for("tasks.show", task_id=task_id),
    )


@blueprint.post("/tasks/<uuid:task_id>/release")
@login_required
def release(task_id: uuid.UUID) -> ResponseReturnValue:
    """Gives the task back to its role."""
    return act_on_task(
        task_id,
        lambda step, task, who: tasks.release(step, task.id, who),
        _released,
        lambda: url_for("inbox.mine"),
    )


@blueprint.post("/tasks/<uuid:task_id>/delegate")
@login_required
def delegate(task_id: uuid.UUID) -> ResponseReturnValue:
    """Lets somebody else do the task in my name."""
    to = request.form.get("to", "")
    return act_on_task(
        task_id,
        lambda step, task, who: tasks.delegate(step, task.id, who, to),
        lambda task: gettext("已委托：%(case)s", case=case_number(task.instance)),
        lambda: url_for("inbox.mine"),
    )


@blueprint.post("/tasks/<uuid:task_id>/draft")
@login_required
def draft(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps what was filled in so far; told when."""
    form = _json().get("form")
    if not isinstance(form, dict):
        raise BadRequest
    refused = refused_for_task(task_id, lambda step, task, who: tasks.save_draft(step, task.id, who, form))
    return refused or current_app.json.response({"saved_at": f"{now():%H:%M}"})


@blueprint.post("/tasks/<uuid:task_id>/complete")
@login_required
def complete(task_id: uuid.UUID) -> ResponseReturnValue:
    """Completes the task with what its form gave; the server checks everything anew."""
    return act_on_task(
        task_id,
        _complete_with_json if request.is_json else _complete_with_generic_form,
        _completed,
        lambda: _after(task_id),
    )


@blueprint.post("/tasks/<uuid:task_id>/conflict")
@login_required
def declare_conflict(task_id: uuid.UUID) -> ResponseReturnValue:
    """Declares a conflict of interest in the task's case (GOV-1)."""
    task = visible_task(reading(), actor(), task_id)
    reason = request.form.get("reason")
    return add_to_case(
        task.instance_id,
        lambda step, case, who: conflicts.declare(step, case.id, who, reason),
        gettext("已声明回避，需要回避的任务已交回岗位"),
        url_for("tasks.show", task_id=task_id),
    )


@blueprint.post("/tasks/<uuid:task_id>/comments")
@login_required
def comment(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps a remark at the task."""
    task = visible_task(reading(), actor(), task_id)
    text = request.form.get("text")
    return add_to_case(
        task.instance_id,
        lambda step, case, who: comments.add(step, case.id, who, text, task_id),
        gettext("已评论"),
        url_for("tasks.show", task_id=task_id, _anchor="remarks"),
    )


def _complete_with_json(step: Any, task: Task, who: Actor) -> None:
    body = _json()
    version = body.get("version")
    tasks.complete(
        step,
        task.id,
        who,
        body.get("form"),
        version=int(version) if isinstance(version, Decimal) else None,
        facts_hash=_hash_of(body.get("facts_hash")),
        language=language(),
    )


def _complete_with_generic_form(step: Any, task: Task, who: Actor) -> None:
    """A step without a form of its own: a remark and, where a diagram asks for them, variables."""
    if task.kind == COSIGN:
        opinion = {name: request.form[name] for name in ("opinion", "comment") if name in request.form}
        tasks.complete(step, task.id, who, opinion, facts_hash=_seen(), language=language())
        return
    remark = request.form.get("remark", "").strip()
    tasks.complete(step, task.id, who, given_variables(request.form), facts_hash=_seen(), language=language())
    if remark:
        comments.add(step, task.instance_id, who, remark, task.id)


def _seen() -> str | None:
    """The hash of what the page has shown."""
    return _hash_of(request.form.get("facts_hash"))


def _hash_of(given: Any) -> str | None:
    return given if isinstance(given, str) and given else None


def _released(task: Task) -> str:
    if task.assignee is not None:
        return gettext("已交还：%(case)s", case=case_number(task.instance))
    return gettext("已释放：%(case)s 回到岗位", case=case_number(task.instance))


def _completed(task: Task) -> Message:
    said = gettext("已提交：%(task)s", task=_task_name(task))
    if task.kind == STEP and task.completed_by == actor().name and may_be_withdrawn(task):
        return {"text": said, "undo": url_for("moving.withdraw", task_id=task.id)}
    return said


def _json() -> dict[str, Any]:
    try:
        body = current_app.json.loads(request.get_data())
    except ValueError:
        raise Invalid("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Invalid("the body is no object")
    return body


def _after(task_id: uuid.UUID) -> str:
    """Where to go after a task: to the next one that I have in the same case, else to the inbox."""
    task = visible_task(reading(), actor(), task_id)
    others = mine(all_tasks(), actor().name).where(
        Task.instance_id == task.instance_id, Task.state == OPEN, Task.id != task_id
    )
    following = reading().scalars(others.order_by(Task.created_at).limit(1)).first()
    return url_for("tasks.show", task_id=following.id) if following else url_for("inbox.mine")


def _task_name(task: Task) -> str:
    return Vocabulary(house().definitions.get(reading(), task.instance.definition_id)).text(task.name)
