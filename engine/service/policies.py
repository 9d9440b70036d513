"""Who may do a step: the rules of the contract, asked in their order; the first that stands against it is named.

Everything is judged from rows: who completed what (and for whom), who has what in hand, roles, relations, limits.
Claiming asks the same rules as completing, but for the form; what somebody has in hand counts where others choose them.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bpmn.model import Element
from engine.errors import Refused, Rule
from engine.ports import Related
from engine.service import powers
from engine.service.actors import Actor
from engine.service.definitions import Compiled
from engine.service.deputies import principals
from engine.service.house import Step
from models.cases import Conflict, Continuation, Instance, Participant
from models.tasks import COMPLETED, OPEN, RETURNED, STEP, WITHDRAWN, Task

GIVEN = frozenset({"assign", "delegate", "transfer"})
"""What gives a step to somebody whom another chooses."""
ANSWERED = (COMPLETED, RETURNED, WITHDRAWN)
"""In these states somebody has acted on a task: rounds that were returned or withdrawn count too (GOV-2)."""

_WAITS_FOR_COSIGNERS = frozenset({"complete", "return"})

_IN_PERSON = frozenset({"delegate", "transfer"})
"""A deputy passes nothing on: that would be a chain."""

MAX_AMOUNT = 64
"""Characters of an amount as it stands with a task."""


@dataclass(frozen=True)
class Judged:
    """A task as the rules see it. `amount` is what its authority is measured by, as text."""

    id: uuid.UUID
    instance_id: uuid.UUID
    element: Element
    state: str
    roles: frozenset[str]
    assignee: str | None
    unit_path: str
    amount: str | None
    parties: Mapping[str, Iterable[str]]
    owner: str | None = None
    """In whose name it is done, when it was delegated."""
    cosigners: int = 0
    """How many are still asked to sign with it."""
    cosigned: bool = False
    """Whether somebody was asked to sign with it."""


@dataclass
class Past:
    """Who has done what in one case (element, completed by, for whom; oldest first), who is at it, and who declared
    conflicts.
    """

    done: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    held: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    """Who has an open step in hand, and in whose name."""
    last: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Who has done each step last, and for whom; who has signed with it, or passed it by, has not done it."""
    conflicts: frozenset[str] = frozenset()
    set_right: frozenset[str] = frozenset()
    """Who has changed the course of the case or its variables as an administrator."""
    read: bool = False
    """Whether it was looked up at all: where no rule asks for it, it is not."""


def refusal(
    step: Step, definition: Compiled, task: Judged, actor: Actor, past: Past | None = None, action: str = "complete"
) -> Refused | None:
    """What stands against `actor` doing `task`, or None."""
    found = _first_rule(step, definition, task, actor, past, action)
    if found is None and task.cosigners and action in _WAITS_FOR_COSIGNERS:
        found = "awaiting_cosigner", f"{task.cosigners} more are asked to sign with it first."
    if found is None:
        return None
    rule, message = found[:2]
    return Refused(
        rule,
        message,
        actor=actor.name,
        task_id=task.id,
        instance_id=task.instance_id,
        element=task.element.id,
        action=action,
        facts=found[2] if len(found) == 3 else None,
    )


