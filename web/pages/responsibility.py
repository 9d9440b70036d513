"""The responsibility report of a case 责任报告: who is direct for each duty, who next in line; confirmed losses."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.cases import Instance
from models.queries import staff
from operations.printing import pdf
from operations.responsibility import report
from web.context import actor, reading
from web.language import language
from web.pages.case_view import CaseView
from web.pages.moments import local, now
from web.responsibility import require_reader
from web.viewing import visible_case

blueprint = Blueprint("responsibility", __name__)


@blueprint.get("/cases/<uuid:instance_id>/responsibility")
@login_required
def show(instance_id: uuid.UUID) -> ResponseReturnValue:
    """Who answers for what in a case."""
    case, told = _report(instance_id)
    return render_template("cases/responsibility.html", case=case, **told)


@blueprint.get("/cases/<uuid:instance_id>/responsibility.pdf")
@login_required
def paper(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The same on paper."""
    case, told = _report(instance_id)
    name = f"{gettext('责任报告')}-{case.number}.pdf"
    made = pdf("document", _document(case, told))
    return send_file(io.BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


def _report(instance_id: uuid.UUID) -> tuple[CaseView, dict[str, Any]]:
    instance: Instance = visible_case(reading(), actor(), instance_id)
    require_reader(actor())
    told = report(reading(), instance.id)
    names = {name for line in told["lines"] for name in (*line["direct"], *line["indirect"], line["power_of"])}
    names |= {one["person"] for loss in told["losses"] for one in loss["shares"]}
    names |= {loss[key] for loss in told["losses"] for key in ("proposed_by", "confirmed_by")}
    return CaseView(instance), {**told, "titles": staff.titles_of(reading(), names)}


def _document(case: CaseView, told: dict[str, Any]) -> dict[str, Any]:
    titles, step = told["titles"], case.words.element

    def people(names: list[str]) -> str:
        return gettext("、").join(titles[name] for name in names) or "—"

    lines = [
        [
            step(line["element"]),
            " ".join(line["duties"]),
            people(line["direct"]),
            f"{local(line['signed_at']):%Y-%m-%d %H:%M}",
            line["facts_hash"][:12],
            people(line["indirect"]),
        ]
        for line in told["lines"]
    ]
    parts: list[dict[str, Any]] = [
        {"kind": "facts", "rows": [[gettext("案件号"), case.number], [gettext("客户名称"), case.subject or "—"]]},
        {"kind": "section", "text": gettext("各环节责任")},
        {
            "kind": "list",
            "columns": [
                [gettext("步骤"), 3, "left"],
                [gettext("职责"), 3, "left"],
                [gettext("直接责任"), 2, "left"],
                [gettext("签名时间"), 3, "left"],
                [gettext("指纹"), 2, "left"],
                [gettext("间接责任"), 2, "left"],
            ],
            "rows": lines,
        },
    ]
    kinds = {"direct": gettext("直接责任"), "indirect": gettext("间接责任")}
    for loss in told["losses"]:
        parts += [
            {"kind": "section", "text": gettext("损失认定")},
            {
                "kind": "facts",
                "rows": [
                    [gettext("损失金额（元）"), loss["amount"]],
                    [gettext("事实与证据"), loss["grounds"]],
                    [gettext("提出"), titles[loss["proposed_by"]]],
                    [gettext("认定"), f"{titles[loss['confirmed_by']]} {local(loss['confirmed_at']):%Y-%m-%d}"],
                ],
            },
            {
                "kind": "list",
                "columns": [
                    [gettext("责任人"), 2, "left"],
                    [gettext("责任"), 2, "left"],
                    [gettext("职责"), 3, "left"],
                    [gettext("分担（元）"), 2, "right"],
                ],
                "rows": [
                    [titles[one["person"]], kinds[one["kind"]], " ".join(one["duties"]), one["amount"]]
                    for one in loss["shares"]
                ],
            },
        ]
    return {
        "title": gettext("责任报告"),
        "language": language(),
        "number": case.number,
        "institution": staff.institution(reading()) or "",
        "date": f"{now():%Y-%m-%d}",
        "parts": [*parts, {"kind": "signatures", "labels": [gettext("内审")]}],
    }
