"""Who may do what with the files of customers: by roles that the house has set (`operations.house_figures`)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import Forbidden
from engine.service.actors import Actor
from models.customers import Customer
from operations.house_figures import figures_of


def is_staff(who: Actor) -> bool:
    """Whether the person has business with customers and loans: any role will do but that of a designer."""
    return bool(who.roles - {"designer"})


def may_change(session: Session, who: Actor) -> bool:
    """Whether the person changes files of customers."""
    return bool(who.roles.intersection(figures_of(session).file_roles))


def may_block(session: Session, who: Actor) -> bool:
    """Whether the person blocks customers, and keeps the lists, relations of staff and figures."""
    return bool(who.roles.intersection(figures_of(session).block_roles))


def require_change(session: Session, who: Actor) -> None:
    """Raises `Forbidden` unless the person changes files of customers."""
    if not may_change(session, who):
        raise Forbidden(f"This needs one of the roles {', '.join(figures_of(session).file_roles)}.")


def require_block(session: Session, who: Actor) -> None:
    """Raises `Forbidden` unless the person blocks customers and keeps the lists."""
    if not may_block(session, who):
        raise Forbidden(f"This needs one of the roles {', '.join(figures_of(session).block_roles)}.")


def identity_of(session: Session, who: Actor, customer: Customer) -> str:
    """The identity number as the person may read it."""
    return customer.id_number if reads_identities(session, who) else masked(customer.id_number)


def reads_identities(session: Session, who: Actor) -> bool:
    """Whether the person may read identity numbers in full, and look for them."""
    return bool(who.roles.intersection(figures_of(session).identity_roles))


def masked(id_number: str) -> str:
    """An identity number for lists: beginning and end are enough to tell people apart."""
    return id_number if len(id_number) < 8 else f"{id_number[:4]}{'*' * (len(id_number) - 8)}{id_number[-4:]}"
