"""Meetings of the loan committee 贷审会: the list, one with agenda and votes, its minutes and calendar entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, EngineError, NotFound
from engine.service import actors
from models.meetings import MEETING_STATES, PLANNED, SITTING, Meeting
from models.queries import meetings as rows
from models.queries import staff
from models.queries.paging import BadCursor, fetch_page
from operations import sittings
from operations.minutes import minutes_pdf
from operations.notices.calendar_file import calendar_file
from web.context import actor, house, person, reading, step
from web.pages.addresses import here, option, wanted
from web.pages.meeting_view import MeetingView, kind_words, state_words

blueprint = Blueprint("meetings", __name__, url_prefix="/meetings")

_PAGE = 50


@blueprint.before_request
@login_required
def _signed_in() -> None:
    """Every page here is for people who are signed in; which meetings there are is asked of each."""


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Meetings that I may see, the newest first."""
    state = wanted("state")
    selected = rows.meetings(actor().name, sittings.overseen(actor()), state=state if state in MEETING_STATES else None)
    try:
        page = fetch_page(reading(), selected, rows.NEWEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "meetings/index.html",
        meetings=[MeetingView(meeting) for meeting in page.items],
        titles=staff.titles_of(reading(), [meeting.secretary for meeting in page.items]),
        states=[option(words, "state", state) for state, words in state_words().items()],
        state_words=state_words(),
        kind_words=kind_words(),
        clear=here(state=None),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One meeting; with `part=presence` what a page that stays open asks for anew."""
    view = MeetingView(_found(number))
    template = "meetings/_presence.html" if wanted("part") == "presence" else "meetings/show.html"
    return render_template(
        template, meeting=view, state_words=state_words(), kind_words=kind_words(), planned=PLANNED, sitting=SITTING
    )


@blueprint.get("/<number>/minutes.pdf")
def minutes(number: str) -> ResponseReturnValue:
    """The minutes on the cases that I may see."""
    meeting = _found(number)
    view = MeetingView(meeting)
    items = [item.row for item in view.items if item.case is not None]
    return _file(
        minutes_pdf(reading(), meeting, items, house().calendar.zone), "application/pdf", f"{meeting.number}.pdf"
    )


@blueprint.get("/<number>/calendar.ics")
def calendar(number: str) -> ResponseReturnValue:
    """The meeting for one's own calendar."""
    meeting = _found(number)
    summary = gettext("贷审会 %(number)s", number=meeting.number)
    entry = calendar_file(
        f"committee-{meeting.number}",
        summary=summary,
        place=meeting.place,
        begins=meeting.held_at,
        made=house().clock.now(),
    )
    return _file(entry, "text/calendar", f"{meeting.number}.ics")


@blueprint.post("/<number>/begin")
def begin(number: str) -> ResponseReturnValue:
    """The sitting begins."""
    return _act(number, lambda s, who: sittings.begin(s, who, number), gettext("会议已开始，请委员签到"))


@blueprint.post("/<number>/attend")
def attend(number: str) -> ResponseReturnValue:
    """I sign for being there."""
    return _act(number, lambda s, who: sittings.attend(s, who, number), gettext("已签到"))


@blueprint.post("/<number>/move")
def move(number: str) -> ResponseReturnValue:
    """Another time or place."""
    try:
        held_at = dt.datetime.fromisoformat(request.form.get("held_at", "")).replace(tzinfo=house().calendar.zone)
    except ValueError:
        held_at = None
    place = request.form.get("place")
    return _act(number, lambda s, who: sittings.move(s, who, number, held_at, place), gettext("会议已改期，已通知委员"))


@blueprint.post("/<number>/end")
def end(number: str) -> ResponseReturnValue:
    """The meeting ends."""
    return _act(number, lambda s, who: sittings.end(s, who, number), gettext("会议已结束"))


def _found(number: str) -> Meeting:
    found = rows.find_meeting(reading(), actor().name, sittings.overseen(actor()), number)
    if found is None:
        abort(404)
    return found


def _act(number: str, change: Callable[[Any, Any], Any], said: str) -> ResponseReturnValue:
    try:
        with step() as s:
            change(s, actors.load(s.session, person().name))
    except NotFound:
        abort(404)
    except Conflict:
        flash(gettext("会议现在的状态不允许这样做：未开始才能改期，开始后才能签到，全部议题表决后才能结束。"), "danger")
    except EngineError as error:
        errors = getattr(error, "errors", {})
        flash(
            gettext("请填写会议的地点，和晚于现在的时间。")
            if errors
            else gettext("会议由秘书主持记录；签到只能由受邀委员本人办理。"),
            "danger",
        )
    else:
        flash(said, "ok")
    return redirect(url_for("meetings.show", number=number))


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
