"""Who answers for what in a case: signatures with the facts on which they were given (GOV-3)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.service import signatures
from engine.values import to_json
from models.cases import Signature
from models.handovers import ITEM_STATES, KINDS
from models.queries import case_file, handovers
from operations.responsibility import report
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, page_schema, page_view
from web.api.lists import page_of
from web.context import actor, reading
from web.handovers import visible_handover, visible_handovers
from web.responsibility import require_reader
from web.viewing import visible_case

blueprint = ApiBlueprint("governance", __name__, "Who answers for what")
_LARGEST_ID = 2**31


class SignatureSchema(ma.Schema):
    """Who signed which step of a case, for which duties."""

    id = ma.fields.Integer(required=True)
    task_id = ma.fields.UUID(required=True)
    element = ma.fields.String(required=True)
    duty = ma.fields.String(required=True)
    person = ma.fields.String(required=True)
    on_behalf_of = ma.fields.String(required=True, allow_none=True)
    signed_at = Moment(required=True)
    facts_hash = ma.fields.String(required=True)


class SignatureListSchema(ma.Schema):
    """The signatures of a case, in order."""

    items = ma.fields.List(ma.fields.Nested(SignatureSchema), required=True)


class SignedSchema(SignatureSchema):
    """A signature with what was shown and what was given; null where that is sealed or no longer proved."""

    facts = ma.fields.Dict(required=True, allow_none=True)
    form = ma.fields.Dict(required=True, allow_none=True)
    proved = ma.fields.Boolean(required=True, metadata={"description": "what is kept has the hash that was signed"})


@blueprint.route("/instances/<uuid:instance_id>/signatures")
@blueprint.response(200, SignatureListSchema)
def list_signatures(instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists who answers for which duty of a case."""
    visible_case(reading(), actor(), instance_id)
    return {"items": [_view(row) for row in case_file.signatures(reading(), instance_id)]}


@blueprint.route("/instances/<uuid:instance_id>/signatures/<int:signature_id>")
@blueprint.response(200, SignedSchema)
def get_signature(instance_id: uuid.UUID, signature_id: int) -> dict[str, Any]:
    """Shows what was on the screen of whoever signed, and what they gave."""
    instance = visible_case(reading(), actor(), instance_id)
    row = case_file.signature(reading(), instance_id, signature_id) if signature_id < _LARGEST_ID else None
    if row is None:
        raise NotFound("There is no such signature.")
    facts, form = signatures.signed(reading(), instance, row, actor())
    return {**_view(row), "facts": to_json(facts), "form": to_json(form), "proved": facts is not None}


class ResponsibilityLineSchema(ma.Schema):
    """A signature with those who answer directly, and those of the next desk."""

    duties = ma.fields.List(ma.fields.String(), required=True)
    element = ma.fields.String(required=True)
    direct = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "who signed, and for whom"})
    power_of = ma.fields.String(required=True, allow_none=True)
    signed_at = Moment(required=True)
    signature = ma.fields.Integer(required=True)
    facts_hash = ma.fields.String(required=True)
    indirect = ma.fields.List(ma.fields.String(), required=True)
    next_element = ma.fields.String(required=True, allow_none=True)


class LossShareSchema(ma.Schema):
    """What a person bears of a loss, in CNY."""

    person = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["direct", "indirect"]))
    duties = ma.fields.List(ma.fields.String(), required=True)
    amount = Money(required=True)


class LossSchema(ma.Schema):
    """A confirmed loss."""

    id = ma.fields.Integer(required=True)
    amount = Money(required=True)
    indirect_part = ma.fields.Raw(required=True, metadata={"type": "number"})
    grounds = ma.fields.String(required=True)
    proposed_by = ma.fields.String(required=True)
    confirmed_by = ma.fields.String(required=True)
    confirmed_at = Moment(required=True)
    shares = ma.fields.List(ma.fields.Nested(LossShareSchema), required=True)


class ResponsibilitySchema(ma.Schema):
    """Who answers for what in a case."""

    lines = ma.fields.List(ma.fields.Nested(ResponsibilityLineSchema), required=True)
    losses = ma.fields.List(ma.fields.Nested(LossSchema), required=True)


@blueprint.route("/instances/<uuid:instance_id>/responsibility")
@blueprint.response(200, ResponsibilitySchema)
def get_responsibility(instance_id: uuid.UUID) -> dict[str, Any]:
    """Reports who is directly responsible for each duty of a case, who next in line, and who bears confirmed losses."""
    visible_case(reading(), actor(), instance_id)
    require_reader(actor())
    return report(reading(), instance_id)


class HandoverItemSchema(ma.Schema):
    """Something that was open, and what became of it."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    reference = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    task_id = ma.fields.UUID(required=True, allow_none=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(ITEM_STATES))
    why = ma.fields.String(required=True, allow_none=True, metadata={"description": "the rule against the receiver"})


class HandoverSchema(ma.Schema):
    """A post that changes hands under supervision."""

    number = ma.fields.String(required=True)
    instance_id = ma.fields.UUID(required=True)
    leaver = ma.fields.String(required=True)
    receiver = ma.fields.String(required=True)
    supervisor = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    listed_at = Moment(required=True)
    moved_at = Moment(required=True, allow_none=True)


class WholeHandoverSchema(HandoverSchema):
    """A handover with its list."""

    items = ma.fields.List(ma.fields.Nested(HandoverItemSchema), required=True)


HandoverPageSchema = page_schema(HandoverSchema, "HandoverPage")


@blueprint.route("/handovers")
@blueprint.query(PagingSchema)
@blueprint.response(200, HandoverPageSchema)
def list_handovers(query: dict[str, Any]) -> dict[str, Any]:
    """Lists handovers, the latest first: those in which I leave, take over or supervise; all for those who oversee."""
    return page_view(page_of(visible_handovers(actor()), handovers.LATEST_FIRST, query), lambda row: row)


@blueprint.route("/handovers/<number>")
@blueprint.response(200, WholeHandoverSchema)
def get_handover(number: str) -> Any:
    """Shows a handover with all that was listed, and what became of it."""
    return visible_handover(reading(), actor(), number)


def _view(row: Signature) -> dict[str, Any]:
    names = ("id", "task_id", "element", "duty", "person", "on_behalf_of", "signed_at", "facts_hash")
    return {name: getattr(row, name) for name in names}
