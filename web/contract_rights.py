"""Who may change templates of contracts: they hold for the whole house, so the legal desk at its root unit alone."""

from __future__ import annotations

from engine.errors import Forbidden
from engine.service.actors import Actor

TEMPLATE_WRITERS = frozenset({"legal_officer"})


def writes_templates(who: Actor) -> bool:
    """Whether the person writes and decides on templates; never on a version of their own (`desk.approve`)."""
    return who.holds_for_house(TEMPLATE_WRITERS)


def require_template_writer(who: Actor) -> None:
    """Raises `Forbidden` for everybody else."""
    if not writes_templates(who):
        raise Forbidden(f"This needs, at the root unit, the role {', '.join(sorted(TEMPLATE_WRITERS))}.")
