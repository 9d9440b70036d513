"""Starting a case: which processes I may start, and the form of the start event, if it has one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import EngineError, Refused
from engine.service import actors, cases
from engine.service.choosing import offered
from engine.service.definitions import Compiled
from models.definitions import Definition
from models.queries import tasks as task_lists
from models.queries.cases import latest_definitions
from models.tasks import OPEN, Task
from web.api.problems import draw_problem
from web.context import actor, house, person, reading, step
from web.errors import Problem
from web.language import language
from web.pages import form_texts
from web.pages.generic_form import ROWS, given_variables
from web.pages.refusals import words_of
from web.pages.shell import is_staff
from web.pages.task_rows import case_number
from web.pages.vocabulary import Vocabulary
from web.viewing import claimable, viewer_of

blueprint = Blueprint("start", __name__)

_MOST = 200


@blueprint.get("/start")
@login_required
def index() -> ResponseReturnValue:
    """The processes that I may start."""
    found = [Vocabulary(item) for item in _startable()]
    return render_template("start/index.html", processes=found, advises=is_staff())


@blueprint.get("/start/<key>")
@login_required
def form(key: str) -> ResponseReturnValue:
    """The start form, or a plain confirmation. Fields named in the address begin with what it gives."""
    definition = _definition(key)
    drawn = _form(definition)
    return render_template(
        "start/form.html",
        words=Vocabulary(definition),
        form=drawn,
        rows=ROWS,
        asks_for_customer=drawn is not None and is_staff() and _asks_for_customer(definition),
    )


@blueprint.post("/start/<key>")
@login_required
def begin(key: str) -> ResponseReturnValue:
    """Starts the case in my unit, and goes on to its first task if that is mine to do."""
    definition = _definition(key)
    try:
        variables = _given()
        with step() as s:
            who = actors.load(s.session, person().name)
            instance = cases.start(s, key, who, variables, version=definition.version, language=language())
    except EngineError as error:
        return _refused(error, key)
    flash(gettext("已发起：%(case)s", case=case_number(instance)), "ok")
    target = _onward(instance.id)
    return current_app.json.response({"next": target}) if request.is_json else redirect(target)


def _startable() -> list[Compiled]:
    return [item for item in _known() if item.starter_roles & actor().roles]


def _known() -> list[Compiled]:
    """The processes of my packages that somebody can start."""
    viewer = viewer_of(reading(), actor())
    query = latest_definitions().order_by(Definition.key).limit(_MOST)
    if not viewer.reads_everything:
        query = query.where(Definition.id.in_(list(viewer.definition_ids)))
    found = (house().definitions.get(reading(), item.id) for item in reading().scalars(query))
    return [item for item in found if item.process.executable and item.process.has_plain_start]


def applications_for(**fields: str | None) -> list[dict[str, Any]]:
    """The processes that begin with a customer's application: their titles, the address of the form with these fields
    filled in, and whether I may start them.
    """
    given = {name: value for name, value in fields.items() if value}
    return [
        {
            "title": Vocabulary(item).process,
            "url": url_for("start.form", key=item.key, **given),
            "mine": bool(item.starter_roles & actor().roles),
        }
        for item in _known()
        if item.start_form is not None and _asks_for_customer(item)
    ]


def _definition(key: str) -> Compiled:
    """The latest version, if I may start it; to all others there is no such page."""
    definition: Compiled = house().definitions.find(reading(), key)
    if not definition.starter_roles & actor().roles:
        abort(404)
    return definition


def _asks_for_customer(definition: Compiled) -> bool:
    """Whether the form enters a customer, who can be looked up while it is written."""
    keys = definition.form(definition.start_form or "").keys
    return "customer_name" in keys and bool({"id_number", "credit_code"}.intersection(keys))


def _form(definition: Compiled) -> dict[str, Any] | None:
    if definition.start_form is None:
        return None
    compiled = definition.form(definition.start_form)
    asked = {key: value for key, value in request.args.items() if key in compiled.keys and "\0" not in value}
    seen = {**asked, "parameters": definition.parameters}
    seen = offered(house(), reading(), compiled, seen, actor().unit_path, house().clock.now(), language())
    return {
        "schema": compiled.localise(definition.package.translations, "en" if language() == "en" else "zh"),
        "data": compiled.initial(seen, zone=house().calendar.zone),
        "readonly": False,
        "urls": {"complete": url_for("start.begin", key=definition.key)},
        "words": form_texts.script_words(),
    }


def _given() -> dict[str, Any]:
    if not request.is_json:
        return given_variables(request.form)
    body = current_app.json.loads(request.get_data())
    given = body.get("form") if isinstance(body, dict) else None
    return given if isinstance(given, dict) else {}


def _refused(error: EngineError, key: str) -> ResponseReturnValue:
    words = words_of(error)
    errors = getattr(error, "errors", {})
    if isinstance(error, Refused):
        wrong = error.rule == "form_invalid"
        words = gettext("还不能提交：请改正标出的各项") if wrong else gettext("您的岗位不能发起这个流程")
    if request.is_json:
        return draw_problem(Problem(422, "refused", words, rule=getattr(error, "rule", None), errors=errors))
    flash(words, "danger")
    return redirect(url_for("start.form", key=key))


def _onward(instance_id: Any) -> str:
    """The first task of the new case if I could do it, else the case."""
    waiting = task_lists.filtered(task_lists.all_tasks(), instance_id=instance_id, state=OPEN)
    found = list(reading().scalars(waiting.order_by(Task.created_at).limit(20)))
    mine = [task for task in found if task.assignee == actor().name] or claimable(reading(), actor(), found)
    if mine:
        return url_for("tasks.show", task_id=mine[0].id)
    return url_for("cases.show", instance_id=instance_id)
