"""Which cases a person may see, as conditions of SQL, so that no list has to look at them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from models.cases import Instance, Participant
from models.people import Unit
from models.tasks import OPEN, Task

_Mine = aliased(Task)
_SLASHES_OF_THE_ROOT = 2


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
    took_part = sa.select(Participant.instance_id).where(Participant.person == viewer.name)
    # Whom the diagram names takes part from the moment the task is theirs, whatever their roles.
    has_a_task = sa.select(_Mine.instance_id).where(_Mine.state == OPEN, _Mine.assignee == viewer.name)
    definition_ids = list(viewer.definition_ids)
    by_role = sa.and_(Instance.definition_id.in_(definition_ids), Instance.unit_id.in_(units_below(viewer.unit_path)))
    sees_most = bool(definition_ids) and viewer.unit_path.count("/") == _SLASHES_OF_THE_ROOT
    if not sees_most:
        return sa.or_(by_role, Instance.id.in_(took_part), Instance.id.in_(has_a_task))
    # Whoever sees most cases is served in the order of the list, asking of each; gathering them first takes longer.
    return sa.or_(
        by_role,
        took_part.where(Participant.instance_id == Instance.id).correlate(Instance).exists(),
        has_a_task.where(_Mine.instance_id == Instance.id).correlate(Instance).exists(),
    )
