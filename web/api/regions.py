"""For which places people are responsible, so that investigations go to whoever is near (INV-1)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from models.queries.authority import BY_PERSON
from models.queries.investigators import regions_of
from operations import regions
from web.api.base import ApiBlueprint
from web.api.fields import PagingSchema, page_schema
from web.api.lists import page_of
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, reading

blueprint = ApiBlueprint("regions", __name__, "Places that people look after")


class RegionsSchema(ma.Schema):
    """A person's places, as they stand in addresses."""

    person = ma.fields.String(required=True)
    regions = ma.fields.List(ma.fields.String(), required=True)


class RegionsGivenSchema(ma.Schema):
    """The places from now on; with `before`, only when they are still these."""

    class Meta:
        unknown = ma.RAISE

    regions = ma.fields.List(ma.fields.String(), required=True)
    before = ma.fields.List(ma.fields.String(), load_default=None, allow_none=True)


@blueprint.get("/regions")
@blueprint.query(PagingSchema)
@blueprint.response(200, page_schema(RegionsSchema, "RegionsPage"))
def index(query: dict[str, Any]) -> Any:
    """Everybody's places: administrators and auditors of the house, a department manager of the unit and below."""
    require_role(actor(), *sorted(regions.READERS))
    page = page_of(regions.overseen(actor()), BY_PERSON, query)
    found = regions_of(reading(), [person.name for person in page.items])
    items = [{"person": person.name, "regions": found.get(person.name, [])} for person in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@blueprint.post("/people/<name>/regions")
@blueprint.body(RegionsGivenSchema)
@blueprint.response(200, RegionsSchema)
@writes(RegionsSchema())
def give(step: Any, who: Any, given: dict[str, Any], name: str) -> Any:
    """Sets a person's places: an administrator, or the department manager above; 409 when `before` does not hold."""
    return {"person": name, "regions": regions.give(step, who, name, given["regions"], given["before"])}
