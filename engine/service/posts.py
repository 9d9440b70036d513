"""A post changes hands (GOV-5): one open task after another goes to whoever takes it over, as far as the rules let."""

from __future__ import annotations

import uuid
from dataclasses import replace

from engine.service import actors
from engine.service.actors import Actor
from engine.service.handling import hand_over, locked
from engine.service.house import Step
from engine.service.policies import judged, refusal
from models.tasks import OPEN, STEP

MOVED, RETURNED, LEFT, GONE = "moved", "returned", "left", "gone"


def move(step: Step, task_id: uuid.UUID, leaver: str, receiver: str, reason: str) -> tuple[str, str | None]:
    """Give what `leaver` has to `receiver`; tells what became of it, and the rule that stood against it.

    Separation, recusal, authority and the role are asked of the receiver. What they may not take goes back to its role;
    what is for the leaver by name, or waits for signatures, stays.
    """
    task, unit_path, row, definition = locked(step, task_id)
    if task.state != OPEN or leaver not in (task.assignee, task.owner):
        return GONE, None
    giver, taker = Actor(leaver, 0, "", frozenset()), actors.load(step.session, receiver)
    if task.assignee != leaver:
        # Somebody else does it in the leaver's name: from now on in their own.
        hand_over(step, row, task, giver, "task.transferred", task.assignee, reason, owner=None)
        return MOVED, None
    if task.kind != STEP or task.pending is not None:
        return LEFT, "awaiting_cosigner"
    seen = judged(task, definition, unit_path, row.parties)
    if not seen.element.human.moves.transfer and not seen.roles:
        return LEFT, "move_not_allowed"
    offered = replace(seen, assignee=None if seen.roles else receiver, owner=None)
    found = refusal(step, definition, offered, taker, action="transfer")
    if found is None and seen.element.human.moves.transfer:
        hand_over(
            step,
            row,
            task,
            giver,
            "task.transferred",
            receiver,
            reason,
            assignee=receiver,
            owner=None,
            claimed_at=step.now,
        )
        return MOVED, None
    rule = "move_not_allowed" if found is None else found.rule
    if not seen.roles:
        return LEFT, rule
    hand_over(
        step, row, task, giver, "task.released", None, f"{reason}: {rule}", assignee=None, owner=None, claimed_at=None
    )
    return RETURNED, rule
