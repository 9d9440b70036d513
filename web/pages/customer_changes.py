"""Changing files of customers: opening, fields, relations, contacts, blocking. Each a post of its own (CUS-1)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from engine.errors import Invalid, NotFound
from models.customers import Customer
from operations.customer_changes import Editor, locked
from web.context import actor, reading
from web.counter_view import counter_view
from web.customer_rights import is_staff, require_block, require_change
from web.pages.acting import act
from web.pages.moments import now

blueprint = Blueprint("customer_changes", __name__, url_prefix="/customers")


@blueprint.before_request
@login_required
def _for_staff() -> None:
    if not is_staff(actor()):
        abort(404)


@blueprint.post("/new")
def open_file() -> ResponseReturnValue:
    """A file for somebody who has none yet."""
    form = request.form
    numbers: list[str] = []

    def change(step: Any, who: Any) -> None:
        require_change(step.session, who)
        customer = Editor(step.session, step.now, who.name).open_file(
            form.get("kind", ""),
            form.get("id_kind", ""),
            form.get("id_number", ""),
            form.get("name", ""),
            phone=form.get("phone"),
            address=form.get("address"),
        )
        numbers.append(customer.number)

    return act(
        change,
        gettext("已建档"),
        lambda: url_for("customers.show", number=numbers[0]) if numbers else url_for("customers.index"),
    )


@blueprint.post("/look")
def look() -> ResponseReturnValue:
    """What is known of somebody who applies: lists, duplicates, applications under way, limits. Keeps nothing."""
    sent = request.get_json(silent=True)
    given = sent if isinstance(sent, dict) else {}
    return current_app.json.response(counter_view(reading(), given, now().date()))


@blueprint.post("/<number>/change")
def change(number: str) -> ResponseReturnValue:
    """Changes fields of the first page."""
    given = {name: request.form[name] for name in ("name", "phone", "address") if name in request.form}
    return _edit(number, lambda editor, customer: editor.change(customer, given), gettext("已更新"))


@blueprint.post("/<number>/relations")
def relate(number: str) -> ResponseReturnValue:
    """Records what the customer is to another, or another to the customer."""
    form = request.form

    def edit(editor: Editor, customer: Customer) -> None:
        share = _share(form.get("share", ""))
        if form.get("direction") == "other":
            other = locked(editor.session, form.get("other", "").strip().upper())
            if other is None:
                raise Invalid("there is no such customer", {"other": ["no_customer"]})
            editor.relate(other, form.get("kind", ""), customer.number, share)
        else:
            editor.relate(customer, form.get("kind", ""), form.get("other", ""), share)

    return _edit(number, edit, gettext("关系已登记"))


@blueprint.post("/<number>/relations/end")
def unrelate(number: str) -> ResponseReturnValue:
    """Ends a relation in which the customer is the subject."""
    form = request.form
    return _edit(
        number,
        lambda editor, customer: editor.unrelate(customer, form.get("kind", ""), form.get("other", "")),
        gettext("关系已解除"),
    )


@blueprint.post("/<number>/contacts")
def add_contact(number: str) -> ResponseReturnValue:
    """A further way to reach the customer."""
    form = request.form
    return _edit(
        number,
        lambda editor, customer: editor.add_contact(
            customer, form.get("kind", ""), form.get("value"), form.get("note")
        ),
        gettext("联系方式已登记"),
    )


@blueprint.post("/<number>/contacts/<int:contact_id>/end")
def end_contact(number: str, contact_id: int) -> ResponseReturnValue:
    """A way that leads nowhere any more."""
    if contact_id >= 2**31:
        abort(404)
    return _edit(number, lambda editor, customer: editor.end_contact(customer, contact_id), gettext("联系方式已停用"))


@blueprint.post("/<number>/block")
def block(number: str) -> ResponseReturnValue:
    """No new business with the customer, for a reason."""
    reason = request.form.get("reason")
    return _edit(number, lambda editor, customer: editor.block(customer, reason), gettext("已列为受限"), require_block)


@blueprint.post("/<number>/unblock")
def unblock(number: str) -> ResponseReturnValue:
    """Business may go on, for a reason."""
    reason = request.form.get("reason")
    return _edit(
        number, lambda editor, customer: editor.unblock(customer, reason), gettext("已解除受限"), require_block
    )


def _edit(
    number: str,
    edit: Callable[[Editor, Customer], Any],
    said: str,
    require: Callable[[Any, Any], None] = require_change,
) -> ResponseReturnValue:
    def change(step: Any, who: Any) -> None:
        customer = locked(step.session, number)
        if customer is None:
            raise NotFound("there is no such customer")
        require(step.session, who)
        edit(Editor(step.session, step.now, who.name), customer)

    return act(change, said, lambda: url_for("customers.show", number=number))


def _share(text: str) -> Decimal | None:
    """Percent as people write it, as a fraction."""
    if not text.strip():
        return None
    try:
        share = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        share = Decimal("NaN")
    if not share.is_finite() or not 0 < share <= 100:
        raise Invalid("share is a percentage", {"share": ["share"]})
    return share / 100
