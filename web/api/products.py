"""The products on offer, and what would be repaid under one (INT-1)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort

from models.products import Product
from models.queries.products import current_product, current_products, product_versions
from operations.product_advice import advise
from web.api.base import ApiBlueprint
from web.api.fields import Money, Whole
from web.api.rights import require_role
from web.context import actor, house, reading

blueprint = ApiBlueprint("products", __name__, "Products")


class ProductSchema(ma.Schema):
    """A product as it is offered today; amounts in CNY, the rate as a fraction for a year."""

    code = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    title = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    min_amount = Money(required=True)
    max_amount = Money(required=True)
    min_term_months = ma.fields.Integer(required=True)
    max_term_months = ma.fields.Integer(required=True)
    annual_rate = ma.fields.Raw(required=True, metadata={"type": "number"})
    customer_kinds = ma.fields.List(ma.fields.String(), required=True)
    repayment_methods = ma.fields.List(ma.fields.String(), required=True)
    guarantee_kinds = ma.fields.List(ma.fields.String(), required=True)
    approval_days = ma.fields.Integer(required=True)
    conditions = ma.fields.String(required=True, allow_none=True)
    valid_from = ma.fields.Date(required=True)
    withdrawn_on = ma.fields.Date(required=True, allow_none=True)


class ProductsSchema(ma.Schema):
    """All on offer, by code."""

    items = ma.fields.List(ma.fields.Nested(ProductSchema), required=True)


class TrialQuerySchema(ma.Schema):
    """What a customer thinks of."""

    amount = Money(required=True)
    term_months = Whole(longest=3, required=True)
    repayment_method = ma.fields.String(required=True)


class TrialRowSchema(ma.Schema):
    """One instalment."""

    due = ma.fields.Date(required=True)
    principal = Money(required=True)
    interest = Money(required=True)
    total = Money(required=True)
    balance = Money(required=True)


class TrialSchema(ma.Schema):
    """What would be repaid, paid out today; `beyond` names what the product does not offer."""

    beyond = ma.fields.List(ma.fields.String(), required=True)
    interest = Money(required=True)
    rows = ma.fields.List(ma.fields.Nested(TrialRowSchema), required=True)


@blueprint.route("/products")
@blueprint.response(200, ProductsSchema)
def list_products() -> dict[str, Any]:
    """Lists what is on offer today."""
    _for_staff()
    return {"items": [_view(product) for product in current_products(reading(), _today())]}


@blueprint.route("/products/<code>/versions")
@blueprint.response(200, ProductsSchema)
def list_versions(code: str) -> dict[str, Any]:
    """Lists all versions of a product, the latest first, in force or not."""
    _for_staff()
    versions = product_versions(reading(), code)
    if not versions:
        abort(404)
    return {"items": [_view(product) for product in versions]}


@blueprint.route("/products/<code>/trial")
@blueprint.query(TrialQuerySchema)
@blueprint.response(200, TrialSchema)
def try_product(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Reckons what would be repaid; nothing is kept."""
    _for_staff()
    product = current_product(reading(), code, _today())
    if product is None:
        abort(404)
    advice = advise(
        product, query["amount"], query["term_months"], query["repayment_method"], _today(), house().calendar
    )
    return {"beyond": advice.beyond, "interest": advice.schedule.interest, "rows": advice.schedule.rows}


def _for_staff() -> None:
    require_role(actor(), *(actor().roles - {"designer"}))


def _today() -> Any:
    return house().clock.now().astimezone(house().calendar.zone).date()


def _view(product: Product) -> dict[str, Any]:
    return {
        "code": product.code,
        "version": product.version,
        "title": {"zh": product.title_zh, "en": product.title_en},
        "min_amount": product.min_amount,
        "max_amount": product.max_amount,
        "min_term_months": product.min_term_months,
        "max_term_months": product.max_term_months,
        "annual_rate": product.annual_rate,
        "customer_kinds": sorted(product.offered("customer_kind")),
        "repayment_methods": sorted(product.offered("repayment_method")),
        "guarantee_kinds": sorted(product.offered("guarantee_kind")),
        "approval_days": product.approval_days,
        "conditions": product.conditions,
        "valid_from": product.valid_from,
        "withdrawn_on": product.withdrawn_on,
    }
