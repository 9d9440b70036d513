"""Papers of a case: checklists, documents in versions, taking files in, looking at them, all in one zip (INT-2)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask import Response, abort, current_app, request, send_file
from flask.typing import ResponseReturnValue

from engine.errors import Invalid
from engine.service.actors import Actor
from models.cases import Attachment
from models.papers import OTHER, Document, PaperItem
from models.queries import papers as found
from operations import documents
from operations.documents import Received
from web.api.base import ApiBlueprint
from web.api.fields import Moment
from web.api.writing import writes
from web.bundles import MEDIA_TYPE, enclosed, streamed
from web.context import actor, reading
from web.documents import about, preview_of, sealed_for, sent_files, store, visible_file
from web.security.bodies import takes_files
from web.viewing import require_part, visible_case, visible_task

blueprint = ApiBlueprint("documents", __name__, "Papers of cases")

_MICRO = Decimal(1_000_000)


class PaperItemSchema(ma.Schema):
    """An item of a desk's checklist with its stamp."""

    desk = ma.fields.String(required=True)
    n = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    party = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    whose = ma.fields.String(required=True)
    required = ma.fields.Boolean(required=True)
    needs_original = ma.fields.Boolean(required=True)
    needs_scan = ma.fields.Boolean(required=True)
    valid_days = ma.fields.Integer(required=True, allow_none=True)
    state = ma.fields.String(required=True)
    original_compared = ma.fields.Boolean(required=True)
    number = ma.fields.String(required=True, allow_none=True)
    issued_on = ma.fields.Date(required=True, allow_none=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    checked_by = ma.fields.String(required=True, allow_none=True)
    checked_at = Moment(required=True, allow_none=True)


class CaseDocumentSchema(ma.Schema):
    """A file of a case with what it is; `kind` is null where nobody said so, latitude and longitude are degrees."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)
    element = ma.fields.String(required=True, allow_none=True)
    uploaded_by = ma.fields.String(required=True)
    uploaded_at = Moment(required=True)
    kind = ma.fields.String(required=True, allow_none=True)
    party = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    issued_on = ma.fields.Date(required=True, allow_none=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    taken_at = Moment(required=True, allow_none=True)
    latitude = ma.fields.Decimal(required=True, allow_none=True)
    longitude = ma.fields.Decimal(required=True, allow_none=True)
    place_from = ma.fields.String(required=True, allow_none=True)


class ReceivedSchema(ma.Schema):
    """What became of one file that was sent."""

    name = ma.fields.String(required=True)
    refused = ma.fields.String(required=True, allow_none=True)
    document = ma.fields.Nested(CaseDocumentSchema, required=True, allow_none=True)


class ChecklistSchema(ma.Schema):
    """The checklists of all desks."""

    items = ma.fields.List(ma.fields.Nested(PaperItemSchema), required=True)


class CaseDocumentsSchema(ma.Schema):
    """All documents of a case, the latest first; a case has 500 files at most."""

    items = ma.fields.List(ma.fields.Nested(CaseDocumentSchema), required=True)


class ReceivedListSchema(ma.Schema):
    """What became of each file, in the order sent."""

    items = ma.fields.List(ma.fields.Nested(ReceivedSchema), required=True)


class DocumentQuerySchema(ma.Schema):
    """Which documents."""

    kind = ma.fields.String()
    party = ma.fields.String()


_TEXT = {"type": "string"}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "kind": _TEXT | {"description": "of an item of the case's checklists; `other` if left out"},
                        "party": _TEXT | {"description": "customer number where the item has one"},
                        "issued_on": _TEXT | {"format": "date"},
                        "expires_on": _TEXT | {"format": "date", "description": "else by the checklist's days"},
                        "latitude": _TEXT | {"description": "degrees; where the device was"},
                        "longitude": _TEXT | {"description": "degrees"},
                        "adds": _TEXT | {"description": "1: further pages of the latest version"},
                        "task_id": _TEXT | {"format": "uuid", "description": "the step at which they come"},
                    },
                }
            }
        },
    }
}


@blueprint.route("/instances/<uuid:instance_id>/checklist")
@blueprint.response(200, ChecklistSchema)
def get_checklist(instance_id: uuid.UUID) -> dict[str, Any]:
    """Shows what papers each desk must hold of a case, and what it found of them."""
    visible_case(reading(), actor(), instance_id)
    rows: list[PaperItem] = list(found.of_case(reading(), instance_id))
    return {"items": rows}


@blueprint.route("/instances/<uuid:instance_id>/documents")
@blueprint.query(DocumentQuerySchema)
@blueprint.response(200, CaseDocumentsSchema)
def list_documents(query: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists the documents of a case that I may see, all versions, the latest first."""
    case = visible_case(reading(), actor(), instance_id)
    sealed = sealed_for(reading(), actor(), case)
    pairs = [pair for pair in found.documents_of(reading(), instance_id) if not sealed.hides(pair[0])]
    views = [_view(*pair) for pair in pairs]
    return {"items": [view for view in views if all(view[name] == wanted for name, wanted in query.items())]}


@blueprint.route("/instances/<uuid:instance_id>/documents", methods=["POST"])
@blueprint.doc(**_UPLOAD)
@blueprint.response(201, ReceivedListSchema)
@writes(ReceivedListSchema(), 201)
@takes_files
def upload(step: Any, who: Actor, instance_id: uuid.UUID) -> dict[str, Any]:
    """Takes files in. Those sent together are one version; 422 when every one of them is refused."""
    visible_case(step.session, who, instance_id)
    require_part(step.session, who, instance_id)
    task = _task(step, who, instance_id)
    kind = request.form.get("kind") or OTHER
    received = documents.receive(
        step,
        store(),
        instance_id,
        who,
        sent_files(),
        about(kind, request.form.get("party", ""), request.form),
        task_id=task and task.id,
        element=task and task.element,
    )
    if not any(item.document for item in received):
        raise Invalid("no file was taken in", {"file": [item.refused for item in received]})
    return {"items": [_received(step, item) for item in received]}


@blueprint.route("/instances/<uuid:instance_id>/documents/bundle")
@blueprint.response(200, content_type=MEDIA_TYPE)
def bundle(instance_id: uuid.UUID) -> Response:
    """All documents that I may see in one zip, in the order of the checklists, with their list."""
    case = visible_case(reading(), actor(), instance_id)
    files = enclosed(reading(), actor(), case)
    return current_app.response_class(streamed(store(), files), mimetype=MEDIA_TYPE)


@blueprint.route("/documents/<int:attachment_id>/content")
@blueprint.response(200, content_type="application/octet-stream")
def download(attachment_id: int) -> ResponseReturnValue:
    """The file as it was sent."""
    file, _case = visible_file(reading(), actor(), attachment_id)
    try:
        opened = store().open(file.stored_as)
    except FileNotFoundError:
        abort(404)
    response = send_file(
        opened, mimetype="application/octet-stream", as_attachment=True, download_name=file.name, etag=False
    )
    response.content_length = file.size
    return response


@blueprint.route("/documents/<int:attachment_id>/preview")
@blueprint.response(200, content_type="image/jpeg")
def preview(attachment_id: int) -> Response:
    """A rendition of an image as JPEG, or the PDF; 404 for other files."""
    file, _case = visible_file(reading(), actor(), attachment_id)
    return preview_of(file)


def _task(step: Any, who: Actor, instance_id: uuid.UUID) -> Any:
    """The step of the case that the form names, if it names one. Raises `Invalid`."""
    named = request.form.get("task_id")
    if not named:
        return None
    try:
        task = visible_task(step.session, who, uuid.UUID(named))
    except ValueError:
        raise Invalid("task_id is no id", {"task_id": ["Not a valid UUID."]}) from None
    if task.instance_id != instance_id:
        raise Invalid("the task is of another case", {"task_id": ["is of another case"]})
    return task


def _received(step: Any, item: Received) -> dict[str, Any]:
    file = step.session.get(Attachment, item.document.attachment_id) if item.document is not None else None
    return {
        "name": item.name,
        "refused": item.refused or None,
        "document": None if file is None else _view(file, item.document),
    }


def _view(file: Attachment, document: Document | None) -> dict[str, Any]:
    names = ("kind", "party", "version", "issued_on", "expires_on", "taken_at", "place_from")
    return {
        "id": file.id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "element": file.element,
        "uploaded_by": file.person,
        "uploaded_at": file.attached_at,
        **{name: getattr(document, name, None) for name in names},
        "latitude": _degrees(document and document.latitude),
        "longitude": _degrees(document and document.longitude),
    }


def _degrees(micro: int | None) -> Decimal | None:
    return None if micro is None else micro / _MICRO
