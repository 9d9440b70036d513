"""Lists of cases, of what happened to them, and of what stands still. Rows only; no workflow is opened."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import CaseEvent, Incident, Instance
from models.definitions import Definition
from models.queries.paging import Key, Order, instant_key, number_key, uuid_key
from models.queries.visibility import Viewer, visible_to

SORTS: dict[str, Key] = {"created_at": instant_key(Instance.created_at)}
NEWEST_FIRST = Order("-created_at", SORTS["created_at"], uuid_key(Instance.id), descending=True)
EVENTS_IN_ORDER = Order("seq", number_key(CaseEvent.seq), number_key(CaseEvent.seq))
INCIDENTS_OLDEST_FIRST = Order("opened_at", instant_key(Incident.opened_at), number_key(Incident.id))
DEFINITIONS_IN_ORDER = Order("id", number_key(Definition.id), number_key(Definition.id))


def visible_cases(
    viewer: Viewer,
    *,
    definition: str | None = None,
    state: str | None = None,
    business_key: str | None = None,
    search: str | None = None,
) -> sa.Select[Any]:
    """Cases that the viewer may see and that fit what was given.

    `search` looks for each of its words, anywhere in the business key and the package's `search` variables.
    """
    query = sa.select(Instance).where(visible_to(viewer))
    if definition is not None:
        query = query.where(Instance.key == definition)
    if state is not None:
        query = query.where(Instance.state == state)
    if business_key is not None:
        query = query.where(Instance.business_key == business_key)
    for word in (search or "").lower().split():
        query = query.where(Instance.search_text.contains(word, autoescape=True))
    return query


def find_visible(session: Session, viewer: Viewer, instance_id: uuid.UUID) -> Instance | None:
    """One case, if the viewer may see it."""
    return session.scalar(sa.select(Instance).where(Instance.id == instance_id, visible_to(viewer)))


def events_of(instance_id: uuid.UUID) -> sa.Select[Any]:
    """What happened to a case."""
    return sa.select(CaseEvent).where(CaseEvent.instance_id == instance_id)


def open_incidents(viewer: Viewer) -> sa.Select[Any]:
    """Incidents that nobody has resolved yet, in cases that the viewer may see."""
    visible = sa.select(Instance.id).where(visible_to(viewer))
    return sa.select(Incident).where(Incident.resolved_at.is_(None), Incident.instance_id.in_(visible))


def latest_definitions() -> sa.Select[Any]:
    """The latest version of each process."""
    newest = sa.select(sa.func.max(Definition.id)).group_by(Definition.key)
    return sa.select(Definition).where(Definition.id.in_(newest))
