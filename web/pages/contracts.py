"""Contracts: the list, and one with its wording, versions, remarks, signers, seals; on paper as PDF and as Word.

Whoever may see a case sees its contracts. The contract desk writes variable clauses, the legal desk remarks (LEG-1).
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Forbidden, Invalid
from models.contracts import Contract, ContractVersion
from models.queries import contracts as contract_lists
from models.queries import staff
from models.queries.paging import BadCursor
from models.queries.securities import papers_of, registrations_of
from models.queries.signings import latest_appointment, seals_of, signers_of
from operations.contracting import desk, papers, security_desk
from operations.contracting.filling import article, differences
from operations.contracting.keeping import keep_contract
from operations.contracting.word import BadWordTemplate
from operations.notices.calendar_file import calendar_file
from web.context import actor, reading, step
from web.documents import store
from web.pages.addresses import here, option, wanted
from web.pages.contract_words import kind_words, paper_kind_words, status_words, word_problem
from web.pages.loans import method_words
from web.pages.moments import now
from web.pages.shell import institution_name
from web.viewing import viewer_of, visible_case

blueprint = Blueprint("contracts", __name__)

WRITERS = frozenset({"contract_clerk"})
REVIEWERS = frozenset({"legal_officer"})
_PAGE = 50
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/contracts")
@login_required
def index() -> ResponseReturnValue:
    """Contracts of the cases that I may see, the newest first."""
    kind, status = wanted("kind"), wanted("status")
    try:
        page = contract_lists.list_contracts(
            reading(),
            viewer_of(reading(), actor()),
            kind=kind if kind in kind_words() else None,
            status=status if status in status_words() else None,
            limit=_PAGE,
            cursor=wanted("cursor", 500),
        )
    except BadCursor:
        abort(400)
    return render_template(
        "contracts/index.html",
        contracts=page.items,
        kinds=kind_words(),
        states=status_words(),
        kind_options=[option(words, "kind", key) for key, words in kind_words().items()],
        status_options=[option(words, "status", key) for key, words in status_words().items()],
        clear_kind=here(kind=None),
        clear_status=here(status=None),
        narrowed=bool(kind or status),
        next=page.next_cursor and here(cursor=page.next_cursor),
        first=here() if wanted("cursor", 500) else None,
    )


@blueprint.get("/contracts/<number>")
@login_required
def show(number: str) -> ResponseReturnValue:
    """One contract: `?version=` shows an earlier wording, with what has changed since."""
    contract = _visible(number)
    version = _version(contract)
    application = contract.application
    latest = contract.versions[-1] if contract.versions else None
    remarks = contract_lists.remarks_on(reading(), contract)
    roles = actor().roles
    draft = contract.status == "draft" and version is latest and contract.reviewed_version != contract.version
    return render_template(
        "contracts/show.html",
        contract=contract,
        version=version,
        latest=latest,
        clauses=[{**clause, "article": article(int(clause["n"]))} for clause in version.clauses] if version else [],
        changed=_changes(contract, version),
        remarks=remarks,
        signers=signers_of(reading(), application),
        seals=seals_of(reading(), [contract.id]),
        registrations=registrations_of(reading(), application),
        papers=papers_of(reading(), application),
        appointment=latest_appointment(reading(), application),
        siblings=[c for c in contract_lists.contracts_of_case(reading(), application.instance_id) if c is not contract],
        kinds=kind_words(),
        states=status_words(),
        paper_kinds=paper_kind_words(),
        method=method_words().get(contract.repayment_method, contract.repayment_method),
        titles=staff.titles_of(
            reading(), [contract.drafted_by, contract.reviewed_by, *(remark.person for remark in remarks)]
        ),
        today=now().date(),
        may_write=draft and bool(roles & WRITERS),
        may_remark=contract.status == "draft" and bool(roles & REVIEWERS) and latest is not None,
        may_keep_papers=bool(roles & security_desk.WRITERS),
        may_keep=bool(roles & (WRITERS | REVIEWERS)) and version is not None,
    )


@blueprint.get("/contracts/<number>/pdf")
@login_required
def as_pdf(number: str) -> ResponseReturnValue:
    """The contract as PDF."""
    contract = _visible(number)
    version = _version(contract) or abort(404)
    return _sent(papers.as_pdf(contract, version, institution_name()), f"{number}.pdf", "application/pdf")


@blueprint.get("/contracts/<number>/word")
@login_required
def as_word(number: str) -> ResponseReturnValue:
    """The contract as a Word file."""
    contract = _visible(number)
    version = _version(contract) or abort(404)
    try:
        content = papers.as_word(contract, version, institution_name())
    except BadWordTemplate as problem:
        flash(word_problem(problem), "danger")
        return redirect(url_for("contracts.show", number=number))
    return _sent(content, f"{number}.docx", _WORD)


@blueprint.post("/contracts/<number>/keep")
@login_required
def keep(number: str) -> ResponseReturnValue:
    """Keeps the PDF with the case's documents."""

    def change(s: Any, contract: Contract) -> None:
        version = contract.versions[-1] if contract.versions else abort(404)
        content = papers.as_pdf(contract, version, staff.institution(s.session))
        keep_contract(s, store(), contract, content, actor())

    return _act(number, WRITERS | REVIEWERS, change, gettext("已存入案件资料"))


