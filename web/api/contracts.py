"""Contracts over REST: what the pages do, for programs (LEG-1 to LEG-4)."""

from __future__ import annotations

import io
from typing import Any

import marshmallow as ma
from flask import abort, send_file
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, NotFound
from engine.service.actors import Actor
from models.contracts import Contract, ContractVersion
from models.queries import contracts as contract_lists
from models.queries import staff
from models.queries.paging import BadCursor
from operations.contracting import desk, papers
from operations.contracting.keeping import keep_contract
from operations.contracting.word import BadWordTemplate
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, Whole, page_schema, page_view
from web.api.rights import require_role
from web.api.writing import writes
from web.context import actor, reading
from web.documents import store
from web.pages.shell import institution_name
from web.viewing import viewer_of

blueprint = ApiBlueprint("contracts", __name__, "Contracts: wordings, marks, papers")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
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


ContractPageSchema = page_schema(ContractSchema, "ContractPage")


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
    return visible_contract(number)


@blueprint.route("/contracts/<number>/wording")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, WordingSchema)
def get_wording(query: dict[str, Any], number: str) -> ContractVersion:
    """Shows a wording of a contract."""
    return _wording(visible_contract(number), query.get("version"))


@blueprint.route("/contracts/<number>/pdf")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, content_type="application/pdf")
def get_pdf(query: dict[str, Any], number: str) -> ResponseReturnValue:
    """The contract as PDF."""
    contract = visible_contract(number)
    content = papers.as_pdf(contract, _wording(contract, query.get("version")), institution_name())
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=f"{number}.pdf", etag=False)


@blueprint.route("/contracts/<number>/word")
@blueprint.query(VersionQuerySchema)
@blueprint.response(200, content_type=WORD)
def get_word(query: dict[str, Any], number: str) -> ResponseReturnValue:
    """The contract as a Word file."""
    contract = visible_contract(number)
    try:
        content = papers.as_word(contract, _wording(contract, query.get("version")), institution_name())
    except BadWordTemplate as problem:
        raise Conflict(f"the template's Word file cannot be filled: {problem}") from problem
    return send_file(io.BytesIO(content), mimetype=WORD, download_name=f"{number}.docx", etag=False)


@blueprint.route("/contracts/<number>/clauses", methods=["POST"])
@blueprint.body(OwnClausesSchema)
@blueprint.response(200, ContractSchema)
@writes(ContractSchema())
def write_clauses(step: Any, who: Actor, body: dict[str, Any], number: str) -> Contract:
    """Writes variable clauses of a draft; needs the role contract_clerk."""
    contract = visible_contract(number, step.session, who)
    require_role(who, "contract_clerk")
    desk.write_clauses(step, contract, body["clauses"], body["version"], who.name)
    return contract


@blueprint.route("/contracts/<number>/remarks", methods=["POST"])
@blueprint.body(RemarkSchema)
@blueprint.response(200, ContractSchema)
@writes(ContractSchema())
def remark(step: Any, who: Actor, body: dict[str, Any], number: str) -> Contract:
    """Marks a clause or the whole; needs the role legal_officer."""
    contract = visible_contract(number, step.session, who)
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
    contract = visible_contract(number, step.session, who)
    require_role(who, "contract_clerk", "legal_officer")
    if not contract.versions:
        raise Conflict(f"the contract {number} has no wording")
    content = papers.as_pdf(contract, contract.versions[-1], staff.institution(step.session))
    keep_contract(step, store(), contract, content, who)
    return contract


def require_staff(who: Actor) -> None:
    """Raises `Forbidden` for whoever has no business with contracts."""
    if not who.roles - _ANYBODY_BUT:
        require_role(who)


def visible_contract(number: str, session: Any = None, who: Actor | None = None) -> Contract:
    """The contract, if one may see its case; raises `NotFound`."""
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
