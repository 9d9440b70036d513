"""Setting limits, lending powers for some days, and taking them back (REV-6). Each change leaves a row for good.

Administrators may for everybody; the general manager for the people of the unit and those below, up to the own limit,
and not for the own person; everybody may lend the own power.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service import actors, powers
from engine.service.actors import Actor
from engine.service.house import Step
from engine.service.variables import require_text
from models.authority import AuthorityChange, AuthorityDelegation
from models.people import AuthorityLimit, Person

MANAGERS = frozenset({"admin", "general_manager"})
MAX_REASON = 500
_MAX_POWER = 64
_LARGEST = Decimal("9999999999999999.99")


def may_manage(actor: Actor, person: Actor) -> bool:
    """Whether the actor may set the person's limits."""
    if "admin" in actor.roles:
        return True
    return "general_manager" in actor.roles and person.name != actor.name and actor.is_above(person.unit_path)


def set_limit(
    step: Step,
    actor: Actor | None,
    name: str,
    power: Any,
    amount: Any,
    since: dt.date | None,
    until: dt.date | None,
    reason: Any,
) -> AuthorityLimit:
    """Up to which amount (CNY) a person may use a power, from day to day; 0 takes it. No actor: the command line.

    Raises `Forbidden`, `Invalid` by field, `NotFound`.
    """
    person = _person(step, name, "person")
    code, why = require_text(power, "power", _MAX_POWER), require_text(reason, "reason", MAX_REASON)
    most = _amount(amount, least=Decimal(0))
    _in_order(since, until)
    if actor is not None:
        if not may_manage(actor, person):
            raise Forbidden(f"The limits of {name} are set by an administrator or the general manager above.")
        if "admin" not in actor.roles:
            _require_own(step, actor.name, code, most)
    person_id = step.session.scalar(sa.select(Person.id).where(Person.name == name))
    limit = step.session.get(AuthorityLimit, (person_id, code), with_for_update=True)
    before = None if limit is None else limit.amount
    if limit is None:
        limit = AuthorityLimit(person_id=person_id, power=code)
        step.session.add(limit)
    limit.amount, limit.since, limit.until = most, since, until
    _note(step, actor, "limit_set", name, None, code, most, since, until, why, before=before)
    step.session.flush()
    return limit


def lend(
    step: Step,
    actor: Actor | None,
    giver: str,
    receiver: str,
    power: Any,
    amount: Any,
    since: dt.date | None,
    until: dt.date | None,
    reason: Any,
) -> AuthorityDelegation:
    """Lend a power for some days. Raises `Forbidden`, `Invalid` by field: never above the giver's own limit."""
    lender, borrower = _person(step, giver, "giver"), _person(step, receiver, "receiver")
    code, why = require_text(power, "power", _MAX_POWER), require_text(reason, "reason", MAX_REASON)
    most = _amount(amount, least=Decimal("0.01"))
    if lender.name == borrower.name:
        raise Invalid("nobody lends a power to themselves", {"receiver": ["self"]})
    if since is None or until is None:
        missing = "since" if since is None else "until"
        raise Invalid(f"a delegation has a first and a last day: {missing} is missing", {missing: ["required"]})
    _in_order(since, until)
    if until < _today(step):
        raise Invalid("its last day is over", {"until": ["past"]})
    if actor is not None and actor.name != giver and not may_manage(actor, lender):
        raise Forbidden(f"The power of {giver} is lent by {giver}, an administrator, or the general manager above.")
    _require_own(step, giver, code, most, max(since, _today(step)))
    lent = AuthorityDelegation(
        giver=giver,
        receiver=receiver,
        power=code,
        amount=most,
        since=since,
        until=until,
        reason=why,
        granted_by=actor.name if actor else None,
        granted_at=step.now,
    )
    step.session.add(lent)
    _note(step, actor, "delegated", giver, receiver, code, most, since, until, why)
    step.session.flush()
    return lent


def withdraw(step: Step, actor: Actor | None, delegation_id: int, reason: Any) -> AuthorityDelegation:
    """End a delegation at once. Raises `NotFound`, `Forbidden`, `Conflict` when it was withdrawn before."""
    lent = step.session.get(AuthorityDelegation, delegation_id, with_for_update=True)
    if lent is None or (actor is not None and not may_see(step, actor, lent)):
        raise NotFound("there is no such delegation")
    why = require_text(reason, "reason", MAX_REASON)
    stranger = actor is not None and actor.name not in (lent.giver, lent.granted_by)
    if actor is not None and stranger and not may_manage(actor, _person(step, lent.giver, "giver")):
        raise Forbidden("A delegation is withdrawn by whoever gave or granted it, or by those above.")
    if lent.withdrawn_at is not None:
        raise Conflict("the delegation was withdrawn already")
    lent.withdrawn_at, lent.withdrawn_by = step.now, actor.name if actor else None
    _note(step, actor, "withdrawn", lent.giver, lent.receiver, lent.power, lent.amount, lent.since, lent.until, why)
    step.session.flush()
    return lent


def may_see(step: Any, actor: Actor, lent: AuthorityDelegation) -> bool:
    """Whether the actor has a part in a delegation, or oversees one who has."""
    if actor.reads_everything or actor.name in (lent.giver, lent.receiver):
        return True
    return "general_manager" in actor.roles and any(
        actor.is_above(_person(step, name, "person").unit_path) for name in (lent.giver, lent.receiver)
    )


def _person(step: Any, name: str, field: str) -> Actor:
    try:
        return actors.load(step.session, name)
    except NotFound:
        raise Invalid(f"there is no person {name}", {field: ["unknown"]}) from None


def _today(step: Step) -> dt.date:
    return step.now.astimezone(step.house.calendar.zone).date()


def _amount(value: Any, least: Decimal) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite() or not least <= value <= _LARGEST:
        raise Invalid("the amount is in yuan, and not negative", {"amount": ["unfit"]})
    if value != round(value, 2):
        raise Invalid("an amount has at most two decimals", {"amount": ["decimals"]})
    return value


def _in_order(since: dt.date | None, until: dt.date | None) -> None:
    if since is not None and until is not None and until < since:
        raise Invalid("the last day comes before the first", {"until": ["order"]})


def _require_own(step: Step, name: str, power: str, amount: Decimal, day: dt.date | None = None) -> None:
    own = powers.own_limit(step.session, name, power, day or _today(step))
    if own is None or amount > own:
        covers = f"reaches {own}" if own is not None else "does not exist"
        raise Invalid(f"the own power {power} of {name} {covers}: nobody gives more", {"amount": ["above_own"]})


def _note(
    step: Step,
    actor: Actor | None,
    kind: str,
    person: str,
    other: str | None,
    power: str,
    amount: Decimal,
    since: dt.date | None,
    until: dt.date | None,
    reason: str,
    before: Decimal | None = None,
) -> None:
    step.session.add(
        AuthorityChange(
            at=step.now,
            by=actor.name if actor else None,
            kind=kind,
            person=person,
            other=other,
            power=power,
            before=before,
            amount=amount,
            since=since,
            until=until,
            reason=reason,
        )
    )
