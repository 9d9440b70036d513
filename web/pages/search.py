"""One search for everything that has a number or a name: grouped by kind, a few of each, what was asked for marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.applications import Application
from models.cases import Instance
from web.context import actor, house, reading
from web.customer_rights import masked
from web.pages.addresses import wanted
from web.pages.customers import kind_words
from web.pages.moments import money, size
from web.pages.task_rows import amount_of, case_number, subject_of
from web.pages.vocabulary import Vocabulary
from web.registers.care_words import complaint_states, prospect_states
from web.searching import Group, found

blueprint = Blueprint("search", __name__)

_MOST = 10


@blueprint.get("/search")
@login_required
def everywhere() -> ResponseReturnValue:
    """What fits the words, of what I may see."""
    words = wanted("q") or ""
    groups = found(reading(), actor(), words, _MOST) if words else []
    return render_template("search/index.html", words=words, groups=[_drawn(group, words) for group in groups])


def _drawn(group: Group, words: str) -> dict[str, Any]:
    """A group as the page shows it: each item with title, number, what stands beside it, and where it leads."""
    heads = {
        "customer": (gettext("客户"), "users", url_for("customers.index", q=words)),
        "case": (gettext("案件"), "case", url_for("cases.index", q=words)),
        "loan": (gettext("贷款"), "loan", None),
        "prospect": (gettext("潜在客户"), "userplus", None),
        "complaint": (gettext("投诉"), "chat", None),
        "contract": (gettext("合同"), "book", None),
        "title": (gettext("权证"), "shield", None),
        "document": (gettext("文件"), "clip", None),
        "volume": (gettext("档案"), "file", url_for("archive.index", q=words)),
    }
    label, icon, everything = heads[group.kind]
    cases = _cases_of(group)
    return {
        "kind": group.kind,
        "label": label,
        "icon": icon,
        "items": [_ITEMS[group.kind](item, cases) for item in group.items],
        "more": group.more,
        "everything": everything if group.more else None,
    }


def _cases_of(group: Group) -> dict[Any, Instance]:
    """The cases that documents, contracts and titles belong to, by their id and by their application's."""
    if group.kind == "document":
        ids = [item.instance_id for item in group.items]
        return {case.id: case for case in reading().scalars(sa.select(Instance).where(Instance.id.in_(ids)))}
    if group.kind in ("contract", "title"):
        ids = [item.application_id for item in group.items]
        query = sa.select(Application.id, Instance).join(Instance, Instance.id == Application.instance_id)
        return {row[0]: row[1] for row in reading().execute(query.where(Application.id.in_(ids)))}
    return {}


def _item(title: str, number: str | None, note: str, url: str) -> dict[str, Any]:
    return {"title": title, "number": number, "note": note, "url": url}


def _customer(item: Any, _cases: Any) -> dict[str, Any]:
    note = f"{kind_words()[item.kind]} · {masked(item.id_number)}"
    return _item(item.name, item.number, note, url_for("customers.show", number=item.number))


def _case(item: Any, _cases: Any) -> dict[str, Any]:
    process = Vocabulary(house().definitions.get(reading(), item.definition_id)).process
    amount = amount_of(item.facts)
    told = [process] + ([gettext("%(amount)s 元", amount=money(amount))] if amount is not None else [])
    url = url_for("cases.show", instance_id=item.id)
    return _item(subject_of(item) or process, item.business_key, " · ".join(told), url)


def _loan(item: Any, _cases: Any) -> dict[str, Any]:
    note = gettext("%(amount)s 元", amount=money(item.principal))
    return _item(item.customer.name, item.number, note, url_for("loans.show", number=item.number))


def _contract(item: Any, cases: Any) -> dict[str, Any]:
    kinds = {
        "loan": gettext("借款合同"),
        "guarantee": gettext("保证合同"),
        "mortgage": gettext("抵押合同"),
        "pledge": gettext("质押合同"),
    }
    case = cases[item.application_id]
    title = kinds.get(item.kind, item.kind)
    return _item(title, item.number, subject_of(case) or "", url_for("cases.show", instance_id=case.id))


def _title(item: Any, cases: Any) -> dict[str, Any]:
    case = cases[item.application_id]
    return _item(item.certificate_no, item.number, subject_of(case) or "", url_for("cases.show", instance_id=case.id))


def _document(item: Any, cases: Any) -> dict[str, Any]:
    case = cases[item.instance_id]
    note = f"{case_number(case)} {subject_of(case) or ''} · {size(item.size)}"
    return _item(item.name, None, note, url_for("cases.show", instance_id=case.id, _anchor="documents"))


def _prospect(item: Any, _cases: Any) -> dict[str, Any]:
    note = prospect_states()[item.state]
    return _item(item.name, item.number, note, url_for("prospects.show", number=item.number))


def _complaint(item: Any, _cases: Any) -> dict[str, Any]:
    title = item.complainant or gettext("匿名投诉人")
    url = url_for("cases.show", instance_id=item.instance_id)
    return _item(title, item.number, complaint_states()[item.state], url)


def _volume(item: Any, _cases: Any) -> dict[str, Any]:
    url = url_for("archive.show", number=item.number)
    return _item(item.application.customer.name, item.number, item.location, url)


_ITEMS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "customer": _customer,
    "case": _case,
    "loan": _loan,
    "prospect": _prospect,
    "complaint": _complaint,
    "contract": _contract,
    "title": _title,
    "document": _document,
    "volume": _volume,
}
