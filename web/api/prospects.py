"""Prospects (CUS-2) and how the week stands against its targets (PLN-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from models.care import CONTACT_WAYS, PROSPECT_STATES, SOURCES, Prospect
from models.queries import prospects as lists
from operations import prospects as keeping
from operations.prospects import MANAGERS, OFFICERS
from web.api.base import ApiBlueprint
from web.api.fields import Moment, PagingSchema, Whole, page_schema, page_view
from web.api.lists import page_of
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, house, reading

blueprint = ApiBlueprint("prospects", __name__, "Prospects")


class ProspectSchema(ma.Schema):
    """A prospect."""

    number = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    phone = ma.fields.String(required=True, allow_none=True)
    source = ma.fields.String(required=True, validate=ma.validate.OneOf(SOURCES))
    need = ma.fields.String(required=True)
    survey = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(PROSPECT_STATES))
    lost_reason = ma.fields.String(required=True, allow_none=True)
    next_contact_on = ma.fields.Date(required=True, allow_none=True)
    owner = ma.fields.String(required=True)
    found_on = ma.fields.Date(required=True)
    recorded_at = Moment(required=True)
    recorded_by = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True, attribute="lock_version")


class ProspectQuerySchema(PagingSchema):
    """Which prospects."""

    state = ma.fields.String(validate=ma.validate.OneOf(PROSPECT_STATES))
    owner = ma.fields.String(metadata={"description": "a sign-in name"})


class ProspectFactsSchema(ma.Schema):
    """The facts of a prospect."""

    name = ma.fields.String(required=True)
    phone = ma.fields.String(allow_none=True)
    source = ma.fields.String(required=True, validate=ma.validate.OneOf(SOURCES))
    need = ma.fields.String(required=True)
    survey = ma.fields.String(allow_none=True)
    next_contact_on = ma.fields.String(allow_none=True, metadata={"format": "date"})


class ProspectChangeSchema(ProspectFactsSchema):
    """Other facts; `version` as it was read, so that nobody overwrites another's change."""

    version = Whole()


class ProspectTalkSchema(ma.Schema):
    """A talk."""

    way = ma.fields.String(required=True, validate=ma.validate.OneOf(CONTACT_WAYS))
    note = ma.fields.String(required=True)
    next_on = ma.fields.String(allow_none=True, metadata={"format": "date"})


class ProspectLossSchema(ma.Schema):
    """Why it is lost."""

    reason = ma.fields.String(required=True)


class ProspectConversionSchema(ma.Schema):
    """The application that came of it."""

    application_no = ma.fields.String(required=True)


class ProspectHandOverSchema(ma.Schema):
    """Who sees to it from now on."""

    to = ma.fields.String(required=True)


class StandingSchema(ma.Schema):
    """A person's week."""

    person = ma.fields.String(required=True)
    target = ma.fields.Integer(required=True, allow_none=True)
    found = ma.fields.Integer(required=True)
    talks = ma.fields.Integer(required=True)


class WeekSchema(ma.Schema):
    """The week of everybody in one's unit and below who keeps prospects."""

    week = ma.fields.Date(required=True, metadata={"description": "its Monday"})
    items = ma.fields.List(ma.fields.Nested(StandingSchema), required=True)


class WeekQuerySchema(ma.Schema):
    """Which week."""

    week = ma.fields.Date(
        validate=ma.validate.Range(max=dt.date.max - dt.timedelta(days=7)),
        metadata={"description": "any of its days; this week unless given"},
    )


class WeeklyTargetSchema(ma.Schema):
    """A target, of a person or of each holder of a role."""

    person = ma.fields.String(allow_none=True)
    role = ma.fields.String(allow_none=True)
    since = ma.fields.String(required=True, metadata={"format": "date", "description": "any day of its first week"})
    prospects = Whole(required=True)


ProspectPageSchema = page_schema(ProspectSchema, "ProspectPage")


@blueprint.route("/prospects")
@blueprint.query(ProspectQuerySchema)
@blueprint.response(200, ProspectPageSchema)
def list_prospects(query: dict[str, Any]) -> dict[str, Any]:
    """Lists one's own prospects, and for managers those of the unit and below, the newest first."""
    selected = lists.visible(actor())
    for name in ("state", "owner"):
        if name in query:
            selected = selected.where(getattr(Prospect, name) == query[name])
    return page_view(page_of(selected, lists.NEWEST_FIRST, query), lambda prospect: prospect)


