"""What the inbox asks beyond the plain lists of tasks: by due day, unit and words; done work; counts and marks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.cases import Attachment, Comment, Instance
from models.people import Unit
from models.queries.paging import Order, instant_key
from models.queries.tasks import ID, Tasks
from models.queries.visibility import units_below
from models.tasks import COMPLETED, OPEN, RETURNED, WITHDRAWN, Task

DONE_LAST_FIRST = Order("-closed_at", instant_key(Task.closed_at), ID, descending=True)
MOST_COUNTED = 100
"""Counts for badges and tabs stop here: beyond, nobody needs the exact number."""


def done_by(query: Tasks, person: str) -> Tasks:
    """Those that a person completed, returned or withdrew, or had done in their name."""
    return query.where(
        Task.state.in_((COMPLETED, RETURNED, WITHDRAWN)),
        sa.or_(Task.completed_by == person, Task.completed_for == person),
    )


def due_between(query: Tasks, begin: dt.datetime | None, end: dt.datetime | None) -> Tasks:
    """Those due from `begin` on and before `end`; None leaves that side open."""
    if begin is not None:
        query = query.where(Task.due_at >= begin)
    return query if end is None else query.where(Task.due_at < end)


def without_due(query: Tasks) -> Tasks:
    """Those that have no due time."""
    return query.where(Task.due_at.is_(None))


def followed_up_before(query: Tasks, end: dt.datetime) -> Tasks:
    """Those that are to be taken up again before `end`."""
    return query.where(Task.follow_up_at < end)


def in_unit(query: Tasks, unit: Unit) -> Tasks:
    """Those of cases of a unit and of all below it."""
    return query.where(Task.unit_id.in_(units_below(unit.path)))


def about(query: Tasks, words: str) -> Tasks:
    """Those of cases in whose number or search variables each of the words occurs."""
    for word in words.lower().split():
        query = query.where(Instance.search_text.contains(word, autoescape=True))
    return query


def count_mine(session: Session, person: str, due_before: dt.datetime | None = None) -> int:
    """How many open tasks a person has (that are due before a moment), counted up to `MOST_COUNTED`."""
    some = sa.select(Task.id).where(Task.state == OPEN, Task.assignee == person)
    if due_before is not None:
        some = some.where(Task.due_at < due_before)
    return session.scalar(sa.select(sa.func.count()).select_from(some.limit(MOST_COUNTED).subquery())) or 0


def count(session: Session, query: Tasks) -> int:
    """How many tasks a list has, counted up to `MOST_COUNTED`."""
    some = query.with_only_columns(Task.id, maintain_column_froms=True).order_by(None).limit(MOST_COUNTED)
    return session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def capped(number: int) -> str:
    """A count as it is shown: beyond what is counted, as "99+"."""
    return f"{number - 1}+" if number >= MOST_COUNTED else str(number)


@dataclass(frozen=True)
class Marks:
    """How many files and remarks cases have, by case."""

    files: Counter[uuid.UUID]
    remarks: Counter[uuid.UUID]


def marks_of(session: Session, cases: Iterable[uuid.UUID]) -> Marks:
    """The marks of the cases of one page, in two queries."""
    ids = list(set(cases))
    return Marks(_counted(session, Attachment, ids), _counted(session, Comment, ids))


def _counted(session: Session, table: type[Attachment | Comment], ids: list[uuid.UUID]) -> Counter[uuid.UUID]:
    query = sa.select(table.instance_id, sa.func.count()).where(table.instance_id.in_(ids)).group_by(table.instance_id)
    return Counter({row[0]: row[1] for row in session.execute(query)})
