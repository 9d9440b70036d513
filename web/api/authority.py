"""Limits and dated delegations of powers (REV-6): who may decide up to which amount, and what was lent to whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import marshmallow as ma

from engine.service import authority
from engine.service.actors import Actor
from models.authority import CHANGES, DECISIONS
from models.people import Person
from models.queries import authority as lists
from web.api.base import ApiBlueprint
from web.api.fields import Flag, Moment, Money, PagingSchema, page_schema, page_view
from web.api.lists import page_of
from web.api.writing import writes
from web.authority_scope import overseen, state_of
from web.context import actor, house, reading

blueprint = ApiBlueprint("authority", __name__, "Limits and delegations of powers")


class LimitSchema(ma.Schema):
    """Up to which amount somebody may use a power, both days included."""

    person = ma.fields.String(required=True)
    power = ma.fields.String(required=True)
    amount = Money(required=True)
    since = ma.fields.Date(required=True, allow_none=True)
    until = ma.fields.Date(required=True, allow_none=True)


class LimitGivenSchema(LimitSchema):
    """A limit to set, with the reason; 0 takes the power."""

    class Meta:
        unknown = ma.RAISE

    since = ma.fields.Date(load_default=None, allow_none=True)
    until = ma.fields.Date(load_default=None, allow_none=True)
    reason = ma.fields.String(required=True)


class DelegationGivenSchema(ma.Schema):
    """A power to lend: never above the giver's own limit, both days included."""

    class Meta:
        unknown = ma.RAISE

    giver = ma.fields.String(metadata={"description": "the caller unless given"})
    receiver = ma.fields.String(required=True)
    power = ma.fields.String(required=True)
    amount = Money(required=True)
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(required=True)
    reason = ma.fields.String(required=True)


class DelegationSchema(ma.Schema):
    """A power that was lent."""

    id = ma.fields.Integer(required=True)
    giver = ma.fields.String(required=True)
    receiver = ma.fields.String(required=True)
    power = ma.fields.String(required=True)
    amount = Money(required=True)
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(required=True)
    reason = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["coming", "in_force", "over", "withdrawn"]))
    granted_by = ma.fields.String(required=True, allow_none=True)
    granted_at = Moment(required=True)
    withdrawn_by = ma.fields.String(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)


class ChangeSchema(ma.Schema):
    """A change of a limit or a delegation."""

    at = Moment(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANGES))
    person = ma.fields.String(required=True)
    other = ma.fields.String(required=True, allow_none=True)
    power = ma.fields.String(required=True)
    before = Money(required=True, allow_none=True)
    amount = Money(required=True)
    since = ma.fields.Date(required=True, allow_none=True)
    until = ma.fields.Date(required=True, allow_none=True)
    reason = ma.fields.String(required=True)


class LimitProposalGivenSchema(ma.Schema):
    """A limit for oneself, as an administrator; 0 takes the power."""

    class Meta:
        unknown = ma.RAISE

    power = ma.fields.String(required=True)
    amount = Money(required=True)
    since = ma.fields.Date(load_default=None, allow_none=True)
    until = ma.fields.Date(load_default=None, allow_none=True)
    reason = ma.fields.String(required=True)


class LimitProposalSchema(LimitSchema):
    """A limit that an administrator proposed for themselves; `decision` is null until a second person confirms it."""

    id = ma.fields.Integer(required=True)
    reason = ma.fields.String(required=True)
    proposed_at = Moment(required=True)
    decision = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(DECISIONS))
    decided_by = ma.fields.String(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)


class LimitProposalsQuerySchema(PagingSchema):
    """`open=1`: those that wait for the second person."""

    open = Flag(load_default=False)


class DelegationsQuerySchema(PagingSchema):
    """`in_force=1`: those that hold today."""

    in_force = Flag(load_default=False)


class ReasonSchema(ma.Schema):
    """Why."""

    class Meta:
        unknown = ma.RAISE

    reason = ma.fields.String(required=True)


@blueprint.get("/authority/limits")
@blueprint.query(PagingSchema)
@blueprint.response(200, page_schema(LimitSchema, "LimitPage"))
def limits(query: dict[str, Any]) -> Any:
    """Limits, by person: one's own, and those of the people one oversees. A page counts people."""
    page = page_of(lists.holders(actor().name, overseen(actor())), lists.BY_PERSON, query)
    found = lists.limits_of(reading(), page.items)
    items = [_limit_view(person, limit) for person in page.items for limit in found[person.id]]
    return {"items": items, "next_cursor": page.next_cursor}


@blueprint.post("/authority/limits")
@blueprint.body(LimitGivenSchema)
@blueprint.response(200, LimitSchema)
@writes(LimitSchema())
def set_limit(step: Any, who: Actor, given: dict[str, Any]) -> Any:
    """Sets a limit of somebody else: an administrator, or the general manager above up to the own limit."""
    limit = authority.set_limit(
        step, who, given["person"], given["power"], given["amount"], given["since"], given["until"], given["reason"]
    )
    person = step.session.get(Person, limit.person_id)
    return _limit_view(person, limit)


