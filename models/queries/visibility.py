"""Which cases a person may see, as conditions of SQL, so that no list has to look at them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from models.care import Complaint
from models.cases import Instance, Participant
from models.people import Unit
from models.tasks import OPEN, Candidate, Task

_Mine = aliased(Task)
_SLASHES_OF_THE_ROOT = 2


@dataclass(frozen=True)
class Standing:
    """For whom somebody stands in now: the person, the unit's path, and what the deputy was given of the work.

    `roles` are of the person; the deputy was given all of them, also work without a role, if `all_roles`. `processes`
    are keys; none means all.
    """

    name: str
    unit_path: str
    roles: frozenset[str]
    all_roles: bool
    processes: frozenset[str]
    definition_ids: Iterable[int]


@dataclass(frozen=True)
class Viewer:
    """Who looks: the name, the unit's path, and the definitions in whose packages the person holds a role.

    `reads_everything` is set for administrators and auditors; `stands_for` says whose work the person does now.
    """

    name: str
    unit_path: str
    definition_ids: Iterable[int]
    reads_everything: bool = False
    stands_for: Iterable[Standing] = ()


def units_below(unit_path: str) -> Any:
    """The ids of a unit and of all units below it."""
    return sa.select(Unit.id).where(Unit.path.startswith(unit_path, autoescape=True))


def visible_to(viewer: Viewer) -> Any:
    """The condition on `Instance`: the viewer took part, or holds a role that counts in the case's unit.

    A complaint is not shown to whom it is about, whatever their role or part in it, but while a step of it is theirs.
    """
    if viewer.reads_everything:
        return sa.true()
    about = sa.select(Complaint.instance_id).where(Complaint.about_person == viewer.name)
    took_part = sa.select(Participant.instance_id).where(Participant.person == viewer.name)
    # Whom the diagram names takes part from the moment the task is theirs, whatever their roles.
    has_a_task = sa.select(_Mine.instance_id).where(_Mine.state == OPEN, _Mine.assignee == viewer.name)
    definition_ids = list(viewer.definition_ids)
    by_role = sa.and_(Instance.definition_id.in_(definition_ids), Instance.unit_id.in_(units_below(viewer.unit_path)))
    stood_in = [_of_their_work(away) for away in viewer.stands_for]
    sees_most = bool(definition_ids) and viewer.unit_path.count("/") == _SLASHES_OF_THE_ROOT
    took: Any = Instance.id.in_(took_part)
    has: Any = Instance.id.in_(has_a_task)
    if sees_most:
        # Whoever sees most cases is served in the order of the list, asking of each; gathering them first takes longer.
        took = took_part.where(Participant.instance_id == Instance.id).correlate(Instance).exists()
        has = has_a_task.where(_Mine.instance_id == Instance.id).correlate(Instance).exists()
    return sa.or_(has, sa.and_(sa.or_(by_role, took, *stood_in), Instance.id.not_in(about)))


def _of_their_work(away: Standing) -> Any:
    """The condition on `Instance`: a deputy does what it waits for, or may be asked to."""
    by_role = sa.and_(
        Instance.definition_id.in_(list(away.definition_ids)), Instance.unit_id.in_(units_below(away.unit_path))
    )
    held = sa.select(_Mine.instance_id).where(_Mine.state == OPEN, _Mine.assignee == away.name)
    if not away.all_roles:
        held = held.where(_Mine.id.in_(sa.select(Candidate.task_id).where(Candidate.role.in_(sorted(away.roles)))))
    work = sa.or_(by_role, Instance.id.in_(held))
    return sa.and_(work, Instance.key.in_(sorted(away.processes))) if away.processes else work
