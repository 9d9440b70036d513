"""Who may set a case right as an administrator, and what follows from it for the steps of the case (GOV-1, GOV-2).

Whoever changes the course of a case or its variables has a hand in all of its steps: none of those that must be apart
from another is theirs, and who has done one of them sets nothing right.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.errors import Refused
from engine.service.actors import Actor
from engine.service.opened import OpenedCase
from engine.service.policies import ANSWERED, require_no_relation
from models.cases import Continuation, Participant
from models.tasks import Task


def require_may(case: OpenedCase, actor: Actor) -> None:
    """Raises `Refused` for whoever must stand back from the case, or has done a step that must be apart."""
    require_outsider(case, actor)
    apart = case.definition.separated
    cases = sa.select(Continuation.of_instance).where(Continuation.instance_id == case.id)
    done = sa.select(Task.element, Task.name).where(
        sa.or_(Task.instance_id == case.id, Task.instance_id.in_(cases)),
        Task.state.in_(ANSWERED),
        sa.or_(Task.completed_by == actor.name, Task.completed_for == actor.name),
    )
    for element, name in case.session.execute(done.order_by(Task.closed_at, Task.id)):
        if element in apart:
            raise Refused(
                "separation_of_duties",
                f"{actor.name} has done {name}; another administrator must set the case right.",
                actor=actor.name,
                instance_id=case.id,
                action="intervene",
                facts={"person": actor.name, "element": element},
            )


def require_outsider(case: OpenedCase, actor: Actor) -> None:
    """Raises `Refused` for whoever must stand back from the case: setting it right would decide it as well (GOV-1)."""
    if any(element.human.recuse for element in case.definition.elements.values()):
        require_no_relation(case.step, case.id, case.row.parties, actor, "intervene")


def note(case: OpenedCase, actor: Actor) -> None:
    """Keeps who has set the case right; to be called when the case is saved."""
    mine = sa.and_(Participant.instance_id == case.id, Participant.person == actor.name)
    case.session.execute(sa.update(Participant).where(mine).values(set_right=True))
