"""The loan book over REST."""

from decimal import Decimal

import pytest

from models.people import Person
from models.queries.loans import find_loan
from tests.operations.conftest import Case, furnish


@pytest.fixture
def loan(house):
    """The number of a loan of 100,000 from 10 March 2026 in twelve instalments, in the branch `一支行`."""
    with house.step() as step:
        furnish(step.session)
        branch = step.session.query(Person).filter_by(name="sun").one().unit_id
        case = Case(step.session, branch)
        number = case.disburse(case.signed_contract())["loan_no"]
        assert find_loan(step.session, number, None).unit_id == branch
    return number


def test_a_loan_with_its_schedule_and_transactions(as_, loan):
    [listed] = as_("li").get("/loans").json["items"]
    assert listed == as_("li").get(f"/loans/{loan}").json
    assert (listed["id"], listed["principal"], listed["status"]) == (loan, Decimal("100000.00"), "active")
    schedule = as_("li").get(f"/loans/{loan}/schedule").json
    assert len(schedule["rows"]) == 12
    assert sum(row["principal"] for row in schedule["rows"]) == 100000
    [payout] = as_("li").get(f"/loans/{loan}/transactions").json["items"]
    assert (payout["kind"], payout["amount"]) == ("disbursement", 100000)


def test_who_sees_loans(as_, loan, house):
    for who in ("li", "sun", "audit", "root", "robot"):
        assert len(as_(who).get("/loans").json["items"]) == 1
    assert as_("nobody").get("/loans").status_code == 403
    assert as_("designer").get(f"/loans/{loan}").status_code == 403
    assert as_("li").get("/loans/L-unknown").status_code == 404


def test_a_repayment_is_booked_once(as_, loan):
    body = {"amount": Decimal("8606.64"), "paid_on": "2026-04-10", "reference": "B-1"}
    paid = as_("robot").post(f"/loans/{loan}/repayments", body)
    assert paid.status_code == 201, paid.text
    assert (paid.json["interest"], paid.json["principal"]) == (500, Decimal("8106.64"))
    assert '"interest":500.00,"fee":0.00,"penalty":0.00,' in paid.text
    assert as_("robot").post(f"/loans/{loan}/repayments", body).text == paid.text
    assert as_("robot").post(f"/loans/{loan}/repayments", {**body, "amount": 1}).status_code == 409
    assert len(as_("li").get(f"/loans/{loan}/transactions").json["items"]) == 2
    assert as_("li").get(f"/loans/{loan}/schedule").json["rows"][0]["state"] == "paid"


def test_taking_money_needs_a_role(as_, loan):
    body = {"amount": 1, "paid_on": "2026-04-10", "reference": "B-1"}
    assert as_("li").post(f"/loans/{loan}/repayments", body).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": Decimal("0.001")},
        {"amount": "ten"},
        {"amount": Decimal("1E+300")},
        {"amount": True},
        {"paid_on": "10 April"},
        {"paid_on": "2026-01-01"},
        {"reference": ""},
    ],
)
def test_what_cannot_be_booked_is_422(as_, loan, changed):
    body = {"amount": 1, "paid_on": "2026-04-10", "reference": "B-1", **changed}
    answer = as_("robot").post(f"/loans/{loan}/repayments", body)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]
