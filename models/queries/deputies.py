"""Who stands in for whom, and when. Judges nobody's right to say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.deputies import Deputy
from models.queries.paging import Order, number_key

LATEST_FIRST = Order("-id", number_key(Deputy.id), number_key(Deputy.id), descending=True)
_MOST = 100


def _in_force(begins: dt.date, until: dt.date) -> tuple[Any, ...]:
    """The conditions of being in force on some day of a time."""
    return Deputy.until >= begins, Deputy.begins <= until, Deputy.ended_at.is_(None)


def standing_in(session: Session, deputies: Iterable[str], today: dt.date) -> dict[str, list[Deputy]]:
    """For whom each of these people stands in on a day; who stands in for nobody is not among them."""
    found: dict[str, list[Deputy]] = {}
    query = sa.select(Deputy).where(Deputy.deputy.in_(set(deputies)), *_in_force(today, today))
    for row in session.scalars(query.order_by(Deputy.id)):
        found.setdefault(row.deputy, []).append(row)
    return found


def all_on(session: Session, today: dt.date) -> Sequence[Deputy]:
    """Everybody who stands in for somebody on a day, by who is away."""
    query = sa.select(Deputy).where(*_in_force(today, today)).order_by(Deputy.person, Deputy.id)
    return session.scalars(query).all()


def deputies_on(session: Session, people: Iterable[str | None], today: dt.date) -> dict[str, list[Deputy]]:
    """Who stands in for these people on a day."""
    names = {name for name in people if name}
    found: dict[str, list[Deputy]] = {}
    query = sa.select(Deputy).where(Deputy.person.in_(names), *_in_force(today, today))
    for row in session.scalars(query.order_by(Deputy.id)) if names else ():
        found.setdefault(row.person, []).append(row)
    return found


def of_person(session: Session, person: str, begins: dt.date, until: dt.date) -> Sequence[Deputy]:
    """Who stands in for a person on some day of a time."""
    query = sa.select(Deputy).where(Deputy.person == person, *_in_force(begins, until))
    return session.scalars(query.order_by(Deputy.id).limit(_MOST)).all()


def duties_of(session: Session, deputy: str, begins: dt.date, until: dt.date) -> Sequence[Deputy]:
    """For whom somebody stands in on some day of a time."""
    query = sa.select(Deputy).where(Deputy.deputy == deputy, *_in_force(begins, until))
    return session.scalars(query.order_by(Deputy.id).limit(_MOST)).all()


def about(names: Iterable[str] | sa.Select[Any] | None) -> sa.Select[Any]:
    """Every time in which one of these people was away or stood in; of everybody for None."""
    query = sa.select(Deputy)
    return query if names is None else query.where(sa.or_(Deputy.person.in_(names), Deputy.deputy.in_(names)))


def only(query: sa.Select[Any], person: str) -> sa.Select[Any]:
    """Those in which this person was away or stood in."""
    return query.where(sa.or_(Deputy.person == person, Deputy.deputy == person))
