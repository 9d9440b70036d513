"""Work goes back: a step is returned to an earlier one 退回, a completion withdrawn while it was not taken up 撤回."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Element
from engine.errors import Conflict, Invalid, NotFound, Reason
from engine.runtime import withdrawal
from engine.runtime.moves import Impossible, OthersOpen, Plan, carry_out, plan
from engine.runtime.tree import CaseTask
from engine.service import actors, notices, rows, sweep
from engine.service.actors import Actor
from engine.service.completing import stands_for
from engine.service.handling import fresh, read, refuse_if, require_allowed, token_of
from engine.service.house import Step
from engine.service.looking import CaseLook
from engine.service.opened import OpenedCase, open_case_of
from engine.service.policies import ANSWERED, Judged, is_candidate
from engine.service.variables import MAX_REASON, require_text
from models.cases import Instance
from models.tasks import COMPLETED, OPEN, RETURNED, STEP, WITHDRAWN, ExternalTask, Task

BETWEEN, BACK = "between", "back"
_NOT_YOURS = Reason("not_yours", "it is not yours")
Seen = OpenedCase | CaseLook
"""A case opened for a step, or for reading."""


@dataclass(frozen=True)
class Target:
    """A step to which a task may be returned. `problem` says why it cannot be; `cancels` what else would end."""

    element: Element
    last_by: str
    straight_back: bool = False
    cancels: tuple[str, ...] = ()
    problem: Reason | None = None


def targets(case: Seen, task: Any) -> Iterator[Target]:
    """The earlier steps of a case with what returning the task to each would mean, the latest done first."""
    element, token = case.element_of(task), case.workflow.find(task.id)
    if token is None:
        return
    for earlier, (person, _) in _done(case):
        if earlier.id == element.id and earlier.process_id == element.process_id:
            continue
        if element.human.moves.return_to is not None and earlier.id not in element.human.moves.return_to:
            continue
        try:
            cancels = _cancelled(plan(token, earlier, others=True))
        except Impossible as impossible:
            yield Target(earlier, person, problem=impossible.reason)
            continue
        yield Target(earlier, person, _comes_straight_back(token, earlier), cancels)


def _done(case: Seen) -> list[tuple[Element, tuple[str, str | None]]]:
    """The steps that people have done, each once, with who did it last and for whom; the latest first."""
    found = case.session.execute(
        sa.select(Task.process, Task.element, Task.completed_by, Task.completed_for)
        .where(Task.instance_id == case.id, Task.kind == STEP, Task.state.in_(ANSWERED))
        .order_by(Task.closed_at.desc(), Task.id.desc())
    ).all()
    latest: dict[tuple[str, str], tuple[str, str | None]] = {}
    for row in found:
        latest.setdefault((row.process, row.element), (row.completed_by, row.completed_for))
    return [(case.definition.element(*key), people) for key, people in latest.items()]


def _cancelled(move: Plan) -> tuple[str, ...]:
    return tuple(sorted({other.task_spec.element_id for other in move.others}))


def _comes_straight_back(token: CaseTask, target: Element) -> bool:
    try:
        plan(token, target, back=True)
    except Impossible:
        return False
    return True


def send_back(
    step: Step,
    task_id: uuid.UUID,
    actor: Actor,
    to: Any,
    reason: Any,
    *,
    resume: Any = BETWEEN,
    cancel_others: bool = False,
) -> sa.Row[Any]:
    """Return a task to an earlier step, given to whoever did that last.

    Afterwards work goes on through the steps `between`, or straight `back` to the actor. `cancel_others` allows to
    leave a branch or one of several instances, which ends the others. Raises `Refused` (`move_not_allowed`), `Invalid`,
    and `Conflict` for what the case as it stands does not allow.
    """
    text = require_text(reason, "reason", MAX_REASON)
    if resume not in (BETWEEN, BACK):
        raise Invalid("resume is between or back", {"resume": ["unknown"]})
    case = open_case_of(step, task_id)
    case.actor = actor.name
    sweep.fire_due(case)
    task, unit_path = read(step, task_id)
    refuse_if(step, case, task, unit_path, actor, "return")
    if task.kind != STEP:
        raise Conflict(Reason("is_a_signature", "A signature is given or not; only the step itself can be returned."))
    moves = case.element_of(task).human.moves
    allowed = moves.return_to is None or to in moves.return_to
    require_allowed(allowed and resume in moves.resume, task, actor, "return")
    on_behalf_of = stands_for(step, case, task, actor)
    target, people = _earlier(case, task, to)
    token = token_of(case, task_id)
    try:
        move = plan(token, target, others=cancel_others, back=resume == BACK)
    except OthersOpen as others:
        raise Conflict(say_cancel_others(others)) from None
    again = _again(step, case, target, people, unit_path)
    mine = (actor.name, on_behalf_of)
    back_to = _again(step, case, case.element_of(task), mine, unit_path) if resume == BACK else None
    placed = carry_out(move, unlike=again, back_to=back_to)
    case.workflow.advance()
    case.record(
        "task.returned",
        actor=actor.name,
        on_behalf_of=on_behalf_of,
        element=task.element,
        task_id=task_id,
        to=target.id,
        resume=resume,
        reason=text,
        cancelled=list(_cancelled(move)),
        **case.passed(),
    )
    case.participant(actor.name)
    closing = {
        "state": RETURNED,
        "closed_at": step.now,
        "completed_by": actor.name,
        "completed_for": on_behalf_of,
        "assignee": task.assignee or on_behalf_of or actor.name,
        "draft": None,
    }
    for element_id in {task.element, *_cancelled(move)}:
        case.seals.again(element_id, placed.id)
    case.flush({task_id: closing})
    _tell(step, case, target, placed, text)
    case.save()
    return fresh(step, task_id)


def say_cancel_others(others: OthersOpen) -> Reason:
    """What a move would end, and what to say so that it is done all the same."""
    elements = {"elements": others.elements}
    return Reason("others_open", f"{others} Say cancel_others to do it all the same.", elements)


def _earlier(case: OpenedCase, task: Any, to: Any) -> tuple[Element, tuple[str, str | None]]:
    for element, people in _done(case):
        if element.id == to and (element.id, element.process_id) != (task.element, task.process):
            return element, people
    raise Invalid(f"{to} is no earlier step that somebody has done in this case", {"to": ["not_an_earlier_step"]})


def _again(
    step: Step, case: OpenedCase, target: Element, people: tuple[str, str | None], unit_path: str
) -> dict[str, Any]:
    """Whoever did a step is to do it again, else the one for whom it was done, unless the diagram names somebody or
    they may no longer.

    Who had got it only because it was late would have a step that the diagram does not let them do.
    """
    if target.human.assignee is not None or target.loop is not None:
        return {}
    seen = Judged(case.id, case.id, target, OPEN, frozenset(target.human.roles), None, unit_path, None, {})
    for person in filter(None, people):
        try:
            actor = actors.load(step.session, person)
        except NotFound:
            continue
        if is_candidate(seen, actor):
            return {"assignee": person}
    return {}


def _tell(step: Step, case: OpenedCase, target: Element, placed: CaseTask, text: str) -> None:
    found = step.session.scalars(
        sa.select(Task).where(Task.instance_id == case.id, Task.element == target.id, Task.state == OPEN)
    ).first()
    if found is not None and found.assignee is not None:
        notices.tell(step, case.row.id, case.row.unit_id, found.id, notices.RETURNED, text, person=found.assignee)
    elif found is not None:
        for role in target.human.roles:
            notices.tell(step, case.row.id, case.row.unit_id, found.id, notices.RETURNED, text, role=role)


def withdraw(step: Step, task_id: uuid.UUID, actor: Actor, reason: Any = None) -> sa.Row[Any]:
    """Take back one's own completion while nobody has taken up what came of it; the step is open again.

    It comes back to the actor with its old deadline and the variables of before. Returns the new task. That it was done
    once still counts for the separation of duties. Raises `Refused`, `Conflict`.
    """
    text = None if reason in (None, "") else require_text(reason, "reason", MAX_REASON)
    case = open_case_of(step, task_id)
    case.actor = actor.name
    sweep.fire_due(case)
    task, _ = read(step, task_id)
    if task.state != COMPLETED or task.kind != STEP or actor.name not in (task.completed_by, task.completed_for):
        sentence = f"{task.name} is nothing that {actor.name} has completed and could withdraw."
        raise Conflict(replace(_NOT_YOURS, sentence=sentence))
    require_allowed(case.element_of(task).human.moves.withdraw, task, actor, "withdraw")
    token = case.workflow.find(task_id)
    taken = None if token is None else _taken_up(case, token) or _seen(case, task)
    if token is None or taken is not None:
        reason = taken or withdrawal.GONE_ON
        raise Conflict(replace(reason, sentence=f"{task.name} can no longer be withdrawn: {reason}."))
    due = None if task.due_at is None else task.due_at.isoformat()
    again = {"assignee": task.assignee or task.completed_by, "due": due}
    if task.due_at is None and task.paused_due_at is not None:
        again["due"] = task.paused_due_at.isoformat()
    placed = withdrawal.withdraw(token, again)
    case.workflow.advance()
    step.session.execute(
        sa.update(Task).where(Task.id == task_id).values(state=WITHDRAWN, lock_version=Task.lock_version + 1)
    )
    case.record("task.withdrawn", actor=actor.name, element=task.element, task_id=task_id, reason=text, **case.passed())
    case.flush()
    opened = placed if placed.id in case.after.tasks else placed.task_spec.activity(placed)
    if opened.id in case.after.tasks:
        rows.hold_as_before(case, opened.id, task)
    case.save()
    return fresh(step, opened.id)


def _taken_up(case: Seen, token: CaseTask) -> Reason | None:
    """Who or what has taken up a step that came of the completion."""
    ids = [after.id for after in withdrawal.open_after(token)]
    claimed = sa.select(Task.name, Task.element, Task.assignee).where(
        Task.id.in_(ids), sa.or_(Task.claimed_at.is_not(None), Task.draft.is_not(None), Task.cosigned)
    )
    row = case.session.execute(claimed.limit(1)).one_or_none()
    if row is not None:
        facts = {"element": row.element, "person": row.assignee}
        return Reason("taken_up", f"{row.assignee or 'somebody'} has taken up {row.name}", facts)
    fetched = sa.select(ExternalTask.topic).where(ExternalTask.id.in_(ids), ExternalTask.worker.is_not(None))
    topic = case.session.scalar(fetched.limit(1))
    return None if topic is None else Reason("fetched", f"another program works on {topic}", {"words": topic})


def _seen(case: Seen, task: Any) -> Reason | None:
    """Whose sealed opinion the completion has opened: whoever has seen it cannot give their own anew (GOV-2)."""
    opened = case.definition.opens.get(task.element)
    if not opened:
        return None
    sealed = case.session.scalar(sa.select(Instance.sealed).where(Instance.id == case.id)) or []
    still = [uuid.UUID(entry["task"]) for entry in sealed]
    shown = sa.select(Task.name, Task.element).where(
        Task.instance_id == case.id,
        Task.element.in_(opened),
        Task.state == COMPLETED,
        Task.completed_by.not_in([task.completed_by, task.completed_for or task.completed_by]),
        Task.id.not_in(still),
    )
    row = case.session.execute(shown.limit(1)).one_or_none()
    if row is None:
        return None
    sentence = f"the opinion of {row.name} was sealed until then, and has been shown"
    return Reason("unsealed", sentence, {"element": row.element})


def why_not_withdraw(case: Seen, task: Any, actor: Actor) -> Reason | None:
    """What stands against withdrawing a completed task now; None when nothing does."""
    if task.state != COMPLETED or task.kind != STEP or actor.name not in (task.completed_by, task.completed_for):
        return _NOT_YOURS
    if not case.element_of(task).human.moves.withdraw:
        return Reason("not_allowed", "the diagram does not allow it")
    token = case.workflow.find(task.id)
    if token is None:
        return withdrawal.GONE_ON
    return _taken_up(case, token) or _seen(case, task) or withdrawal.why_not(token)
