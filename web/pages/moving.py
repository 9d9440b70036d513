"""What people do with a step besides completing it: each a post of its own, judged by the engine. docs/moves.md."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Invalid
from engine.service import cosigning, moves, pausing, replacing, tasks
from engine.service.actors import Actor
from models.tasks import Task
from web.context import actor, house, reading
from web.language import language
from web.pages.acting import act_on_task
from web.pages.generic_form import given_variables
from web.pages.moments import at_home
from web.pages.task_rows import case_number
from web.pages.vocabulary import Vocabulary
from web.viewing import visible_task

blueprint = Blueprint("moving", __name__)


@blueprint.post("/tasks/<uuid:task_id>/return")
@login_required
def send_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Returns the task to an earlier step 退回."""
    form = request.form
    options = {"resume": form.get("resume", moves.BETWEEN), "cancel_others": bool(form.get("cancel_others"))}
    to = form.get("to", "")
    return act_on_task(
        task_id,
        lambda step, task, who: moves.send_back(step, task.id, who, to, form.get("reason"), **options),
        lambda task: gettext("已退回到 %(step)s", step=_words(task).element(to)),
        lambda: url_for("inbox.mine"),
    )


@blueprint.post("/tasks/<uuid:task_id>/withdraw")
@login_required
def withdraw(task_id: uuid.UUID) -> ResponseReturnValue:
    """Takes back what I have completed 撤回; then to the step, which is open again."""
    reopened: list[uuid.UUID] = []

    def change(step: Any, task: Task, who: Actor) -> None:
        reopened.append(moves.withdraw(step, task.id, who, request.form.get("reason")).id)

    return act_on_task(
        task_id,
        change,
        lambda task: gettext("已撤回：%(task)s", task=_words(task).text(task.name)),
        lambda: url_for("tasks.show", task_id=reopened[0]),
    )


@blueprint.post("/tasks/<uuid:task_id>/transfer")
@login_required
def transfer(task_id: uuid.UUID) -> ResponseReturnValue:
    """Gives the task to somebody else for good 转办."""
    to, reason = request.form.get("to", ""), request.form.get("reason")
    return act_on_task(
        task_id,
        lambda step, task, who: tasks.transfer(step, task.id, who, to, reason),
        lambda task: gettext("已转办：%(case)s", case=case_number(task.instance)),
        lambda: url_for("inbox.mine"),
    )


@blueprint.post("/tasks/<uuid:task_id>/assign")
@login_required
def assign(task_id: uuid.UUID) -> ResponseReturnValue:
    """Gives the task to somebody who can do it instead 指派, as who looks after it (GOV-1)."""
    to, reason = request.form.get("to", ""), request.form.get("reason")
    return act_on_task(
        task_id,
        lambda step, task, who: replacing.assign(step, task.id, who, to, reason),
        lambda task: gettext("已指派：%(case)s", case=case_number(task.instance)),
        lambda: url_for("tasks.show", task_id=task_id),
    )


@blueprint.post("/tasks/<uuid:task_id>/cosign")
@login_required
def cosign(task_id: uuid.UUID) -> ResponseReturnValue:
    """Asks others to sign before the step, or after it with what its form gives 加签."""
    return act_on_task(
        task_id,
        _ask,
        lambda task: gettext("已请人加签"),
        lambda: url_for("tasks.show", task_id=task_id),
    )


def _ask(step: Any, task: Task, who: Actor) -> None:
    asked: dict[str, Any] = request.form.to_dict()
    people, form = request.form.getlist("who"), None
    if request.is_json:
        asked = current_app.json.loads(request.get_data())
        people, form = asked.get("who", []), asked.get("form")
    elif asked.get("when") == cosigning.AFTER:
        form = given_variables(request.form)
    when, reason = asked.get("when"), asked.get("reason")
    cosigning.ask(step, task.id, who, people, when, reason, form, language=language())


@blueprint.post("/tasks/<uuid:task_id>/call-back")
@login_required
def call_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """No longer asks for a signature: the task is the co-signer's; then to the step."""
    onward = url_for("tasks.show", task_id=visible_task(reading(), actor(), task_id).of_task or task_id)
    return act_on_task(
        task_id,
        lambda step, task, who: cosigning.call_back(step, task.id, who),
        lambda task: gettext("已撤回加签"),
        lambda: onward,
    )


@blueprint.post("/tasks/<uuid:task_id>/pause")
@login_required
def pause(task_id: uuid.UUID) -> ResponseReturnValue:
    """Stops the clock of the step 停表."""
    return act_on_task(
        task_id,
        lambda step, task, who: pausing.pause(step, task.id, who, request.form.get("reason"), _until()),
        lambda task: gettext("已停表"),
        lambda: url_for("tasks.show", task_id=task_id),
    )


@blueprint.post("/tasks/<uuid:task_id>/resume")
@login_required
def resume(task_id: uuid.UUID) -> ResponseReturnValue:
    """Lets the clock of the step go on."""
    return act_on_task(
        task_id,
        lambda step, task, who: pausing.resume(step, task.id, who),
        lambda task: gettext("已恢复计时"),
        lambda: url_for("tasks.show", task_id=task_id),
    )


def _until() -> dt.datetime | None:
    given = request.form.get("until", "").strip()
    if not given:
        return None
    try:
        return at_home(dt.datetime.fromisoformat(given))
    except ValueError:
        raise Invalid(f"{given[:40]} is no time", {"until": ["not_a_time"]}) from None


def _words(task: Task) -> Vocabulary:
    return Vocabulary(house().definitions.get(reading(), task.instance.definition_id))
