"""Conditions of an approval until each is met: seen to, proved, confirmed by somebody else, or waived (REV-8).

Which roles may do what is the package's to say; this knows only that nobody confirms their own work, and that waiving
takes the power of whoever decided.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service import powers
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from engine.service.policies import conflicts_of, recusal_of, require_no_relation
from engine.service.variables import require_text
from models.cases import Attachment, Instance
from models.people import Unit
from models.queries.conditions import conditions_of, investigators
from models.resolutions import FULFILLED, IN_WORK, OPEN, WAIVED, Resolution, ResolutionCondition

POWER = "approve_loan"
_MAX_NOTE = 1000


def see_to(
    step: Step, who: Actor, instance_id: uuid.UUID, n: int, note: Any, due_on: dt.date | None = None
) -> ResolutionCondition:
    """Somebody works on a condition: what was done so far, and by when it will be met."""
    row, _resolution, case = _locked(step, who, instance_id, n)
    _require_worker(step, who, case, row)
    _require(row, OPEN, IN_WORK)
    row.state, row.note = IN_WORK, require_text(note, "note", _MAX_NOTE)
    row.responsible = row.responsible or who.name
    row.due_on = due_on or row.due_on
    return _done(step, who, case, row, row.note or "")


def fulfil(
    step: Step, who: Actor, instance_id: uuid.UUID, n: int, note: Any, evidence_id: int | None
) -> ResolutionCondition:
    """A condition is met, with a paper of the case that proves it."""
    row, _resolution, case = _locked(step, who, instance_id, n)
    _require_worker(step, who, case, row)
    _require(row, OPEN, IN_WORK)
    paper = None if evidence_id is None else step.session.get(Attachment, evidence_id)
    if paper is None or paper.instance_id != instance_id:
        raise Invalid("name a paper of this case as evidence", {"evidence": ["required"]})
    row.state, row.note = FULFILLED, require_text(note, "note", _MAX_NOTE)
    row.evidence_id, row.fulfilled_at, row.fulfilled_by = paper.id, step.now, who.name
    return _done(step, who, case, row, row.note or "")


def confirm(step: Step, who: Actor, instance_id: uuid.UUID, n: int) -> ResolutionCondition:
    """Somebody else than who fulfilled it has looked at the evidence."""
    row, _resolution, case = _locked(step, who, instance_id, n)
    _require_role(step, who, case, _parameter(step, case, "condition_confirmers"))
    _require(row, FULFILLED)
    if row.fulfilled_by == who.name:
        raise Forbidden("Whoever fulfilled a condition does not confirm it.")
    if row.confirmed_at is not None:
        raise Conflict("the condition is confirmed already")
    row.confirmed_at, row.confirmed_by = step.now, who.name
    return _done(step, who, case, row, "", kind="condition.confirmed")


def reopen(step: Step, who: Actor, instance_id: uuid.UUID, n: int, reason: Any) -> ResolutionCondition:
    """What was shown does not prove it: the condition is to be worked on again."""
    row, _resolution, case = _locked(step, who, instance_id, n)
    _require_role(step, who, case, _parameter(step, case, "condition_confirmers"))
    _require(row, FULFILLED)
    if row.confirmed_at is not None:
        raise Conflict("the condition is confirmed already")
    row.state, row.note = IN_WORK, require_text(reason, "reason", _MAX_NOTE)
    row.fulfilled_at = row.fulfilled_by = row.evidence_id = None
    return _done(step, who, case, row, row.note or "")


def waive(step: Step, who: Actor, instance_id: uuid.UUID, n: int, reason: Any) -> ResolutionCondition:
    """The condition is dropped: by a role that could decide the loan, within the own or a lent limit."""
    row, resolution, case = _locked(step, who, instance_id, n)
    waivers = _parameter(step, case, "condition_waivers")
    _require_role(step, who, case, waivers.get(resolution.decided_by, []) if isinstance(waivers, dict) else [])
    _require(row, OPEN, IN_WORK)
    why = require_text(reason, "reason", _MAX_NOTE)
    if who.name == row.responsible or who.name in investigators(step.session, instance_id):
        raise Forbidden("Whoever investigated the loan or sees to the condition does not waive it.")
    today = step.now.astimezone(step.house.calendar.zone).date()
    assert resolution.amount is not None
    basis = powers.basis(
        step.session, who.name, POWER, resolution.amount, today, lambda giver: _barred(step, case, giver)
    )
    if basis.lacking is not None:
        raise Forbidden(basis.lacking)
    row.state, row.note = WAIVED, why
    row.waived_at, row.waived_by = step.now, who.name
    return _done(step, who, case, row, why, power_of=basis.giver)


def _barred(step: Step, case: Any, giver: str) -> str | None:
    """Why a power must not come from somebody who could not decide this case."""
    if giver in investigators(step.session, case.id):
        return f"{giver} has investigated the loan."
    recused = recusal_of(step, [giver], case.parties, conflicts_of(step.session, case.id))
    return None if recused is None else recused[0]


def _locked(step: Step, who: Actor, instance_id: uuid.UUID, n: int) -> tuple[ResolutionCondition, Resolution, Any]:
    """The condition of the latest resolution under the lock of its case, for somebody who need not stand back."""
    case = lock(step, instance_id)
    require_no_relation(step, instance_id, case.parties, who, "condition")
    found = next((row for row in conditions_of(step.session, instance_id) if row.n == n), None)
    if found is None:
        raise NotFound("There is no such condition.")
    step.session.refresh(found)
    return found, step.session.get_one(Resolution, found.resolution_id), case


def _require(row: ResolutionCondition, *states: str) -> None:
    if row.state not in states:
        raise Conflict(f"the condition is {row.state}")


def _parameter(step: Step, case: Any, name: str) -> Any:
    return step.house.definitions.get(step.session, case.definition_id).parameters.get(name, [])


def _require_worker(step: Step, who: Actor, case: Any, row: ResolutionCondition) -> None:
    if who.name != row.responsible:
        _require_role(step, who, case, _parameter(step, case, "condition_workers"))


def _require_role(step: Step, who: Actor, case: Any, roles: Any) -> None:
    path = step.session.scalar(sa.select(Unit.path).where(Unit.id == case.unit_id)) or ""
    if not (set(roles) & who.roles and who.is_above(path)):
        raise Forbidden(f"This needs the role {' or '.join(roles)}." if roles else "Nobody may do this here.")


def _done(
    step: Step,
    who: Actor,
    case: Instance,
    row: ResolutionCondition,
    text: str,
    kind: str = "condition.changed",
    power_of: str | None = None,
) -> ResolutionCondition:
    append(
        step,
        case,
        kind,
        participants=[who.name],
        actor=who.name,
        n=row.n,
        condition=row.text,
        state=row.state,
        text=text,
        **({"power_of": power_of} if power_of else {}),
    )
    step.session.flush()
    return row
