"""Remarks on a case, by whoever may see it. `@name` tells that person; nobody comes to see a case by being named."""

from __future__ import annotations

import re
import uuid
from typing import Any

import sqlalchemy as sa

from engine.service import notices
from engine.service.actors import Actor
from engine.service.events import append
from engine.service.house import Step
from engine.service.opened import lock
from engine.service.variables import require_text
from models.cases import Comment
from models.people import Person

MAX_LENGTH = 4_000
_MENTIONED = re.compile(r"@([\w.-]{1,64})")
_MAX_MENTIONS = 20


def add(step: Step, instance_id: uuid.UUID, actor: Actor, text: Any, task_id: uuid.UUID | None = None) -> Comment:
    """Keep a remark, with its event. The caller has judged that `actor` may see the case. Raises `Invalid`."""
    words = require_text(text, "text", MAX_LENGTH)
    row = lock(step, instance_id)
    comment = Comment(instance_id=instance_id, task_id=task_id, person=actor.name, text=words, written_at=step.now)
    step.session.add(comment)
    step.session.flush()
    append(
        step,
        row,
        "comment.added",
        participants=[actor.name],
        actor=actor.name,
        task_id=task_id,
        comment=comment.id,
        text=words,
    )
    for name in _mentioned(step, words, actor):
        notices.tell(step, instance_id, row.unit_id, task_id, notices.MENTION, words, person=name)
    return comment


def _mentioned(step: Step, words: str, actor: Actor) -> list[str]:
    named = set(_MENTIONED.findall(words)) - {actor.name}
    if not named or len(named) > _MAX_MENTIONS:
        return []
    known = sa.select(Person.name).where(Person.name.in_(named), Person.disabled.is_(False)).order_by(Person.name)
    return list(step.session.scalars(known))
