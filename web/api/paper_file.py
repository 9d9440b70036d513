"""The paper file of a case: who holds it, who held it before, confirming that it has come (FND-3)."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from models.papers import PaperFileMove
from models.queries import papers
from operations import paper_file
from web.api.base import ApiBlueprint
from web.api.fields import Moment
from web.api.writing import writes
from web.context import actor, reading
from web.viewing import visible_case

blueprint = ApiBlueprint("paper_file", __name__, "Paper files")


class PaperFileMoveSchema(ma.Schema):
    """One who holds or held the file; `element` is the step at which it came, if at one."""

    holder = ma.fields.String(required=True)
    element = ma.fields.String(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    received_at = Moment(required=True)


class PaperFileSchema(ma.Schema):
    """Who holds it now (null before the first confirmed it), and all who did, the latest first; at most 100."""

    holder = ma.fields.String(required=True, allow_none=True)
    since = Moment(required=True, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(PaperFileMoveSchema), required=True)


class ConfirmPaperFileSchema(ma.Schema):
    """Where it lies, or whatever is to be remembered of it."""

    note = ma.fields.String(load_default="", validate=ma.validate.Length(max=paper_file.LONGEST_NOTE))


@blueprint.route("/instances/<uuid:instance_id>/paper-file")
@blueprint.response(200, PaperFileSchema)
def get_paper_file(instance_id: uuid.UUID) -> dict[str, Any]:
    """Shows who holds the paper file of a case."""
    visible_case(reading(), actor(), instance_id)
    return _view(papers.paper_file_moves(reading(), instance_id))


@blueprint.route("/instances/<uuid:instance_id>/paper-file", methods=["POST"])
@blueprint.body(ConfirmPaperFileSchema)
@blueprint.response(201, PaperFileSchema)
@writes(PaperFileSchema(), 201)
def confirm_paper_file(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """I confirm that the paper file has come to me. For whoever has or could do an open step; 409 if I hold it."""
    visible_case(step.session, who, instance_id)
    paper_file.confirm(step, instance_id, who, body["note"])
    return _view(papers.paper_file_moves(step.session, instance_id))


def _view(moves: Any) -> dict[str, Any]:
    latest: PaperFileMove | None = moves[0] if moves else None
    return {
        "holder": latest and latest.holder,
        "since": latest and latest.received_at,
        "items": list(moves),
    }
