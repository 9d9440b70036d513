"""The archive over REST: volumes with their lists and where they went (DIS-4). Lending one is a process."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import marshmallow as ma
from flask import abort, send_file
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from models.archive import ArchiveEntry
from models.queries import archive
from models.queries.paging import BadCursor
from operations.volume_list import volume_list
from web.api.base import ApiBlueprint
from web.api.fields import Moment, PagingSchema, page_schema, page_view
from web.api.loans import reach
from web.context import actor, house, reading

blueprint = ApiBlueprint("archive", __name__, "The archive")


class VolumeSchema(ma.Schema):
    """A volume; `borrower` and `until` while it is lent."""

    number = ma.fields.String(required=True)
    application = ma.fields.String(required=True)
    customer_name = ma.fields.String(required=True)
    location = ma.fields.String(required=True)
    room = ma.fields.String(required=True, allow_none=True)
    shelf = ma.fields.String(required=True, allow_none=True)
    box = ma.fields.String(required=True, allow_none=True)
    bound_on = ma.fields.Date(required=True, allow_none=True)
    holder = ma.fields.String(required=True, allow_none=True)
    registered_at = Moment(required=True)
    borrower = ma.fields.String(required=True, allow_none=True)
    until = ma.fields.Date(required=True, allow_none=True)


class ArchiveLoanSchema(ma.Schema):
    """A volume lent."""

    borrower = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    until = ma.fields.Date(required=True)
    lent_at = Moment(required=True)
    lent_by = ma.fields.String(required=True, allow_none=True)
    returned_at = Moment(required=True, allow_none=True)
    returned_to = ma.fields.String(required=True, allow_none=True)
    condition = ma.fields.String(required=True, allow_none=True)


class ArchiveHandoverSchema(ma.Schema):
    """A volume handed over."""

    handed_by = ma.fields.String(required=True)
    handed_to = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    handed_at = Moment(required=True)
    received_at = Moment(required=True, allow_none=True)
    location = ma.fields.String(required=True, allow_none=True)


class WholeVolumeSchema(VolumeSchema):
    """A volume with its list and its history, the newest first."""

    items = ma.fields.List(ma.fields.String(), required=True)
    loans = ma.fields.List(ma.fields.Nested(ArchiveLoanSchema), required=True)
    handovers = ma.fields.List(ma.fields.Nested(ArchiveHandoverSchema), required=True)


class VolumeQuerySchema(PagingSchema):
    """Which volumes."""

    state = ma.fields.String(validate=ma.validate.OneOf(archive.STATES))
    q = ma.fields.String(
        validate=ma.validate.Length(max=200),
        metadata={"description": "part of number or place; a customer's name; an application's number"},
    )


VolumePageSchema = page_schema(VolumeSchema, "VolumePage")


@blueprint.route("/archive")
@blueprint.query(VolumeQuerySchema)
@blueprint.response(200, VolumePageSchema)
def list_volumes(query: dict[str, Any]) -> dict[str, Any]:
    """Lists volumes, the newest first."""
    zone = house().calendar.zone
    today = house().clock.now().astimezone(zone).date()
    try:
        page = archive.list_volumes(reading(), reach(actor()), today, **query)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, _view)


@blueprint.route("/archive/<number>")
@blueprint.response(200, WholeVolumeSchema)
def get_volume(number: str) -> dict[str, Any]:
    """Shows a volume with its list, its loans and its hand-overs."""
    volume = _visible(number)
    return {
        **_view(volume),
        "items": [item.title for item in volume.items],
        "loans": volume.loans,
        "handovers": volume.handovers,
    }


@blueprint.route("/archive/<number>/list.pdf")
@blueprint.response(200, content_type="application/pdf")
def get_list(number: str) -> ResponseReturnValue:
    """Prints the list that lies in the volume."""
    content = volume_list(reading(), _visible(number))
    return send_file(BytesIO(content), "application/pdf", download_name=f"{number}.pdf", etag=False)


def _visible(number: str) -> ArchiveEntry:
    volume = archive.find_volume(reading(), number, reach(actor()))
    if volume is None:
        raise NotFound("There is no such volume.")
    return volume


def _view(volume: ArchiveEntry) -> dict[str, Any]:
    lent = volume.lent
    return {
        **{name: getattr(volume, name) for name in _PLAIN},
        "application": volume.application.number,
        "customer_name": volume.application.customer.name,
        "borrower": lent.borrower if lent else None,
        "until": lent.until if lent else None,
    }


_PLAIN = ("number", "location", "room", "shelf", "box", "bound_on", "holder", "registered_at")