@blueprint.route("/prospects", methods=["POST"])
@blueprint.body(ProspectFactsSchema)
@blueprint.response(201, ProspectSchema)
@writes(ProspectSchema(), 201)
def add_prospect(step: Any, who: Any, body: dict[str, Any]) -> Prospect:
    """Keeps a new prospect of one's own."""
    today = step.now.astimezone(step.house.calendar.zone).date()
    return keeping.add(step.session, who, body, step.now, today)


@blueprint.route("/prospects/<number>")
@blueprint.response(200, ProspectSchema)
def get_prospect(number: str) -> Prospect:
    """Shows a prospect."""
    found = reading().scalar(lists.visible(actor()).where(Prospect.number == number))
    if found is None:
        raise NotFound("There is no such prospect.")
    return found


@blueprint.route("/prospects/<number>", methods=["POST"])
@blueprint.body(ProspectChangeSchema)
@blueprint.response(200, ProspectSchema)
@writes(ProspectSchema())
def change_prospect(step: Any, who: Any, body: dict[str, Any], number: str) -> Prospect:
    """Changes an open prospect."""
    return keeping.change(step.session, who, number, body, body.pop("version", None))


@blueprint.route("/prospects/<number>/talk", methods=["POST"])
@blueprint.body(ProspectTalkSchema)
@blueprint.response(200, ProspectSchema)
@writes(ProspectSchema())
def talk_to_prospect(step: Any, who: Any, body: dict[str, Any], number: str) -> Prospect:
    """Keeps a talk."""
    return keeping.talk(step.session, who, number, body, step.now)


@blueprint.route("/prospects/<number>/lose", methods=["POST"])
@blueprint.body(ProspectLossSchema)
@blueprint.response(200, ProspectSchema)
@writes(ProspectSchema())
def lose_prospect(step: Any, who: Any, body: dict[str, Any], number: str) -> Prospect:
    """Closes a prospect that will not become a customer."""
    return keeping.lose(step.session, who, number, body["reason"])


@blueprint.route("/prospects/<number>/convert", methods=["POST"])
@blueprint.body(ProspectConversionSchema)
@blueprint.response(200, ProspectSchema)
@writes(ProspectSchema())
def convert_prospect(step: Any, who: Any, body: dict[str, Any], number: str) -> Prospect:
    """Closes a prospect that has applied."""
    return keeping.convert(step.session, who, number, body["application_no"])


@blueprint.route("/prospects/<number>/hand-over", methods=["POST"])
@blueprint.body(ProspectHandOverSchema)
@blueprint.response(200, ProspectSchema)
@writes(ProspectSchema())
def hand_over_prospect(step: Any, who: Any, body: dict[str, Any], number: str) -> Prospect:
    """Gives a prospect to another account manager. Managers."""
    return keeping.hand_over(step.session, who, number, body["to"])


@blueprint.route("/weekly-targets")
@blueprint.query(WeekQuerySchema)
@blueprint.response(200, WeekSchema)
def get_week(query: dict[str, Any]) -> dict[str, Any]:
    """Shows how a week stands: one's own, and for managers that of everybody in the unit and below."""
    who = actor()
    require_role(who, *sorted(OFFICERS | MANAGERS | {"admin", "auditor"}))
    zone = house().calendar.zone
    week = lists.monday(query.get("week") or house().clock.now().astimezone(zone).date())
    path = "/" if who.reads_everything else who.unit_path
    standings = lists.standings(reading(), path, week, OFFICERS)
    if not who.roles & (MANAGERS | {"admin", "auditor"}):
        standings = [standing for standing in standings if standing.person.name == who.name]
    items = [{**vars(standing), "person": standing.person.name} for standing in standings]
    return {"week": week, "items": items}


@blueprint.route("/weekly-targets", methods=["POST"])
@blueprint.body(WeeklyTargetSchema)
@blueprint.response(201, WeeklyTargetSchema)
@writes(WeeklyTargetSchema(), 201)
def set_target(step: Any, who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Sets a target from a week on. Managers; of a role at head office."""
    target = keeping.set_target(step.session, who, body, step.now)
    return {**vars(target), "since": target.since.isoformat()}
