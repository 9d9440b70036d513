"""Setting a case right 案件处置, for administrators: jump, skip, cancel a branch, set variables.

What a move would end is said first, on a page of its own; the post that follows does it. docs/moves.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Forbidden, NotFound
from engine.forms import FormInvalid
from engine.service import interventions
from engine.service.looking import CaseLook
from engine.service.variables import accept
from models.cases import Instance
from web.context import actor, house, reading
from web.pages.acting import act_on_case
from web.pages.addresses import wanted
from web.pages.case_view import CaseView
from web.pages.reasons import reason_words
from web.pages.vocabulary import Vocabulary
from web.viewing import visible_case

blueprint = Blueprint("set_right", __name__)

JUMP, SKIP, CANCEL_BRANCH = "jump", "skip", "cancel_branch"
ROWS = 5
_NO_WORK = {"startEvent", "boundaryEvent"}


@blueprint.get("/cases/<uuid:instance_id>/set-right")
@login_required
def choose(instance_id: uuid.UUID) -> ResponseReturnValue:
    """What would happen with a token: `?do=&token=&to=`, and the form that does it."""
    return _page(CaseView(_case(instance_id)), *_asked(request.args), wanted("to", 255))


def _page(
    case: CaseView, what: str, token: uuid.UUID, to: str | None = None, wrong: Mapping[str, str] | None = None
) -> str:
    element = _element(case, token)
    ends, problem = _ends(case, what, token, to) if what != JUMP or to else ([], "")
    return render_template(
        "cases/set_right.html",
        case=case,
        what=what,
        token=token,
        name=case.words.element(element),
        to=to,
        targets=_targets(case.words, element) if what == JUMP else [],
        ends=case.words.elements(ends),
        problem=problem,
        rows=_rows(wrong or {}),
    )


@blueprint.post("/cases/<uuid:instance_id>/set-right")
@login_required
def act(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Does what was looked at before."""
    case = CaseView(_case(instance_id))
    what, token = _asked(request.form)
    reason, to = request.form.get("reason"), request.form.get("to", "")
    given, wrong = _variables(request.form) if what == SKIP else ({}, {})
    if wrong:
        return _page(case, what, token, wrong=wrong), 422

    def change(step: Any, row: Instance, who: Any) -> None:
        if what == JUMP:
            agreed = bool(request.form.get("cancel_others"))
            interventions.jump(step, row.id, who, token, to, reason, cancel_others=agreed)
        elif what == SKIP:
            interventions.skip_element(step, row.id, who, token, reason, given)
        else:
            interventions.end_branch(step, row.id, who, token, reason)

    said = {JUMP: gettext("已跳转"), SKIP: gettext("已跳过"), CANCEL_BRANCH: gettext("已取消分支")}[what]
    return act_on_case(instance_id, change, said, url_for("cases.show", instance_id=instance_id))


