"""Who may see the handover of a post: the same for pages and for the REST interface."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.service.actors import Actor
from models.handovers import Handover
from models.queries import handovers
from web.viewing import visible_case

_OVERSEE = frozenset({"admin", "auditor"})


def visible_handovers(who: Actor) -> sa.Select[Any]:
    """Those in which somebody leaves, takes over or supervises; all for administrators and auditors."""
    return handovers.handovers_of(None if who.roles & _OVERSEE else who.name)


def visible_handover(session: Session, who: Actor, number: str) -> Handover:
    """The handover of a number, for whoever sees its case. Raises `NotFound`."""
    found = handovers.find(session, number)
    if found is None:
        raise NotFound("There is no such handover.")
    if who.name not in (found.leaver, found.receiver, found.supervisor):
        visible_case(session, who, found.instance_id)
    return found
