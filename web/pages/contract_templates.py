"""Templates of contracts: for everybody of the house to read, for the legal desk to write and approve (LEG-1)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Conflict, Invalid
from models.contract_templates import ContractTemplate, TemplateVersion
from models.queries import staff
from models.queries.contract_templates import all_templates, find_template, find_version, in_force
from models.queries.contracts import find_visible_contract, list_contracts
from models.queries.products import current_products
from operations.contracting import desk
from operations.contracting.facts import FACTS
from operations.contracting.filling import Problem, article, differences
from operations.contracting.word import BadWordTemplate, standard_word
from web.context import actor, reading, step
from web.contract_rights import writes_templates
from web.language import language
from web.pages.contract_words import (
    guarantee_words,
    kind_words,
    problem_words,
    template_field_words,
    template_state_words,
    word_problem,
)
from web.pages.moments import now
from web.pages.shell import is_staff
from web.security.bodies import takes_files
from web.viewing import viewer_of

blueprint = Blueprint("contract_templates", __name__, url_prefix="/contract-templates")

_NEW_ROWS = 3
_OFFERED = 20
"""Contracts, the latest first, that can be chosen for a preview."""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff():
        abort(404)


def _writes() -> bool:
    return writes_templates(actor())


@blueprint.get("")
def index() -> ResponseReturnValue:
    """All templates, with the version in force."""
    today = now().date()
    rows = [
        {
            "template": template,
            "held": in_force(template, today),
            "latest": template.versions[-1] if template.versions else None,
        }
        for template in all_templates(reading())
    ]
    return render_template(
        "contract_templates/index.html",
        rows=rows,
        kinds=kind_words(),
        guarantees=guarantee_words(),
        states=template_state_words(),
        products=_product_titles(),
        may_write=_writes(),
    )


@blueprint.post("")
def create() -> ResponseReturnValue:
    """A new template, then its first version is written."""
    code = request.form.get("code", "").strip()

    def change(s: Any) -> None:
        desk.create_template(
            s.session,
            code,
            kind=request.form.get("kind", ""),
            title=request.form.get("title", ""),
            products=request.form.getlist("products"),
            guarantee_kinds=request.form.getlist("guarantee_kinds"),
            binds=request.form.get("binds", "each"),
        )

    done = _change(change, gettext("范本已建立，请写条款"))
    return redirect(url_for("contract_templates.edit", code=code) if done else url_for("contract_templates.index"))


@blueprint.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    """One template: `?version=` shows that one, and what it changed of `?against=` (the one before unless given)."""
    template = _template(code)
    today = now().date()
    number = request.args.get("version", type=int)
    held = in_force(template, today)
    version = _version(template, number) if number is not None else held or (template.versions or [None])[-1]
    against = request.args.get("against", type=int) or (version.n - 1 if version is not None else 0)
    before = next((item for item in template.versions if item.n == against), None)
    return render_template(
        "contract_templates/show.html",
        template=template,
        version=version,
        held=held,
        before=before,
        clauses=_shown(version),
        changed=differences(before.clauses, version.clauses) if before is not None and version is not None else [],
        kinds=kind_words(),
        guarantees=guarantee_words(),
        states=template_state_words(),
        titles=staff.titles_of(
            reading(), [name for item in template.versions for name in (item.written_by, item.decided_by)]
        ),
        today=today,
        may_write=_writes(),
        mine=version is not None and version.written_by == actor().name,
    )


@blueprint.get("/<code>/edit")
def edit(code: str) -> ResponseReturnValue:
    """The clauses as fields; the latest version to begin with."""
    if not _writes():
        abort(403)
    template = _template(code)
    latest = template.versions[-1] if template.versions else None
    return _edit_page(template, latest.clauses if latest else [], desk.stamp(latest), [])


@blueprint.post("/<code>/edit")
def write(code: str) -> ResponseReturnValue:
    """Keeps a draft, or shows how it would read: `do=preview`."""
    if not _writes():
        abort(403)
    template = _template(code)
    clauses, seen = _given(), request.form.get("seen", type=int) or 0
    if request.form.get("do") == "preview":
        return _preview_page(template, clauses, seen)
    try:
        with step() as s:
            found = find_template(s.session, code) or abort(404)
            number = desk.write_version(s.session, found, clauses, seen, actor().name, s.now).n
    except desk.BadTemplate as bad:
        return _edit_page(_template(code), clauses, seen, bad.problems), 422
    except Conflict:
        flash(gettext("别人刚改过这份范本，或者它正在等待批准；您的改动没有保存，请对照最新版本。"), "danger")
        return _edit_page(_template(code), clauses, seen, []), 409
    flash(gettext("草稿已保存"), "ok")
    return redirect(url_for("contract_templates.show", code=code, version=number))


@blueprint.post("/<code>/<int:n>/<do>")
def act(code: str, n: int, do: str) -> ResponseReturnValue:
    """Submits, approves, gives back, withdraws a version, or takes its Word file off."""
    remarks, today = request.form.get("remarks", ""), now().date()
    changes: dict[str, tuple[Callable[[Any, TemplateVersion, str], None], str]] = {
        "submit": (lambda s, version, who: desk.submit(s.session, version), gettext("已提交，等待另一位法务批准")),
        "approve": (
            lambda s, version, who: desk.approve(s.session, version, _since(), who, s.now, today),
            gettext("已批准"),
        ),
        "return": (lambda s, version, who: desk.give_back(s.session, version, remarks, who, s.now), gettext("已退回")),
        "withdraw": (
            lambda s, version, who: desk.withdraw(s.session, version, remarks, who, s.now),
            gettext("已停用"),
        ),
        "unword": (lambda s, version, who: desk.put_word(s.session, version, "", None), gettext("已取下 Word 模板")),
    }
    if do not in changes:
        abort(404)
    change, said = changes[do]
    _change(lambda s: change(s, find_version(s.session, code, n) or abort(404), actor().name), said)
    return redirect(url_for("contract_templates.show", code=code, version=n))


@blueprint.post("/<code>/<int:n>/word")
@takes_files
def put_word(code: str, n: int) -> ResponseReturnValue:
    """Gives a draft a Word file of the house's own."""
    file = request.files.get("file")
    name, content = (file.filename or "", file.stream.read()) if file else ("", b"")

    def change(s: Any) -> None:
        version = find_version(s.session, code, n) or abort(404)
        desk.put_word(s.session, version, name, content)

    _change(change, gettext("Word 模板已换上"))
    return redirect(url_for("contract_templates.show", code=code, version=n))


