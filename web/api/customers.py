"""Customers: their files, contacts, changes and blocks (CUS-1, INT-7).

Only staff: to all others there are no customers.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.service.actors import Actor
from models.customer_file import CONTACT_KINDS, CustomerContact
from models.customers import KINDS, Customer
from models.queries import customer_lists
from models.queries.customers import find_customer
from models.queries.paging import BadCursor, fetch_page
from operations.customer_changes import Editor, locked
from web import customer_rights
from web.api.base import ApiBlueprint
from web.api.fields import Flag, PagingSchema, page_schema
from web.api.writing import writes
from web.context import actor, house, reading
from web.counter_view import counter_view

blueprint = ApiBlueprint("customers", __name__, "Customers and their files")

_REASON = {"required": True, "validate": ma.validate.Length(min=1, max=1000)}


class CustomerSchema(ma.Schema):
    """A customer; the identity number in full only for those who need it."""

    number = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    id_kind = ma.fields.String(required=True)
    id_number = ma.fields.String(required=True)
    phone = ma.fields.String(required=True, allow_none=True)
    address = ma.fields.String(required=True, allow_none=True)
    blocked = ma.fields.Boolean(required=True)
    blocked_reason = ma.fields.String(required=True, allow_none=True)


class CustomerQuerySchema(PagingSchema):
    """Which customers."""

    search = ma.fields.String(metadata={"description": "words of the name or number, an identity or phone number"})
    kind = ma.fields.String(validate=ma.validate.OneOf(KINDS))
    blocked = Flag(load_default=False)


class CustomerLookSchema(ma.Schema):
    """An applicant as far as the form is filled in."""

    customer_kind = ma.fields.String(load_default="person", validate=ma.validate.OneOf(KINDS))
    customer_name = ma.fields.String(load_default="")
    id_number = ma.fields.String(load_default="")
    credit_code = ma.fields.String(load_default="")
    phone = ma.fields.String(load_default="")
    product = ma.fields.String(load_default="")
    amount = ma.fields.Decimal(load_default=None, allow_none=True)


class CustomerFoundSchema(ma.Schema):
    """`warnings`: doubts that compliance will have to clear; `hints`: what may be a duplicate, or exceeds a limit."""

    warnings = ma.fields.List(ma.fields.String(), required=True)
    hints = ma.fields.List(ma.fields.String(), required=True)
    customer = ma.fields.String(required=True, allow_none=True)


class CustomerOpenSchema(ma.Schema):
    """A customer who has no file yet."""

    kind = ma.fields.String(required=True)
    id_kind = ma.fields.String(required=True)
    id_number = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    phone = ma.fields.String(load_default=None, allow_none=True)
    address = ma.fields.String(load_default=None, allow_none=True)


class CustomerChangeSchema(ma.Schema):
    """What is to be changed."""

    name = ma.fields.String()
    phone = ma.fields.String(allow_none=True)
    address = ma.fields.String(allow_none=True)


class ContactSchema(ma.Schema):
    """A way to reach a customer beside the one on the first page of the file."""

    id = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    value = ma.fields.String(required=True)
    note = ma.fields.String(required=True, allow_none=True)
    recorded_at = ma.fields.AwareDateTime(required=True)
    recorded_by = ma.fields.String(required=True, allow_none=True)


class ContactsSchema(ma.Schema):
    """Those that still count."""

    items = ma.fields.List(ma.fields.Nested(ContactSchema), required=True)


class ContactNewSchema(ma.Schema):
    """A further way to reach a customer."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(CONTACT_KINDS))
    value = ma.fields.String(required=True)
    note = ma.fields.String(load_default=None, allow_none=True)


class FileChangeSchema(ma.Schema):
    """A change of a file."""

    what = ma.fields.String(required=True)
    before = ma.fields.String(required=True, allow_none=True)
    after = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    changed_by = ma.fields.String(required=True, allow_none=True)


class CustomerReasonSchema(ma.Schema):
    """Why."""

    reason = ma.fields.String(**_REASON)


class CustomerCountSchema(ma.Schema):
    """How much was changed."""

    changed = ma.fields.Integer(required=True)


def for_staff() -> None:
    """To whoever is no staff there is nothing here."""
    if not customer_rights.is_staff(actor()):
        raise NotFound("There is nothing here.")


blueprint.before_request(for_staff)


