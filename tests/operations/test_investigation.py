"""Assigning investigators and recording collateral (INV-1, INV-4, GOV-1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.applications import ApplicationCollateral, Collateral
from models.queries.people import add_person, relate, set_regions
from tests.operations.conftest import MONDAY

HOME = {
    "collateral_kind": "residence",
    "description": "住宅一套",
    "owner": "张三",
    "clear": "yes",
    "own_value": Decimal(500_000),
    "realisable": "easy",
}
LIMITS = [{"kind": "residence", "label": "住宅", "limit": Decimal(70)}]


@pytest.fixture
def managers(case):
    for name in ("wang", "zhao", "zhou"):
        add_person(case.session, MONDAY, name, "demo-demo", roles=["account_manager"])
    add_person(case.session, MONDAY, "lin", "demo-demo", roles=["intake_clerk"])


def assigned(case, **inputs):
    found = case.call("investigators.assign", role="account_manager", **inputs)
    return found["investigator_a"], found["investigator_b"]


def test_the_nearer_one_is_a(case, managers):
    assert assigned(case) == ("wang", "zhao")
    set_regions(case.session, "zhou", ["柳林镇"])
    assert assigned(case, address="柳林镇建设路 8 号") == ("zhou", "wang")
    set_regions(case.session, "zhao", ["柳林镇建设路"])
    assert assigned(case, address="柳林镇建设路 8 号") == ("zhao", "zhou")


def test_nobody_related_is_assigned(case, managers):
    customer = case.customer()
    relate(case.session, MONDAY, "wang", customer)
    assert assigned(case, customer_id=customer) == ("zhao", "zhou")
    relate(case.session, MONDAY, "zhou", customer)
    assert assigned(case, customer_id=customer) == ("zhao", None)


def test_collateral_is_recorded_with_what_may_be_lent_on_it_and_replaced_in_a_second_round(case):
    number = case.register()
    inputs = {"application_no": number, "amount": Decimal(400_000), "limits": LIMITS}
    other = {**HOME, "own_value": Decimal(480_000)}
    case.call("collateral.record", **inputs, first=[HOME], second=[HOME])
    found = case.call("collateral.record", **inputs, first=[HOME], second=[other])
    assert (found["value"], found["most"], found["gap"]) == (480_000, 336_000, 64_000)
    [row] = case.session.query(Collateral).all()
    assert (row.owner_name, row.own_value, row.lendable, row.limit_percent) == ("张三", 480_000, 336_000, 70)
    assert row.owner_id is not None
    assert case.session.query(ApplicationCollateral).count() == 1


def test_the_terms_of_the_product_are_those_of_the_application(case):
    found = case.call("product.terms", application_no=case.register())
    assert (found["min_amount"], found["max_term"], found["rate"]) == (10_000, 60, Decimal("6.85"))
