"""Templates of contracts over REST: versions, their approval, previews and Word files (LEG-1)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask import request, send_file
from flask.typing import ResponseReturnValue

from engine.errors import Invalid, NotFound
from engine.service.actors import Actor
from models.contract_templates import ContractTemplate, TemplateVersion
from models.queries.contract_templates import all_templates, find_template, find_version, in_force
from operations.contracting import desk
from operations.contracting.word import BadWordTemplate, standard_word
from web.api.base import ApiBlueprint
from web.api.contracts import WORD, ClauseSchema, require_staff, visible_contract
from web.api.fields import Whole
from web.api.writing import writes
from web.context import actor, house, reading
from web.contract_rights import require_template_writer
from web.security.bodies import takes_files

blueprint = ApiBlueprint("contract_templates", __name__, "Templates of contracts")


class TemplateClauseSchema(ma.Schema):
    """A clause of a template."""

    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    when = ma.fields.String(load_default="")
    variable = ma.fields.Boolean(load_default=False)


class PreviewSchema(ma.Schema):
    """Clauses as they are being written, and the number of a contract to fill them from."""

    clauses = ma.fields.List(ma.fields.Nested(TemplateClauseSchema), required=True)
    contract = ma.fields.String(load_default=None, allow_none=True)


class PreviewedSchema(ma.Schema):
    """The clauses as they would stand, and the titles of those whose condition does not hold."""

    clauses = ma.fields.List(ma.fields.Nested(ClauseSchema), required=True)
    left_out = ma.fields.List(ma.fields.String(), required=True)


class TemplateVersionSchema(ma.Schema):
    """A version of a template."""

    n = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True)
    stamp = ma.fields.Function(desk.stamp)
    in_force_from = ma.fields.Date(required=True, allow_none=True)
    written_by = ma.fields.String(required=True, allow_none=True)
    decided_by = ma.fields.String(required=True, allow_none=True)
    remarks = ma.fields.String(required=True, allow_none=True)
    clauses = ma.fields.List(ma.fields.Nested(TemplateClauseSchema), required=True)


class TemplateSchema(ma.Schema):
    """A template; `in_force` is the number of the version that is used today."""

    code = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    products = ma.fields.List(ma.fields.String(), load_default=list)
    guarantee_kinds = ma.fields.List(ma.fields.String(), load_default=list)
    binds = ma.fields.String(load_default="each")
    in_force = ma.fields.Function(lambda template: _number_in_force(template))
    versions = ma.fields.List(ma.fields.Nested(TemplateVersionSchema), dump_only=True)


class TemplateListSchema(ma.Schema):
    """All templates."""

    items = ma.fields.List(ma.fields.Nested(TemplateSchema), required=True)


class WriteVersionSchema(ma.Schema):
    """The clauses of a draft; `stamp` is that of the latest version that was seen, 0 when there is none."""

    stamp = Whole(load_default=0)
    clauses = ma.fields.List(ma.fields.Nested(TemplateClauseSchema), required=True)


class DecisionSchema(ma.Schema):
    """What shall become of a version."""

    do = ma.fields.String(required=True, validate=ma.validate.OneOf(["submit", "approve", "return", "withdraw"]))
    in_force_from = ma.fields.Date(load_default=None, allow_none=True)
    remarks = ma.fields.String(load_default="")


def _number_in_force(template: ContractTemplate) -> int | None:
    today = house().clock.now().astimezone(house().calendar.zone).date()
    held = in_force(template, today)
    return held.n if held is not None else None


@blueprint.route("/contract-templates")
@blueprint.response(200, TemplateListSchema)
def list_templates() -> dict[str, Any]:
    """Lists the templates with their versions."""
    require_staff(actor())
    return {"items": all_templates(reading())}


@blueprint.route("/contract-templates", methods=["POST"])
@blueprint.body(TemplateSchema)
@blueprint.response(201, TemplateSchema)
@writes(TemplateSchema(), 201)
def create_template(step: Any, who: Actor, body: dict[str, Any]) -> ContractTemplate:
    """Makes a template; needs legal_officer at the root unit."""
    require_template_writer(who)
    return desk.create_template(step.session, body.pop("code"), **body)


@blueprint.route("/contract-templates/<code>/versions", methods=["POST"])
@blueprint.body(WriteVersionSchema)
@blueprint.response(201, TemplateVersionSchema)
@writes(TemplateVersionSchema(), 201)
def write_version(step: Any, who: Actor, body: dict[str, Any], code: str) -> TemplateVersion:
    """Writes the draft of a template; needs legal_officer at the root unit."""
    require_template_writer(who)
    template = find_template(step.session, code)
    if template is None:
        raise NotFound("There is no such template.")
    return desk.write_version(step.session, template, body["clauses"], body["stamp"], who.name, step.now)


@blueprint.route("/contract-templates/<code>/preview", methods=["POST"])
@blueprint.body(PreviewSchema)
@blueprint.response(200, PreviewedSchema)
def preview_template(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Shows how clauses would read, with the facts of a contract of the same kind; keeps nothing.

    Needs legal_officer at the root unit.
    """
    require_template_writer(actor())
    template = find_template(reading(), code)
    if template is None:
        raise NotFound("There is no such template.")
    contract = visible_contract(body["contract"]) if body["contract"] else None
    return asdict(desk.preview(template, body["clauses"], contract))


