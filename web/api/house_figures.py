"""Figures of the house: groups, limits, recusal, who does what with files; and each change of them (CUS-1, GOV-1)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.service.actors import Actor
from models.customers import RELATION_KINDS
from models.queries import watch_lists
from operations.house_figures import Figures, figures_of
from web import customer_rights
from web.api.base import ApiBlueprint
from web.api.customers import for_staff, page_of
from web.api.fields import Money, PagingSchema, Whole, page_schema
from web.api.writing import writes
from web.context import actor, reading

blueprint = ApiBlueprint("house_figures", __name__, "Figures of the house")
blueprint.before_request(for_staff)


class HouseFiguresSchema(ma.Schema):
    """Shares and limits are fractions; `net_capital` is CNY, null while none is set; roles by code."""

    net_capital = Money(allow_none=True)
    single_limit = ma.fields.Decimal()
    group_limit = ma.fields.Decimal()
    control_share = ma.fields.Decimal()
    beneficial_share = ma.fields.Decimal()
    circle_length = Whole(longest=3)
    recusal_steps = Whole(longest=3)
    control_kinds = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(RELATION_KINDS)))
    recusal_kinds = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(RELATION_KINDS)))
    file_roles = ma.fields.List(ma.fields.String())
    block_roles = ma.fields.List(ma.fields.String())
    identity_roles = ma.fields.List(ma.fields.String())


class HouseFigureChangeSchema(ma.Schema):
    """A change of one figure; `before` is the usual figure where none was set."""

    name = ma.fields.String(required=True)
    before = ma.fields.Raw(required=True, allow_none=True)
    after = ma.fields.Raw(required=True, allow_none=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    changed_by = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/house-figures")
@blueprint.response(200, HouseFiguresSchema)
def get_figures() -> Figures:
    """Shows what holds in the house."""
    _require_reader()
    return figures_of(reading())


@blueprint.route("/house-figures", methods=["POST"])
@blueprint.body(HouseFiguresSchema)
@blueprint.response(200, HouseFiguresSchema)
@writes(HouseFiguresSchema())
def set_some(step: Any, who: Actor, body: dict[str, Any]) -> Figures:
    """Sets the figures that are given: roles as an administrator, others as who may block, both at the root unit."""
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}
    customer_rights.set_house_figures(step, who, given)
    step.session.flush()
    return figures_of(step.session)


@blueprint.route("/house-figures/changes")
@blueprint.query(PagingSchema)
@blueprint.response(200, page_schema(HouseFigureChangeSchema, "HouseFigureChangePage"))
def list_changes(query: dict[str, Any]) -> dict[str, Any]:
    """Lists each change, the latest first."""
    _require_reader()
    page = page_of(watch_lists.figure_changes(), watch_lists.CHANGED_LAST_FIRST, query)
    return {"items": page.items, "next_cursor": page.next_cursor}


def _require_reader() -> None:
    if not customer_rights.may_read_lists(reading(), actor()):
        raise NotFound("There is nothing here.")
