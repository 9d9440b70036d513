"""Lists of tasks: mine, those offered to my roles, those of cases that I may see. Rows only; no workflow is opened."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from models.cases import Instance
from models.definitions import Definition
from models.people import Unit
from models.queries.paging import Key, instant_key, number_key, text_key, uuid_key
from models.queries.visibility import Standing, Viewer, units_below, visible_to
from models.tasks import OPEN, Candidate, Task

SORTS: dict[str, Key] = {
    "due_at": instant_key(Task.due_at, nullable=True),
    "priority": number_key(Task.priority),
    "created_at": instant_key(Task.created_at),
    "name": text_key(Task.name),
}
ID = uuid_key(Task.id)

Tasks = sa.Select[Any]
_FEW = 2_000


def all_tasks() -> Tasks:
    """Tasks with their cases."""
    return sa.select(Task).join(Task.instance).options(contains_eager(Task.instance))


def mine(query: Tasks, person: str) -> Tasks:
    """Those that a person has."""
    return query.where(Task.assignee == person)


def offered_to(query: Tasks, roles: Iterable[str], unit_path: str, *, few: bool = True) -> Tasks:
    """Open ones that nobody has, offered to one of the roles in the unit or below it.

    `few` (see `offers_are_few`) says how to read: few offers are gathered and sorted; of many, a page is found sooner
    in the order of the list, by asking of each task whether it is among them.
    """
    query = query.where(Task.state == OPEN)
    offered = _offers(roles, unit_path)
    if few:
        return query.where(Task.assignee.is_(None), Task.id.in_(offered))
    # Not `assignee IS NULL`: SQLite would take the index for that, and sort a hundred thousand rows by hand.
    nobody_has_it = sa.func.coalesce(Task.assignee, "") == ""
    return query.where(nobody_has_it, offered.where(Candidate.task_id == Task.id).correlate(Task).exists())


def of_the_absent(query: Tasks, away: Iterable[Standing]) -> Tasks:
    """Open ones that people have for whom somebody stands in, or that are offered to their roles and nobody has."""
    return query.where(Task.state == OPEN, sa.or_(sa.false(), *map(_theirs, away)))


def _theirs(away: Standing) -> Any:
    offered = Task.id.in_(_offers(away.roles, away.unit_path))
    held = sa.and_(Task.assignee == away.name, sa.true() if away.all_roles else offered)
    work = sa.or_(held, sa.and_(Task.assignee.is_(None), offered))
    return sa.and_(work, Instance.key.in_(sorted(away.processes))) if away.processes else work


def offers_are_few(session: Session, roles: Iterable[str], unit_path: str) -> bool:
    """Whether no more than some thousands of tasks are offered; looks no further than that."""
    return session.execute(_offers(roles, unit_path).offset(_FEW).limit(1)).first() is None


def _offers(roles: Iterable[str], unit_path: str) -> sa.Select[Any]:
    in_reach = Candidate.unit_id.in_(units_below(unit_path))
    return sa.select(Candidate.task_id).where(Candidate.role.in_(sorted(roles)), in_reach)


def of_role(query: Tasks, role: str) -> Tasks:
    """Open ones that are offered to a role, whether somebody has them or not."""
    return query.where(Task.id.in_(sa.select(Candidate.task_id).where(Candidate.role == role)))


def in_visible_cases(query: Tasks, viewer: Viewer) -> Tasks:
    """Those of cases that the viewer may see."""
    return query.where(visible_to(viewer))


def filtered(
    query: Tasks,
    *,
    state: str | None = None,
    due_before: dt.datetime | None = None,
    definition: str | None = None,
    instance_id: uuid.UUID | None = None,
) -> Tasks:
    """Those that fit what was given; `definition` is the key of a process."""
    if state is not None:
        query = query.where(Task.state == state)
    if due_before is not None:
        query = query.where(Task.due_at < due_before)
    if definition is not None:
        query = query.where(Task.definition_id.in_(sa.select(Definition.id).where(Definition.key == definition)))
    if instance_id is not None:
        query = query.where(Task.instance_id == instance_id)
    return query


def find(session: Session, task_id: uuid.UUID) -> Task | None:
    """One task with its case."""
    return session.scalars(all_tasks().where(Task.id == task_id)).one_or_none()


def unit_paths(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    """The paths of units, by id."""
    rows = session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(set(unit_ids))))
    return {row.id: row.path for row in rows}
