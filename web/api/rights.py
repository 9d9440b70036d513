"""Roles that calls for administrators, designers and programs ask for."""

from __future__ import annotations

from engine.errors import Forbidden
from engine.service.actors import Actor
from web.context import settings


def require_role(who: Actor, *roles: str) -> None:
    """Raises `Forbidden` unless `who` holds one of `roles`."""
    if not who.roles.intersection(roles):
        raise Forbidden(f"This needs the role {' or '.join(roles)}." if roles else "This needs a role.")


def deployers() -> tuple[str, ...]:
    """The roles that may deploy: whoever deploys a process decides who may do what in it, and which money moves."""
    return ("admin", "designer") if settings().designers_deploy else ("admin",)
