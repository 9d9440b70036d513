"""Posts that change hands 岗位交接 (GOV-5): which, what was listed and what became of it, on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import NotFound
from models.cases import Instance
from models.handovers import Handover, HandoverItem
from models.queries import case_file, handovers, staff
from models.queries.paging import BadCursor, fetch_page
from operations.printing import pdf
from web.context import actor, house, reading
from web.handovers import visible_handover, visible_handovers
from web.language import language
from web.pages.addresses import here, wanted
from web.pages.history import rule_name
from web.pages.moments import local
from web.pages.vocabulary import Vocabulary

blueprint = Blueprint("handovers", __name__)

_PAGE = 50


@blueprint.get("/handovers")
@login_required
def index() -> ResponseReturnValue:
    """The handovers that concern me, the latest first."""
    try:
        page = fetch_page(reading(), visible_handovers(actor()), handovers.LATEST_FIRST, wanted("cursor", 500), _PAGE)
    except BadCursor:
        abort(400)
    return render_template(
        "handovers/index.html",
        rows=page.items,
        titles=_titles(*page.items),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/handovers/<number>")
@login_required
def show(number: str) -> ResponseReturnValue:
    """One handover: the three, the list, who has signed."""
    return render_template("handovers/show.html", **_told(number))


@blueprint.get("/handovers/<number>/print")
@login_required
def paper(number: str) -> ResponseReturnValue:
    """The report of the handover on paper, for the three to sign."""
    told = _told(number)
    row, titles = told["row"], told["titles"]
    kinds, states, title_of = told["kinds"], told["states"], told["title_of"]
    made = pdf(
        "document",
        {
            "title": gettext("岗位交接书"),
            "language": language(),
            "institution": staff.institution(reading()) or "",
            "number": row.number,
            "parts": [
                {
                    "kind": "facts",
                    "rows": [
                        [gettext("交出人"), titles[row.leaver]],
                        [gettext("接收人"), titles[row.receiver]],
                        [gettext("监交人"), titles[row.supervisor]],
                        [gettext("变动原因"), row.reason],
                        [gettext("列清单时间"), f"{local(row.listed_at):%Y-%m-%d %H:%M}"],
                    ],
                },
                {
                    "kind": "list",
                    "columns": [
                        [gettext("类别"), 2, "left"],
                        [gettext("编号"), 3, "left"],
                        [gettext("事项"), 5, "left"],
                        [gettext("结果"), 3, "left"],
                    ],
                    "rows": [
                        [kinds[item.kind], item.reference, title_of(item), states[item.state] + _why(item)]
                        for item in row.items
                    ],
                },
                {"kind": "signatures", "labels": [gettext("交出人"), gettext("接收人"), gettext("监交人")]},
            ],
        },
    )
    name = f"{gettext('岗位交接书')}-{row.number}.pdf"
    return send_file(io.BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


def _told(number: str) -> dict[str, Any]:
    row = visible_handover(reading(), actor(), number)
    # The three may read the list before the case asks them to sign.
    instance = reading().get_one(Instance, row.instance_id)
    words = Vocabulary(house().definitions.get(reading(), instance.definition_id))
    signed = [
        {"step": words.element(one.element), "person": one.person, "at": one.signed_at}
        for one in case_file.signatures(reading(), row.instance_id)
    ]
    return {
        "row": row,
        "title_of": _title_of(row),
        "titles": _titles(row) | staff.titles_of(reading(), (one["person"] for one in signed)),
        "signed": signed,
        "kinds": {
            "task": gettext("待办任务"),
            "case": gettext("经办案件"),
            "loan": gettext("在管贷款"),
            "condition": gettext("待落实条件"),
            "meeting": gettext("会议"),
            "prospect": gettext("跟进客户"),
            "volume": gettext("借出档案"),
        },
        "states": {
            "listed": gettext("待移交"),
            "moved": gettext("已移交"),
            "returned": gettext("交回岗位"),
            "left": gettext("留在原处"),
            "gone": gettext("已办完"),
        },
        "rule_name": rule_name,
    }


def _title_of(row: Handover) -> Callable[[HandoverItem], str]:
    """What an item is called in the reader's language: steps and processes as their packages call them."""
    definitions = handovers.definitions_of(reading(), row)

    @cache
    def words(definition_id: int) -> Vocabulary:
        return Vocabulary(house().definitions.get(reading(), definition_id))

    @cache
    def process(key: str) -> str:
        try:
            return Vocabulary(house().definitions.find(reading(), key)).process
        except NotFound:
            return key

    def title(item: HandoverItem) -> str:
        if item.kind == "case":
            return process(item.title)
        known = definitions.get(item.task_id) if item.task_id else None
        return item.title if known is None else words(known).text(item.title)

    return title


def _why(item: Any) -> str:
    return f"（{rule_name(item.why)}）" if item.why else ""


def _titles(*rows: Handover) -> dict[str, str]:
    return staff.titles_of(reading(), (name for row in rows for name in (row.leaver, row.receiver, row.supervisor)))
