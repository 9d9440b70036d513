"""Everything kept with one case beside its state: steps, files, remarks, signatures, conflicts, incidents, waits.

Each list is bounded. Whether the case may be seen was judged before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Attachment, CaseEvent, Comment, Conflict, Incident, Instance, Participant, Signature
from models.queries.paging import Order, number_key
from models.tasks import CANCELLED, OPEN, ExternalTask, Subscription, Task, Timer

MOST = 500
_SEQ = number_key(CaseEvent.seq)
EVENTS_LAST_FIRST = Order("-seq", _SEQ, _SEQ, descending=True)


def steps(session: Session, instance_id: uuid.UUID) -> Sequence[Task]:
    """The tasks that are open or were completed, oldest first; those taken away are in the history alone."""
    query = sa.select(Task).where(Task.instance_id == instance_id, Task.state != CANCELLED)
    return session.scalars(query.order_by(Task.created_at, Task.id).limit(MOST)).all()


def completions(session: Session, instance_id: uuid.UUID) -> Sequence[CaseEvent]:
    """The events that tell what each completed step's form gave, in order."""
    return _of(session, CaseEvent, instance_id, CaseEvent.seq, CaseEvent.kind == "task.completed")


def decided(session: Session, instance_id: uuid.UUID) -> Sequence[CaseEvent]:
    """The events in which rules were asked, in order: inputs, matched rules and results stand in them."""
    return _of(session, CaseEvent, instance_id, CaseEvent.seq, CaseEvent.data.contains('"decisions":[{'))


def passed(session: Session, instance_id: uuid.UUID) -> Sequence[str]:
    """The particulars of all events, as text: the elements gone through stand in them."""
    query = sa.select(CaseEvent.data).where(CaseEvent.instance_id == instance_id, CaseEvent.data.contains('"passed":['))
    return session.scalars(query.order_by(CaseEvent.seq).limit(10 * MOST)).all()


def files(session: Session, instance_id: uuid.UUID) -> Sequence[Attachment]:
    """Files, the latest first."""
    return _of(session, Attachment, instance_id, Attachment.id.desc())


def has_attachment(session: Session, instance_id: uuid.UUID, element: str) -> bool:
    """Whether a file was attached to a step of the case."""
    query = sa.select(Attachment.id).where(Attachment.instance_id == instance_id, Attachment.element == element)
    return session.scalar(query.limit(1)) is not None


def remarks(session: Session, instance_id: uuid.UUID) -> Sequence[Comment]:
    """Remarks, the latest first."""
    return _of(session, Comment, instance_id, Comment.id.desc())


def signatures(session: Session, instance_id: uuid.UUID) -> Sequence[Signature]:
    """Who answers for which duty, in order."""
    return _of(session, Signature, instance_id, Signature.id)


def signature(session: Session, instance_id: uuid.UUID, number: int) -> Signature | None:
    """One of a case's signatures."""
    return session.scalar(sa.select(Signature).where(Signature.id == number, Signature.instance_id == instance_id))


def conflicts(session: Session, instance_id: uuid.UUID) -> Sequence[Conflict]:
    """Who declared a conflict of interest."""
    return _of(session, Conflict, instance_id, Conflict.declared_at)


def participants(session: Session, instance_id: uuid.UUID) -> Sequence[str]:
    """The names of those who took part."""
    query = sa.select(Participant.person).where(Participant.instance_id == instance_id)
    return session.scalars(query.order_by(Participant.person).limit(MOST)).all()


def open_incidents(session: Session, instance_id: uuid.UUID) -> Sequence[Incident]:
    """Where the case stands still."""
    return _of(session, Incident, instance_id, Incident.id, Incident.resolved_at.is_(None))


def waits(session: Session, instance_id: uuid.UUID) -> list[tuple[str, str, Any]]:
    """What the case waits for besides people: element, kind (`timer`, `message`, `signal`, `external`), particulars."""
    timers = sa.select(Timer.element, Timer.due_at).where(Timer.instance_id == instance_id, Timer.kind == "bpmn")
    messages = sa.select(Subscription.element, Subscription.kind, Subscription.name).where(
        Subscription.instance_id == instance_id
    )
    external = sa.select(ExternalTask.element, ExternalTask.topic).where(
        ExternalTask.instance_id == instance_id, ExternalTask.state == OPEN
    )
    return [
        *((row.element, "timer", row.due_at) for row in session.execute(timers.limit(MOST))),
        *((row.element, row.kind, row.name) for row in session.execute(messages.limit(MOST))),
        *((row.element, "external", row.topic) for row in session.execute(external.limit(MOST))),
    ]


def numbers(session: Session, instances: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The business keys of cases that have one."""
    query = sa.select(Instance.id, Instance.business_key).where(Instance.id.in_(set(instances)))
    return {row.id: row.business_key for row in session.execute(query) if row.business_key}


def _of(session: Session, table: Any, instance_id: uuid.UUID, order: Any, *conditions: Any) -> Sequence[Any]:
    query = sa.select(table).where(table.instance_id == instance_id, *conditions).order_by(order).limit(MOST)
    return session.scalars(query).all()
