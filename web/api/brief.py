"""The main facts of a case, as its package names them, for those who decide (INV-8)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.values import to_json
from web.api.base import ApiBlueprint
from web.context import actor, reading
from web.pages.brief import Brief
from web.pages.case_view import CaseView
from web.viewing import visible_case

blueprint = ApiBlueprint("brief_api", __name__, "Main facts of a case")


class BriefFactSchema(ma.Schema):
    """A process variable; `label` and `words` in the caller's language."""

    name = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    words = ma.fields.String(required=True)
    value = ma.fields.Raw(required=True, allow_none=True)


class BriefTableSchema(ma.Schema):
    """A list among the facts: heads, and rows of texts."""

    title = ma.fields.String(required=True)
    heads = ma.fields.List(ma.fields.String(), required=True)
    rows = ma.fields.List(ma.fields.List(ma.fields.String()), required=True)


class BriefSectionSchema(ma.Schema):
    """A part of the main facts."""

    title = ma.fields.String(required=True)
    facts = ma.fields.List(ma.fields.Nested(BriefFactSchema), required=True)
    tables = ma.fields.List(ma.fields.Nested(BriefTableSchema), required=True)


class BriefDifferenceSchema(ma.Schema):
    """What both reports do not say alike."""

    section = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    a = ma.fields.String(required=True)
    b = ma.fields.String(required=True)


class BriefOpinionSchema(ma.Schema):
    """What somebody held at a stage: `for`, `against` or `more`."""

    stage = ma.fields.String(required=True)
    who = ma.fields.String(required=True)
    view = ma.fields.String(required=True)
    reasons = ma.fields.String(required=True)


class BriefSchema(ma.Schema):
    """The main facts; `sealed` while a report is not open to the caller yet."""

    sections = ma.fields.List(ma.fields.Nested(BriefSectionSchema), required=True)
    opinions = ma.fields.List(ma.fields.Nested(BriefOpinionSchema), required=True)
    differences = ma.fields.List(ma.fields.Nested(BriefDifferenceSchema), required=True)
    sealed = ma.fields.Boolean(required=True)


@blueprint.route("/instances/<uuid:instance_id>/brief")
@blueprint.response(200, BriefSchema)
def get_brief(instance_id: uuid.UUID) -> dict[str, Any]:
    """Shows the main facts; 404 where the package names none. Exposure: `GET /customers/{number}/exposure`."""
    case = CaseView(visible_case(reading(), actor(), instance_id))
    if not case.has_brief:
        raise NotFound("The package of this case names no main facts.")
    brief = Brief(case)
    return {
        "sections": [
            {
                "title": section.title,
                "facts": [
                    {
                        "name": fact["name"],
                        "label": fact["label"],
                        "words": fact["value"],
                        "value": to_json(fact["held"]),
                    }
                    for fact in section.facts
                ],
                "tables": section.tables,
            }
            for section in brief.sections
        ],
        "opinions": brief.opinions,
        "differences": [
            {"section": part["title"], "label": row["label"], "a": row["a"], "b": row["b"]}
            for pair in brief.pairs
            if pair["rows"]
            for part in pair["sections"]
            for row in part["rows"]
            if row["told"]
        ],
        "sealed": brief.sealed,
    }
