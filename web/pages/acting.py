"""Doing something with a task or a case from a page: one transaction, and an answer in the reader's words either way.

A script gets JSON (`next`, or a problem with its errors by field), a browser is sent on with a message.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import EngineError, Forbidden
from engine.service import actors
from models.cases import Instance
from models.tasks import Task
from web.api.problems import draw_problem
from web.context import actor, person, reading, step
from web.errors import problem_of
from web.pages.errors import wants_json
from web.pages.refusals import words_of
from web.security.sessions import safe_next
from web.viewing import takes_part, visible_case, visible_task

Message = str | dict[str, str]


def act_on_task(
    task_id: uuid.UUID,
    change: Callable[[Any, Task, Any], Any],
    said: Callable[[Task], Message],
    onward: Callable[[], str],
) -> ResponseReturnValue:
    """Runs `change(step, task, actor)` on a task that the person may see; then goes to `next` of the form or onward.

    A rule that stands against it is told on the task's page.
    """
    refused = refused_for_task(task_id, change)
    return refused if refused is not None else _done(said(visible_task(reading(), actor(), task_id)), onward())


def refused_for_task(task_id: uuid.UUID, change: Callable[[Any, Task, Any], Any]) -> ResponseReturnValue | None:
    """Runs `change(step, task, actor)` on a task that the person may see; None when that was done."""
    try:
        with step() as s:
            who = actors.load(s.session, person().name)
            change(s, visible_task(s.session, who, task_id), who)
    except EngineError as error:
        task = visible_task(reading(), actor(), task_id)
        return _refused(error, words_of(error, task), url_for("tasks.show", task_id=task_id))
    return None


def act_on_case(
    instance_id: uuid.UUID, change: Callable[[Any, Instance, Any], Any], said: Message, onward: str
) -> ResponseReturnValue:
    """Runs `change(step, case, actor)` on a case that the person may see; then goes to `next` of the form or onward."""
    try:
        with step() as s:
            who = actors.load(s.session, person().name)
            change(s, visible_case(s.session, who, instance_id), who)
    except EngineError as error:
        case = visible_case(reading(), actor(), instance_id)
        return _refused(error, words_of(error, case=case), onward)
    return _done(said, onward)


def add_to_case(
    instance_id: uuid.UUID, change: Callable[[Any, Instance, Any], Any], said: Message, onward: str
) -> ResponseReturnValue:
    """As `act_on_case`, for remarks, files and declarations: whoever only reads the case as an auditor adds nothing."""

    if not takes_part(reading(), actor(), visible_case(reading(), actor(), instance_id).id):
        abort(403)
    return act_on_case(instance_id, change, said, onward)


def act(
    change: Callable[[Any, Any], Any],
    said: Message,
    onward: Callable[[], str],
    told: Callable[[EngineError], str | None] = lambda _: None,
) -> ResponseReturnValue:
    """Runs `change(step, actor)` on something that is no case; then goes to `next` of the form or onward.

    `told` has words of the page's own for what stands against it.
    """
    try:
        with step() as s:
            change(s, actors.load(s.session, person().name))
    except EngineError as error:
        usual = gettext("您的岗位不能办理这一项。") if isinstance(error, Forbidden) else words_of(error)
        return _refused(error, told(error) or usual, onward())
    return _done(said, onward())


def _done(said: Message, onward: str) -> ResponseReturnValue:
    target = safe_next(request.values.get("next"), onward)
    if said:
        flash(said, "ok")  # type: ignore[arg-type]
    if wants_json():
        return current_app.json.response({"next": target})
    return redirect(target)


def _refused(error: EngineError, words: str, onward: str) -> ResponseReturnValue:
    if wants_json():
        return draw_problem(replace(problem_of(error), detail=words))
    errors = getattr(error, "errors", {})
    details = [told["message"] for field in errors.values() for told in field if isinstance(told, dict)]
    flash(" ".join([words, *details[:5]]), "danger")
    return redirect(safe_next(request.values.get("next"), onward))
