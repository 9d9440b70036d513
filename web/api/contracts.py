"""Contracts and their templates over REST: what the pages do, for programs (LEG-1 to LEG-4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask import abort, request, send_file
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, Invalid, NotFound
from engine.service.actors import Actor
from models.contract_templates import ContractTemplate, TemplateVersion
from models.contracts import Contract, ContractVersion
from models.queries import contracts as contract_lists
from models.queries import staff
from models.queries.contract_templates import all_templates, find_template, find_version, in_force
from models.queries.paging import BadCursor
from operations.contracting import desk, papers
from operations.contracting.keeping import keep_contract
from operations.contracting.word import BadWordTemplate, standard_word
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, Whole, page_schema, page_view
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, house, reading
from web.contract_rights import require_template_writer
from web.documents import store
from web.pages.shell import institution_name
from web.security.bodies import takes_files
from web.viewing import viewer_of

blueprint = ApiBlueprint("contracts", __name__, "Contracts and their templates")

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ANYBODY_BUT = {"designer"}


class ClauseSchema(ma.Schema):
    """A clause as filled; `variable` ones may be written by the contract desk."""

    n = ma.fields.Integer()
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    variable = ma.fields.Boolean(load_default=False)


class PartySchema(ma.Schema):
    """Somebody whom a contract binds."""

    capacity = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ContractSchema(ma.Schema):
    """A contract; the amount in CNY, the rate as a fraction for a year."""

    id = ma.fields.String(required=True, attribute="number", metadata={"description": "the contract's number"})
    kind = ma.fields.String(required=True)
    title = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(required=True)
    application = ma.fields.Function(lambda contract: contract.application.number)
    instance = ma.fields.Function(lambda contract: str(contract.application.instance_id))
    amount = Money(required=True)
    annual_rate = ma.fields.Raw(required=True, metadata={"type": "number"})
    term_months = ma.fields.Integer(required=True)
    start = ma.fields.Date(required=True)
    parties = ma.fields.List(ma.fields.Nested(PartySchema), required=True)
    version = ma.fields.Integer(required=True)
    reviewed_version = ma.fields.Integer(required=True, allow_none=True)
    text_hash = ma.fields.String(required=True, allow_none=True)
    signed_on = ma.fields.Date(required=True, allow_none=True)
    void_reason = ma.fields.String(required=True, allow_none=True)


class WordingSchema(ma.Schema):
    """One wording of a contract."""

    n = ma.fields.Integer(required=True)
    hash = ma.fields.String(required=True)
    made_at = Moment(required=True)
    made_by = ma.fields.String(required=True, allow_none=True)
    clauses = ma.fields.List(ma.fields.Nested(ClauseSchema), required=True)


class ContractQuerySchema(PagingSchema):
    """Which contracts."""

    kind = ma.fields.String(validate=ma.validate.OneOf(["loan", "guarantee", "mortgage", "pledge"]))
    status = ma.fields.String(validate=ma.validate.OneOf(["draft", "signed", "void"]))


class VersionQuerySchema(ma.Schema):
    """Which wording; the latest unless given."""

    version = Whole(longest=6)


class OwnClausesSchema(ma.Schema):
    """Texts of variable clauses by their titles; `version` is the one that was seen."""

    version = ma.fields.Integer(required=True)
    clauses = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class RemarkSchema(ma.Schema):
    """A mark of the legal desk; without `clause` it is to the whole."""

    clause = ma.fields.String(load_default=None, allow_none=True)
    text = ma.fields.String(required=True)


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


ContractPageSchema = page_schema(ContractSchema, "ContractPage")


def _number_in_force(template: ContractTemplate) -> int | None:
    today = house().clock.now().astimezone(house().calendar.zone).date()
    held = in_force(template, today)
    return held.n if held is not None else None


@blueprint.route("/contracts")
@blueprint.query(ContractQuerySchema)
@blueprint.response(200, ContractPageSchema)
def list_contracts(query: dict[str, Any]) -> dict[str, Any]:
    """Lists contracts of the cases that one may see, the newest first."""
    try:
        page = contract_lists.list_contracts(reading(), viewer_of(reading(), actor()), **query)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, lambda contract: contract)


@blueprint.route("/contracts/<number>")
@blueprint.response(200, ContractSchema)
def get_contract(number: str) -> Contract:
    """Shows a contract."""
    return _visible(number)


@blueprint.route("/contracts/<number>/wording")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, WordingSchema)
def get_wording(query: dict[str, Any], number: str) -> ContractVersion:
    """Shows a wording of a contract."""
    return _wording(_visible(number), query.get("version"))


@blueprint.route("/contracts/<number>/pdf")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, content_type="application/pdf")
def get_pdf(query: dict[str, Any], number: str) -> ResponseReturnValue:
    """The contract as PDF."""
    contract = _visible(number)
    content = papers.as_pdf(contract, _wording(contract, query.get("version")), institution_name())
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=f"{number}.pdf", etag=False)


@blueprint.route("/contracts/<number>/word")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, content_type=_WORD)
def get_word(query: dict[str, Any], number: str) -> ResponseReturnValue:
    """The contract as a Word file."""
    contract = _visible(number)
    try:
        content = papers.as_word(contract, _wording(contract, query.get("version")), institution_name())
    except BadWordTemplate as problem:
        raise Conflict(f"the template's Word file cannot be filled: {problem}") from problem
    return send_file(io.BytesIO(content), mimetype=_WORD, download_name=f"{number}.docx", etag=False)


@blueprint.route("/contracts/<number>/clauses", methods=["POST"])
@blueprint.body(OwnClausesSchema)
@blueprint.response(200, ContractSchema)
@writes(ContractSchema())
def write_clauses(step: Any, who: Actor, body: dict[str, Any], number: str) -> Contract:
    """Writes variable clauses of a draft; needs the role contract_clerk."""
    contract = _visible(number, step.session, who)
    require_role(who, "contract_clerk")
    desk.write_clauses(step, contract, body["clauses"], body["version"], who.name)
    return contract


@blueprint.route("/contracts/<number>/remarks", methods=["POST"])
@blueprint.body(RemarkSchema)
@blueprint.response(200, ContractSchema)
@writes(ContractSchema())
def remark(step: Any, who: Actor, body: dict[str, Any], number: str) -> Contract:
    """Marks a clause or the whole; needs the role legal_officer."""
    contract = _visible(number, step.session, who)
    require_role(who, "legal_officer")
    if not contract.versions:
        raise Conflict(f"the contract {number} has no wording")
    desk.remark(step, contract, body["clause"], body["text"], who.name)
    return contract


@blueprint.route("/contracts/<number>/keep", methods=["POST"])
@blueprint.response(200, ContractSchema)
@writes(ContractSchema())
def keep(step: Any, who: Actor, number: str) -> Contract:
    """Keeps the PDF of the latest wording with the case's documents; needs contract_clerk or legal_officer."""
    contract = _visible(number, step.session, who)
    require_role(who, "contract_clerk", "legal_officer")
    if not contract.versions:
        raise Conflict(f"the contract {number} has no wording")
    content = papers.as_pdf(contract, contract.versions[-1], staff.institution(step.session))
    keep_contract(step, store(), contract, content, who)
    return contract


