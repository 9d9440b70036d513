"""On which power somebody may decide an amount: their own limit, else one that was lent for these days (REV-6).

Only reads. A delegation holds while its giver's own limit does, and up to the lower of the two: what was lent cannot be
lent on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.authority import AuthorityDelegation
from models.people import AuthorityLimit, Person


@dataclass(frozen=True)
class Basis:
    """What stands against using a power (`lacking`), or whose is used: the person's own, or by delegation `giver`'s."""

    lacking: str | None = None
    giver: str | None = None
    amount: Decimal = Decimal(0)
    """For how much it was asked."""


def own_limit(session: Session, name: str, power: str, today: dt.date) -> Decimal | None:
    """The person's own limit on a day; None without one, and for people who cannot sign in any more."""
    return session.scalar(
        sa.select(AuthorityLimit.amount)
        .join(Person, Person.id == AuthorityLimit.person_id)
        .where(Person.name == name, Person.disabled.is_(False), AuthorityLimit.power == power, *in_force(today))
    )


def in_force(today: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions under which a limit holds on a day."""
    return (
        sa.or_(AuthorityLimit.since.is_(None), AuthorityLimit.since <= today),
        sa.or_(AuthorityLimit.until.is_(None), AuthorityLimit.until >= today),
    )


def basis(
    session: Session, name: str, power: str, needed: Decimal, today: dt.date, barred: Callable[[str], str | None]
) -> Basis:
    """The power by which `name` may decide `needed` CNY today, or what is lacking.

    `barred` says why a giver could not decide the case, so that nothing comes round a rule by delegation.
    """
    own = own_limit(session, name, power, today)
    if own is not None and needed <= own:
        return Basis(amount=needed)
    lent = _lent(session, name, power, today)
    reasons = []
    for giver, amount in lent:
        if needed > amount:
            continue
        reason = barred(giver)
        if reason is None:
            return Basis(giver=giver, amount=needed)
        reasons.append(f"The power lent by {giver} cannot be used: {reason}")
    if reasons:
        return Basis(reasons[0])
    most = max([amount for _, amount in lent] + ([] if own is None else [own]), default=None)
    if most is None:
        return Basis(f"{name} has no power {power}.")
    return Basis(f"{name} may use {power} up to {most}; this needs {needed}.")


def _lent(session: Session, receiver: str, power: str, today: dt.date) -> list[tuple[str, Decimal]]:
    """What the person was lent and may use today, by giver, the widest first."""
    given = AuthorityDelegation
    rows = session.execute(
        sa.select(given.giver, given.amount, AuthorityLimit.amount.label("own"))
        .join(Person, Person.name == given.giver)
        .join(AuthorityLimit, sa.and_(AuthorityLimit.person_id == Person.id, AuthorityLimit.power == given.power))
        .where(
            given.receiver == receiver,
            given.power == power,
            given.since <= today,
            given.until >= today,
            given.withdrawn_at.is_(None),
            Person.disabled.is_(False),
            *in_force(today),
        )
    )
    return sorted(((row.giver, min(row.amount, row.own)) for row in rows), key=lambda lent: (-lent[1], lent[0]))