def _limit_view(person: Person, limit: Any) -> dict[str, Any]:
    return {
        "person": person.name,
        "power": limit.power,
        "amount": limit.amount,
        "since": limit.since,
        "until": limit.until,
    }


@blueprint.get("/authority/limit-proposals")
@blueprint.query(LimitProposalsQuerySchema)
@blueprint.response(200, page_schema(LimitProposalSchema, "LimitProposalPage"))
def limit_proposals(query: dict[str, Any]) -> Any:
    """Limits that administrators proposed for themselves, as far as one oversees them; the newest first."""
    selected = lists.proposals(actor().name, overseen(actor()), still_open=query["open"])
    return page_view(page_of(selected, lists.NEWEST_PROPOSAL, query), _proposal_view)


@blueprint.post("/authority/limit-proposals")
@blueprint.body(LimitProposalGivenSchema)
@blueprint.response(201, LimitProposalSchema)
@writes(LimitProposalSchema(), status=201)
def propose_limit(step: Any, who: Actor, given: dict[str, Any]) -> Any:
    """Proposes a limit for oneself, as an administrator; 409 while another one for the power is open."""
    return _proposal_view(authority.propose_limit(step, who, **given))


@blueprint.post("/authority/limit-proposals/<int:proposal_id>/confirm")
@blueprint.response(200, LimitProposalSchema)
@writes(LimitProposalSchema())
def confirm_limit(step: Any, who: Actor, proposal_id: int) -> Any:
    """Confirms, as a second person who may set the proposer's limits; the limit counts from now on."""
    return _proposal_view(authority.decide_proposal(step, who, proposal_id, "confirmed"))


@blueprint.post("/authority/limit-proposals/<int:proposal_id>/refuse")
@blueprint.response(200, LimitProposalSchema)
@writes(LimitProposalSchema())
def refuse_limit(step: Any, who: Actor, proposal_id: int) -> Any:
    """Refuses, as a second person."""
    return _proposal_view(authority.decide_proposal(step, who, proposal_id, "refused"))


@blueprint.post("/authority/limit-proposals/<int:proposal_id>/withdraw")
@blueprint.response(200, LimitProposalSchema)
@writes(LimitProposalSchema())
def withdraw_limit(step: Any, who: Actor, proposal_id: int) -> Any:
    """Takes back what one has proposed."""
    return _proposal_view(authority.decide_proposal(step, who, proposal_id, "withdrawn"))


def _proposal_view(proposal: Any) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in LimitProposalSchema().fields}


@blueprint.get("/authority/delegations")
@blueprint.query(DelegationsQuerySchema)
@blueprint.response(200, page_schema(DelegationSchema, "DelegationPage"))
def delegations(query: dict[str, Any]) -> Any:
    """Delegations in which one has a part, and those of the people one oversees; the newest first."""
    day = _today() if query["in_force"] else None
    selected = lists.delegations(actor().name, overseen(actor()), in_force_on=day)
    return page_view(page_of(selected, lists.NEWEST_LENT, query), _delegation_view)


@blueprint.post("/authority/delegations")
@blueprint.body(DelegationGivenSchema)
@blueprint.response(201, DelegationSchema)
@writes(DelegationSchema(), status=201)
def lend(step: Any, who: Actor, given: dict[str, Any]) -> Any:
    """Lends a power for some days: one's own, or as an administrator or the general manager above."""
    return _delegation_view(authority.lend(step, who, **{"giver": who.name, **given}))


@blueprint.post("/authority/delegations/<int:delegation_id>/withdraw")
@blueprint.body(ReasonSchema)
@blueprint.response(200, DelegationSchema)
@writes(DelegationSchema())
def withdraw(step: Any, who: Actor, given: dict[str, Any], delegation_id: int) -> Any:
    """Ends a delegation at once; 409 when it was withdrawn before."""
    return _delegation_view(authority.withdraw(step, who, delegation_id, given["reason"]))


def _delegation_view(lent: Any) -> dict[str, Any]:
    names = [name for name in DelegationSchema().fields if name != "state"]
    return {**{name: getattr(lent, name) for name in names}, "state": state_of(lent, _today())}


def _today() -> dt.date:
    return house().clock.now().astimezone(house().calendar.zone).date()  # type: ignore[no-any-return]


@blueprint.get("/authority/changes")
@blueprint.query(PagingSchema)
@blueprint.response(200, page_schema(ChangeSchema, "AuthorityChangePage"))
def changes(query: dict[str, Any]) -> Any:
    """What changed of limits and delegations, the newest first."""
    return page_view(page_of(lists.changes(actor().name, overseen(actor())), lists.NEWEST_CHANGE, query), vars_of)


def vars_of(change: Any) -> dict[str, Any]:
    """A change as the schema dumps it."""
    return {name: getattr(change, name) for name in ChangeSchema().fields}
