"""Changing the file of a customer: each change is kept with who, when, what was before and after, and why (CUS-1).

Judges nobody's right to do so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid
from models.customer_file import CONTACT_KINDS, CustomerChange, CustomerContact
from models.customers import ID_KINDS, KINDS, RELATION_KINDS, Customer, CustomerRelation
from models.database import insert_or_ignore
from models.numbering import next_number
from models.queries.customers import customer_by_identity, find_customer

NUMBERS = "C-{seq:6}"

FIELDS: Mapping[str, int] = {"name": 200, "phone": 40, "address": 300}
"""What of the first page can be changed, with the most characters of each. An identity paper never changes."""

_REQUIRED = ("name",)
MAX_REASON = 1_000


@dataclass(frozen=True)
class Editor:
    """Who changes files, when, in one transaction."""

    session: Session
    now: dt.datetime
    actor: str

    def _note(self, customer: Customer, what: str, before: Any, after: Any, reason: str | None = None) -> None:
        self.session.add(
            CustomerChange(
                customer_id=customer.id,
                what=what,
                before=before,
                after=after,
                reason=reason,
                changed_at=self.now,
                changed_by=self.actor,
            )
        )

    def open_file(self, kind: str, id_kind: str, id_number: str, name: str, **more: str | None) -> Customer:
        """A file for somebody who has none yet. Raises `Conflict` when the paper has one."""
        if kind not in KINDS or id_kind not in ID_KINDS or (kind == "company") != (id_kind == "credit_code"):
            raise Invalid("the kind of paper does not fit the kind of customer", {"id_kind": ["unknown"]})
        number = _text("id_number", id_number, 40, required=True)
        assert number is not None
        row = {
            "number": next_number(self.session, NUMBERS),
            "kind": kind,
            "id_kind": id_kind,
            "id_number": number.upper(),
            "name": _text("name", name, FIELDS["name"], required=True),
            **{key: _text(key, more.get(key), FIELDS[key], required=False) for key in ("phone", "address")},
            "recorded_at": self.now,
            "recorded_by": self.actor,
        }
        if not insert_or_ignore(self.session, Customer, row, ["id_kind", "id_number"]):
            raise Conflict("there is a file for this identity paper already")
        customer = customer_by_identity(self.session, id_kind, number.upper())
        assert customer is not None
        self._note(customer, "opened", None, customer.name)
        return customer

    def change(self, customer: Customer, given: Mapping[str, Any]) -> int:
        """Changes fields of the first page; how many really changed. Raises `Invalid` for one that cannot be."""
        unknown = [name for name in given if name not in FIELDS]
        if unknown:
            raise Invalid(f"{unknown[0]} cannot be changed", {unknown[0]: ["unknown"]})
        values = {name: _text(name, given[name], FIELDS[name], required=name in _REQUIRED) for name in given}
        changed = {name: value for name, value in values.items() if getattr(customer, name) != value}
        for name, value in changed.items():
            self._note(customer, name, getattr(customer, name), value)
            setattr(customer, name, value)
        return len(changed)

    def relate(self, customer: Customer, kind: str, other: str, share: Decimal | None = None) -> bool:
        """Records that the customer is the `kind` of the other, or the share anew; False when nothing changed."""
        if kind not in RELATION_KINDS:
            raise Invalid("kind is no kind of relation", {"kind": ["unknown"]})
        if share is not None and not 0 < share <= 1:
            raise Invalid("share is a fraction of at most 1", {"share": ["share"]})
        against = _other(self.session, customer, other)
        known = self.session.get(CustomerRelation, (customer.id, kind, against.id))
        if known is not None and known.share == share:
            return False
        before = None if known is None else _relation_text(kind, against, known.share)
        relation = CustomerRelation(customer_id=customer.id, kind=kind, other_id=against.id, share=share)
        relation.recorded_at, relation.recorded_by = self.now, self.actor
        self.session.merge(relation)
        self._note(customer, "relation", before, _relation_text(kind, against, share))
        self._note(against, "relation_of", None, _relation_text(kind, customer, share))
        return True

    def unrelate(self, customer: Customer, kind: str, other: str) -> None:
        """Ends a relation. Raises `Conflict` when there is none."""
        against = _other(self.session, customer, other)
        known = self.session.get(CustomerRelation, (customer.id, kind, against.id))
        if known is None:
            raise Conflict("there is no such relation any more")
        self._note(customer, "relation", _relation_text(kind, against, known.share), None)
        self._note(against, "relation_of", _relation_text(kind, customer, known.share), None)
        self.session.delete(known)

    def add_contact(self, customer: Customer, kind: str, value: Any, note: Any = None) -> CustomerContact:
        """A further way to reach the customer."""
        if kind not in CONTACT_KINDS:
            raise Invalid("kind is no kind of contact", {"kind": ["unknown"]})
        contact = CustomerContact(
            customer_id=customer.id,
            kind=kind,
            value=_text("value", value, 300, required=True),
            note=_text("note", note, 300, required=False),
            recorded_at=self.now,
            recorded_by=self.actor,
        )
        self.session.add(contact)
        self._note(customer, "contact", None, f"{kind}: {contact.value}")
        return contact

    def end_contact(self, customer: Customer, contact_id: int) -> None:
        """A way to reach the customer that leads nowhere any more."""
        contact = self.session.get(CustomerContact, contact_id)
        if contact is None or contact.customer_id != customer.id or contact.ended_at is not None:
            raise Conflict("there is no such contact any more")
        contact.ended_at = self.now
        self._note(customer, "contact", f"{contact.kind}: {contact.value}", None)

    def block(self, customer: Customer, reason: Any) -> None:
        """No new business with the customer (INT-7). Raises `Conflict` when blocked already."""
        text = _text("reason", reason, MAX_REASON, required=True)
        if customer.blocked_at is not None:
            raise Conflict("the customer is blocked already")
        customer.blocked_at, customer.blocked_reason = self.now, text
        self._note(customer, "blocked", None, text, text)

    def unblock(self, customer: Customer, reason: Any) -> None:
        """Business may go on, for a reason. Raises `Conflict` when not blocked."""
        text = _text("reason", reason, MAX_REASON, required=True)
        if customer.blocked_at is None:
            raise Conflict("the customer is not blocked")
        self._note(customer, "blocked", customer.blocked_reason, None, text)
        customer.blocked_at = customer.blocked_reason = None


def locked(session: Session, number: str) -> Customer | None:
    """The customer as it is now, locked until the end of the transaction."""
    query = sa.select(Customer).where(Customer.number == number).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def _other(session: Session, customer: Customer, number: str) -> Customer:
    other = find_customer(session, number.strip().upper()) if isinstance(number, str) else None
    if other is None:
        raise Invalid(f"there is no customer {number}", {"other": ["no_customer"]})
    if other.id == customer.id:
        raise Invalid("nobody is related to oneself", {"other": ["related_to_oneself"]})
    return other


def _relation_text(kind: str, other: Customer, share: Decimal | None) -> str:
    return f"{kind} {other.number} {other.name}" + (f" {share:%}" if share is not None else "")


def _text(name: str, value: Any, longest: int, *, required: bool) -> str | None:
    if not isinstance(value, str | None):
        raise Invalid(f"{name} is a text", {name: ["length"]})
    text = (value or "").strip()
    if (required and not text) or len(text) > longest or "\0" in text:
        raise Invalid(f"{name} has 1 to {longest} characters", {name: ["length"]})
    return text or None
