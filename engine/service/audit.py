"""The audit trail of a case: events chained by hash, so that an altered, missing or cut-off one shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.service.signed_content import problem_with
from engine.values import dumps, loads
from models.cases import CaseEvent, Instance
from models.database import table


def event_hash(
    previous: str,
    instance_id: uuid.UUID,
    seq: int,
    at: dt.datetime,
    actor: str | None,
    on_behalf_of: str | None,
    kind: str,
    element: str | None,
    task_id: uuid.UUID | None,
    data: str,
) -> str:
    """SHA-256 (hex) over the hash before and everything the event says."""
    facts = [
        previous,
        instance_id.hex,
        seq,
        at.astimezone(dt.UTC).isoformat(),
        actor,
        on_behalf_of,
        kind,
        element,
        None if task_id is None else task_id.hex,
        data,
    ]
    return hashlib.sha256(dumps(facts).encode()).hexdigest()


_SIGNED = ("task.completed", "task.cosigned")
"""Events that tell of a signature, by the hashes of what was seen and given."""
_INSERT = sa.insert(table(CaseEvent))


class Chain:
    """The events that one step adds to a case; `count` and `head` are what the instance keeps."""

    def __init__(self, instance_id: uuid.UUID, count: int, head: str) -> None:
        self.instance_id = instance_id
        self.count = count
        self.head = head
        self.rows: list[dict[str, Any]] = []

    def add(
        self,
        at: dt.datetime,
        kind: str,
        *,
        actor: str | None = None,
        on_behalf_of: str | None = None,
        element: str | None = None,
        task_id: uuid.UUID | None = None,
        **data: Any,
    ) -> None:
        """Add an event; `data` are its particulars, without the empty ones."""
        self.count += 1
        text = dumps({name: value for name, value in data.items() if value not in (None, [], {})})
        said = (self.instance_id, self.count, at, actor, on_behalf_of, kind, element, task_id, text)
        self.head = event_hash(self.head, *said)
        names = ("instance_id", "seq", "at", "actor", "on_behalf_of", "kind", "element", "task_id", "data")
        self.rows.append({**dict(zip(names, said, strict=True)), "hash": self.head})

    def write(self, session: Session) -> None:
        """Insert what was added."""
        if self.rows:
            session.connection().execute(_INSERT, self.rows)
            self.rows = []


@dataclass(frozen=True)
class Verdict:
    """What the chain of one case says; `seq` and `problem` name the first event that does not fit."""

    instance_id: uuid.UUID
    events: int
    seq: int | None = None
    problem: str | None = None


def verify(session: Session, instance_id: uuid.UUID | None = None) -> Iterator[Verdict]:
    """Recompute the chains of one case or of all; one verdict a case."""
    query = sa.select(Instance.id, Instance.event_count, Instance.event_head).order_by(Instance.created_at, Instance.id)
    if instance_id is not None:
        query = query.where(Instance.id == instance_id)
    for case_id, count, head in session.execute(query).all():
        yield _verify_one(session, case_id, count, head)
    orphans = sa.select(CaseEvent.instance_id, sa.func.count(), sa.func.min(CaseEvent.seq)).group_by(
        CaseEvent.instance_id
    )
    if instance_id is None:
        # Keys hold only for those who let them: somebody at the file itself may take a case away and leave its events.
        for case_id, count, seq in session.execute(orphans.where(CaseEvent.instance_id.not_in(sa.select(Instance.id)))):
            yield Verdict(case_id, count, seq, "belongs to a case that was deleted")


def _events(session: Session, instance_id: uuid.UUID) -> Iterator[CaseEvent | None]:
    """The events in order; None, and no more, where one holds what its columns cannot: SQLite keeps anything."""
    query = sa.select(CaseEvent).where(CaseEvent.instance_id == instance_id).order_by(CaseEvent.seq)
    read = 0
    try:
        for event in session.scalars(query.execution_options(yield_per=500)):
            read += 1
            yield event
    except ValueError:
        try:
            while True:
                event = session.scalars(query.offset(read).limit(1)).one()
                read += 1
                yield event
        except ValueError:
            yield None


def _verify_one(session: Session, instance_id: uuid.UUID, count: int, head: str) -> Verdict:
    previous = ""
    expected = 1
    signed: dict[uuid.UUID, Any] = {}
    for event in _events(session, instance_id):
        if event is None:
            return Verdict(instance_id, count, expected, "was altered")
        if event.seq != expected:
            return Verdict(instance_id, count, expected, "is missing")
        computed = event_hash(
            previous,
            event.instance_id,
            event.seq,
            event.at,
            event.actor,
            event.on_behalf_of,
            event.kind,
            event.element,
            event.task_id,
            event.data,
        )
        if computed != event.hash:
            return Verdict(instance_id, count, event.seq, "was altered")
        previous, expected = event.hash, expected + 1
        if event.kind in _SIGNED and event.task_id is not None:
            data = loads(event.data)
            if "facts_hash" in data:
                signed[event.task_id] = event.seq, data["facts_hash"], data["form_hash"], event.actor
    if expected - 1 < count:
        return Verdict(instance_id, count, expected, "is missing: the end of the chain was cut off")
    if expected - 1 > count or previous != head:
        return Verdict(instance_id, count, max(expected - 1, 1), "does not fit what the case keeps of its chain")
    wrong = problem_with(session, instance_id, signed) if signed else None
    if wrong is not None:
        return Verdict(instance_id, count, *wrong)
    return Verdict(instance_id, count)
