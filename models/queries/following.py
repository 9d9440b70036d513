"""Which cases a person follows, and the tasks that they wait for."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.database import insert_or_ignore
from models.desk import FollowedCase
from models.queries.tasks import Tasks
from models.tasks import OPEN, Task


def follow(session: Session, person: str, instance_id: uuid.UUID, now: dt.datetime) -> None:
    """From now on the case's open tasks are among those that the person watches. The caller judged that they may."""
    values = {"person": person, "instance_id": instance_id, "followed_at": now}
    insert_or_ignore(session, FollowedCase, values, ["person", "instance_id"])


def unfollow(session: Session, person: str, instance_id: uuid.UUID) -> None:
    """No longer; nothing happens when the person did not follow the case."""
    mine = (FollowedCase.person == person, FollowedCase.instance_id == instance_id)
    session.execute(sa.delete(FollowedCase).where(*mine))


def is_followed(session: Session, person: str, instance_id: uuid.UUID) -> bool:
    """Whether the person follows the case."""
    return session.get(FollowedCase, (person, instance_id)) is not None


def watched_by(query: Tasks, person: str) -> Tasks:
    """Open tasks of the cases that a person follows."""
    followed = sa.select(FollowedCase.instance_id).where(FollowedCase.person == person)
    return query.where(Task.state == OPEN, Task.instance_id.in_(followed))
