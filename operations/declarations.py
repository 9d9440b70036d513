"""What people of the house are to customers: declared by themselves, or recorded by compliance (GOV-1)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Invalid
from engine.service import recusing
from engine.service.house import Step
from models.people import STAFF_RELATIONS, StaffRelation
from models.queries import people
from models.queries.customers import find_customer


def record(step: Step, name: str, customer: str, kind: str, note: Any, recorded_by: str) -> int:
    """Records a relation. Steps that the person has and may no longer do go back; how many.

    Raises `Invalid` for a customer, kind or person that there is not, `Conflict` for what was recorded before.
    """
    number = customer.strip().upper()
    if find_customer(step.session, number) is None:
        raise Invalid(f"there is no customer {number}", {"customer": ["no_customer"]})
    if kind not in STAFF_RELATIONS:
        raise Invalid("kind is no kind of relation", {"kind": ["unknown"]})
    text = note.strip() if isinstance(note, str) else ""
    if len(text) > 500:
        raise Invalid("note has at most 500 characters", {"note": ["length"]})
    try:
        new = people.relate(step.session, step.now, name, number, kind, text or None, recorded_by)
    except people.UnknownName as unknown:
        raise Invalid(str(unknown), {"person": ["unknown"]}) from None
    if not new:
        raise Conflict("this relation is recorded already")
    step.session.flush()
    return recusing.relation_recorded(step, name)


def end(step: Step, name: str, customer: str) -> None:
    """Ends a relation of somebody. Raises `Conflict` when there is none."""
    person = people.find_person(step.session, name)
    gone = sa.delete(StaffRelation).where(StaffRelation.person_id == person.id, StaffRelation.customer == customer)
    if not step.session.execute(gone).rowcount:  # type: ignore[attr-defined]
        raise Conflict("there is no such relation any more")
