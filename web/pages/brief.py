"""The main facts of a case on one page and on paper, as its package names them, for those who decide (INV-8)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from models.queries import staff
from operations.printing import pdf
from web.context import actor, reading
from web.language import language
from web.pages.case_view import CaseView
from web.pages.moments import local, money, now
from web.pages.vocabulary import FieldWords
from web.viewing import visible_case

blueprint = Blueprint("brief", __name__)


@dataclass(frozen=True)
class Table:
    """A list of things with their fields, as a table: heads, and rows of texts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """A part: facts as name, label and value in words, and the lists among them as tables."""

    title: str
    facts: Sequence[Mapping[str, Any]]
    tables: Sequence[Table]


class Brief:
    """The main facts of a case for one reader. What is sealed for the reader is not among its variables."""

    def __init__(self, case: CaseView) -> None:
        self.case = case
        self._words = case.words

    @cached_property
    def sections(self) -> list[Section]:
        """The parts that the package names, those that hold something."""
        spoken = "en" if language() == "en" else "zh"
        found = []
        for part in self._words.definition.package.manifest.brief:
            facts: list[Mapping[str, Any]] = []
            tables: list[Table] = []
            for name, like in part.facts.items():
                value = self.case.look.variables.get(name)
                if value in (None, "", []):
                    continue
                known = self._words.fields().get(like or name)
                label = self._words.text(known.label if known is not None else like or name)
                if isinstance(value, list) and isinstance(value[0], dict):
                    tables.append(self._table(label, value, known))
                else:
                    said = self._words.member(known, value)
                    facts.append({"name": name, "label": label, "value": said, "held": value, "lang": _spoken(value)})
            if facts or tables:
                found.append(Section(part.title.get(spoken) or next(iter(part.title.values())), facts, tables))
        return found

    def _table(self, title: str, rows: list[dict[str, Any]], known: FieldWords | None) -> Table:
        """The rows, by those of their fields that the form has a name for and that any of them fills."""
        members = known.members if known is not None else {}
        filled = [name for name in members if any(row.get(name) not in (None, "") for row in rows)]
        heads = [self._words.text(members[name].label) or name for name in filled]
        return Table(
            title, heads, [[self._words.member(members[name], row.get(name)) for name in filled] for row in rows]
        )

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Both reports, or that they are sealed yet."""
        return self.case.pairs

    @property
    def sealed(self) -> bool:
        """Whether a report is not open to the reader yet. Votes, which seal themselves, are no reports."""
        elements = self._words.definition.elements
        return any(
            item.sealed and item.element not in elements[item.element].human.sealed_until for item in self.case.given
        )

    @property
    def opinions(self) -> list[dict[str, Any]]:
        """What was held at each stage, once no report is sealed any more."""
        return [] if self.sealed else self.case.chain


def brief_of(instance_id: uuid.UUID) -> Brief:
    """The main facts of a case that the reader may see, or 404 where its package names none."""
    case = CaseView(visible_case(reading(), actor(), instance_id))
    if not case.has_brief:
        abort(404)
    return Brief(case)


@blueprint.get("/cases/<uuid:instance_id>/brief")
@login_required
def show(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The main facts."""
    brief = brief_of(instance_id)
    return render_template("cases/brief.html", brief=brief, case=brief.case)


@blueprint.get("/cases/<uuid:instance_id>/brief.pdf")
@login_required
def paper(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The same on paper."""
    brief = brief_of(instance_id)
    made = pdf("document", _document(brief))
    name = f"{gettext('主要情况')}-{brief.case.number}.pdf"
    return send_file(io.BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


def _spoken(value: Any) -> str | None:
    return "zh" if isinstance(value, str) else None


def _document(brief: Brief) -> dict[str, Any]:
    case = brief.case
    parts: list[dict[str, Any]] = [
        {"kind": "facts", "rows": [[gettext("案件号"), case.number], [gettext("客户名称"), case.subject or "—"]]}
    ]
    for section in brief.sections:
        parts.append({"kind": "section", "text": section.title})
        if section.facts:
            parts.append({"kind": "facts", "rows": [[fact["label"], fact["value"]] for fact in section.facts]})
        for table in section.tables:
            parts.append({"kind": "text", "paragraphs": [table.title]})
            for place, row in enumerate(table.rows, start=1):
                # Side by side a thing's fields would not fit on the page.
                filled = [[head, cell] for head, cell in zip(table.heads, row, strict=True) if cell != "—"]
                parts.append({"kind": "facts", "rows": [[gettext("第 %(n)s 项", n=place), ""], *filled]})
    parts += _exposure(brief)
    if brief.opinions:
        parts.append({"kind": "section", "text": gettext("各环节意见")})
        heads = [(gettext("环节"), 2), (gettext("姓名"), 2), (gettext("意见"), 1), (gettext("理由"), 5)]
        rows = [[item["stage"], item["who"], item["words"], item["reasons"]] for item in brief.opinions]
        parts.append({"kind": "list", "columns": [[head, width, "left"] for head, width in heads], "rows": rows})
    for pair in brief.pairs:
        told = [(part["title"], row) for part in pair["sections"] for row in part["rows"] if row["told"]]
        if told:
            parts.append({"kind": "section", "text": gettext("两份报告的差异")})
            names = [gettext("项目"), pair["a"].who, pair["b"].who, gettext("差异")]
            columns = [[name, width, "left"] for name, width in zip(names, (3, 4, 4, 2), strict=True)]
            rows = [[f"{title} · {row['label']}", row["a"], row["b"], row["gap"]] for title, row in told]
            parts.append({"kind": "list", "columns": columns, "rows": rows})
    return {
        "title": gettext("贷款主要情况"),
        "language": language(),
        "number": case.number,
        "institution": staff.institution(reading()) or "",
        "foot": gettext("%(name)s %(when)s 打印", name=actor().name, when=f"{local(now()):%Y-%m-%d %H:%M}"),
        "parts": parts,
    }


def _exposure(brief: Brief) -> list[dict[str, Any]]:
    exposure = brief.case.related.exposure
    if exposure is None:
        return []
    most = exposure.figures
    rows = [
        [gettext("本户余额与已批未放"), _against(exposure.own, most.single_most)],
        [gettext("关联方合计（%(n)s 户）", n=len(exposure.members)), _against(exposure.group, most.group_most)],
        [gettext("为他人担保"), f"{money(exposure.guaranteed)} {gettext('元')}"],
    ]
    if brief.case.related.circles:
        rows.append([gettext("联保圈"), brief.case.related.circle_words])
    return [{"kind": "section", "text": gettext("授信与关联方")}, {"kind": "facts", "rows": rows}]


def _against(amount: Any, most: Any) -> str:
    limit = "" if most is None else gettext("，限额 %(most)s", most=money(most))
    return f"{money(amount)} {gettext('元')}{limit}"
