"""What somebody has signed, as it was on the screen, and whether it is still proved by its hash (GOV-3)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from engine.service import signatures
from models.queries import case_file
from models.queries.staff import titles_of
from web.context import actor, reading
from web.pages.case_view import CaseView
from web.viewing import visible_case

blueprint = Blueprint("signatures", __name__)
_LARGEST_ID = 2**31


@blueprint.get("/cases/<uuid:instance_id>/signatures/<int:signature_id>")
@login_required
def show(instance_id: uuid.UUID, signature_id: int) -> ResponseReturnValue:
    """The facts shown to whoever signed and what they gave, with both hashes."""
    instance = visible_case(reading(), actor(), instance_id)
    row = case_file.signature(reading(), instance.id, signature_id) if signature_id < _LARGEST_ID else None
    if row is None:
        abort(404)
    case = CaseView(instance)
    facts, form = signatures.signed(reading(), instance, row, actor())
    return render_template(
        "cases/signature.html",
        case=case,
        row=row,
        step=case.words.element(row.element),
        titles=titles_of(reading(), (row.person, row.on_behalf_of, *((facts or {}).get("conflicts", ())))),
        facts=None if facts is None else _named(case, facts["variables"]),
        form=None if form is None else _named(case, form),
        documents=(facts or {}).get("documents", []),
        conflicts=(facts or {}).get("conflicts", []),
        incidents=[case.words.element(element) for element in (facts or {}).get("incidents", [])],
    )


def _named(case: CaseView, held: dict[str, Any]) -> list[dict[str, Any]]:
    """Variables that the package's forms name, in their words; the rest too for whoever reads everything."""
    known = case.words.fields()
    shown = [name for name in known if name in held]
    if actor().reads_everything:
        shown += [name for name in sorted(held) if name not in known]
    return [
        {"label": case.words.label(name), "value": case.words.value(name, held[name]), "lang": "zh"} for name in shown
    ]
