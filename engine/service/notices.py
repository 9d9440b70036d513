"""Telling somebody in the program that something happened to a task."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.service.house import Step
from models.tasks import Notice

RETURNED, DISAGREED, HINDERED = "returned", "disagreed", "hindered"
"""A step came back, the text says why; somebody asked to sign disagrees (`name: comment`); all have agreed, but a rule,
named by the text, stands against completing the step.
"""
_MAX_TEXT = 500


def tell(
    step: Step, instance: Any, task: Any, kind: str, text: str, *, person: str | None = None, role: str | None = None
) -> None:
    """A notice for a person, or for the holders of a role in the case's unit; for nobody, none."""
    if person is None and role is None:
        return
    step.session.execute(
        sa.insert(Notice).values(
            instance_id=instance.id,
            task_id=task.id,
            kind=kind,
            person=person,
            role=role,
            unit_id=instance.unit_id,
            text=text[:_MAX_TEXT],
            created_at=step.now,
        )
    )
