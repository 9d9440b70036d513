"""Telling somebody in the program that something happened to a task.

Each notice is also passed on outside (a mail, a message) where the house has an errand for it (`TOLD`).
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from engine.service.house import Step
from engine.service.jobs import queue
from models.tasks import Notice

OVERDUE, REASSIGNED, MENTION = "overdue", "reassigned", "mention"
RETURNED, DISAGREED, HINDERED = "returned", "disagreed", "hindered"
"""A step came back, the text says why; somebody asked to sign disagrees (`name: comment`); all have agreed, but a rule,
named by the text, stands against completing the step.
"""
ASSIGNED, RECUSED, NOBODY_LEFT = "assigned", "recused", "nobody_left"
"""Somebody was given a task; had to hand it back for a relation; nobody is left who may do it."""
SIGNER_RECUSED = "signer_recused"
"""Somebody who was asked to sign with a step (`name: step`) must stand back: whoever has asked has to ask another."""
KINDS = (
    OVERDUE, REASSIGNED, MENTION, RETURNED, DISAGREED, HINDERED, ASSIGNED, RECUSED, NOBODY_LEFT, SIGNER_RECUSED
)  # fmt: skip

TOLD = "told"
"""The kind of job that passes a notice on; its payload is `{notice: id}`."""
_MAX_TEXT = 500


def tell(
    step: Step,
    instance_id: uuid.UUID,
    unit_id: int,
    task_id: uuid.UUID | None,
    kind: str,
    text: str,
    *,
    person: str | None = None,
    role: str | None = None,
) -> None:
    """A notice for a person, or for the holders of a role in the case's unit; for nobody, none."""
    if person is None and role is None:
        return
    notice: Any = step.session.execute(
        sa.insert(Notice)
        .values(
            instance_id=instance_id,
            task_id=task_id,
            kind=kind,
            person=person,
            role=role,
            unit_id=unit_id,
            text=text[:_MAX_TEXT],
            created_at=step.now,
        )
        .returning(Notice.id)
    ).scalar_one()
    if TOLD in step.house.errands:
        queue(step, TOLD, {"notice": notice}, instance_id=instance_id, key=f"{TOLD}-{notice}")
