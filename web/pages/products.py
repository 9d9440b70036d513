"""The products on offer: to whom, how much, how long, at which rate, and what would be repaid (INT-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Invalid
from lending.capitals import LIMIT
from models.products import Product
from models.queries.products import (
    current_product,
    current_products,
    latest_product,
    product_versions,
    waiting_proposal,
)
from operations.product_advice import Advice, advise
from operations.product_desk import may_propose
from web.context import actor, house, reading
from web.language import language
from web.pages.addresses import wanted
from web.pages.contract_words import guarantee_words
from web.pages.loans import method_words
from web.pages.moments import now
from web.pages.shell import is_staff

blueprint = Blueprint("products", __name__, url_prefix="/products")


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everything on offer today."""
    found = current_products(reading(), now().date())
    return render_template(
        "products/index.html",
        products=[_view(product) for product in found],
        may_propose=may_propose(reading(), actor()),
    )


@blueprint.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    """One product with its versions; while it is on offer, what would be repaid for what the address asks."""
    today = now().date()
    on_offer = current_product(reading(), code, today)
    product = on_offer or latest_product(reading(), code) or abort(404)
    asked = {name: wanted(name, 20) for name in ("amount", "months", "method")}
    advice, errors = _advice(product, asked) if on_offer is not None else (None, {})
    return render_template(
        "products/show.html",
        product=_view(product),
        on_offer=on_offer is not None,
        versions=[(row, _standing(row, on_offer, today)) for row in product_versions(reading(), code)],
        may_propose=may_propose(reading(), actor()),
        waiting=waiting_proposal(reading(), code),
        asked=asked,
        advice=advice,
        errors=errors,
        rows=advice.schedule.rows if advice else (),
        method_options=[
            (key, words) for key, words in method_words().items() if key in product.offered("repayment_method")
        ],
    )


def _standing(row: Product, on_offer: Product | None, today: dt.date) -> str:
    """Whether a version is on offer today, will be, or was: `now`, `coming`, `over`."""
    if on_offer is not None and row.id == on_offer.id:
        return "now"
    return "coming" if row.valid_from > today else "over"


def _advice(product: Product, asked: dict[str, str | None]) -> tuple[Advice | None, dict[str, str]]:
    if not any(asked.values()):
        return None, {}
    errors: dict[str, str] = {}
    try:
        amount = Decimal((asked["amount"] or "").replace(",", ""))
    except InvalidOperation:
        amount = Decimal(0)
    months = int(asked["months"]) if (asked["months"] or "").isascii() and (asked["months"] or "").isdigit() else 0
    method = asked["method"] if asked["method"] in method_words() else "equal_installment"
    if not amount.is_finite() or not 0 < amount < LIMIT or amount != round(amount, 2):
        errors["amount"] = gettext("写成金额，如 120000 或 120,000.00。")
    if not months:
        errors["months"] = gettext("写整月数，如 24。")
    if errors:
        return None, errors
    try:
        return advise(product, amount, months, str(method), now().date(), house().calendar), {}
    except Invalid as invalid:
        field = "months" if "term_months" in invalid.errors else "amount"
        return None, {field: gettext("这个数不能试算。")}


def _view(product: Product) -> dict[str, Any]:
    kinds = {"person": gettext("个人"), "company": gettext("企业")}
    methods, guarantees = method_words(), guarantee_words()

    def said(topic: str, words: dict[str, str]) -> list[str]:
        offered = product.offered(topic)
        return [text for value, text in words.items() if value in offered]

    return {
        "row": product,
        "title": product.title_en if language() == "en" else product.title_zh,
        "customers": said("customer_kind", kinds),
        "methods": said("repayment_method", methods),
        "guarantees": said("guarantee_kind", guarantees),
    }
