"""Papers of securities that end: insurance, valuations, registrations over REST (LEG-4)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort

from engine.errors import NotFound
from engine.service.actors import Actor
from models.queries import securities
from models.queries.paging import BadCursor
from models.security_papers import SecurityPaper
from operations.contracting import security_desk
from web.api.base import ApiBlueprint
from web.api.fields import Money, PagingSchema, page_schema, page_view
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, reading

blueprint = ApiBlueprint("securities", __name__, "Papers of securities")


class PaperSchema(ma.Schema):
    """A paper of a security that ends; the amount in CNY."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    application = ma.fields.Function(lambda paper: paper.application.number)
    item = ma.fields.String(required=True)
    issuer = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    beneficiary = ma.fields.String(required=True, allow_none=True)
    amount = Money(required=True, allow_none=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(required=True)


class NewPaperSchema(ma.Schema):
    """Insurance or valuation of a security; the amount in CNY."""

    application = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(security_desk.RECORDED))
    item = ma.fields.String(required=True)
    issuer = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    beneficiary = ma.fields.String(load_default=None, allow_none=True)
    amount = Money(load_default=None, allow_none=True)
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(required=True)


class RenewalSchema(ma.Schema):
    """What takes the place of a paper; or, with `renewed` false, the `reason` why nothing does."""

    renewed = ma.fields.Boolean(required=True)
    issuer = ma.fields.String(load_default=None, allow_none=True)
    number = ma.fields.String(load_default=None, allow_none=True)
    amount = Money(load_default=None, allow_none=True)
    valid_from = ma.fields.Date(load_default=None, allow_none=True)
    valid_until = ma.fields.Date(load_default=None, allow_none=True)
    reason = ma.fields.String(load_default=None, allow_none=True)


class PaperQuerySchema(PagingSchema):
    """Which papers."""

    kind = ma.fields.String(validate=ma.validate.OneOf(["insurance", "valuation", "registration"]))
    until = ma.fields.Date(metadata={"description": "those that hold until this day at most"})


PaperPageSchema = page_schema(PaperSchema, "SecurityPaperPage")


@blueprint.route("/security-papers")
@blueprint.query(PaperQuerySchema)
@blueprint.response(200, PaperPageSchema)
def list_papers(query: dict[str, Any]) -> dict[str, Any]:
    """Lists what of securities ends, the first to end first; in one's unit and below."""
    who = actor()
    # A designer deploys processes and has no business with customers.
    require_role(who, *(who.roles - {"designer"}))
    given = {"kind": None, "until": None, "cursor": None, **query}
    try:
        page = securities.holding(reading(), _path(who), **given)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, lambda paper: paper)


@blueprint.route("/security-papers", methods=["POST"])
@blueprint.body(NewPaperSchema)
@blueprint.response(201, PaperSchema)
@writes(PaperSchema(), 201)
def record_paper(step: Any, who: Actor, body: dict[str, Any]) -> SecurityPaper:
    """Records insurance or valuation of a security; needs contract_clerk or account_manager in its unit or above."""
    require_role(who, *sorted(security_desk.WRITERS))
    application = securities.visible_application(step.session, _path(who), body["application"])
    if application is None:
        raise NotFound("There is no such application.")
    return security_desk.record(step.session, application, body, who.name, step.now)


@blueprint.route("/security-papers/<int:paper_id>/renewal", methods=["POST"])
@blueprint.body(RenewalSchema)
@blueprint.response(200, PaperSchema)
@writes(PaperSchema())
def renew_paper(step: Any, who: Actor, body: dict[str, Any], paper_id: int) -> SecurityPaper:
    """Renews what ends, at any time, or ends the watch over it; answers the paper that is watched now, or was."""
    require_role(who, *sorted(security_desk.WRITERS))
    paper = securities.visible_paper(step.session, _path(who), paper_id)
    if paper is None:
        raise NotFound("There is no such paper.")
    today = step.now.astimezone(step.house.calendar.zone).date()
    if body["renewed"]:
        return security_desk.replace(step.session, paper, body, who.name, step.now, today)
    security_desk.end(step.session, paper, body["reason"], today)
    return paper


def _path(who: Actor) -> str | None:
    return None if who.reads_everything else who.unit_path
