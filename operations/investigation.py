"""The investigation: who goes, what security is worth, and between which bounds terms may be proposed (INV-1, 4, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.ports import OperationCall
from lending.assignment import Candidate, assign, nearness
from lending.collateral import Thing, cover, lendable, prudent
from models.applications import REALISABLE, Application, ApplicationCollateral, Collateral
from models.queries.investigators import holders, regions_of, work_of
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, operation
from operations.inputs import choice, contexts, day, money, number, optional, text, texts, worth


@operation(
    "investigators.assign",
    "指派调查人 Assign two investigators",
    inputs={
        "role": text("Role that investigates", 64),
        "address": optional(text("Where the customer lives or trades", 300), ""),
        "customer_id": optional(text("Number of the customer", 16)),
        "guarantor_ids": optional(texts("Numbers of the guarantors", 16), []),
        "again_a": optional(text("Who was A in the round before", 64)),
        "again_b": optional(text("Who was B in the round before", 64)),
    },
    outputs={
        "investigator_a": "Sign-in name of A, nearer to the customer; null when nobody may",
        "investigator_b": "Sign-in name of B, never the same person; null when nobody else may",
    },
)
def assign_investigators(
    call: OperationCall,
    *,
    role: str,
    address: str,
    customer_id: str | None,
    guarantor_ids: list[str],
    again_a: str | None,
    again_b: str | None,
) -> Outputs:
    """Two holders of the role for the case's unit to whom no relation and no declared conflict stands in the way.

    Nearness of a person's regions to the address counts first, then least open work, then who has waited longest,
    then the name. Who investigated in the round before goes on (INV-1, GOV-1).
    """
    parties = {"customer": [customer_id] if customer_id else [], "guarantors": guarantor_ids}
    names = [
        name
        for name in holders(call.session, role, call.unit_id, call.instance_id)
        if call.relations.related(call.session, name, parties) is None
    ]
    regions, work = regions_of(call.session, names), work_of(call.session, names)
    candidates = [
        Candidate(name, nearness(address, regions.get(name, ())), work[name].open, work[name].last_done)
        for name in names
    ]
    first, second = assign(candidates, (again_a, again_b))
    return {"investigator_a": first, "investigator_b": second}


_THINGS = {
    "collateral_kind": text("Kind of thing", 64),
    "description": text("What and where it is", 1000),
    "owner": text("Whose it is", 200),
    "certificate_no": optional(text("Number of its certificate", 120)),
    "clear": choice("Whether it is clear who owns it", ("yes", "no")),
    "encumbrance": optional(worth("What it secures for others already"), Decimal(0)),
    "own_value": worth("The investigator's own value"),
    "appraised_value": optional(worth("The appraiser's value")),
    "appraiser": optional(text("The appraiser")),
    "appraised_on": optional(day("The day of the appraisal")),
    "realisable": choice("How easily it can be sold", REALISABLE),
    "collateral_note": optional(text("On legality and selling", 1000)),
}
_LIMITS = {
    "kind": text("Kind of thing", 64),
    "label": text("What it is called"),
    "limit": number("Percent of its value"),
}


@operation(
    "collateral.record",
    "登记抵质押物 Record collateral",
    inputs={
        "application_no": APPLICATION_NO,
        "amount": money("What is to be lent"),
        "first": optional(contexts("The things as A assesses them", _THINGS), []),
        "second": optional(contexts("The things as B assesses them", _THINGS), []),
        "limits": optional(contexts("What may be lent on each kind", _LIMITS), []),
    },
    outputs={
        "collateral": "Each thing with the more careful figure of either report, its value and what may be lent on it",
        "value": "What all things are counted for, in CNY",
        "most": "The most that may be lent on them, in CNY",
        "gap": "How far the amount goes beyond that, in CNY",
        "loan_to_value": "The amount in percent of the value; null when nothing counts",
    },
)
def record_collateral(call: OperationCall, *, application_no: str, amount: Decimal, **given: Any) -> Outputs:
    """Replaces what was recorded for the application in the round before (INV-4)."""
    application = application_of(call, application_no)
    things = prudent(_things(given["first"]), _things(given["second"]))
    limits = {item["kind"]: item["limit"] for item in given["limits"]}
    _forget(call, application)
    owners = _owners(call, application)
    for thing in things:
        row = _row(call, thing, limits, owners)
        call.session.add(row)
        call.session.flush()
        call.session.add(ApplicationCollateral(application_id=application.id, collateral_id=row.id))
    call.session.flush()
    found = cover(things, limits, amount)
    return {
        "collateral": [_shown(thing, limits) for thing in things],
        "value": found.value,
        "most": found.most,
        "gap": found.gap,
        "loan_to_value": found.loan_to_value,
    }


def _things(rows: list[dict[str, Any]]) -> list[Thing]:
    return [
        Thing(
            kind=row["collateral_kind"],
            clear=row["clear"] == "yes",
            note=row["collateral_note"],
            **{name: row[name] for name in row if name not in ("collateral_kind", "clear", "collateral_note")},
        )
        for row in rows
    ]


def _forget(call: OperationCall, application: Application) -> None:
    mine = sa.select(ApplicationCollateral.collateral_id).where(ApplicationCollateral.application_id == application.id)
    earlier = list(call.session.scalars(mine))
    link = ApplicationCollateral.collateral_id.in_(earlier)
    call.session.execute(sa.delete(ApplicationCollateral).where(link))
    call.session.execute(sa.delete(Collateral).where(Collateral.id.in_(earlier)))


def _owners(call: OperationCall, application: Application) -> dict[str, int]:
    """The files of those of the case's parties who may own something, by name."""
    return {party.name: party.id for party in (*application.guarantors, application.customer)}


