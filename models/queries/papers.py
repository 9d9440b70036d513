"""What is asked of the papers of a case."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.papers import PaperItem


def of_desk(session: Session, instance_id: uuid.UUID, desk: str) -> Sequence[PaperItem]:
    """The checklist of one desk, in order."""
    query = sa.select(PaperItem).where(PaperItem.instance_id == instance_id, PaperItem.desk == desk)
    return session.scalars(query.order_by(PaperItem.n, PaperItem.id)).all()


def of_case(session: Session, instance_id: uuid.UUID) -> Sequence[PaperItem]:
    """The checklists of all desks, in the order in which the desks drew them up."""
    query = sa.select(PaperItem).where(PaperItem.instance_id == instance_id)
    return session.scalars(query.order_by(PaperItem.id)).all()