@blueprint.route("/customers")
@blueprint.query(CustomerQuerySchema)
@blueprint.response(200, page_schema(CustomerSchema, "CustomerPage"))
def list_customers(query: dict[str, Any]) -> dict[str, Any]:
    """Lists customers, the newest first; identity numbers are masked."""
    selected = customer_lists.customers(words=query.get("search"), kind=query.get("kind"), blocked=query["blocked"])
    page = page_of(selected, customer_lists.NEWEST_FIRST, query)
    items = [_view(customer, customer_rights.masked(customer.id_number)) for customer in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@blueprint.route("/customers", methods=["POST"])
@blueprint.body(CustomerOpenSchema)
@blueprint.response(201, CustomerSchema)
@writes(CustomerSchema(), 201)
def open_file(step: Any, who: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Opens a file."""
    customer_rights.require_change(step.session, who)
    customer = Editor(step.session, step.now, who.name).open_file(**body)
    return _view(customer, customer_rights.identity_of(step.session, who, customer))


@blueprint.route("/customers/look", methods=["POST"])
@blueprint.body(CustomerLookSchema)
@blueprint.response(200, CustomerFoundSchema)
def look(body: dict[str, Any]) -> dict[str, Any]:
    """Looks up somebody who applies: lists, duplicates, applications under way, limits. Keeps nothing."""
    return counter_view(reading(), body, house().clock.now().astimezone(house().calendar.zone).date())


@blueprint.route("/customers/<number>")
@blueprint.response(200, CustomerSchema)
def get_customer(number: str) -> dict[str, Any]:
    """Shows one customer."""
    customer = known(reading(), number)
    return _view(customer, customer_rights.identity_of(reading(), actor(), customer))


@blueprint.route("/customers/<number>", methods=["POST"])
@blueprint.body(CustomerChangeSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def change_customer(step: Any, who: Actor, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Changes fields of the file; each change is kept."""
    editor, customer = editing(step, who, number)
    return {"changed": editor.change(customer, body)}


@blueprint.route("/customers/<number>/contacts")
@blueprint.response(200, ContactsSchema)
def get_contacts(number: str) -> dict[str, Any]:
    """Lists the ways to reach a customer that still count."""
    return {"items": customer_lists.contacts(reading(), known(reading(), number))}


@blueprint.route("/customers/<number>/contacts", methods=["POST"])
@blueprint.body(ContactNewSchema)
@blueprint.response(201, ContactSchema)
@writes(ContactSchema(), 201)
def add_contact(step: Any, who: Actor, body: dict[str, Any], number: str) -> CustomerContact:
    """Adds a way to reach a customer."""
    editor, customer = editing(step, who, number)
    contact = editor.add_contact(customer, body["kind"], body["value"], body["note"])
    step.session.flush()
    return contact


@blueprint.route("/customers/<number>/contacts/<int:contact_id>/end", methods=["POST"])
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def end_contact(step: Any, who: Actor, number: str, contact_id: int) -> dict[str, Any]:
    """Ends a way to reach a customer that leads nowhere any more."""
    editor, customer = editing(step, who, number)
    if contact_id >= 2**31:
        raise NotFound("There is no such contact.")
    editor.end_contact(customer, contact_id)
    return {"changed": 1}


@blueprint.route("/customers/<number>/changes")
@blueprint.query(PagingSchema)
@blueprint.response(200, page_schema(FileChangeSchema, "FileChangePage"))
def get_changes(query: dict[str, Any], number: str) -> dict[str, Any]:
    """Lists the changes of a file, the latest first."""
    page = page_of(customer_lists.changes(known(reading(), number)), customer_lists.CHANGES_LAST_FIRST, query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/customers/<number>/block", methods=["POST"])
@blueprint.body(CustomerReasonSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def block(step: Any, who: Actor, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Blocks a customer."""
    editor, customer = editing(step, who, number, customer_rights.require_block)
    editor.block(customer, body["reason"])
    return {"changed": 1}


@blueprint.route("/customers/<number>/unblock", methods=["POST"])
@blueprint.body(CustomerReasonSchema)
@blueprint.response(200, CustomerCountSchema)
@writes(CustomerCountSchema())
def unblock(step: Any, who: Actor, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Lifts a block."""
    editor, customer = editing(step, who, number, customer_rights.require_block)
    editor.unblock(customer, body["reason"])
    return {"changed": 1}


def page_of(selected: Any, order: Any, query: dict[str, Any]) -> Any:
    """The page that the query asks for."""
    try:
        return fetch_page(reading(), selected, order, query.get("cursor"), query["limit"])
    except BadCursor as error:
        abort(400, str(error))


def known(session: Session, number: str) -> Customer:
    """The customer of this number; raises `NotFound`."""
    customer = find_customer(session, number)
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def editing(
    step: Any, who: Actor, number: str, require: Any = customer_rights.require_change
) -> tuple[Editor, Customer]:
    """The file of a customer, locked and opened for changes by `who`; raises `NotFound`, `Forbidden`."""
    customer = locked(step.session, number)
    if customer is None:
        raise NotFound("There is no such customer.")
    require(step.session, who)
    return Editor(step.session, step.now, who.name), customer


def _view(customer: Customer, id_number: str) -> dict[str, Any]:
    return {
        "number": customer.number,
        "kind": customer.kind,
        "name": customer.name,
        "id_kind": customer.id_kind,
        "id_number": id_number,
        "phone": customer.phone,
        "address": customer.address,
        "blocked": customer.blocked_at is not None,
        "blocked_reason": customer.blocked_reason,
    }
