"""Reading look-ups: those of a case, and the latest answer about somebody. Changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.register_queries import ANSWERED, TYPED, RegisterQuery

MOST = 200


def of_case(session: Session, instance_id: uuid.UUID) -> Sequence[RegisterQuery]:
    """The look-ups of a case, the latest first; at most `MOST`."""
    query = sa.select(RegisterQuery).where(RegisterQuery.instance_id == instance_id)
    return session.scalars(query.order_by(RegisterQuery.id.desc()).limit(MOST)).all()


def latest(
    session: Session, instance_id: uuid.UUID, party: str, register: str, since: dt.date | None = None
) -> RegisterQuery | None:
    """The latest answer about a party in a case, looked up on `since` or later."""
    query = sa.select(RegisterQuery).where(
        RegisterQuery.instance_id == instance_id,
        RegisterQuery.party == party,
        RegisterQuery.register == register,
        RegisterQuery.state.in_((ANSWERED, TYPED)),
    )
    if since is not None:
        query = query.where(RegisterQuery.queried_on >= since)
    return session.scalar(query.order_by(RegisterQuery.queried_on.desc(), RegisterQuery.id.desc()).limit(1))
