"""Answers kept for writes with an Idempotency-Key, in the transaction of the write itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.database import insert_or_ignore
from models.people import IdempotentAnswer

KEPT_FOR = dt.timedelta(hours=24)
_PENDING = 0


@dataclass(frozen=True)
class Earlier:
    """What the first write with the key answered, and the hash of what it was sent."""

    body_hash: str
    status: int
    body: str


def reserve(session: Session, person_id: int, path: str, key: str, body_hash: str, now: dt.datetime) -> Earlier | None:
    """Takes the key for this transaction, or gives the earlier answer.

    A concurrent write with the same key waits here until the first has committed (then its answer is given) or
    rolled back (then this one goes on): on SQLite at the writer's lock, on PostgreSQL at the unique row.
    """
    session.execute(
        sa.delete(IdempotentAnswer).where(
            IdempotentAnswer.person_id == person_id,
            IdempotentAnswer.path == path,
            IdempotentAnswer.key == key,
            IdempotentAnswer.created_at <= now - KEPT_FOR,
        )
    )
    values = {"person_id": person_id, "path": path, "key": key, "body_hash": body_hash, "status": _PENDING}
    columns = ["person_id", "path", "key"]
    if insert_or_ignore(session, IdempotentAnswer, {**values, "body": "", "created_at": now}, columns):
        return None
    row = session.get_one(IdempotentAnswer, (person_id, path, key), populate_existing=True)
    return Earlier(row.body_hash, row.status, row.body)


def remember(session: Session, person_id: int, path: str, key: str, status: int, body: str) -> None:
    """Fills the reserved row with the answer."""
    row = session.get_one(IdempotentAnswer, (person_id, path, key))
    row.status, row.body = status, body


def delete_old_answers(session: Session, now: dt.datetime) -> int:
    """Forgets answers older than a day; tells how many."""
    result = session.execute(sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at <= now - KEPT_FOR))
    return int(getattr(result, "rowcount", 0))
