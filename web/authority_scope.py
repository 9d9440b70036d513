"""Whose limits and delegations a person may read: the same for the page and for the REST interface."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.service.actors import Actor


def overseen(who: Actor) -> str | None:
    """The path of the unit whose people are overseen; "" for the whole house, None for nobody but oneself."""
    if who.reads_everything:
        return ""
    return who.unit_path if "general_manager" in who.roles else None


def state_of(lent: Any, today: dt.date) -> str:
    """`withdrawn`, `over`, `coming` or `in_force`."""
    if lent.withdrawn_at is not None:
        return "withdrawn"
    if lent.until < today:
        return "over"
    return "coming" if lent.since > today else "in_force"
