"""Look-ups in registers: those of a case, and asking for one (INT-6)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from models.queries import register_queries
from models.register_queries import REGISTERS, STATES, RegisterQuery
from operations.registers import asking
from web.api.base import ApiBlueprint
from web.api.fields import Moment
from web.api.writing import writes
from web.context import actor, reading
from web.viewing import visible_case

blueprint = ApiBlueprint("lookups", __name__, "Look-ups in registers")


class RegisterQuerySchema(ma.Schema):
    """One look-up of one party, with the authorisation that it rests on."""

    id = ma.fields.Integer(required=True)
    party = ma.fields.String(required=True, metadata={"description": "the customer's number"})
    register = ma.fields.String(required=True, validate=ma.validate.OneOf(REGISTERS))
    authorisation_no = ma.fields.String(required=True)
    authorised_on = ma.fields.Date(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    source = ma.fields.String(required=True)
    query_no = ma.fields.String(required=True, allow_none=True)
    queried_on = ma.fields.Date(required=True, allow_none=True)
    answer = ma.fields.Raw(required=True, metadata={"type": "object"})
    summary = ma.fields.String(required=True, allow_none=True)
    error = ma.fields.String(required=True, allow_none=True)
    asked_by = ma.fields.String(required=True, allow_none=True)
    asked_at = Moment(required=True)


class RegisterQueriesSchema(ma.Schema):
    """The look-ups of a case, the latest first."""

    items = ma.fields.List(ma.fields.Nested(RegisterQuerySchema), required=True)


class AskRegisterSchema(ma.Schema):
    """Whom to look up where, and by whose authorisation; `again` although an answer is still valid."""

    party = ma.fields.String(required=True)
    register = ma.fields.String(required=True, validate=ma.validate.OneOf(REGISTERS))
    authorisation_no = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=40))
    authorised_on = ma.fields.Date(required=True)
    again = ma.fields.Boolean(load_default=False)


@blueprint.route("/instances/<uuid:instance_id>/register-queries")
@blueprint.response(200, RegisterQueriesSchema)
def list_queries(instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists the look-ups of a case."""
    case = visible_case(reading(), actor(), instance_id)
    return {"items": register_queries.of_case(reading(), case.id)}


@blueprint.route("/instances/<uuid:instance_id>/register-queries", methods=["POST"])
@blueprint.body(AskRegisterSchema)
@blueprint.response(201, RegisterQuerySchema)
@writes(RegisterQuerySchema(), 201)
def ask_register(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> RegisterQuery:
    """Looks a party up. For whoever could do an open step of the case with the duty INT-6."""
    case = visible_case(step.session, who, instance_id)
    return asking.ask(
        step,
        case,
        body["party"],
        body["register"],
        body["authorisation_no"],
        body["authorised_on"],
        who,
        again=body["again"],
    )
