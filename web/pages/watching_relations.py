"""What compliance keeps beside files: relations of staff, lists of the blocked (GOV-1, INT-7)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, Forbidden, Invalid
from models.queries import staff, watch_lists
from models.queries.paging import BadCursor, fetch_page
from operations import blocked_lists, declarations
from web.context import actor, reading
from web.customer_rights import (
    is_staff,
    may_block,
    may_read_lists,
    may_set_roles,
    relations_read_by,
    require_block,
    require_watch,
    watched_by,
)
from web.pages.acting import act
from web.pages.addresses import here, wanted
from web.pages.moments import now
from web.pages.relation_words import staff_kinds

blueprint = Blueprint("relations", __name__)

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff(actor()):
        abort(404)


@blueprint.get("/relations")
def declared() -> ResponseReturnValue:
    """What I have declared; for those who watch over it, of everybody in the unit and below."""
    return render_template(
        "customers/relations.html",
        relations=watch_lists.staff_relations(reading(), actor().name, relations_read_by(reading(), actor())),
        may_record=watched_by(reading(), actor()) is not None,
        me=actor().name,
        kinds=staff_kinds(),
        reads_lists=may_read_lists(reading(), actor()),
        reads_figures=may_read_lists(reading(), actor()) or may_set_roles(actor()),
    )


@blueprint.post("/relations")
def declare() -> ResponseReturnValue:
    """Declares a relation of mine, or records one of somebody."""
    form = request.form
    gone: list[int] = []

    def change(step: Any, who: Any) -> None:
        name = form.get("person") or who.name
        if name != who.name:
            require_watch(step.session, who, name)
        if who.roles == {"auditor"}:
            raise Forbidden("Auditors change nothing.")
        gone.append(
            declarations.record(step, name, form.get("customer", ""), form.get("kind", ""), form.get("note"), who.name)
        )

    return act(change, gettext("已登记；需要回避的任务已交回岗位"), lambda: url_for("relations.declared"))


@blueprint.post("/relations/end")
def end() -> ResponseReturnValue:
    """Ends a relation; only those who watch over it, or nobody would have to stand back for long."""
    form = request.form

    def change(step: Any, who: Any) -> None:
        require_watch(step.session, who, form.get("person", ""))
        declarations.end(step, form.get("person", ""), form.get("customer", ""))

    return act(change, gettext("已解除"), lambda: url_for("relations.declared"))


@blueprint.get("/blocked")
def blocked() -> ResponseReturnValue:
    """The names on the lists."""
    if not may_read_lists(reading(), actor()):
        abort(404)
    selected = watch_lists.blocked_parties(wanted("q"), in_force=wanted("all") != "1")
    try:
        page = fetch_page(reading(), selected, watch_lists.LISTED_LAST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "customers/blocked.html",
        parties=page.items,
        customers=watch_lists.customers_listed(reading(), page.items),
        titles=staff.titles_of(
            reading(), [name for item in page.items for name in (item.recorded_by, item.delisted_by)]
        ),
        may_block=may_block(reading(), actor()),
        every={
            "label": gettext("含已移出"),
            "on": wanted("all") == "1",
            "url": here(all=None if wanted("all") else 1),
        },
        narrowed=bool(wanted("q")),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.post("/blocked")
def enter() -> ResponseReturnValue:
    """Enters a name."""
    given = {name: request.form.get(name) for name in blocked_lists.COLUMNS}

    def change(step: Any, who: Any) -> None:
        require_block(step.session, who)
        blocked_lists.enter(step.session, given, now().date(), who.name)

    return act(change, gettext("已列入名单"), lambda: url_for("relations.blocked"), _told)


@blueprint.post("/blocked/<int:party_id>/off")
def take_off(party_id: int) -> ResponseReturnValue:
    """Takes a name off its list."""
    if party_id >= 2**31:
        abort(404)

    def change(step: Any, who: Any) -> None:
        require_block(step.session, who)
        blocked_lists.take_off(step.session, party_id, now().date(), who.name, request.form.get("off_reason"))

    return act(change, gettext("已移出名单"), lambda: url_for("relations.blocked"), _told)


def _columns() -> dict[str, str]:
    return {
        "name": gettext("名称"),
        "id_number": gettext("证件号"),
        "list_name": gettext("名单"),
        "reason": gettext("原因"),
        "listed_on": gettext("列入日期"),
        "off_reason": gettext("移出原因"),
    }


def _told(error: EngineError) -> str | None:
    """What of a name does not hold, by its column; that another has been quicker."""
    if isinstance(error, Conflict):
        return gettext("这个名字已经移出名单。")
    name = next(iter(getattr(error, "errors", {})), "")
    if name == "listed_on":
        return gettext("列入日期：请填写日期，如 2026-03-02")
    return gettext("%(field)s：必填，且不能过长", field=_columns()[name]) if name in _columns() else None


@blueprint.post("/blocked/import")
def read_in() -> ResponseReturnValue:
    """Enters the rows of a sheet, and tells what became of each."""
    file = request.files.get("file")

    def change(step: Any, who: Any) -> None:
        require_block(step.session, who)
        if file is None or not file.filename:
            raise Invalid("file is missing", {"file": ["required"]})
        content = file.read(blocked_lists.MOST_BYTES + 1)
        report = blocked_lists.read_in(step.session, file.filename, content, now().date(), who.name)
        flash(
            gettext("新列入 %(added)s 条，已在名单 %(known)s 条。", added=report.added, known=report.known),
            "ok" if not report.wrong else "warn",
        )
        if report.wrong:
            rows = [
                gettext("第 %(row)s 行 %(column)s", row=number, column=_columns().get(column, column))
                for number, column in report.wrong[:20]
            ]
            flash(
                gettext(
                    "%(rows)s 有误，没有列入（须有名称、名单、原因，日期如 2026-03-02）。",
                    rows=gettext("；").join(rows),
                ),
                "danger",
            )

    return act(change, "", lambda: url_for("relations.blocked"))