def _first_rule(
    step: Step, definition: Compiled, task: Judged, actor: Actor, past: Past | None, action: str
) -> tuple[Rule, str] | tuple[Rule, str, Mapping[str, Any]] | None:
    human = task.element.human
    name = task.element.name or task.element.id
    if task.state != OPEN:
        return "not_open", f"{name} is no longer open."
    principal = acting_for(step, definition, task, actor, action)
    if principal is None and not is_candidate(task, actor):
        roles = ", ".join(sorted(task.roles)) or "nobody else"
        holder = None if task.assignee == actor.name else task.assignee
        return "not_a_candidate", f"{name} is for {holder or roles}."
    separated = definition.separated.get(task.element.id, frozenset())
    if past is None and (separated or human.same_as or human.recuse):
        past = read_past(step.session, [task.instance_id])[task.instance_id]
    past = past or Past()
    answerable = {name for name in (actor.name, task.owner, principal) if name}
    for element, by, on_behalf_of in past.done:
        both = answerable & {by, on_behalf_of}
        if element in separated and both:
            other = definition.elements[element].name or element if element in definition.elements else element
            return "separation_of_duties", f"{both.pop()} has done {other}; {name} must be done by somebody else."
    if separated and answerable & past.set_right:
        who = min(answerable & past.set_right)
        sentence = f"{who} has set the case right as an administrator; {name} must be done by somebody else."
        return "separation_of_duties", sentence
    # Who was given both would find out at the second report that it was in vain: nobody gives the other to who has one.
    for element, by, on_behalf_of in past.held if action in GIVEN else ():
        both = answerable & {by, on_behalf_of}
        if element in separated and both:
            who, other = min(both), definition.elements[element].name or element
            sentence = f"{who} has {other} in hand; {name} must be done by somebody else."
            return "separation_of_duties", sentence, {"person": who, "in_hand": element}
    signer = _signer(step, task, answerable)
    if signer is not None:
        return "separation_of_duties", f"{signer} signs with {name}; somebody else must complete it."
    if human.same_as is not None:
        before = past.last.get(human.same_as)
        # What a deputy did counts for both: whoever was away goes on with it, and so does the deputy.
        if before is not None and not {actor.name, principal} & {*before} - {None}:
            return "same_person", f"{name} must be done by {before[0]}, who did {human.same_as}."
    if human.recuse:
        recused = recusal_of(step, sorted(answerable), task.parties, past.conflicts)
        if recused is not None:
            return "recusal", *recused
    if human.authority is not None:
        for person in filter(None, (actor.name, principal)):
            lacking = _basis(step, definition, task, task.amount, person, past).lacking
            if lacking is not None:
                return "authority", lacking
    if principal is None and task.assignee is not None and task.assignee != actor.name:
        return "not_the_assignee", f"{name} is with {task.assignee}."
    return None


def signing(element: Element) -> Element:
    """The step as its rules are asked of those who sign with it: an opinion needs no authority of its own."""
    return replace(element, human=replace(element.human, same_as=None, authority=None))


def _signer(step: Step, task: Judged, answerable: Iterable[str]) -> str | None:
    """Who of those who answer for a task has signed with this very task, or is asked to: themselves or by deputy."""
    if not task.cosigned:
        return None
    names = sorted(answerable)
    signed = sa.and_(Task.state == COMPLETED, sa.or_(Task.completed_by.in_(names), Task.completed_for.in_(names)))
    asked = sa.and_(Task.state == OPEN, sa.or_(Task.assignee.in_(names), Task.owner.in_(names)))
    query = sa.select(Task.completed_by, Task.completed_for, Task.assignee, Task.owner)
    row = step.session.execute(query.where(Task.of_task == task.id, sa.or_(signed, asked)).limit(1)).first()
    return None if row is None else next(name for name in row if name in names)


def acting_for(step: Step, definition: Compiled, task: Judged, actor: Actor, action: str = "complete") -> str | None:
    """In whose name a deputy would do the task; None for whoever does it in their own right, and where nobody may
    stand in (`loanflow:delegate="false"`, a vote).

    What somebody was given by another in the other's name is not passed on to the deputy.
    """
    own = task.assignee in (None, actor.name) and is_candidate(task, actor)
    if own or action in _IN_PERSON or not task.element.human.moves.delegate:
        return None
    for away in principals(step, actor.name):
        theirs = task.assignee in (None, away.name) and task.owner in (None, away.name)
        held = task.assignee == actor.name and task.owner == away.name
        offered = replace(task, assignee=None if task.roles else task.assignee)
        if (theirs or held) and away.covers(definition.key, task.roles) and is_candidate(offered, away.actor):
            return away.name
    return None


def in_whose_name(step: Step, definition: Compiled, task: Judged, actor: Actor) -> str | None:
    """For whom `actor` does a task: whose it was when it was delegated, or whose deputy does it; None for nobody."""
    if task.owner not in (None, actor.name):
        return task.owner
    return acting_for(step, definition, task, actor)


