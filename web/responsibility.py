"""Who may read the responsibility report of a case: the same for pages and for the REST interface."""

from __future__ import annotations

from engine.errors import NotFound
from engine.service.actors import Actor

READERS = frozenset({"auditor", "admin", "general_manager"})
"""Internal audit, the administrators, and who decides on a loss; of the cases that they see."""


def may_read(who: Actor) -> bool:
    """Whether somebody may read reports."""
    return bool(who.roles & READERS)


def require_reader(who: Actor) -> None:
    """Raises `NotFound` for everybody else: what people must not see does not exist for them."""
    if not may_read(who):
        raise NotFound("There is no such report.")