@blueprint.route("/contract-templates/<code>/versions/<int:n>/decision", methods=["POST"])
@blueprint.body(DecisionSchema)
@blueprint.response(200, TemplateVersionSchema)
@writes(TemplateVersionSchema())
def decide(step: Any, who: Actor, body: dict[str, Any], code: str, n: int) -> TemplateVersion:
    """Submits, approves (by another than the author), returns or withdraws a version.

    Needs legal_officer at the root unit.
    """
    require_template_writer(who)
    version = _version_of(step.session, code, n)
    today = step.now.astimezone(step.house.calendar.zone).date()
    since, remarks = body["in_force_from"] or today, body["remarks"]
    changes: dict[str, Callable[[], None]] = {
        "submit": lambda: desk.submit(step.session, version),
        "approve": lambda: desk.approve(step.session, version, since, who.name, step.now, today),
        "return": lambda: desk.give_back(step.session, version, remarks, who.name, step.now),
        "withdraw": lambda: desk.withdraw(step.session, version, remarks, who.name, step.now),
    }
    changes[body["do"]]()
    return version


@blueprint.route("/contract-templates/<code>/versions/<int:n>/word")
@blueprint.response(200, content_type=WORD)
def get_template_word(code: str, n: int) -> ResponseReturnValue:
    """The Word file of a version, or the program's to begin with."""
    require_staff(actor())
    version = _version_of(reading(), code, n)
    content, name = version.word or standard_word(), version.word_name or "contract.docx"
    return send_file(io.BytesIO(content), mimetype=WORD, download_name=name, etag=False)


@blueprint.route("/contract-templates/<code>/versions/<int:n>/word", methods=["POST"])
@blueprint.response(200, TemplateVersionSchema)
@writes(TemplateVersionSchema())
@takes_files
def put_template_word(step: Any, who: Actor, code: str, n: int) -> TemplateVersion:
    """Gives a draft a Word file of the house's own (multipart: field `file`); needs legal_officer at the root unit."""
    require_template_writer(who)
    file = request.files.get("file")
    if file is None:
        raise Invalid("send the Word file in the field file", {"file": ["required"]})
    version = _version_of(step.session, code, n)
    try:
        desk.put_word(step.session, version, file.filename or "", file.stream.read())
    except BadWordTemplate as problem:
        raise Invalid(f"the Word file cannot be a template: {problem}", {"file": [problem.code]}) from problem
    return version


def _version_of(session: Any, code: str, n: int) -> TemplateVersion:
    found = find_version(session, code, n)
    if found is None:
        raise NotFound("There is no such version.")
    return found