@blueprint.route("/contract-templates")
@blueprint.response(200, TemplateListSchema)
def list_templates() -> dict[str, Any]:
    """Lists the templates with their versions."""
    _require_staff(actor())
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
    contract = _visible(body["contract"]) if body["contract"] else None
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
@blueprint.response(200, content_type=_WORD)
def get_template_word(code: str, n: int) -> ResponseReturnValue:
    """The Word file of a version, or the program's to begin with."""
    _require_staff(actor())
    version = _version_of(reading(), code, n)
    content, name = version.word or standard_word(), version.word_name or "contract.docx"
    return send_file(io.BytesIO(content), mimetype=_WORD, download_name=name, etag=False)


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


def _require_staff(who: Actor) -> None:
    if not who.roles - _ANYBODY_BUT:
        require_role(who)


def _visible(number: str, session: Any = None, who: Actor | None = None) -> Contract:
    read, person = session or reading(), who or actor()
    found = contract_lists.find_visible_contract(read, viewer_of(read, person), number)
    if found is None:
        raise NotFound("There is no such contract.")
    return found


def _wording(contract: Contract, n: int | None) -> ContractVersion:
    found = next((item for item in reversed(contract.versions) if n in (None, item.n)), None)
    if found is None:
        raise NotFound("There is no such wording.")
    return found
