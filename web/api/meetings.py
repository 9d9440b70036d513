"""Meetings of the loan committee: agenda, attendance and named votes (REV-3, REV-4, REV-5).

A case is put on an agenda by completing its step `convene`, and voted on by completing `vote`.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.service.actors import Actor
from models.meetings import BALLOTS, ITEM_STATES, KINDS, MEETING_STATES, SEATS, Meeting
from models.queries import meetings as rows
from models.queries.paging import Page
from operations import sittings
from web.api.base import ApiBlueprint
from web.api.fields import Moment, PagingSchema, page_schema, page_view
from web.api.lists import page_of
from web.api.writing import writes
from web.context import actor, reading
from web.viewing import viewer_of

blueprint = ApiBlueprint("meetings", __name__, "Meetings of the loan committee")


class MemberSchema(ma.Schema):
    """A member who was invited."""

    person = ma.fields.String(required=True)
    seat = ma.fields.String(required=True, validate=ma.validate.OneOf(SEATS))
    attended_at = Moment(required=True, allow_none=True)


class BallotSchema(ma.Schema):
    """How a member voted; shown once all have."""

    person = ma.fields.String(required=True)
    ballot = ma.fields.String(required=True, validate=ma.validate.OneOf(BALLOTS))
    reasons = ma.fields.String(required=True)
    conditions = ma.fields.String(required=True)


class ItemSchema(ma.Schema):
    """A case on the agenda; of one that the caller may not see only `n` and `state` are given."""

    n = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(ITEM_STATES))
    instance_id = ma.fields.UUID(required=True, allow_none=True)
    business_key = ma.fields.String(required=True, allow_none=True)
    reporter = ma.fields.String(required=True, allow_none=True)
    recused = ma.fields.List(ma.fields.String(), required=True)
    result = ma.fields.String(required=True, allow_none=True)
    eligible = ma.fields.Integer(required=True, allow_none=True)
    present = ma.fields.Integer(required=True, allow_none=True)
    quorum = ma.fields.Integer(required=True, allow_none=True)
    needed = ma.fields.Integer(required=True, allow_none=True)
    discussion = ma.fields.String(required=True)
    ballots = ma.fields.List(ma.fields.Nested(BallotSchema), required=True)


class MeetingSchema(ma.Schema):
    """A meeting, or a round of signatures instead of one."""

    number = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(MEETING_STATES))
    held_at = Moment(required=True)
    place = ma.fields.String(required=True)
    secretary = ma.fields.String(required=True)
    size_advised = ma.fields.Boolean(required=True)
    most_cases = ma.fields.Integer(required=True, allow_none=True)
    agenda_closes_at = Moment(required=True, allow_none=True)
    members = ma.fields.List(ma.fields.Nested(MemberSchema), required=True)
    items = ma.fields.List(ma.fields.Nested(ItemSchema), required=True)


class MeetingsQuerySchema(PagingSchema):
    """`state` is one of planned, sitting, closed, cancelled."""

    state = ma.fields.String(validate=ma.validate.OneOf(MEETING_STATES))


class MoveSchema(ma.Schema):
    """Another time and place."""

    class Meta:
        unknown = ma.RAISE

    held_at = Moment(required=True)
    place = ma.fields.String(required=True)


@blueprint.get("/meetings")
@blueprint.query(MeetingsQuerySchema)
@blueprint.response(200, page_schema(MeetingSchema, "MeetingPage"))
def meetings(query: dict[str, Any]) -> Any:
    """Meetings that one may see, the newest first."""
    selected = rows.meetings(actor().name, sittings.overseen(actor()), state=query.get("state"))
    page: Page = page_of(selected, rows.NEWEST_FIRST, query)
    cases = {item.instance_id for meeting in page.items for item in meeting.items}
    seen = rows.visible_instances(reading(), viewer_of(reading(), actor()), cases)
    return page_view(page, lambda meeting: _shown(meeting, seen))


@blueprint.get("/meetings/<string:number>")
@blueprint.response(200, MeetingSchema)
def meeting(number: str) -> Any:
    """One meeting."""
    found = rows.find_meeting(reading(), actor().name, sittings.overseen(actor()), number)
    if found is None:
        raise NotFound("There is no such meeting.")
    return _view(reading(), actor(), found)


@blueprint.post("/meetings/<string:number>/begin")
@blueprint.response(200, MeetingSchema)
@writes(MeetingSchema())
def begin(step: Any, who: Actor, number: str) -> Any:
    """The sitting begins; by its secretary."""
    return _view(step.session, who, sittings.begin(step, who, number))


@blueprint.post("/meetings/<string:number>/attend")
@blueprint.response(200, MeetingSchema)
@writes(MeetingSchema())
def attend(step: Any, who: Actor, number: str) -> Any:
    """A member signs for being there, in person."""
    return _view(step.session, who, sittings.attend(step, who, number))


@blueprint.post("/meetings/<string:number>/move")
@blueprint.body(MoveSchema)
@blueprint.response(200, MeetingSchema)
@writes(MeetingSchema())
def move(step: Any, who: Actor, given: dict[str, Any], number: str) -> Any:
    """Another time or place before it begins; the members are told."""
    return _view(step.session, who, sittings.move(step, who, number, given["held_at"], given["place"]))


@blueprint.post("/meetings/<string:number>/end")
@blueprint.response(200, MeetingSchema)
@writes(MeetingSchema())
def end(step: Any, who: Actor, number: str) -> Any:
    """The meeting ends; 409 while a case on its agenda is not voted on."""
    return _view(step.session, who, sittings.end(step, who, number))


def _view(session: Any, who: Actor, found: Meeting) -> dict[str, Any]:
    cases = {item.instance_id for item in found.items}
    return _shown(found, rows.visible_instances(session, viewer_of(session, who), cases))


def _shown(found: Meeting, seen: Any) -> dict[str, Any]:
    names = ("number", "kind", "state", "held_at", "place", "secretary", "size_advised", "members")
    names += ("most_cases", "agenda_closes_at")
    return {
        **{name: getattr(found, name) for name in names},
        "items": [_item_view(item, seen.get(item.instance_id)) for item in found.items],
    }


def _item_view(item: Any, case: Any) -> dict[str, Any]:
    shown = {"n": item.n, "state": item.state, "recused": [], "ballots": [], "discussion": ""}
    shown |= dict.fromkeys(
        ("instance_id", "business_key", "reporter", "result", "eligible", "present", "quorum", "needed")
    )
    if case is None:
        return shown
    figures = {name: getattr(item, name) for name in ("reporter", "result", "eligible", "present", "quorum", "needed")}
    return {
        **shown,
        **figures,
        "instance_id": case.id,
        "business_key": case.business_key,
        "recused": [recusal.person for recusal in item.recusals],
        "discussion": item.discussion,
        "ballots": item.ballots,
    }
