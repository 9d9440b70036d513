"""Setting products up: proposals of versions, and a second person's decision (INT-1)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort

from engine.service.actors import Actor
from models.loans import DAY_COUNTS
from models.products import PROPOSAL_STATES, ProductProposal
from models.queries.products import PROPOSED_LAST_FIRST, find_proposal, proposals
from operations import product_desk
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, Whole, page_schema, page_view
from web.api.lists import page_of
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor

blueprint = ApiBlueprint("product_desk", __name__, "Products")


class ProposeProductSchema(ma.Schema):
    """A version as it is proposed; amounts in CNY, the rate as a fraction for a year."""

    code = ma.fields.String(required=True)
    title_zh = ma.fields.String(required=True)
    title_en = ma.fields.String(required=True)
    min_amount = Money(required=True)
    max_amount = Money(required=True)
    min_term_months = Whole(required=True)
    max_term_months = Whole(required=True)
    annual_rate = ma.fields.Decimal(required=True, places=8)
    day_count = ma.fields.String(required=True, validate=ma.validate.OneOf(DAY_COUNTS))
    approval_days = Whole(required=True)
    conditions = ma.fields.String(load_default=None, allow_none=True)
    customer_kind = ma.fields.List(ma.fields.String(), required=True)
    repayment_method = ma.fields.List(ma.fields.String(), required=True)
    guarantee_kind = ma.fields.List(ma.fields.String(), required=True)
    valid_from = ma.fields.Date(required=True)
    withdrawn_on = ma.fields.Date(load_default=None, allow_none=True)


class ProductProposalSchema(ma.Schema):
    """A proposal; `terms` are those of the version that it would make, `based_on` the version that it follows."""

    id = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    based_on = ma.fields.Integer(required=True)
    terms = ma.fields.Raw(required=True, metadata={"type": "object"})
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(PROPOSAL_STATES))
    proposed_by = ma.fields.String(required=True)
    proposed_at = Moment(required=True)
    decided_by = ma.fields.String(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    remarks = ma.fields.String(required=True, allow_none=True)


class ProposalsQuerySchema(PagingSchema):
    """Which proposals."""

    state = ma.fields.String(validate=ma.validate.OneOf(PROPOSAL_STATES))


class DecideProductSchema(ma.Schema):
    """What becomes of a proposal; `refuse` needs remarks."""

    do = ma.fields.String(required=True, validate=ma.validate.OneOf(("approve", "refuse", "withdraw")))
    remarks = ma.fields.String(load_default="")


@blueprint.route("/product-proposals")
@blueprint.query(ProposalsQuerySchema)
@blueprint.response(200, page_schema(ProductProposalSchema, "ProductProposalPage"))
def list_proposals(query: dict[str, Any]) -> dict[str, Any]:
    """Lists proposals, the latest first."""
    require_role(actor(), *(actor().roles - {"designer"}))
    return page_view(page_of(proposals(query.get("state")), PROPOSED_LAST_FIRST, query), lambda row: row)


@blueprint.route("/product-proposals", methods=["POST"])
@blueprint.body(ProposeProductSchema)
@blueprint.response(201, ProductProposalSchema)
@writes(ProductProposalSchema(), 201)
def propose(step: Any, who: Actor, body: dict[str, Any]) -> ProductProposal:
    """Proposes a version of a product. For the product manager at the root unit; 409 while another one waits."""
    return product_desk.propose(step, who, body.pop("code"), body)


@blueprint.route("/product-proposals/<int:proposal_id>/decision", methods=["POST"])
@blueprint.body(DecideProductSchema)
@blueprint.response(200, ProductProposalSchema)
@writes(ProductProposalSchema())
def decide(step: Any, who: Actor, body: dict[str, Any], proposal_id: int) -> ProductProposal:
    """Approves or refuses a proposal, as another than who made it; who made it may withdraw it."""
    proposal = find_proposal(step.session, proposal_id) or abort(404)
    product_desk.decide(step, who, proposal, body["do"], body["remarks"])
    return proposal
