"""Who is what to whom among customers, and what a customer and its group owe together (CUS-1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma

from engine.service.actors import Actor
from models.customers import RELATION_KINDS
from models.queries import customer_lists
from operations.exposure import circle_words, exposure_of
from web.api.base import ApiBlueprint
from web.api.customers import CustomerCountSchema, editing, for_staff, known
from web.api.fields import Money
from web.api.writing import writes
from web.context import reading

blueprint = ApiBlueprint("customer_relations", __name__, "Relations and exposure of customers")
blueprint.before_request(for_staff)


class CustomerRelationSchema(ma.Schema):
    """`subject` is the `kind` of `other`; `share` is a fraction."""

    subject = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    other = ma.fields.String(required=True)
    share = ma.fields.Decimal(required=True, allow_none=True)


class CustomerRelationsSchema(ma.Schema):
    """The relations of a customer, both ways."""

    items = ma.fields.List(ma.fields.Nested(CustomerRelationSchema), required=True)


class CustomerRelateSchema(ma.Schema):
    """The customer is the `kind` of `other`."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(RELATION_KINDS))
    other = ma.fields.String(required=True)
    share = ma.fields.Decimal(load_default=None, allow_none=True)


class CustomerEndSchema(ma.Schema):
    """The relation that is over."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(RELATION_KINDS))
    other = ma.fields.String(required=True)


class CustomerMemberSchema(ma.Schema):
    """A customer of a group, and what it owes or may still draw."""

    number = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    exposure = Money(required=True)


class ExposureSchema(ma.Schema):
    """What a customer and its group owe, in CNY, against the limits; a limit is null while no net capital is set."""

    own_exposure = Money(required=True)
    group_exposure = Money(required=True)
    group = ma.fields.List(ma.fields.Nested(CustomerMemberSchema), required=True)
    guaranteed = Money(required=True)
    circles = ma.fields.List(ma.fields.String(), required=True)
    single_limit = Money(required=True, allow_none=True)
    group_limit = Money(required=True, allow_none=True)
    over_limits = ma.fields.List(ma.fields.String(), required=True)


@blueprint.route("/customers/<number>/relations")
@blueprint.response(200, CustomerRelationsSchema)
def get_relations(number: str) -> dict[str, Any]:
    """Lists the relations of a customer."""
    customer = known(reading(), number)
    found = customer_lists.relations(reading(), customer)
    return {
        "items": [
            {
                "subject": number if subject else other.number,
                "kind": row.kind,
                "other": other.number if subject else number,
                "share": row.share,
            }
            for row, other, subject in found
        ]
    }


@blueprint.route("/customers/<number>/relations", methods=["POST"])
@blueprint.body(CustomerRelateSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def relate(step: Any, who: Actor, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Records a relation, or its share anew."""
    editor, customer = editing(step, who, number)
    return {"changed": int(editor.relate(customer, body["kind"], body["other"], body["share"]))}


@blueprint.route("/customers/<number>/relations/end", methods=["POST"])
@blueprint.body(CustomerEndSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def unrelate(step: Any, who: Actor, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Ends a relation."""
    editor, customer = editing(step, who, number)
    editor.unrelate(customer, body["kind"], body["other"])
    return {"changed": 1}


@blueprint.route("/customers/<number>/exposure")
@blueprint.response(200, ExposureSchema)
def get_exposure(number: str) -> dict[str, Any]:
    """Reckons what the customer and its group owe."""
    found = exposure_of(reading(), known(reading(), number))
    return {
        "own_exposure": found.own,
        "group_exposure": found.group,
        "group": [
            {"number": one.customer.number, "name": one.customer.name, "exposure": one.exposure}
            for one in found.members
        ],
        "guaranteed": found.guaranteed,
        "circles": [circle_words(circle) for circle in found.circles],
        "single_limit": _cents(found.figures.single_most),
        "group_limit": _cents(found.figures.group_most),
        "over_limits": found.exceeds,
    }


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))