@blueprint.get("/cases/<uuid:instance_id>/variables")
@login_required
def ask_variables(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The form for setting variables."""
    return _variables_page(CaseView(_case(instance_id)))


@blueprint.post("/cases/<uuid:instance_id>/variables")
@login_required
def set_variables(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Shows what would change, and with `confirmed` changes it; what is wrong stands at its field."""
    case = CaseView(_case(instance_id))
    given, wrong = _variables(request.form)
    reason = request.form.get("reason", "").strip()
    if not given and not wrong:
        wrong["name-1"] = "required"
    if not reason:
        wrong["reason"] = "required"
    if wrong:
        return _variables_page(case, wrong=wrong), 422
    if not request.form.get("confirmed"):
        return _variables_page(case, changes=_changes(case, given))
    return act_on_case(
        instance_id,
        lambda step, row, who: interventions.change_variables(step, row.id, who, given, reason),
        gettext("已改设"),
        url_for("cases.show", instance_id=instance_id),
    )


def _variables_page(
    case: CaseView, wrong: Mapping[str, str] | None = None, changes: list[dict[str, str]] | None = None
) -> str:
    return render_template(
        "cases/variables.html",
        case=case,
        rows=_rows(wrong or {}),
        reason=request.form.get("reason", ""),
        reason_wrong=_wrong_words(wrong["reason"]) if wrong and "reason" in wrong else "",
        changes=changes,
        known=sorted(case.look.variables),
    )


def _rows(wrong: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of the form with what was written in them and what is wrong with it."""
    return [
        {
            "number": str(row),
            "name": request.form.get(f"name-{row}", ""),
            "value": request.form.get(f"value-{row}", ""),
            "name_wrong": _wrong_words(wrong.get(f"name-{row}", "")),
            "value_wrong": _wrong_words(wrong.get(f"value-{row}", "")),
        }
        for row in range(1, ROWS + 1)
    ]


def _wrong_words(code: str) -> str:
    known = {
        "required": gettext("必填"),
        "name": gettext("这不是变量的名称"),
        "twice": gettext("这个变量写了两次"),
        "json": gettext('不是 JSON：文字要加双引号，如 "AA"；也可写 120000、true、null、[1, 2]'),
    }
    return known.get(code, code)


def _variables(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the rows `name-1`, `value-1` … give, and what is wrong with them, by field."""
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for row in range(1, ROWS + 1):
        name, text = form.get(f"name-{row}", "").strip(), form.get(f"value-{row}", "").strip()
        if not name and not text:
            continue
        if not name or name in given:
            wrong[f"name-{row}"] = "twice" if name else "required"
            continue
        try:
            value = current_app.json.loads(text)
        except ValueError:
            wrong[f"value-{row}"] = "json"
            continue
        try:
            given |= accept({name: value})
        except FormInvalid:
            wrong[f"name-{row}"] = "name"
    return given, wrong


def _changes(case: CaseView, given: Mapping[str, Any]) -> list[dict[str, str]]:
    held = case.look.variables
    return [
        {
            "label": case.words.label(name),
            "name": name,
            "before": case.words.value(name, held[name]) if name in held else "",
            "after": case.words.value(name, value),
        }
        for name, value in given.items()
    ]


def _case(instance_id: uuid.UUID) -> Instance:
    case = visible_case(reading(), actor(), instance_id)
    if "admin" not in actor().roles:
        raise Forbidden("Only an administrator may set a case right.")
    return case


def _asked(given: Mapping[str, str]) -> tuple[str, uuid.UUID]:
    what = given.get("do", "")
    try:
        token = uuid.UUID(given.get("token", ""))
    except ValueError:
        abort(400)
    if what not in (JUMP, SKIP, CANCEL_BRANCH):
        abort(400)
    return what, token


def _element(case: CaseView, token: uuid.UUID) -> str:
    found = next((entry for entry in interventions.open_tokens(case.look) if entry["token"] == token), None)
    if found is None:
        raise NotFound("Nothing is open there any more.")
    return str(found["element"])


def _ends(case: CaseView, what: str, token: uuid.UUID, to: str | None) -> tuple[list[str], str]:
    """The elements that would end too, and what stands against it. Tried on a copy of its own, which nobody keeps."""
    copy = CaseLook(house(), reading(), case.instance, actor())
    try:
        return interventions.what_ends(copy, what, token, to), ""
    except Conflict as conflict:
        return [], reason_words(conflict.reason, case.words) if conflict.reason else str(conflict)


def _targets(words: Vocabulary, besides: str) -> list[tuple[str, str]]:
    """Where one could jump to: by name where there is one, with the id, as names need not be unique."""
    elements = words.definition.elements.values()
    found = [element for element in elements if element.kind not in _NO_WORK and element.id != besides]
    return sorted(
        (
            (element.id, f"{words.element(element.id)} · {element.id}" if element.name else element.id)
            for element in found
        ),
        key=lambda option: option[1],
    )


def standing(case: CaseView) -> list[dict[str, Any]]:
    """Everything at which a case stands, for its page: the token, the step's name, and whether it failed."""
    return [{**entry, "name": case.words.element(entry["element"])} for entry in interventions.open_tokens(case.look)]