@blueprint.post("/contracts/<number>/clauses")
@login_required
def write(number: str) -> ResponseReturnValue:
    """Writes variable clauses: fields `clause-TITLE`, and `version`, the one that was seen."""
    prefix = "clause-"
    given = {name[len(prefix) :]: text for name, text in request.form.items() if name.startswith(prefix)}
    seen = request.form.get("version", type=int) or 0

    def change(s: Any, contract: Contract) -> None:
        desk.write_clauses(s, contract, given, seen, actor().name)

    return _act(number, WRITERS, change, gettext("条款已更新，形成新版本"))


@blueprint.post("/contracts/<number>/remarks")
@login_required
def remark(number: str) -> ResponseReturnValue:
    """Marks a clause, or the whole."""

    def change(s: Any, contract: Contract) -> None:
        clause = request.form.get("clause") or None
        desk.remark(s, contract, clause, request.form.get("text", ""), actor().name)

    return _act(number, REVIEWERS, change, gettext("批注已记下"))


@blueprint.get("/cases/<uuid:instance_id>/signing.ics")
@login_required
def appointment_file(instance_id: uuid.UUID) -> ResponseReturnValue:
    """The appointment for the signing, for a calendar."""
    case = visible_case(reading(), actor(), instance_id)
    found = contract_lists.contracts_of_case(reading(), case.id)
    appointment = latest_appointment(reading(), found[0].application) if found else None
    if appointment is None:
        abort(404)
    number = found[0].application.number
    content = calendar_file(
        f"signing-{number}",
        summary=gettext("贷款合同面签 %(number)s", number=number),
        place=appointment.place,
        begins=appointment.signing_at,
        made=now(),
        description=gettext("请携带：%(things)s", things=appointment.bring),
        cancelled=appointment.status == "cancelled",
    )
    return _sent(content, "signing.ics", "text/calendar")


def _act(number: str, roles: frozenset[str], change: Callable[[Any, Contract], None], said: str) -> ResponseReturnValue:
    """Runs `change(step, contract)` for who may see the contract and holds one of the roles; tells what came of it."""
    _visible(number)
    try:
        if not actor().roles & roles:
            raise Forbidden(f"This needs the role {' or '.join(sorted(roles))}.")
        with step() as s:
            who = actor()
            contract = contract_lists.find_visible_contract(s.session, viewer_of(s.session, who), number)
            if contract is None:
                abort(404)
            change(s, contract)
        flash(said, "ok")
    except Forbidden:
        abort(403)
    except Conflict:
        flash(gettext("没有改动：合同已定稿、已签订，或刚被别人改过，请核对最新版本。"), "danger")
    except Invalid:
        flash(gettext("没有改动：内容不能为空，也不能过长。"), "danger")
    return redirect(url_for("contracts.show", number=number))


def _visible(number: str) -> Contract:
    found = contract_lists.find_visible_contract(reading(), viewer_of(reading(), actor()), number)
    if found is None:
        abort(404)
    return found


def _version(contract: Contract) -> ContractVersion | None:
    asked = request.args.get("version", type=int)
    if asked is None:
        return contract.versions[-1] if contract.versions else None
    found = next((version for version in contract.versions if version.n == asked), None)
    return found or abort(404)


def _changes(contract: Contract, version: ContractVersion | None) -> list[dict[str, Any]]:
    """What this wording changed of the one before it."""
    if version is None or version.n == 1:
        return []
    before = next(held for held in contract.versions if held.n == version.n - 1)
    return differences(before.clauses, version.clauses)


def _sent(content: bytes, name: str, mimetype: str) -> ResponseReturnValue:
    response = send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response
