"""Who may do what with the files of customers: by roles that the house has set (`operations.house_figures`).

What holds for the whole house is changed by holders of the role at its root unit alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Forbidden, Invalid
from engine.service import actors
from engine.service.actors import Actor
from engine.service.house import Step
from models.customers import Customer
from operations.house_figures import ROLE_FIGURES, WrongFigure, figures_of, set_figures


def is_staff(who: Actor) -> bool:
    """Whether the person has business with customers and loans: any role will do but that of a designer."""
    return bool(who.roles - {"designer"})


def may_change(session: Session, who: Actor) -> bool:
    """Whether the person changes files of customers."""
    return bool(who.roles.intersection(figures_of(session).file_roles))


def may_block(session: Session, who: Actor) -> bool:
    """Whether the person blocks customers, and keeps the lists and figures: they hold for the whole house."""
    return who.holds_for_house(figures_of(session).block_roles)


def may_set_roles(who: Actor) -> bool:
    """Whether the person says which roles work on files: never those who work on them by these roles (GOV-2)."""
    return who.holds_for_house({"admin"})


def may_read_lists(session: Session, who: Actor) -> bool:
    """Whether the person reads the lists and figures, in whichever unit."""
    return who.reads_everything or watched_by(session, who) is not None


def watched_by(session: Session, who: Actor) -> str | None:
    """The path of the unit over whose people's relations the person watches; None for nobody's (GOV-1)."""
    return None if who.roles.isdisjoint(figures_of(session).block_roles) else who.unit_path


def relations_read_by(session: Session, who: Actor) -> str | None:
    """The path of the unit whose people's relations the person reads; "" for everybody's, None for the own alone."""
    return "" if who.reads_everything else watched_by(session, who)


def require_change(session: Session, who: Actor) -> None:
    """Raises `Forbidden` unless the person changes files of customers."""
    if not may_change(session, who):
        raise Forbidden(f"This needs one of the roles {', '.join(figures_of(session).file_roles)}.")


def require_block(session: Session, who: Actor) -> None:
    """Raises `Forbidden` unless the person blocks customers and keeps the lists."""
    if not may_block(session, who):
        raise Forbidden(f"This needs, at the root unit, one of the roles {', '.join(figures_of(session).block_roles)}.")


def require_watch(session: Session, who: Actor, name: str) -> None:
    """Raises `Forbidden` unless the person watches over the relations of the person called `name`."""
    watched = watched_by(session, who)
    if watched is None or not actors.load(session, name).unit_path.startswith(watched):
        raise Forbidden(f"The relations of {name} are kept by compliance of the unit or above.")


def set_house_figures(step: Step, who: Actor, given: Mapping[str, Any]) -> None:
    """Sets figures of the house: an administrator the roles, who may block all others.

    Raises `Forbidden`, and `Invalid` naming the figure that cannot be.
    """
    held = figures_of(step.session)
    changed = {name: value for name, value in given.items() if value != getattr(held, name)}
    if not changed.keys() <= ROLE_FIGURES:
        require_block(step.session, who)
    if not changed.keys().isdisjoint(ROLE_FIGURES) and not may_set_roles(who):
        raise Forbidden("Which roles do what is set by an administrator at the root unit.")
    if not who.roles.isdisjoint(changed.get("block_roles", ())):
        raise Invalid("nobody lets themselves block customers", {"block_roles": ["own_role"]})
    if not (may_block(step.session, who) or may_set_roles(who)):
        raise Forbidden("The figures of the house are set at the root unit.")
    try:
        set_figures(step.session, changed, step.now, who.name)
    except WrongFigure as wrong:
        raise Invalid(str(wrong), {wrong.name: ["figure"]}) from None


def identity_of(session: Session, who: Actor, customer: Customer) -> str:
    """The identity number as the person may read it."""
    return customer.id_number if reads_identities(session, who) else masked(customer.id_number)


def reads_identities(session: Session, who: Actor) -> bool:
    """Whether the person may read identity numbers in full, and look for them."""
    return bool(who.roles.intersection(figures_of(session).identity_roles))


def masked(id_number: str) -> str:
    """An identity number for lists: beginning and end are enough to tell people apart."""
    return id_number if len(id_number) < 8 else f"{id_number[:4]}{'*' * (len(id_number) - 8)}{id_number[-4:]}"