def is_candidate(task: Judged, actor: Actor) -> bool:
    """Whether the step is offered to the actor: by role in the case's unit, or by name (diagram, escalation)."""
    if task.assignee == actor.name and (task.element.human.assignee is not None or not task.roles):
        return True
    return bool(task.roles & actor.roles) and actor.is_above(task.unit_path)


def read_past(session: Session, instances: Iterable[uuid.UUID]) -> dict[uuid.UUID, Past]:
    """What was done and is in hand in these cases and those that they continue (a later draw), in two queries."""
    wanted = list(set(instances))
    past: dict[uuid.UUID, Past] = defaultdict(lambda: Past(read=True))
    past.update((instance_id, Past(read=True)) for instance_id in wanted)
    ids = _with_continued(wanted)
    # A token's id sorts by when it was put, which tells apart what was done at the same instant.
    in_hand = sa.and_(Task.state == OPEN, Task.kind == STEP, Task.assignee.is_not(None))
    acted = (
        sa.select(
            Task.instance_id,
            Task.element,
            Task.completed_by,
            Task.completed_for,
            Task.assignee,
            Task.owner,
            Task.kind,
            Task.state,
        )
        .where(Task.instance_id.in_(ids), sa.or_(Task.completed_by.is_not(None), in_hand))
        .order_by(Task.closed_at, Task.id)
    )
    for row in session.execute(acted):
        if row.state == OPEN:
            past[row.instance_id].held.append((row.element, row.assignee, row.owner))
            continue
        past[row.instance_id].done.append((row.element, row.completed_by, row.completed_for))
        if row.kind == STEP and row.state in ANSWERED:
            past[row.instance_id].last[row.element] = row.completed_by, row.completed_for
    continued = sa.select(
        Continuation.instance_id, Continuation.of_instance, sa.null().label("person"), sa.literal("continues")
    ).where(Continuation.instance_id.in_(wanted))
    declared = sa.select(Conflict.instance_id, sa.null(), Conflict.person, sa.literal("conflicts")).where(
        Conflict.instance_id.in_(ids)
    )
    intervened = sa.select(Participant.instance_id, sa.null(), Participant.person, sa.literal("set_right")).where(
        Participant.instance_id.in_(ids), Participant.set_right
    )
    before = {}
    for instance_id, of_instance, person, what in session.execute(continued.union_all(declared, intervened)):
        if of_instance is not None:
            before[instance_id] = of_instance
        else:
            setattr(past[instance_id], what, getattr(past[instance_id], what) | {person})
    for instance_id, of_instance in before.items():
        own, earlier = past[instance_id], past[of_instance]
        past[instance_id] = replace(
            own,
            done=earlier.done + own.done,
            held=earlier.held + own.held,
            conflicts=own.conflicts | earlier.conflicts,
            set_right=own.set_right | earlier.set_right,
        )
    return past


def conflicts_of(session: Session, instance_id: uuid.UUID) -> frozenset[str]:
    """Who has declared a conflict of interest in a case, or in one that it continues."""
    query = sa.select(Conflict.person).where(Conflict.instance_id.in_(_with_continued([instance_id])))
    return frozenset(session.scalars(query))


def _with_continued(instances: Sequence[uuid.UUID]) -> sa.CompoundSelect[Any]:
    """These cases and those that they continue, for a condition that an index serves."""
    continued = sa.select(Continuation.of_instance).where(Continuation.instance_id.in_(instances))
    return sa.select(Instance.id).where(Instance.id.in_(instances)).union_all(continued)


def recusal_of(
    step: Step, answerable: Iterable[str], parties: Mapping[str, Iterable[str]], conflicts: Iterable[str]
) -> tuple[str, Mapping[str, Any]] | None:
    """What stands against one of those who answer for a step in a case, in a sentence and as facts (GOV-1)."""
    for name in answerable:
        if name in conflicts:
            return f"{name} has declared a conflict of interest in this case.", {"person": name}
        found = step.house.relations.related(step.session, name, parties)
        if found is not None:
            return say_related(name, found), facts_of_relation(name, found)
    return None


