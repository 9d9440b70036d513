"""Prospects (CUS-2): the list, one prospect with its talks, and how the week stands against the targets (PLN-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound
from engine.service import actors
from models.applications import Application
from models.care import Prospect
from models.cases import Instance
from models.customers import Customer
from models.queries import prospects as lists
from models.queries import staff
from models.queries.paging import BadCursor, fetch_page
from models.queries.visibility import visible_to
from operations import prospects as keeping
from operations.prospects import MANAGERS, OFFICERS
from web.context import actor, person, reading, step
from web.pages.addresses import here, option, wanted
from web.pages.moments import now
from web.pages.start import applications_for
from web.registers.care_words import contact_ways, prospect_states, sources
from web.viewing import viewer_of

blueprint = Blueprint("prospects", __name__, url_prefix="/prospects")

_PAGE = 50
_WEEK = dt.timedelta(days=7)
READERS = OFFICERS | MANAGERS | {"admin", "auditor"}


@blueprint.before_request
@login_required
def _for_those_who_keep_them() -> None:
    if not actor().roles & READERS:
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The prospects that I see to, and for managers those of the unit, with how the week stands."""
    who, today = actor(), now().date()
    state, owner, words = wanted("state"), wanted("owner"), wanted("q")
    query = lists.visible(who)
    if state in prospect_states():
        query = query.where(Prospect.state == state)
    if owner:
        query = query.where(Prospect.owner == owner)
    if wanted("due"):
        query = query.where(Prospect.next_contact_on <= today)
    for word in (words or "").split():
        query = query.where(
            sa.or_(
                Prospect.name.contains(word, autoescape=True), Prospect.number.contains(word.upper(), autoescape=True)
            )
        )
    try:
        page = fetch_page(reading(), query, lists.NEWEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    week = lists.monday(today)
    standings = lists.standings(reading(), who.unit_path, week, OFFICERS)
    mine = next((standing for standing in standings if standing.person.name == who.name), None)
    return render_template(
        "prospects/index.html",
        prospects=page.items,
        titles=staff.titles_of(reading(), (item.owner for item in page.items)),
        states=prospect_states(),
        sources=sources(),
        today=today,
        week=week,
        mine=mine,
        manages=bool(who.roles & (MANAGERS | {"admin", "auditor"})),
        may_add=bool(who.roles & OFFICERS),
        state_options=[option(label, "state", key) for key, label in prospect_states().items()],
        owner_options=[option(item.title, "owner", item.person.name) for item in standings],
        clear_state=here(state=None),
        clear_owner=here(owner=None),
        due={"on": bool(wanted("due")), "url": here(due=None if wanted("due") else 1)},
        narrowed=any(wanted(name) for name in ("state", "owner", "q", "due")),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/week")
def week() -> ResponseReturnValue:
    """How everybody's week stands against the targets; managers set them."""
    who = actor()
    if not who.roles & (MANAGERS | {"admin", "auditor"}):
        abort(404)
    monday = _monday(wanted("week") or now().date().isoformat()) or abort(400)
    before, after = monday - _WEEK, monday + _WEEK
    path = "/" if who.reads_everything else who.unit_path
    return render_template(
        "prospects/week.html",
        standings=lists.standings(reading(), path, monday, OFFICERS),
        week=monday,
        until=after - dt.timedelta(days=1),
        before=here(week=before),
        after=here(week=after) if after <= now().date() else None,
        may_set=bool(who.roles & (MANAGERS | {"admin"})),
    )


@blueprint.post("/week")
def set_target() -> ResponseReturnValue:
    """Sets a person's target from a week on."""
    given = {"person": request.form.get("person"), "since": request.form.get("since", "")}
    return _done(
        lambda s, who: keeping.set_target(s.session, who, {**given, "prospects": _count()}, s.now),
        gettext("目标已设定"),
        url_for("prospects.week", week=_monday(given["since"])),
    )


def _monday(day: str) -> dt.date | None:
    """The Monday of a day's week; None of what is no day, or one whose neighbouring weeks no calendar has."""
    try:
        monday = lists.monday(dt.date.fromisoformat(day))
    except ValueError:
        return None
    return monday if dt.date.min + _WEEK <= monday <= dt.date.max - _WEEK else None


@blueprint.post("")
def add() -> ResponseReturnValue:
    """A new prospect of mine."""
    made: list[Prospect] = []
    answer = _done(
        lambda s, who: made.append(keeping.add(s.session, who, _facts(), s.now, now().date())),
        gettext("已登记潜在客户"),
        url_for("prospects.index"),
    )
    return redirect(url_for("prospects.show", number=made[0].number)) if made else answer


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One prospect with its talks."""
    prospect = reading().scalar(lists.visible(actor()).where(Prospect.number == number))
    if prospect is None:
        abort(404)
    people = [prospect.owner, prospect.recorded_by, *(contact.person for contact in prospect.contacts)]
    mine = prospect.owner == actor().name or bool(actor().roles & MANAGERS)
    open_still = prospect.state in ("new", "talking")
    return render_template(
        "prospects/show.html",
        prospect=prospect,
        titles=staff.titles_of(reading(), people),
        states=prospect_states(),
        sources=sources(),
        ways=contact_ways(),
        today=now().date(),
        unit=staff.unit_names(reading(), [prospect.unit_id]).get(prospect.unit_id, ""),
        may_change=mine and open_still,
        may_hand_over=bool(actor().roles & MANAGERS) and open_still,
        colleagues=[
            (item.name, item.title or item.name) for item in lists.officers(reading(), actor().unit_path, OFFICERS)
        ],
        application=_application(prospect),
        applying=applications_for(customer_name=prospect.name, phone=prospect.phone) if open_still else [],
        fitting=_fitting(prospect),
    )


@blueprint.post("/<number>")
def change(number: str) -> ResponseReturnValue:
    """Other facts; told when somebody was quicker."""
    version = request.form.get("version", "")
    return _changed(
        number,
        lambda s, who: keeping.change(
            s.session, who, number, _facts(), int(version) if version.isdigit() and len(version) < 9 else None
        ),
        gettext("已保存"),
    )


@blueprint.post("/<number>/talk")
def talk(number: str) -> ResponseReturnValue:
    """Keeps a talk."""
    given = {name: request.form.get(name) or None for name in ("way", "note", "next_on")}
    return _changed(number, lambda s, who: keeping.talk(s.session, who, number, given, s.now), gettext("已记录跟进"))


@blueprint.post("/<number>/lose")
def lose(number: str) -> ResponseReturnValue:
    """The prospect is lost."""
    reason = request.form.get("reason")
    return _changed(number, lambda s, who: keeping.lose(s.session, who, number, reason), gettext("已记为流失"))


@blueprint.post("/<number>/convert")
def convert(number: str) -> ResponseReturnValue:
    """The prospect has applied."""
    application = request.form.get("application_no")
    return _changed(
        number, lambda s, who: keeping.convert(s.session, who, number, application), gettext("已关联贷款申请")
    )


@blueprint.post("/<number>/hand-over")
def hand_over(number: str) -> ResponseReturnValue:
    """Somebody else sees to it."""
    to = request.form.get("to")
    return _changed(number, lambda s, who: keeping.hand_over(s.session, who, number, to), gettext("已移交"))


def _facts() -> dict[str, Any]:
    return {name: request.form.get(name) or None for name in keeping.PROSPECT}


def _count() -> Any:
    text = request.form.get("prospects", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _changed(number: str, do: Callable[[Any, Any], Any], said: str) -> ResponseReturnValue:
    return _done(do, said, url_for("prospects.show", number=number))


def _done(do: Callable[[Any, Any], Any], said: str, onward: str) -> ResponseReturnValue:
    """One transaction, then onward with a message either way."""
    try:
        with step() as s:
            do(s, actors.load(s.session, person().name))
    except NotFound:
        abort(404)
    except EngineError as error:
        flash(_words(error), "danger")
    else:
        flash(said, "ok")
    return redirect(onward)


def _words(error: EngineError) -> str:
    if isinstance(error, Forbidden):
        return gettext("潜在客户由其客户经理或本机构的部门经理办理")
    if isinstance(error, Conflict):
        return gettext("没有保存：该客户已办结，或别人刚刚改过。请核对后再试")
    if isinstance(error, Invalid):
        named = {
            "name": gettext("名称"),
            "phone": gettext("电话"),
            "need": gettext("需求"),
            "source": gettext("来源"),
            "note": gettext("内容"),
            "way": gettext("方式"),
            "reason": gettext("原因"),
            "survey": gettext("市场调查"),
            "next_contact_on": gettext("下次联系"),
            "next_on": gettext("下次联系"),
            "application_no": gettext("申请编号"),
            "to": gettext("移交给"),
            "person": gettext("人员"),
            "since": gettext("周"),
            "prospects": gettext("目标"),
        }
        fields = "、".join(named.get(name, name) for name in error.errors)
        return gettext("没有保存：请改正%(fields)s", fields=fields)
    return str(error)


def _application(prospect: Prospect) -> dict[str, Any] | None:
    """The application that came of it, linked for those who may see its case."""
    if prospect.application_id is None:
        return None
    application = reading().get_one(Application, prospect.application_id)
    seen = sa.select(Instance.id).where(
        Instance.id == application.instance_id, visible_to(viewer_of(reading(), actor()))
    )
    found = reading().scalar(seen)
    return {"number": application.number, "url": found and url_for("cases.show", instance_id=found)}


def _fitting(prospect: Prospect) -> list[str]:
    """The numbers of applications of the unit by a customer of this name or phone, which may be the prospect's."""
    if prospect.state not in ("new", "talking"):
        return []
    query = sa.select(Application.number).where(
        Application.unit_id == prospect.unit_id,
        Application.customer.has(_is(prospect)),
        Application.id.not_in(sa.select(Prospect.application_id).where(Prospect.application_id.is_not(None))),
    )
    return list(reading().scalars(query.order_by(Application.id.desc()).limit(5)))


def _is(prospect: Prospect) -> Any:
    same = Customer.name == prospect.name
    return sa.or_(same, Customer.phone == prospect.phone) if prospect.phone else same
