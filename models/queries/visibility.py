"""Which cases a person may see, as conditions of SQL, so that no list has to look at them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models.cases import Instance, Participant
from models.people import Unit
from models.tasks import OPEN, Task


@dataclass(frozen=True)
class Viewer:
    """Who looks: the name, the unit's path, and the definitions in whose packages the person holds a role.

    `reads_everything` is set for administrators and auditors.
    """

    name: str
    unit_path: str
    definition_ids: Iterable[int]
    reads_everything: bool = False


def units_below(unit_path: str) -> Any:
    """The ids of a unit and of all units below it."""
    return sa.select(Unit.id).where(Unit.path.startswith(unit_path, autoescape=True))


def visible_to(viewer: Viewer) -> Any:
    """The condition on `Instance`: the viewer took part, or holds a role that counts in the case's unit."""
    if viewer.reads_everything:
        return sa.true()
    took_part = Instance.id.in_(sa.select(Participant.instance_id).where(Participant.person == viewer.name))
    # Whom the diagram names takes part from the moment the task is theirs, whatever their roles.
    has_a_task = Instance.id.in_(sa.select(Task.instance_id).where(Task.state == OPEN, Task.assignee == viewer.name))
    by_role = sa.and_(
        Instance.definition_id.in_(list(viewer.definition_ids)), Instance.unit_id.in_(units_below(viewer.unit_path))
    )
    return sa.or_(by_role, took_part, has_a_task)
