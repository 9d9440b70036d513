"""What investigations add to a customer's file: statements and ratings by date (CUS-1, INV-6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.customer_file import CustomerRating, FinancialStatement


def test_a_statement_is_kept_digit_for_digit(case):
    number = case.customer()
    case.call("customer.statement", customer_id=number, as_of="2025-12-31", figures={"资产": Decimal("1200000.50")})
    row = case.session.scalars(sa.select(FinancialStatement)).one()
    assert (row.as_of, row.figures, row.recorded_by) == (dt.date(2025, 12, 31), {"资产": Decimal("1200000.50")}, "li")
    assert row.instance_id == case.instance_id


def test_a_rating_is_kept_with_every_input_and_dated_by_the_business_day(case):
    number = case.customer()
    rating = {"rating": "AA", "score": Decimal("82.5"), "risk_degree": Decimal("0.35"), "inputs": {"years": Decimal(5)}}
    case.call("customer.rated", customer_id=number, **rating, valid_until="2027-03-01")
    row = case.session.scalars(sa.select(CustomerRating)).one()
    assert (row.code, row.score, row.risk_degree) == ("AA", Decimal("82.5"), Decimal("0.35"))
    assert (row.rated_on, row.valid_until) == (dt.date(2026, 3, 2), dt.date(2027, 3, 1))
    assert row.inputs == {"years": Decimal(5)}


def test_a_rating_that_is_over_already_is_refused(case):
    with pytest.raises(Invalid, match="valid_until: 2026-03-01 is over already"):
        case.call("customer.rated", customer_id=case.customer(), rating="A", valid_until="2026-03-01")


def test_nobody_has_no_file(case):
    with pytest.raises(Invalid, match="customer_id"):
        case.call("customer.statement", customer_id="C-000009", as_of="2025-12-31", figures={})
