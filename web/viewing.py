"""What a person may see and take: the same for pages and for the REST interface."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from engine.errors import Forbidden, NotFound
from engine.packages.manifest import FILE, read_manifest
from engine.service.actors import Actor
from engine.service.deputies import Principal, principals
from engine.service.policies import acting_for, judged, read_past, refusal
from engine.service.replacing import read_once
from models.cases import Instance
from models.definitions import Definition, DeployedFile
from models.queries import cases as case_lists
from models.queries import tasks as task_lists
from models.queries.visibility import Standing, Viewer
from models.tasks import Task
from web.context import house

_EXTENSION = "loanflow-package-roles"


class PackageRoles:
    """The roles of deployed packages, by deployment. Deployments never change, so nothing here goes stale."""

    def __init__(self) -> None:
        self._roles: dict[int, frozenset[str]] = {}
        self._lock = threading.Lock()

    def definitions_for(self, session: Session, roles: frozenset[str]) -> list[int]:
        """The ids of all definitions in whose packages one of `roles` is named."""
        rows = session.execute(sa.select(Definition.id, Definition.deployment_id)).all()
        with self._lock:
            self._read(session, {row.deployment_id for row in rows} - self._roles.keys())
            return [row.id for row in rows if roles & self._roles[row.deployment_id]]

    def _read(self, session: Session, deployments: set[int]) -> None:
        manifests = session.execute(
            sa.select(DeployedFile.deployment_id, DeployedFile.content).where(
                DeployedFile.deployment_id.in_(deployments), DeployedFile.name == FILE
            )
        )
        found = {row.deployment_id: frozenset(read_manifest(row.content)[0].roles) for row in manifests}
        for deployment in deployments:
            self._roles[deployment] = found.get(deployment, frozenset())


def viewer_of(session: Session, who: Actor) -> Viewer:
    """`who` as the lists need it, judged with what `session` sees."""
    known = current_app.extensions.setdefault(_EXTENSION, PackageRoles())
    return Viewer(
        name=who.name,
        unit_path=who.unit_path,
        definition_ids=[] if who.reads_everything else known.definitions_for(session, who.roles),
        reads_everything=who.reads_everything,
        stands_for=() if who.reads_everything else standings(session, who),
    )


def standings(session: Session, who: Actor) -> list[Standing]:
    """For whom `who` stands in today, as the lists need it."""
    known = current_app.extensions.setdefault(_EXTENSION, PackageRoles())
    return [_standing(known, session, away) for away in principals(look_at(session), who.name)]


def _standing(known: PackageRoles, session: Session, away: Principal) -> Standing:
    return Standing(
        name=away.name,
        unit_path=away.actor.unit_path,
        roles=away.actor.roles,
        all_roles=away.all_roles,
        processes=away.processes,
        definition_ids=known.definitions_for(session, away.actor.roles),
    )


def visible_case(session: Session, who: Actor, instance_id: uuid.UUID) -> Instance:
    """The case. Raises `NotFound` when `who` may not see it."""
    found = case_lists.find_visible(session, viewer_of(session, who), instance_id)
    if found is None:
        raise NotFound("There is no such case.")
    return found


def takes_part(session: Session, who: Actor, instance_id: uuid.UUID) -> bool:
    """Whether somebody who sees a case may add to it: what is seen as an auditor alone is read only (GOV-6)."""
    if "auditor" not in who.roles or "admin" in who.roles:
        return True
    known = current_app.extensions.setdefault(_EXTENSION, PackageRoles())
    by_business = Viewer(
        name=who.name,
        unit_path=who.unit_path,
        definition_ids=known.definitions_for(session, who.roles),
        stands_for=standings(session, who),
    )
    return case_lists.find_visible(session, by_business, instance_id) is not None


def require_part(session: Session, who: Actor, instance_id: uuid.UUID) -> None:
    """Raises `Forbidden` for whoever sees the case, but may not add to it."""
    if not takes_part(session, who, instance_id):
        raise Forbidden("Internal audit reads everything and changes nothing.")


def visible_task(session: Session, who: Actor, task_id: uuid.UUID) -> Task:
    """The task with its case. Raises `NotFound` when `who` may not see the case."""
    query = task_lists.in_visible_cases(task_lists.all_tasks(), viewer_of(session, who)).where(Task.id == task_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such task.")
    return found


def claimable(session: Session, who: Actor, tasks: list[Task]) -> list[Task]:
    """Those of `tasks` that `who` could claim now: every rule but the form, judged in a batch."""
    past = read_past(session, (task.instance_id for task in tasks))
    paths = task_lists.unit_paths(session, (task.unit_id for task in tasks))
    look = with_relations_of(session, who)
    return [task for task in tasks if _refusal(look, task, paths[task.unit_id], who, past[task.instance_id]) is None]


def done_for(session: Session, who: Actor, tasks: list[Task]) -> dict[uuid.UUID, str]:
    """In whose name `who` would do each of these open tasks as a deputy; those done in the own right are left out."""
    look = look_at(session)
    if not principals(look, who.name):
        return {}
    paths = task_lists.unit_paths(session, (task.unit_id for task in tasks))
    found = {}
    for task in tasks:
        definition = look.house.definitions.get(session, task.instance.definition_id)
        seen = judged(task, definition, paths[task.unit_id], task.instance.parties)
        found[task.id] = acting_for(look, definition, seen, who)  # type: ignore[arg-type]
    return {task_id: name for task_id, name in found.items() if name is not None}


def deputised(session: Session, who: Actor, tasks: list[Task]) -> list[Task]:
    """Those of `tasks` that `who` could do now as a deputy."""
    names = done_for(session, who, tasks)
    return claimable(session, who, [task for task in tasks if task.id in names])


@dataclass(frozen=True)
class Look:
    """What the rules need of a step, without its writing transaction: looking locks nothing."""

    session: Session
    house: Any
    now: dt.datetime


def look_at(session: Session) -> Look:
    """The look of a session: one, so that what the rules have asked is not asked again."""
    found = session.info.get(Look)
    if found is None:
        found = session.info[Look] = Look(session, house(), house().clock.now())
    return cast(Look, found)


def with_relations_of(session: Session, who: Actor) -> Look:
    """The same, having read to whom `who` is related, and those for whom `who` stands in."""
    look = look_at(session)
    return cast(Look, read_once(look, [who.name, *(away.name for away in principals(look, who.name))]))


def _refusal(look: Look, task: Task, unit_path: str, who: Actor, past: Any) -> Any:
    definition = look.house.definitions.get(look.session, task.instance.definition_id)
    return refusal(look, definition, judged(task, definition, unit_path, task.instance.parties), who, past)
