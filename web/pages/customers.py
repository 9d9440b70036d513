"""Customers: the list, and the file of one with all that is known of it. For people with a role (CUS-1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.customer_file import CONTACT_KINDS
from models.customers import Customer
from models.queries import customer_lists, staff
from models.queries.customers import find_customer
from models.queries.loans import list_loans
from models.queries.paging import BadCursor, fetch_page
from operations.exposure import all_circles, exposure_of
from web.context import actor, house, reading
from web.customer_rights import identity_of, is_staff, masked, may_block, may_change
from web.pages import relation_graph
from web.pages.addresses import here, option, wanted
from web.pages.relation_words import relation_kinds
from web.pages.task_rows import case_number, subject_of
from web.registers import registers_of
from web.registers.declaring import Conditions
from web.viewing import viewer_of

blueprint = Blueprint("customers", __name__, url_prefix="/customers")

_PAGE = 50


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff(actor()):
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
        id_kinds=id_kind_words(),
        masked=masked,
        may_change=may_change(reading(), actor()),
        may_block=may_block(reading(), actor()),
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
    """The file of one customer."""
    customer = found(number)
    viewer = viewer_of(reading(), actor())
    loans = list_loans(reading(), None if viewer.reads_everything else viewer.unit_path, customer=number)
    cases = customer_lists.cases_of(reading(), viewer, customer)
    changes = fetch_page(reading(), customer_lists.changes(customer), customer_lists.CHANGES_LAST_FIRST, None, 8)
    return render_template(
        "customers/show.html",
        customer=customer,
        kind_words=kind_words(),
        id_kind=id_kind_words().get(customer.id_kind, customer.id_kind),
        identity=identity_of(reading(), actor(), customer),
        may_change=may_change(reading(), actor()),
        may_block=may_block(reading(), actor()),
        relations=customer_lists.relations(reading(), customer),
        relation_kinds=relation_kinds(),
        drawn=relation_graph.drawing(relation_graph.around(reading(), [customer])),
        exposure=exposure_of(reading(), customer),
        circle_words=all_circles,
        contacts=customer_lists.contacts(reading(), customer),
        contact_kinds=contact_words(),
        statements=customer_lists.statements(reading(), customer),
        ratings=customer_lists.ratings(reading(), customer),
        collateral=customer_lists.collateral_of(reading(), customer),
        collateral_kinds=collateral_words(),
        checks=customer_lists.checks(reading(), customer),
        changes=changes.items,
        more_changes=changes.next_cursor is not None,
        change_words=change_words(),
        said=said,
        figure_words=figure_words(),
        titles=staff.titles_of(reading(), [change.changed_by for change in changes.items]),
        loans=loans.items,
        entries=_entries(number),
        cases=[{"case": item, "number": case_number(item), "subject": subject_of(item)} for item in cases],
    )


def _entries(number: str) -> list[dict[str, Any]]:
    """The registers that I may read in which the customer stands, and how often (CUS-1)."""
    asked, zone = Conditions(customer=number), house().calendar.zone
    found = [
        {
            "title": register.title,
            "rows": register.totals(reading(), actor(), asked, zone).rows,
            "url": url_for("registers.show", key=register.key, customer=number),
        }
        for register in registers_of(actor())
        if register.customer is not None
    ]
    return [entry for entry in found if entry["rows"]]


@blueprint.get("/<number>/changes")
def history(number: str) -> ResponseReturnValue:
    """Every change of a file, the latest first."""
    customer = found(number)
    try:
        selected = customer_lists.changes(customer)
        page = fetch_page(reading(), selected, customer_lists.CHANGES_LAST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "customers/changes.html",
        customer=customer,
        changes=page.items,
        change_words=change_words(),
        said=said,
        titles=staff.titles_of(reading(), [change.changed_by for change in page.items]),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


def found(number: str) -> Customer:
    """The customer, or 404."""
    customer = find_customer(reading(), number)
    if customer is None:
        abort(404)
    return customer


def kind_words() -> dict[str, str]:
    """What kinds of customers there are."""
    return {"person": gettext("个人"), "company": gettext("企业")}


def id_kind_words() -> dict[str, str]:
    """What kinds of identity papers there are."""
    return {
        "resident_id": gettext("居民身份证"),
        "passport": gettext("护照"),
        "credit_code": gettext("统一社会信用代码"),
    }


def contact_words() -> dict[str, str]:
    """What kinds of contacts there are."""
    words = {
        "phone": gettext("电话"),
        "address": gettext("地址"),
        "email": gettext("电子邮箱"),
        "employer": gettext("工作单位"),
        "emergency": gettext("紧急联系人"),
    }
    return {kind: words[kind] for kind in CONTACT_KINDS}


def collateral_words() -> dict[str, str]:
    """What kinds of things secure loans; a kind that a package adds stands under its own name."""
    return {
        "residence": gettext("住宅"),
        "shop": gettext("商铺"),
        "land": gettext("土地使用权"),
        "machinery": gettext("机器设备"),
        "vehicle": gettext("车辆"),
        "deposit": gettext("存单"),
        "receivables": gettext("应收账款"),
        "stock": gettext("存货"),
        "other": gettext("其他"),
    }


def figure_words() -> dict[str, str]:
    """What the figures are called that investigations file; others stand under their own name."""
    return {
        "total_assets": gettext("总资产（元）"),
        "total_debts": gettext("总负债（元）"),
        "gross_income": gettext("营业收入（元）"),
        "annual_income": gettext("年收入（元）"),
        "annual_debt_service": gettext("年还本付息（元）"),
        "debt_ratio": gettext("资产负债率（%）"),
        "service_cover": gettext("偿债覆盖（倍）"),
        "payment_ratio": gettext("收入偿债比（%）"),
        "current_ratio": gettext("流动比率"),
        "quick_ratio": gettext("速动比率"),
        "net_margin": gettext("净利率（%）"),
        "contingent_ratio": gettext("或有负债率（%）"),
    }


def said(text: str | None) -> str | None:
    """What a change says, with kinds of relations and contacts in words."""
    if text is None:
        return None
    code, _, rest = text.partition(" ")
    if code in relation_kinds():
        return f"{relation_kinds()[code]} {rest}"
    kind = code.removesuffix(":")
    return f"{contact_words()[kind]} {rest}" if code != kind and kind in contact_words() else text


def change_words() -> dict[str, Any]:
    """What a change was of."""
    return {
        "opened": gettext("建档"),
        "name": gettext("名称"),
        "phone": gettext("电话"),
        "address": gettext("地址"),
        "relation": gettext("关系"),
        "relation_of": gettext("对方关系"),
        "contact": gettext("联系方式"),
        "blocked": gettext("受限"),
    }