def require_no_relation(
    step: Step, instance_id: uuid.UUID, parties: Mapping[str, Iterable[str]], actor: Actor, action: str, **at: Any
) -> None:
    """Raises `Refused` for whoever must stand back from the case: what decides it beside its steps is not theirs either
    (GOV-1). `at` says where: `task_id`, `element`.
    """
    recused = recusal_of(step, [actor.name], parties, conflicts_of(step.session, instance_id))
    if recused is not None:
        message, facts = recused
        raise Refused("recusal", message, actor=actor.name, instance_id=instance_id, action=action, facts=facts, **at)


def say_related(name: str, found: Related) -> str:
    """A relation in one sentence, link by link."""
    links = "; ".join(map(str, found.chain))
    return f"{name} is related to the case's {found.party}{': ' if links else ''}{links}."


def facts_of_relation(name: str, found: Related) -> dict[str, Any]:
    """A relation as plain JSON, for events and pages."""
    chain = [[link.who, link.kind, link.whom] for link in found.chain]
    return {"person": name, "party": found.party, "chain": chain}


def authority_used(
    step: Step, definition: Compiled, task: Judged, given: Mapping[str, Any], actor: Actor
) -> powers.Basis:
    """On which power the actor completes a step, for all that it and its own form say. For a deputy the power of the
    one who is away must cover it too.

    Else a limit could be passed by writing a higher amount into the form of the very step that it bounds.
    """
    human = task.element.human
    if human.authority is None:
        return powers.Basis()
    amounts = [task.amount] + ([measure(given[human.authority_of])] if human.authority_of in given else [])
    past = read_past(step.session, [task.instance_id])[task.instance_id]
    bases = [_basis(step, definition, task, amount, actor.name, past) for amount in amounts]
    away = acting_for(step, definition, task, actor)
    theirs = [] if away is None else [_basis(step, definition, task, amount, away, past) for amount in amounts]
    # The step's own amount was judged before; what its form sets may need more, or a delegation that the first did not.
    lacking = next((basis for basis in (*bases, *theirs) if basis.lacking), None)
    return lacking or max(bases, key=lambda basis: basis.amount)


def measure(value: Any) -> str | None:
    """A variable as the amount by which an authority is measured, as text that fits its column; None for null."""
    if value is None:
        return None
    text = str(value)
    if isinstance(value, Decimal) and len(text) > MAX_AMOUNT:
        return format(value, ".40E")
    return text if len(text) <= MAX_AMOUNT else "too long to be an amount"


def _basis(step: Step, definition: Compiled, task: Judged, amount: str | None, person: str, past: Past) -> powers.Basis:
    human = task.element.human
    assert human.authority is not None
    if amount is None:
        return powers.Basis(f"The case has no {human.authority_of} by which the power {human.authority} is measured.")
    try:
        needed = Decimal(amount)
    except InvalidOperation:
        needed = Decimal("NaN")
    if not needed.is_finite():
        return powers.Basis(f"{human.authority_of} is {amount}, which is no amount.")
    today = step.now.astimezone(step.house.calendar.zone).date()

    def barred(giver: str) -> str | None:
        """A power must not come by delegation from somebody who could not decide this case."""
        read = past if past.read else read_past(step.session, [task.instance_id])[task.instance_id]
        separated = definition.separated.get(task.element.id, frozenset())
        if any(element in separated and giver in (by, owner) for element, by, owner in read.done):
            return f"{giver} has done a step that must be apart from this one."
        if separated and giver in read.set_right:
            return f"{giver} has set the case right as an administrator."
        recused = recusal_of(step, [giver], task.parties, read.conflicts) if human.recuse else None
        return None if recused is None else recused[0]

    return powers.basis(step.session, person, human.authority, needed, today, barred)


def judged(task: Any, definition: Compiled, unit_path: str, parties: Mapping[str, Any]) -> Judged:
    """A task row as the rules see it."""
    element = definition.element(task.process, task.element)
    return Judged(
        id=task.id,
        instance_id=task.instance_id,
        element=element if task.kind == STEP else signing(element),
        state=task.state,
        roles=frozenset(role for role in (task.role or "").split(",") if role),
        assignee=task.assignee,
        unit_path=unit_path,
        amount=task.amount,
        parties=parties,
        owner=task.owner,
        cosigners=task.cosigners,
        cosigned=task.cosigned,
    )
