"""Deputies with dates: while somebody is away, another does the work in that person's name.

What a deputy may do is asked in `policies`: separation and recusal look at both, and so do limits. There are no chains:
a deputy passes nothing on, and whoever is away stands in for nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from engine.errors import Forbidden, Invalid, NotFound
from engine.service import actors
from engine.service.actors import Actor
from engine.service.house import Step
from engine.service.variables import require_text
from models.deputies import Deputy
from models.queries import deputies

MANAGERS = frozenset({"dept_manager", "general_manager"})
"""Roles whose holders arrange who stands in for the people of their unit and of those below it."""
_S = TypeVar("_S")
_MAX_REASON = 500
_MAX_LISTED = 50


@dataclass(frozen=True)
class Principal:
    """Somebody in whose name a deputy acts: roles are those that the deputy was given of theirs."""

    actor: Actor
    all_roles: bool
    processes: frozenset[str]

    @property
    def name(self) -> str:
        """The person who is away."""
        return self.actor.name

    def covers(self, process: str, roles: Iterable[str]) -> bool:
        """Whether the deputy was given steps of these roles in cases of this process."""
        if self.processes and process not in self.processes:
            return False
        return self.all_roles or bool(self.actor.roles.intersection(roles))


def principals(step: Any, deputy: str) -> list[Principal]:
    """In whose names somebody may act now; asked once in a step (or a look)."""
    return ask_principals(step, [deputy])[deputy]


def ask_principals(step: Any, people: Iterable[str]) -> Mapping[str, list[Principal]]:
    """In whose names each of these people may act now; those whom nobody has asked about in this step in one query."""
    kept: dict[str, list[Principal]] = step.__dict__.setdefault("_principals", {})
    unknown = [name for name in people if name not in kept]
    if unknown:
        rows = deputies.standing_in(step.session, unknown, today(step))
        kept.update((name, _principals(step.session, rows.get(name, ()))) for name in unknown)
    return kept


def share_principals(step: Any, other: _S) -> _S:
    """Let `other`, the same step in other surroundings, know what was asked in `step`, and the other way round."""
    other.__dict__["_principals"] = step.__dict__.setdefault("_principals", {})
    return other


def today(step: Any) -> dt.date:
    """The business day of a step."""
    day: dt.date = step.now.astimezone(step.house.calendar.zone).date()
    return day


def _principals(session: Session, rows: Iterable[Deputy]) -> list[Principal]:
    found = []
    for row in rows:
        try:
            person = actors.load(session, row.person)
        except NotFound:
            continue  # Who cannot sign in any more has left: the post is handed over, not stood in for.
        roles = person.roles.intersection(row.roles) if row.roles else person.roles
        found.append(Principal(replace(person, roles=roles), not row.roles, frozenset(row.processes)))
    return found


def appoint(
    step: Step,
    actor: Actor,
    person: str,
    deputy: str,
    begins: dt.date,
    until: dt.date,
    reason: Any,
    roles: Iterable[str] = (),
    processes: Iterable[str] = (),
) -> Deputy:
    """Let `deputy` stand in for `person`: by themselves, a manager of their unit, or an administrator.

    Raises `NotFound`, `Forbidden`, and `Invalid` with a code for each field: `past`, `order`, `self`, `unknown`,
    `not_held`, `overlaps` (somebody stands in already), `chain` (the deputy is away then, or the person stands in).
    """
    away = _load(step, person, "person")
    require_may_arrange(actor, away)
    text = require_text(reason, "reason", _MAX_REASON)
    stand_in = _load(step, deputy, "deputy")
    wanted_roles, wanted_processes = _listed(roles, "roles"), _listed(processes, "processes")
    _require_dates(step, begins, until)
    if away.name == stand_in.name:
        raise Invalid("nobody stands in for themselves", {"deputy": ["self"]})
    if not away.roles.issuperset(wanted_roles):
        raise Invalid(f"{person} does not hold all of these roles", {"roles": ["not_held"]})
    for key in wanted_processes:
        try:
            step.house.definitions.find(step.session, key)
        except NotFound as error:
            raise Invalid(str(error), {"processes": ["unknown"]}) from None
    _require_no_chain(step, person, deputy, begins, until)
    for other in deputies.of_person(step.session, person, begins, until):
        if _meet(other.roles, wanted_roles) and _meet(other.processes, wanted_processes):
            message = f"{other.deputy} stands in for {person} from {other.begins} to {other.until} already"
            raise Invalid(message, {"begins": ["overlaps"]})
    row = Deputy(
        person=person,
        deputy=deputy,
        begins=begins,
        until=until,
        reason=text,
        roles=wanted_roles,
        processes=wanted_processes,
        set_by=actor.name,
        set_at=step.now,
    )
    step.session.add(row)
    step.session.flush()
    return row


def _load(step: Step, name: str, field: str) -> Actor:
    try:
        return actors.load(step.session, name)
    except NotFound:
        raise Invalid(f"there is no person {name}", {field: ["unknown"]}) from None


def _listed(names: Iterable[str], field: str) -> list[str]:
    listed = sorted(set(names))
    if len(listed) > _MAX_LISTED:
        raise Invalid(f"{field} has at most {_MAX_LISTED} entries", {field: ["number"]})
    return listed


def _require_dates(step: Step, begins: dt.date, until: dt.date) -> None:
    if until < begins:
        raise Invalid("until is before the first day", {"until": ["order"]})
    if until < today(step):
        raise Invalid("until is over already", {"until": ["past"]})


def _require_no_chain(step: Step, person: str, deputy: str, begins: dt.date, until: dt.date) -> None:
    away = next(iter(deputies.of_person(step.session, deputy, begins, until)), None)
    if away is not None:
        message = f"{deputy} is away from {away.begins} to {away.until}, and cannot stand in"
        raise Invalid(message, {"deputy": ["chain"]})
    busy = next(iter(deputies.duties_of(step.session, person, begins, until)), None)
    if busy is not None:
        message = f"{person} stands in for {busy.person} from {busy.begins} to {busy.until}: end that first"
        raise Invalid(message, {"person": ["chain"]})


def _meet(some: list[str], others: list[str]) -> bool:
    """Whether two lists have something in common; an empty one means all."""
    return not some or not others or bool(set(some) & set(others))


def end(step: Step, deputy_id: int, actor: Actor) -> Deputy:
    """End it before its last day; by whoever could arrange it, or the deputy. Raises `NotFound`, `Forbidden`,
    `Invalid` when it is over already.
    """
    row = step.session.get(Deputy, deputy_id, with_for_update=True)
    if row is None or not may_see(step.session, actor, row):
        raise NotFound("there is nobody who stands in under this number")
    if actor.name != row.deputy and "admin" not in actor.roles:
        require_may_arrange(actor, actors.load(step.session, row.person))
    if row.ended_at is not None or row.until < today(step):
        raise Invalid("it is over already", {"": ["over"]})
    row.ended_by, row.ended_at = actor.name, step.now
    step.session.flush()
    return row


def may_arrange(actor: Actor, person: Actor) -> bool:
    """Whether `actor` may say who stands in for `person`."""
    is_manager = bool(actor.roles & MANAGERS) and actor.is_above(person.unit_path)
    return actor.name == person.name or "admin" in actor.roles or is_manager


def require_may_arrange(actor: Actor, person: Actor) -> None:
    """Raises `Forbidden` for everybody but the person, a manager of the unit, and administrators."""
    if not may_arrange(actor, person):
        raise Forbidden(f"{person.name}, a manager of the unit or an administrator says who stands in")


def may_see(session: Session, actor: Actor, row: Deputy) -> bool:
    """Whether somebody may know of it: both sides, those who could arrange it, and auditors."""
    if actor.name in (row.person, row.deputy) or actor.reads_everything:
        return True
    try:
        return may_arrange(actor, actors.load(session, row.person))
    except NotFound:
        return False
