"""The questions of a case as a thread."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models.questions import ReviewQuestion


def questions_of(session: Session, instance_id: uuid.UUID) -> Sequence[ReviewQuestion]:
    """Every question of a case with what was said to it, in the order in which they were asked."""
    query = (
        sa.select(ReviewQuestion)
        .where(ReviewQuestion.instance_id == instance_id)
        .options(selectinload(ReviewQuestion.entries))
        .execution_options(populate_existing=True)
    )
    return session.scalars(query.order_by(ReviewQuestion.n)).all()
