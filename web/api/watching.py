"""What compliance keeps beside the files of customers: relations of staff, lists of the blocked (GOV-1, INT-7)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service.actors import Actor
from models.customers import BlockedParty
from models.people import STAFF_RELATIONS
from models.queries import watch_lists
from operations import blocked_lists, declarations
from web import customer_rights
from web.api.base import ApiBlueprint
from web.api.customers import CustomerCountSchema, for_staff, page_of
from web.api.fields import Flag, PagingSchema, page_schema
from web.api.writing import writes
from web.context import actor, house, reading

blueprint = ApiBlueprint("watching", __name__, "Relations of staff, lists of the blocked")
blueprint.before_request(for_staff)

_REASON = {"required": True, "validate": ma.validate.Length(min=1, max=1000)}


class StaffRelationSchema(ma.Schema):
    """A customer is the `kind` of somebody of the house."""

    person = ma.fields.String(required=True)
    customer = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    note = ma.fields.String(required=True, allow_none=True)


class StaffRelationsSchema(ma.Schema):
    """What is recorded: of oneself, and of the unit and below for those who watch over it."""

    items = ma.fields.List(ma.fields.Nested(StaffRelationSchema), required=True)


class CustomerDeclareSchema(ma.Schema):
    """What a customer is to oneself, or to `person`."""

    person = ma.fields.String(load_default=None, allow_none=True)
    customer = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_RELATIONS))
    note = ma.fields.String(load_default=None, allow_none=True)


class BlockedSchema(ma.Schema):
    """A name on a list."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    id_number = ma.fields.String(required=True, allow_none=True)
    list_name = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    listed_on = ma.fields.Date(required=True)
    delisted_on = ma.fields.Date(required=True, allow_none=True)
    delisted_by = ma.fields.String(required=True, allow_none=True)
    delisted_reason = ma.fields.String(required=True, allow_none=True)


class BlockedQuerySchema(PagingSchema):
    """Which names."""

    search = ma.fields.String()
    all = Flag(load_default=False, metadata={"description": "those taken off too"})


class CustomerEnterSchema(ma.Schema):
    """A name to be listed."""

    name = ma.fields.String(required=True)
    id_number = ma.fields.String(load_default=None, allow_none=True)
    list_name = ma.fields.String(required=True)
    reason = ma.fields.String(**_REASON)
    listed_on = ma.fields.String(load_default=None, allow_none=True)


class TakenOffSchema(ma.Schema):
    """Why a name is taken off its list."""

    reason = ma.fields.String(**_REASON)


class CustomerReportSchema(ma.Schema):
    """What became of a sheet: `wrong` has the number of each row and the column that is wrong."""

    added = ma.fields.Integer(required=True)
    known = ma.fields.Integer(required=True)
    wrong = ma.fields.List(ma.fields.Dict(), required=True)


@blueprint.route("/staff-relations")
@blueprint.response(200, StaffRelationsSchema)
def list_staff_relations() -> dict[str, Any]:
    """Lists relations of staff: one's own, or all for those who watch over them."""
    found = watch_lists.staff_relations(reading(), actor().name, customer_rights.relations_read_by(reading(), actor()))
    return {
        "items": [
            {"person": person.name, "customer": row.customer, "kind": row.kind, "note": row.note}
            for row, person, _ in found
        ]
    }


@blueprint.route("/staff-relations", methods=["POST"])
@blueprint.body(CustomerDeclareSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def declare(step: Any, who: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Declares a relation; `changed` counts the steps that went back to their candidates because of it."""
    name = body["person"] or who.name
    if name != who.name:
        customer_rights.require_watch(step.session, who, name)
    if who.roles == {"auditor"}:
        raise Forbidden("Auditors change nothing.")
    gone = declarations.record(step, name, body["customer"], body["kind"], body["note"], who.name)
    return {"changed": gone}


@blueprint.route("/blocked-parties")
@blueprint.query(BlockedQuerySchema)
@blueprint.response(200, page_schema(BlockedSchema, "BlockedPage"))
def list_blocked(query: dict[str, Any]) -> dict[str, Any]:
    """Lists names of the lists, the latest first."""
    if not customer_rights.may_read_lists(reading(), actor()):
        raise NotFound("There is nothing here.")
    selected = watch_lists.blocked_parties(query.get("search"), in_force=not query["all"])
    page = page_of(selected, watch_lists.LISTED_LAST_FIRST, query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/blocked-parties", methods=["POST"])
@blueprint.body(CustomerEnterSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def enter(step: Any, who: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Lists a name; `changed` is 0 when it is listed already."""
    customer_rights.require_block(step.session, who)
    return {"changed": int(blocked_lists.enter(step.session, body, _today(step), who.name))}


@blueprint.route("/blocked-parties/<int:party_id>/off", methods=["POST"])
@blueprint.body(TakenOffSchema)
@blueprint.response(200, BlockedSchema)
@writes(BlockedSchema())
def take_off(step: Any, who: Actor, body: dict[str, Any], party_id: int) -> BlockedParty:
    """Takes a name off its list, for a reason."""
    customer_rights.require_block(step.session, who)
    if party_id >= 2**31:
        raise Conflict("the name is on the list no more")
    return blocked_lists.take_off(step.session, party_id, _today(step), who.name, body["reason"])


@blueprint.route("/blocked-parties/import", methods=["POST"])
@blueprint.response(200, CustomerReportSchema)
@writes(CustomerReportSchema())
def read_in(step: Any, who: Actor) -> dict[str, Any]:
    """Enters the rows of a CSV or xlsx sheet (multipart: field `file`)."""
    customer_rights.require_block(step.session, who)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file is missing", {"file": ["required"]})
    content = file.read(blocked_lists.MOST_BYTES + 1)
    report = blocked_lists.read_in(step.session, file.filename, content, _today(step), who.name)
    wrong = [{"row": number, "column": column} for number, column in report.wrong]
    return {"added": report.added, "known": report.known, "wrong": wrong}


def _today(step: Any) -> Any:
    return step.now.astimezone(house().calendar.zone).date()
