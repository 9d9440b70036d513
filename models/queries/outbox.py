"""Reading deliveries, what a case told, webhooks, and what the stand-ins received."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.notices import Delivery, StandInMessage, Webhook
from models.queries.paging import DEFAULT_LIMIT, Page, fetch_page, instant_key, number_key, order_by

_ID = number_key(Delivery.id)
_NEWEST_FIRST = order_by("-created_at", {"created_at": instant_key(Delivery.created_at)}, _ID)
_STAND_IN_ID = number_key(StandInMessage.id)
_LATEST_FIRST = order_by("-id", {"id": _STAND_IN_ID}, _STAND_IN_ID)
MOST = 200


def list_deliveries(
    session: Session,
    *,
    state: str | None = None,
    channel: str | None = None,
    instance_id: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Deliveries, the newest first. Raises `paging.BadCursor`."""
    query = sa.select(Delivery)
    for column, value in ((Delivery.state, state), (Delivery.channel, channel), (Delivery.instance_id, instance_id)):
        if value is not None:
            query = query.where(column == value)
    return fetch_page(session, query, _NEWEST_FIRST, cursor, limit)


def of_case(session: Session, instance_id: uuid.UUID) -> Sequence[Delivery]:
    """What a case told outside of the program, the latest first; at most `MOST`."""
    query = sa.select(Delivery).where(Delivery.instance_id == instance_id, Delivery.outgoing_notice_id.is_not(None))
    return session.scalars(query.order_by(Delivery.id.desc()).limit(MOST)).all()


def webhooks(session: Session) -> Sequence[Webhook]:
    """All webhooks by title; at most `MOST`."""
    return session.scalars(sa.select(Webhook).order_by(Webhook.title).limit(MOST)).all()


def received(session: Session, cursor: str | None = None) -> Page:
    """What the stand-ins of the demonstration received, the latest first. Raises `paging.BadCursor`."""
    return fetch_page(session, sa.select(StandInMessage), _LATEST_FIRST, cursor)