@blueprint.get("/<code>/<int:n>/word")
def word(code: str, n: int) -> ResponseReturnValue:
    """The version's Word file, or the program's to begin with."""
    version = _version(_template(code), n)
    content, name = version.word or standard_word(), version.word_name or "contract.docx"
    response = send_file(io.BytesIO(content), mimetype=_DOCX, as_attachment=True, download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def _since() -> dt.date:
    try:
        return dt.date.fromisoformat(request.form.get("in_force_from", ""))
    except ValueError:
        raise Invalid("in_force_from is no day", {"in_force_from": ["day"]}) from None


def _change(change: Callable[[Any], None], said: str) -> bool:
    """Runs `change(step)` for the legal desk and tells what came of it; False when it was refused."""
    if not _writes():
        abort(403)
    try:
        with step() as s:
            change(s)
    except BadWordTemplate as problem:
        flash(word_problem(problem), "danger")
        return False
    except Conflict as conflict:
        own = "cannot approve" in str(conflict)
        flash(
            gettext("自己写的版本不能自己批准，请另一位法务批准。")
            if own
            else gettext("没有改动：范本已不在这个状态，或者代码已经有了。"),
            "danger",
        )
        return False
    except Invalid as wrong:
        words = template_field_words()
        told = gettext("；").join(words[field] for field in wrong.errors if field in words)
        flash(gettext("没有改动：%(what)s", what=told), "danger")
        return False
    flash(said, "ok")
    return True


def _template(code: str) -> ContractTemplate:
    return find_template(reading(), code) or abort(404)


def _version(template: ContractTemplate, n: int) -> TemplateVersion:
    return next((version for version in template.versions if version.n == n), None) or abort(404)


def _shown(version: TemplateVersion | None) -> list[dict[str, Any]]:
    if version is None:
        return []
    return [{**clause, "article": article(n)} for n, clause in enumerate(version.clauses, start=1)]


def _given() -> list[dict[str, Any]]:
    """The clauses of the form, in the order of their numbers; rows without title and text are left out."""
    rows: list[tuple[int, int, dict[str, Any]]] = []
    for n in range(1, (request.form.get("rows", type=int) or 0) + 1):
        clause = {name: request.form.get(f"{name}-{n}", "") for name in ("title", "text", "when")}
        if any(clause.values()):
            order = request.form.get(f"order-{n}", type=int)
            rows.append((n if order is None else order, n, {**clause, "variable": f"variable-{n}" in request.form}))
    return [clause for _, _, clause in sorted(rows, key=lambda row: row[:2])]


def _preview_page(template: ContractTemplate, clauses: list[dict[str, Any]], seen: int) -> ResponseReturnValue:
    """As the clauses would read, from the chosen contract or with the names of facts; what is wrong with them first."""
    number = request.form.get("contract", "")
    contract = find_visible_contract(reading(), viewer_of(reading(), actor()), number) if number else None
    if number and contract is None:
        abort(404)
    try:
        return _edit_page(template, clauses, seen, [], desk.preview(template, clauses, contract))
    except desk.BadTemplate as bad:
        return _edit_page(template, clauses, seen, bad.problems), 422


def _edit_page(
    template: ContractTemplate,
    clauses: list[dict[str, Any]],
    seen: int,
    found: Sequence[Problem],
    preview: desk.Preview | None = None,
) -> str:
    empty = {"title": "", "text": "", "when": "", "variable": False}
    worded = list_contracts(reading(), viewer_of(reading(), actor()), kind=template.kind, limit=_OFFERED)
    return render_template(
        "contract_templates/edit.html",
        template=template,
        rows=[*clauses, *([empty] * _NEW_ROWS)],
        seen=seen,
        problems=[(f"{problem.part}-{problem.clause or 1}", problem_words(problem)) for problem in found],
        facts=[(name, fact.label) for name, fact in FACTS.items()],
        contracts=[
            (item.number, f"{item.number} {gettext('、').join(party.name for party in item.parties)}")
            for item in worded.items
            if item.version
        ],
        chosen=request.form.get("contract", ""),
        preview=preview and [{**clause, "article": article(clause["n"])} for clause in preview.clauses],
        left_out=preview.left_out if preview else [],
    )


def _product_titles() -> dict[str, str]:
    """The products on offer by their codes, in the reader's language."""
    english = language() == "en"
    offered = current_products(reading(), now().date())
    return {product.code: product.title_en if english else product.title_zh for product in offered}
