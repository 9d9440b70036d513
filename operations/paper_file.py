"""Who holds the paper file of a case: each desk confirms that it came (FND-3)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, Invalid
from engine.ports import OperationCall
from engine.service import tasks
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from models.papers import PaperFileMove
from models.queries import papers as found
from models.tasks import OPEN, STEP, Task

FIELD = "paper_file_held"
"""The box of a desk's form by which it confirms that it holds the paper file."""
LONGEST_NOTE = 300


def note_receipt(
    session: Session,
    instance_id: uuid.UUID,
    holder: str,
    now: dt.datetime,
    element: str | None,
    note: str | None = None,
) -> bool:
    """Notes that `holder` has the paper file now; False when they held it already. The caller has locked the case."""
    if found.paper_file_holder(session, instance_id) == holder:
        return False
    session.add(
        PaperFileMove(instance_id=instance_id, holder=holder, element=element, note=note or None, received_at=now)
    )
    session.flush()
    return True


def at_a_desk(call: OperationCall, *, held: bool, needed: bool) -> tuple[str, str, str] | None:
    """What a desk's step says of the paper file: noted when `held`. The field, a code and words where it is lacking.

    It lacks when the house wants the confirmation (`needed`) and whoever does the step neither confirms nor holds it.
    """
    if held and call.actor:
        note_receipt(call.session, call.instance_id, call.actor, call.now, call.element)
    elif needed and found.paper_file_holder(call.session, call.instance_id) != call.actor:
        return FIELD, "required", "请先确认纸质资料已在您手中。 Confirm first that you hold the paper file."
    return None


def may_confirm(step: Step, instance_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the actor has or could do an open step of the case: only then does its file come to them."""
    query = sa.select(Task).where(Task.instance_id == instance_id, Task.state == OPEN, Task.kind == STEP)
    return any(tasks.why_not(step, task.id, actor) is None for task in step.session.scalars(query))


def confirm(step: Step, instance_id: uuid.UUID, actor: Actor, note: str = "") -> None:
    """The actor confirms that the paper file has come to them, with its event.

    Raises `Forbidden` unless `may_confirm`, `Conflict` when they hold it already, `Invalid` for a note too long.
    """
    row = lock(step, instance_id)
    if len(note.strip()) > LONGEST_NOTE:
        raise Invalid(f"note: at most {LONGEST_NOTE} characters", {"note": ["length"]})
    if not may_confirm(step, instance_id, actor):
        raise Forbidden("The paper file comes to whoever has or could do an open step of the case (FND-3).")
    before = found.paper_file_holder(step.session, instance_id)
    if not note_receipt(step.session, instance_id, actor.name, step.now, None, note.strip()):
        raise Conflict("You hold the paper file already.")
    append(step, row, "paper_file.received", participants=[actor.name], actor=actor.name, before=before)
