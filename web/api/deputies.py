"""Deputies with dates: who stands in for whom, arranged by the person, a manager of the unit or an administrator."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.service import deputies as standing
from models.queries import deputies as lists
from models.queries import staff
from web.api.base import ApiBlueprint
from web.api.fields import Moment, PagingSchema, page_schema, page_view
from web.api.lists import page_of
from web.api.views import deputy_view
from web.api.writing import writes
from web.context import actor

blueprint = ApiBlueprint("deputies", __name__, "Who stands in for whom")
_NAME = ma.validate.Length(min=1, max=64)
_LARGEST_ID = 2**31


class DeputySchema(ma.Schema):
    """Somebody stands in for somebody, on every day from `from` to `until`."""

    id = ma.fields.Integer(required=True)
    person = ma.fields.String(required=True)
    deputy = ma.fields.String(required=True)
    begins = ma.fields.Date(required=True, data_key="from")
    until = ma.fields.Date(required=True)
    reason = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "none: all of the person's"})
    processes = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "keys; none: all"})
    set_by = ma.fields.String(required=True)
    set_at = Moment(required=True)
    ended_by = ma.fields.String(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True, metadata={"description": "when it was ended before its last day"})


class AppointSchema(ma.Schema):
    """Who is to stand in; for oneself unless `person` is given."""

    person = ma.fields.String(validate=_NAME)
    deputy = ma.fields.String(required=True, validate=_NAME)
    begins = ma.fields.Date(required=True, data_key="from")
    until = ma.fields.Date(required=True)
    reason = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(validate=_NAME), load_default=list)
    processes = ma.fields.List(ma.fields.String(validate=ma.validate.Length(min=1, max=128)), load_default=list)


class DeputyQuerySchema(PagingSchema):
    """Of whom."""

    person = ma.fields.String(validate=_NAME, metadata={"description": "one who is away or stands in"})


DeputyPageSchema = page_schema(DeputySchema, "DeputyPage")


@blueprint.route("/deputies")
@blueprint.query(DeputyQuerySchema)
@blueprint.response(200, DeputyPageSchema)
def list_deputies(query: dict[str, Any]) -> dict[str, Any]:
    """Lists who stands or stood in for whom, the latest first, of those of whom I may know."""
    selected = lists.about(known_people())
    if "person" in query:
        selected = lists.only(selected, query["person"])
    return page_view(page_of(selected, lists.LATEST_FIRST, query), deputy_view)


def known_people() -> Any:
    """The people of whose deputies the caller may know; None for everybody."""
    who = actor()
    if who.reads_everything:
        return None
    if who.roles & standing.MANAGERS:
        return staff.names_below(who.unit_path)
    return [who.name]


@blueprint.route("/deputies", methods=["POST"])
@blueprint.body(AppointSchema)
@blueprint.response(201, DeputySchema)
@writes(DeputySchema(), 201)
def appoint(step: Any, who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Lets somebody stand in, for oneself or for another whom one may arrange it for."""
    person = body.get("person", who.name)
    row = standing.appoint(
        step,
        who,
        person,
        body["deputy"],
        body["begins"],
        body["until"],
        body["reason"],
        body["roles"],
        body["processes"],
    )
    return deputy_view(row)


@blueprint.route("/deputies/<int:deputy_id>/end", methods=["POST"])
@blueprint.response(200, DeputySchema)
@writes(DeputySchema())
def end(step: Any, who: Any, deputy_id: int) -> dict[str, Any]:
    """Ends it before its last day."""
    if deputy_id >= _LARGEST_ID:
        raise NotFound("There is nobody who stands in under this number.")
    return deputy_view(standing.end(step, deputy_id, who))
