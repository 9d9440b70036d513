"""Customers: the list, and one customer with relations, identifications, cases and loans. For people with a role."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.customers import Customer
from models.queries import customer_lists
from models.queries.customers import find_customer
from models.queries.loans import list_loans
from models.queries.paging import BadCursor, fetch_page
from web.context import actor, reading
from web.pages.addresses import here, option, wanted
from web.pages.shell import is_staff
from web.pages.task_rows import case_number, subject_of
from web.viewing import viewer_of

blueprint = Blueprint("customers", __name__, url_prefix="/customers")

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Customers, the newest first."""
    kind = wanted("kind")
    selected = customer_lists.customers(
        words=wanted("q"), kind=kind if kind in kind_words() else None, blocked=wanted("blocked") == "1"
    )
    try:
        page = fetch_page(reading(), selected, customer_lists.NEWEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "customers/index.html",
        customers=page.items,
        kinds=[option(words, "kind", kind) for kind, words in kind_words().items()],
        kind_words=kind_words(),
        masked=masked,
        clear=here(kind=None),
        blocked={
            "label": gettext("受限客户"),
            "on": wanted("blocked") == "1",
            "url": here(blocked=None if wanted("blocked") else 1),
        },
        narrowed=any(wanted(name) for name in ("q", "kind", "blocked")),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/<number>")
def show(number: str) -> ResponseReturnValue:
    """One customer."""
    customer = find_customer(reading(), number)
    if customer is None:
        abort(404)
    viewer = viewer_of(reading(), actor())
    loans = list_loans(reading(), None if viewer.reads_everything else viewer.unit_path, customer=number)
    cases = customer_lists.cases_of(reading(), viewer, customer)
    return render_template(
        "customers/show.html",
        customer=customer,
        kind_words=kind_words(),
        id_kind=_id_kind_words().get(customer.id_kind, customer.id_kind),
        relations=[_relation(*found) for found in customer_lists.relations(reading(), customer)],
        checks=customer_lists.checks(reading(), customer),
        loans=loans.items,
        cases=[{"case": item, "number": case_number(item), "subject": subject_of(item)} for item in cases],
    )


def masked(id_number: str) -> str:
    """An identity number for lists: beginning and end are enough to tell people apart."""
    return id_number if len(id_number) < 8 else f"{id_number[:4]}{'*' * (len(id_number) - 8)}{id_number[-4:]}"


def kind_words() -> dict[str, str]:
    """What kinds of customers there are."""
    return {"person": gettext("个人"), "company": gettext("企业")}


def _id_kind_words() -> dict[str, str]:
    return {
        "resident_id": gettext("居民身份证"),
        "passport": gettext("护照"),
        "credit_code": gettext("统一社会信用代码"),
    }


def _relation(relation: Any, other: Customer, is_subject: bool) -> dict[str, Any]:
    kinds = {
        "family": gettext("家庭成员"),
        "spouse": gettext("配偶"),
        "shareholder": gettext("股东"),
        "beneficial_owner": gettext("受益所有人"),
        "legal_representative": gettext("法定代表人"),
        "guarantor_of": gettext("保证人"),
        "affiliate": gettext("关联方"),
    }
    kind = kinds.get(relation.kind, relation.kind)
    words = gettext("是对方的%(kind)s", kind=kind) if is_subject else gettext("对方是其%(kind)s", kind=kind)
    return {"other": other, "words": words, "share": relation.share}
