"""Confirmed losses: of a case, of a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Instance, Signature
from models.losses import Loss
from models.tasks import COMPLETED, Task

_MOST = 500


def losses_of(session: Session, instance_id: uuid.UUID) -> Sequence[Loss]:
    """The confirmed losses of a case, the first one first."""
    query = sa.select(Loss).where(Loss.instance_id == instance_id).order_by(Loss.id)
    return session.scalars(query.limit(_MOST)).all()


def case_numbered(session: Session, number: str) -> Sequence[Instance]:
    """The cases of a number: one, unless a package numbers by unit without naming it."""
    return session.scalars(sa.select(Instance).where(Instance.business_key == number).limit(2)).all()


def signed_steps(session: Session, instance_id: uuid.UUID) -> Sequence[Any]:
    """Signatures of a case that still stand, with the tasks for which they were given, in order."""
    query = (
        sa.select(Signature, Task)
        .join(Task, Task.id == Signature.task_id)
        .where(Signature.instance_id == instance_id, Task.state == COMPLETED)
        .order_by(Signature.signed_at, Signature.id)
    )
    return session.execute(query.limit(_MOST)).all()
