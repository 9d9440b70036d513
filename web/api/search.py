"""One search over cases, customers, loans, contracts, titles and documents' names."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from web.api.base import ApiBlueprint
from web.api.fields import Whole
from web.context import actor, reading
from web.searching import Group, found

blueprint = ApiBlueprint("search", __name__, "Search")

_MOST = 50


class FoundSchema(ma.Schema):
    """Something found."""

    id = ma.fields.String(required=True, metadata={"description": "as other calls take it: a number, or a case's id"})
    number = ma.fields.String(required=True, allow_none=True)
    title = ma.fields.String(required=True)
    instance_id = ma.fields.UUID(required=True, allow_none=True)


class GroupSchema(ma.Schema):
    """What was found of one kind, the best first."""

    kind = ma.fields.String(required=True)
    items = ma.fields.List(ma.fields.Nested(FoundSchema), required=True)
    more = ma.fields.Boolean(required=True)


class ResultSchema(ma.Schema):
    """The groups with something in them."""

    groups = ma.fields.List(ma.fields.Nested(GroupSchema), required=True)


class SearchQuerySchema(ma.Schema):
    """What is looked for."""

    q = ma.fields.String(required=True, validate=ma.validate.Length(max=200))
    limit = Whole(
        load_default=10, validate=ma.validate.Range(min=1), metadata={"description": "of each kind, at most 50"}
    )


@blueprint.route("/search")
@blueprint.query(SearchQuerySchema)
@blueprint.response(200, ResultSchema)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Finds by any part of a Chinese name, beginnings of words and numbers, exact identity and phone numbers."""
    groups = found(reading(), actor(), query["q"], min(query["limit"], _MOST))
    return {"groups": [{"kind": group.kind, "items": _items(group), "more": group.more} for group in groups]}


def _items(group: Group) -> list[dict[str, Any]]:
    match group.kind:
        case "case":
            rows = [(str(i.id), i.business_key, i.facts.get("customer_name") or "", i.id) for i in group.items]
        case "customer":
            rows = [(i.number, i.number, i.name, None) for i in group.items]
        case "loan":
            rows = [(i.number, i.number, i.customer.name, None) for i in group.items]
        case "document":
            rows = [(str(i.id), None, i.name, i.instance_id) for i in group.items]
        case "prospect":
            rows = [(i.number, i.number, i.name, None) for i in group.items]
        case "complaint":
            rows = [(i.number, i.number, i.complainant or "", i.instance_id) for i in group.items]
        case "volume":
            rows = [(i.number, i.number, i.application.customer.name, None) for i in group.items]
        case "title":
            rows = [(i.number, i.number, i.certificate_no, None) for i in group.items]
        case _:
            rows = [(i.number, i.number, i.kind, None) for i in group.items]
    return [dict(zip(("id", "number", "title", "instance_id"), row, strict=True)) for row in rows]
