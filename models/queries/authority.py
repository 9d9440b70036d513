"""Limits, delegations and their changes as lists, for those who oversee them and for those whom they concern."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.authority import AuthorityChange, AuthorityDelegation, LimitProposal
from models.people import AuthorityLimit, Person
from models.queries.paging import Order, number_key
from models.queries.visibility import units_below

_LENT, _CHANGE, _PERSON = number_key(AuthorityDelegation.id), number_key(AuthorityChange.id), number_key(Person.id)
NEWEST_LENT = Order("-id", _LENT, _LENT, descending=True)
NEWEST_CHANGE = Order("-id", _CHANGE, _CHANGE, descending=True)
_PROPOSAL = number_key(LimitProposal.id)
NEWEST_PROPOSAL = Order("-id", _PROPOSAL, _PROPOSAL, descending=True)
BY_PERSON = Order("id", _PERSON, _PERSON)
MOST = 100


def holders(name: str, unit_path: str | None) -> sa.Select[Any]:
    """People who have a limit: those of a unit and below, and `name`; of the whole house where it is ""; with None,
    `name` alone."""
    with_limit = sa.select(AuthorityLimit.person_id)
    return sa.select(Person).where(Person.id.in_(with_limit), _overseen(Person.name, name, unit_path))


def limits_of(session: Session, people: Sequence[Person]) -> dict[int, list[AuthorityLimit]]:
    """The limits of these people, by their ids, each person's by power."""
    found: dict[int, list[AuthorityLimit]] = {person.id: [] for person in people}
    query = sa.select(AuthorityLimit).where(AuthorityLimit.person_id.in_(found)).order_by(AuthorityLimit.power)
    for limit in session.scalars(query):
        found[limit.person_id].append(limit)
    return found


def delegations(name: str, unit_path: str | None, *, in_force_on: dt.date | None = None) -> sa.Select[Any]:
    """Delegations in which one of the overseen has a part; with a day, those that hold on it."""
    lent = AuthorityDelegation
    query = sa.select(lent).where(
        sa.or_(_overseen(lent.giver, name, unit_path), _overseen(lent.receiver, name, unit_path))
    )
    if in_force_on is None:
        return query
    return query.where(lent.withdrawn_at.is_(None), lent.since <= in_force_on, lent.until >= in_force_on)


def proposals(name: str, unit_path: str | None, *, still_open: bool = False) -> sa.Select[Any]:
    """Limits that the overseen have proposed for themselves."""
    query = sa.select(LimitProposal).where(_overseen(LimitProposal.person, name, unit_path))
    return query.where(LimitProposal.decision.is_(None)) if still_open else query


def changes(name: str, unit_path: str | None) -> sa.Select[Any]:
    """What changed of the powers of the overseen."""
    return sa.select(AuthorityChange).where(
        sa.or_(_overseen(AuthorityChange.person, name, unit_path), _overseen(AuthorityChange.other, name, unit_path))
    )


def _overseen(column: Any, name: str, unit_path: str | None) -> Any:
    if unit_path == "":
        return column.is_not(None)
    if unit_path is None:
        return column == name
    below = sa.select(Person.name).where(Person.unit_id.in_(units_below(unit_path)))
    return sa.or_(column == name, column.in_(below))
