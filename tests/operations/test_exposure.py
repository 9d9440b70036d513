"""customer.exposure: what a customer and its group owe, what it guarantees, and its circles (CUS-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.customers import Customer, CustomerRelation
from models.queries.loans import find_loan
from operations.exposure import exposure_of
from operations.house_figures import WrongFigure, figures_of, set_figures
from operations.loan_book import repay
from tests.databases import statements
from tests.operations.conftest import MONDAY

NOTHING = {"own_exposure": 0, "group_exposure": 0, "guaranteed": 0, "circles": [], "over_limits": []}


@pytest.fixture
def people(case):
    """Numbers of three people: 甲, 乙, 丙."""
    return [case.customer(name, f"11010119900307{n:03d}1") for n, name in enumerate("甲乙丙", 1)]


def relate(case, one, kind, other, share=None):
    ids = dict(case.session.execute(sa.select(Customer.number, Customer.id)).all())
    row = CustomerRelation(customer_id=ids[one], kind=kind, other_id=ids[other], share=share, recorded_at=MONDAY)
    case.session.add(row)
    case.session.flush()


def test_a_new_customer_owes_nothing(case, people):
    found = case.call("customer.exposure", customer_id=people[0])
    assert found == {**NOTHING, "group_members": [people[0]]}


def test_an_application_counts_only_once_it_is_approved(case, people):
    number = case.register(customer_id=people[0])
    assert case.call("customer.exposure", customer_id=people[0])["own_exposure"] == 0
    case.resolve(number, amount=Decimal(90000))
    assert case.call("customer.exposure", customer_id=people[0])["own_exposure"] == 90000


def test_a_loan_counts_with_what_is_outstanding(case):
    loan = find_loan(case.session, case.disburse(case.signed_contract())["loan_no"], None)
    number = loan.customer.number
    assert case.call("customer.exposure", customer_id=number)["own_exposure"] == 100000
    repay(case.session, loan, Decimal("8606.64"), dt.date(2026, 4, 10), "B-1", "finance", MONDAY)
    assert case.call("customer.exposure", customer_id=number)["own_exposure"] == Decimal("91893.36")


def test_the_group_counts_together_over_spouses_and_controlling_shareholders(case, people):
    firm = case.customer("某公司", "91110000MA01ABCDX1", "company")
    case.resolve(case.register(customer_id=people[1]), amount=Decimal(50000))
    relate(case, people[0], "spouse", people[1])
    relate(case, people[1], "shareholder", firm, Decimal("0.6"))
    relate(case, people[2], "shareholder", firm, Decimal("0.1"))
    found = case.call("customer.exposure", customer_id=firm)
    assert found["group_members"] == sorted([people[0], people[1], firm])
    assert (found["own_exposure"], found["group_exposure"]) == (0, 50000)
    set_figures(case.session, {"control_share": Decimal("0.1")}, MONDAY, "risk")
    case.session.flush()
    assert people[2] in case.call("customer.exposure", customer_id=firm)["group_members"]


def test_what_is_guaranteed_of_others_and_the_circle_it_makes(case, people):
    one, two, three = people
    case.resolve(case.register(customer_id=two, guarantee_kind="guarantor", guarantor_ids=[one]))
    relate(case, two, "guarantor_of", three)
    relate(case, three, "guarantor_of", one)
    found = case.call("customer.exposure", customer_id=one)
    assert found["guaranteed"] == 100000
    assert found["circles"] == ["甲 → 乙 → 丙 → 甲"]


def test_limits_are_reckoned_once_the_net_capital_is_set(case, people):
    case.resolve(case.register(customer_id=people[0]))
    assert case.call("customer.exposure", customer_id=people[0])["over_limits"] == []
    set_figures(case.session, {"net_capital": Decimal(700000)}, MONDAY, "risk")
    case.session.flush()
    assert case.call("customer.exposure", customer_id=people[0])["over_limits"] == ["single"]
    set_figures(case.session, {"net_capital": Decimal(500000)}, MONDAY, "risk")
    case.session.flush()
    assert case.call("customer.exposure", customer_id=people[0])["over_limits"] == ["single", "group"]


def test_a_group_of_many_takes_no_more_queries_than_a_small_one(case):
    first = case.customer("某公司", "91110000MA01ABCDX1", "company")
    for n in range(12):
        relate(case, case.customer(f"股东{n}", f"1101011990{n:02d}07001X"), "shareholder", first, Decimal("0.3"))
    customer = case.session.scalars(sa.select(Customer).where(Customer.number == first)).one()
    with statements(case.session.connection().engine) as asked:
        assert len(exposure_of(case.session, customer).members) == 13
    assert len(asked) <= 12


def test_nobody_is_a_clear_error(case):
    with pytest.raises(Invalid, match="customer_id: there is no customer C-999999"):
        case.call("customer.exposure", customer_id="C-999999")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("net_capital", Decimal(0)),
        ("single_limit", Decimal(2)),
        ("recusal_steps", 9),
        ("recusal_kinds", ("x",)),
        ("?", 1),
    ],
)
def test_a_figure_that_cannot_be_changes_nothing(case, name, value):
    before = figures_of(case.session)
    with pytest.raises(WrongFigure) as wrong:
        set_figures(case.session, {"control_share": Decimal("0.5"), name: value}, MONDAY, None)
    assert wrong.value.name == name
    assert figures_of(case.session) == before
