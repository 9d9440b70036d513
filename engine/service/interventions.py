"""What administrators may do to a case that has gone astray: jump, skip, cancel a branch, set variables.

Every one of them needs a reason and leaves an event. Whoever does it has no step that must be apart from another, nor
may they have done one (`setting_right`), or separation of duties could be passed by skipping one step and doing the
other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element
from engine.errors import Conflict, Invalid, NotFound, Reason
from engine.runtime.moves import OthersOpen, cancel_branch, carry_out, plan, set_variables, skip
from engine.runtime.tree import CaseTask, is_incident, tokens
from engine.service import rows, setting_right, sweep
from engine.service.actors import Actor
from engine.service.cases import require_admin
from engine.service.house import Step
from engine.service.looking import CaseLook
from engine.service.moves import say_cancel_others
from engine.service.observed import observe
from engine.service.opened import OpenedCase, open_case
from engine.service.variables import MAX_REASON, accept, require_text
from engine.values import to_json
from models.tasks import Task

JUMPED = "case.jumped"
"""The one of them after which the step that was left may still come to be done."""


def open_tokens(case: OpenedCase | CaseLook) -> list[dict[str, Any]]:
    """Everything at which a case stands: the token, its element, and whether it failed."""
    found = [task for scope in case.workflow.scopes() for task in tokens(scope)]
    return [
        {"token": task.id, "element": task.task_spec.element_id, "failed": is_incident(task)}
        for task in sorted(found, key=lambda task: task.id)
        if task.task_spec.element is not None
    ]


def jump(
    step: Step, instance_id: uuid.UUID, actor: Actor, token: Any, to: Any, reason: Any, *, cancel_others: bool = False
) -> None:
    """Move what is open at `token` to any element of the diagrams. Raises `Conflict` for what cannot be done."""
    case, task, text = _begin(step, instance_id, actor, token, reason)
    target = _target(case, to)
    element = task.task_spec.element_id
    try:
        move = plan(task, target, others=cancel_others)
    except OthersOpen as others:
        raise Conflict(say_cancel_others(others)) from None
    carry_out(move)
    cancelled = sorted({other.task_spec.element_id for other in move.others})
    _end(case, JUMPED, actor, element, text, to=target.id, cancelled=cancelled)


def _target(case: OpenedCase | CaseLook, to: Any) -> Element:
    target = case.definition.elements.get(to) if isinstance(to, str) else None
    if target is None or target.kind == "boundaryEvent":
        raise Invalid(f"{to} is no element to which one could go", {"to": ["unknown"]})
    return target


def what_ends(look: CaseLook, what: str, token: uuid.UUID, to: Any = None) -> list[str]:
    """The elements whose open tokens would end, besides this one, with a `jump`, `skip` or `cancel_branch`.

    It is done to the case as it was read, which nobody keeps: look at nothing else of it afterwards. Raises what the
    move itself would raise.
    """
    task = _found(look, token)
    before = {entry["token"]: entry["element"] for entry in open_tokens(look)}
    if what == "jump":
        carry_out(plan(task, _target(look, to), others=True))
    elif what == "skip":
        skip(task)
    else:
        cancel_branch(task)
    left = {entry["token"] for entry in open_tokens(look)}
    return sorted({element for other, element in before.items() if other not in left and other != token})


def skip_element(
    step: Step, instance_id: uuid.UUID, actor: Actor, token: Any, reason: Any, variables: Any = None
) -> None:
    """Go on behind an open or failed element as if it were done, with what it should have given."""
    given = accept({} if variables is None else variables)
    case, task, text = _begin(step, instance_id, actor, token, reason)
    element = task.task_spec.element_id
    skip(task, given)
    _end(case, "case.skipped", actor, element, text, variables=to_json(given))


def end_branch(step: Step, instance_id: uuid.UUID, actor: Actor, token: Any, reason: Any) -> None:
    """End one of several open branches; the others go on, and where they meet it is waited for no more."""
    case, task, text = _begin(step, instance_id, actor, token, reason)
    element = task.task_spec.element_id
    cancel_branch(task)
    _end(case, "case.branch_cancelled", actor, element, text)


def change_variables(step: Step, instance_id: uuid.UUID, actor: Actor, variables: Any, reason: Any) -> None:
    """Set variables of a running case, in all of its branches."""
    given = accept({} if variables is None else variables)
    if not given:
        raise Invalid("variables has at least one", {"variables": ["required"]})
    case, text = _opened(step, instance_id, actor, reason)
    set_variables(case.workflow, given)
    _end(case, "case.variables_set", actor, None, text, variables=to_json(given))


def _opened(step: Step, instance_id: uuid.UUID, actor: Actor, reason: Any) -> tuple[OpenedCase, str]:
    require_admin(actor)
    text = require_text(reason, "reason", MAX_REASON)
    case = open_case(step, instance_id)
    case.actor = actor.name
    setting_right.require_may(case, actor)
    sweep.fire_due(case)
    if case.workflow.completed:
        raise Conflict(Reason("case_ended", "the case has ended already"))
    return case, text


def _begin(
    step: Step, instance_id: uuid.UUID, actor: Actor, token: Any, reason: Any
) -> tuple[OpenedCase, CaseTask, str]:
    case, text = _opened(step, instance_id, actor, reason)
    return case, _found(case, token), text


def _found(case: OpenedCase | CaseLook, token: Any) -> CaseTask:
    """What is meant: the id of a token, or an element where exactly one is open."""
    if isinstance(token, uuid.UUID):
        task = case.workflow.find(token)
        here = [task] if task is not None and any(entry["token"] == token for entry in open_tokens(case)) else []
    else:
        ids = [entry["token"] for entry in open_tokens(case) if entry["element"] == token]
        found = [task for task in map(case.workflow.find, ids) if task is not None]
        here = [task for task in found if not _is_around(task)] or found
    if not here:
        raise NotFound(f"nothing is open at {token}")
    if len(here) > 1:
        raise Invalid(f"{len(here)} are open at {token}: name the token", {"token": ["ambiguous"]})
    return here[0]


def _is_around(task: CaseTask) -> bool:
    """Whether it only stands around the instances that are open at its element."""
    return task.task_spec.child is not None and bool(task.children)


def _end(case: OpenedCase, kind: str, actor: Actor, element: str | None, reason: str, **particulars: Any) -> None:
    open_before = case.before.tasks
    ended = open_before.keys() - observe(case.workflow).tasks.keys()
    case.workflow.advance()
    case.record(kind, actor=actor.name, element=element, reason=reason, **particulars, **case.passed())
    case.participant(actor.name)
    case.flush()
    _count(case, ended, actor)
    if kind != JUMPED:
        for element_id in {open_before[task_id].element.id for task_id in ended}:
            case.seals.waive(element_id)
    rows.measure_again(case)
    case.save()
    setting_right.note(case, actor)


def _count(case: OpenedCase, ended: Iterable[uuid.UUID], actor: Actor) -> None:
    """Steps that the intervention has ended were acted on by the administrator, and by nobody else."""
    for task_id in ended:
        case.session.execute(sa.update(Task).where(Task.id == task_id).values(completed_by=actor.name))
