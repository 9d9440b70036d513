"""Setting limits, lending powers for some days, and taking them back (REV-6). Each change leaves a row for good.

Administrators may for the people of their unit and those below; the general manager likewise, up to the own limit;
everybody may lend the own power. Nobody gives a power to themselves: a limit that administrators propose for
themselves counts once a second person has confirmed it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.service import actors, powers
from engine.service.actors import Actor
from engine.service.house import Step
from engine.service.variables import require_text
from models.authority import AuthorityChange, AuthorityDelegation, LimitProposal
from models.people import AuthorityLimit, Person

MANAGERS = frozenset({"admin", "general_manager"})
MAX_REASON = 500
_MAX_POWER = 64
_LARGEST = Decimal("9999999999999999.99")


def may_manage(actor: Actor, person: Actor) -> bool:
    """Whether the actor may set the person's limits."""
    return bool(actor.roles & MANAGERS) and person.name != actor.name and actor.is_above(person.unit_path)


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
    code, most, why = _limit_given(power, amount, since, until, reason)
    if actor is not None:
        _require_manager(step, actor, person, code, most)
    return _put(step, actor, name, code, most, since, until, why)


def propose_limit(
    step: Step, actor: Actor, power: Any, amount: Any, since: dt.date | None, until: dt.date | None, reason: Any
) -> LimitProposal:
    """A limit for oneself, as an administrator; it counts when somebody else confirms it.

    Raises `Forbidden`, `Invalid` by field, `Conflict` while another one for this power is open.
    """
    code, most, why = _limit_given(power, amount, since, until, reason)
    if "admin" not in actor.roles:
        raise Forbidden("Only administrators propose a limit of their own.")
    given = {"person": actor.name, "power": code, "amount": most, "since": since, "until": until, "reason": why}
    proposal = LimitProposal(**given, proposed_at=step.now)
    try:
        with step.session.begin_nested():
            step.session.add(proposal)
    except IntegrityError:
        raise Conflict("another limit for this power waits for its confirmation") from None
    return proposal


def may_decide(session: Session, actor: Actor, proposal: LimitProposal) -> bool:
    """Whether the actor is the second person who may confirm or refuse."""
    return proposal.decision is None and may_manage(actor, actors.load(session, proposal.person))


def decide_proposal(step: Step, actor: Actor, proposal_id: int, decision: str) -> LimitProposal:
    """The second person's `confirmed` or `refused`, or the proposer's `withdrawn`.

    Raises `NotFound`, `Forbidden`, `Invalid` above the own limit, `Conflict` when it was decided before.
    """
    proposal = step.session.get(LimitProposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None or not (actor.name == proposal.person or may_see_limits(step, actor, proposal.person)):
        raise NotFound("there is no such proposal")
    if decision == "withdrawn":
        if actor.name != proposal.person:
            raise Forbidden("A proposal is withdrawn by who made it.")
    else:
        _require_manager(step, actor, _person(step, proposal.person, "person"), proposal.power, proposal.amount)
    if proposal.decision is not None:
        raise Conflict("the proposal was decided already")
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, actor.name, step.now
    if decision == "confirmed":
        terms = (proposal.power, proposal.amount, proposal.since, proposal.until, proposal.reason)
        _put(step, actor, proposal.person, *terms)
    step.session.flush()
    return proposal


def _limit_given(
    power: Any, amount: Any, since: dt.date | None, until: dt.date | None, reason: Any
) -> tuple[str, Decimal, str]:
    code, why = require_text(power, "power", _MAX_POWER), require_text(reason, "reason", MAX_REASON)
    _in_order(since, until)
    return code, _amount(amount, least=Decimal(0)), why


def _require_manager(step: Step, actor: Actor, person: Actor, power: str, amount: Decimal) -> None:
    if not may_manage(actor, person):
        who = "another administrator or general manager, at the unit or above"
        raise Forbidden(f"The limits of {person.name} are set by {who}.")
    if "admin" not in actor.roles:
        _require_own(step, actor.name, power, amount)


def _put(
    step: Step,
    actor: Actor | None,
    name: str,
    power: str,
    amount: Decimal,
    since: dt.date | None,
    until: dt.date | None,
    reason: str,
) -> AuthorityLimit:
    person_id = step.session.scalar(sa.select(Person.id).where(Person.name == name))
    limit = step.session.get(AuthorityLimit, (person_id, power), with_for_update=True)
    before = None if limit is None else limit.amount
    if limit is None:
        limit = AuthorityLimit(person_id=person_id, power=power)
        step.session.add(limit)
    limit.amount, limit.since, limit.until = amount, since, until
    _note(step, actor, "limit_set", name, None, power, amount, since, until, reason, before=before)
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
    if actor is not None and actor.name == receiver:
        raise Invalid("nobody lends the power of somebody else to themselves", {"receiver": ["own"]})
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
    parts = (lent.giver, lent.receiver)
    return actor.name in parts or any(may_see_limits(step, actor, name) for name in parts)


def may_see_limits(step: Any, actor: Actor, name: str) -> bool:
    """Whether the actor oversees the limits of a person."""
    return actor.reads_everything or (
        "general_manager" in actor.roles and actor.is_above(_person(step, name, "person").unit_path)
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
