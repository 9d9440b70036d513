"""The conditions of an approval on its case's page, and what people do with them (REV-8)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound, Refused
from engine.service import actors
from models.cases import Instance
from models.queries.conditions import conditions_of
from models.resolutions import FULFILLED, WAIVED
from operations import conditions
from web.context import actor, house, person, reading, step
from web.pages.moments import now
from web.pages.refusals import words_of
from web.viewing import visible_case

blueprint = Blueprint("conditions", __name__)


def state_words() -> dict[str, str]:
    """States of a condition."""
    return {
        "open": gettext("未开始"),
        "in_work": gettext("办理中"),
        "fulfilled": gettext("已落实"),
        "waived": gettext("已豁免"),
    }


class ConditionsView:
    """The conditions of a case for one reader, with what the reader may do with them."""

    def __init__(self, instance: Instance) -> None:
        self.rows = list(conditions_of(reading(), instance.id))
        parameters = house().definitions.get(reading(), instance.definition_id).parameters
        self.works = bool(set(parameters.get("condition_workers") or ()) & actor().roles)
        self.confirms = bool(set(parameters.get("condition_confirmers") or ()) & actor().roles)
        waivers = parameters.get("condition_waivers")
        named = {role for roles in waivers.values() for role in roles} if isinstance(waivers, dict) else set()
        self.waives = bool(named & actor().roles)
        self.words = state_words()
        self.today = now().date()

    @property
    def met(self) -> int:
        """How many are confirmed or waived."""
        return sum(row.state == WAIVED or row.confirmed_at is not None for row in self.rows)

    def may(self, row: Any, what: str) -> bool:
        """Whether the page offers it; the operation judges."""
        if what == "confirm":
            return (
                self.confirms and row.state == FULFILLED and not row.confirmed_at and row.fulfilled_by != actor().name
            )
        if row.state in (FULFILLED, WAIVED):
            return False
        return self.waives if what == "waive" else self.works or row.responsible == actor().name

    def names(self) -> list[str | None]:
        """Everybody the rows name."""
        return [
            name for row in self.rows for name in (row.responsible, row.fulfilled_by, row.confirmed_by, row.waived_by)
        ]


@blueprint.post("/cases/<uuid:instance_id>/conditions/<int:n>/<what>")
@login_required
def act(instance_id: uuid.UUID, n: int, what: str) -> ResponseReturnValue:
    """Works on a condition, fulfils, confirms, reopens or waives it."""
    if what not in _ACTS:
        abort(404)
    said = {
        "work": gettext("已登记办理情况"),
        "fulfil": gettext("已登记落实，待他人复核"),
        "confirm": gettext("已复核"),
        "reopen": gettext("已退回重办"),
        "waive": gettext("已豁免"),
    }[what]
    try:
        with step() as s:
            who = actors.load(s.session, person().name)
            visible_case(s.session, who, instance_id)
            _ACTS[what](s, who, instance_id, n)
    except NotFound:
        abort(404)
    except EngineError as error:
        flash(_words_of(error), "danger")
    else:
        flash(said, "ok")
    return redirect(url_for("cases.show", instance_id=instance_id, _anchor="conditions"))


def _words_of(error: EngineError) -> str:
    if isinstance(error, Refused):
        return words_of(error)
    if isinstance(error, Forbidden):
        return gettext("须由规定岗位办理：本人落实的不能自己复核；豁免要由原决定机构、在限额内、非调查和经办人办理。")
    if isinstance(error, Conflict):
        return gettext("这项条件的状态已经变了，请刷新后再看。")
    if "evidence" in getattr(error, "errors", {}):
        return gettext("请选一份本案资料作为依据。")
    return gettext("请填写说明，不超过 1000 字；日期写作 2026-03-31。")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("no day", {"note": ["unfit"]}) from None


def _evidence() -> int | None:
    given = request.form.get("evidence", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 12 else None


_ACTS: dict[str, Callable[..., Any]] = {
    "work": lambda step, who, case, n: conditions.see_to(
        step, who, case, n, request.form.get("note"), _day(request.form.get("due_on", ""))
    ),
    "fulfil": lambda step, who, case, n: conditions.fulfil(step, who, case, n, request.form.get("note"), _evidence()),
    "confirm": conditions.confirm,
    "reopen": lambda step, who, case, n: conditions.reopen(step, who, case, n, request.form.get("reason")),
    "waive": lambda step, who, case, n: conditions.waive(step, who, case, n, request.form.get("reason")),
}
