"""Registers: which there are, their rows with exact totals, and each as a sheet."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma
from flask import abort, request, send_file
from flask.typing import ResponseReturnValue

from engine.values import to_json
from models.queries.paging import BadCursor
from web.api.base import ApiBlueprint
from web.api.fields import Money, PagingSchema, Whole
from web.context import actor, house, reading
from web.registers import register_for, registers_of
from web.registers.asking import BadCondition, asked
from web.registers.declaring import Conditions, Register
from web.registers.sheets import MIMETYPE
from web.registers.taking import sheet_of

blueprint = ApiBlueprint("registers", __name__, "Registers")


class ColumnSchema(ma.Schema):
    """A column of a register."""

    key = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)


class RegisterSchema(ma.Schema):
    """A register that one may read."""

    key = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    duties = ma.fields.String(required=True)
    columns = ma.fields.List(ma.fields.Nested(ColumnSchema), required=True)


class RegisterListSchema(ma.Schema):
    """All of them."""

    items = ma.fields.List(ma.fields.Nested(RegisterSchema), required=True)


class TotalsSchema(ma.Schema):
    """Over all rows that the conditions leave, not the page alone."""

    rows = ma.fields.Integer(required=True)
    sums = ma.fields.Dict(keys=ma.fields.String(), values=Money(), required=True)


class RegisterPageSchema(ma.Schema):
    """Rows by the keys of the columns; codes, people and units as they are called over REST."""

    items = ma.fields.List(ma.fields.Dict(), required=True)
    next_cursor = ma.fields.String(required=True, allow_none=True)
    totals = ma.fields.Nested(TotalsSchema, required=True)


class ConditionsSchema(ma.Schema):
    """By what a register is narrowed."""

    since = ma.fields.Date(metadata={"description": "from this day on"})
    until = ma.fields.Date(metadata={"description": "until this day, included"})
    unit = Whole(longest=9, metadata={"description": "a unit's number, with all units below it"})
    officer = ma.fields.String(metadata={"description": "a sign-in name"})
    product = ma.fields.String(metadata={"description": "a product's code"})
    state = ma.fields.String()
    customer = ma.fields.String(metadata={"description": "a customer's number"})
    q = ma.fields.String(metadata={"description": "words: numbers, names"})


class RegisterQuerySchema(PagingSchema, ConditionsSchema):
    """Which rows."""


@blueprint.route("/registers")
@blueprint.response(200, RegisterListSchema)
def list_registers() -> dict[str, Any]:
    """Lists the registers that one may read."""
    return {"items": [_view(register) for register in registers_of(actor())]}


@blueprint.route("/registers/<key>")
@blueprint.query(RegisterQuerySchema)
@blueprint.response(200, RegisterPageSchema)
def list_rows(query: dict[str, Any], key: str) -> dict[str, Any]:
    """Lists rows, the newest first."""
    register, conditions, zone = register_for(actor(), key), _conditions(), house().calendar.zone
    try:
        page = register.page(reading(), actor(), conditions, zone, query.get("cursor"), query["limit"])
    except BadCursor as error:
        abort(400, str(error))
    totals = register.totals(reading(), actor(), conditions, zone)
    items = [_row_view(row) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor, "totals": {"rows": totals.rows, "sums": totals.sums}}


@blueprint.route("/registers/<key>/sheet")
@blueprint.query(ConditionsSchema)
@blueprint.response(200, content_type=MIMETYPE)
def get_sheet(_query: dict[str, Any], key: str) -> ResponseReturnValue:
    """Gives all rows as an xlsx file; that it was taken is recorded."""
    register = register_for(actor(), key)
    file = sheet_of(register, actor(), _conditions())
    return send_file(file, MIMETYPE, as_attachment=True, download_name=f"{key}.xlsx")


def _conditions() -> Conditions:
    try:
        return asked(request.args)
    except BadCondition as error:
        abort(400, str(error))


def _view(register: Register) -> dict[str, Any]:
    columns = [{"key": column.key, "title": str(column.title), "kind": column.kind} for column in register.columns]
    return {"key": register.key, "title": str(register.title), "duties": register.duties, "columns": columns}


def _row_view(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, uuid.UUID) else to_json(value) for name, value in row.items()}