def _row(call: OperationCall, thing: Thing, limits: Mapping[str, Decimal], owners: Mapping[str, int]) -> Collateral:
    # What an appraiser did not sign and date is no appraisal on record.
    appraised = thing.appraised_value is not None and thing.appraiser and thing.appraised_on
    return Collateral(
        kind=thing.kind,
        description=thing.description,
        owner_id=owners.get(thing.owner),
        owner_name=thing.owner,
        certificate_no=thing.certificate_no,
        clear=thing.clear,
        encumbrance=thing.encumbrance,
        realisable=thing.realisable,
        limit_percent=limits.get(thing.kind),
        lendable=lendable(thing, limits),
        note=thing.note,
        own_value=thing.own_value,
        appraised_value=thing.appraised_value if appraised else None,
        appraiser=thing.appraiser if appraised else None,
        appraised_on=thing.appraised_on if appraised else None,
        recorded_at=call.now,
        recorded_by=call.actor,
    )


def _shown(thing: Thing, limits: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        "collateral_kind": thing.kind,
        "description": thing.description,
        "owner": thing.owner,
        "certificate_no": thing.certificate_no,
        "own_value": thing.own_value,
        "appraised_value": thing.appraised_value,
        "encumbrance": thing.encumbrance,
        "clear": "yes" if thing.clear else "no",
        "realisable": thing.realisable,
        "counted_value": thing.value,
        "limit": limits.get(thing.kind),
        "lendable": lendable(thing, limits),
    }


@operation(
    "product.terms",
    "查产品条件 Look up the terms of the product",
    inputs={"application_no": APPLICATION_NO},
    outputs={
        "min_amount": "Least amount, in CNY",
        "max_amount": "Most, in CNY",
        "min_term": "Shortest term, in months",
        "max_term": "Longest, in months",
        "rate": "Usual rate a year, in percent",
    },
)
def product_terms(call: OperationCall, *, application_no: str) -> Outputs:
    """What the version of the product offers under which the application was made (INV-5)."""
    product = application_of(call, application_no).product
    return {
        "min_amount": product.min_amount,
        "max_amount": product.max_amount,
        "min_term": Decimal(product.min_term_months),
        "max_term": Decimal(product.max_term_months),
        "rate": (product.annual_rate * 100).normalize() + 0,
    }
