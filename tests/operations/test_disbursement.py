"""loan.disburse books loan, schedule, voucher and payout together, once for a contract (DIS-2, DIS-3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from models.applications import Application
from models.loans import Instalment, Loan, Voucher
from models.queries.loans import find_loan, schedule, transactions


def loan_of(case, paid_out) -> Loan:
    loan = find_loan(case.session, paid_out["loan_no"], None)
    assert loan is not None
    return loan


def test_a_loan_is_booked_with_schedule_voucher_and_payout(case):
    paid_out = case.disburse(case.signed_contract())
    assert paid_out == {
        "loan_no": f"L-2026-{case.unit_id}-0001",
        "voucher_no": f"V-2026-{case.unit_id}-0001",
        "start": dt.date(2026, 3, 10),
        "first_due": dt.date(2026, 4, 10),
        "maturity": dt.date(2027, 3, 10),
        "instalment": Decimal("8606.64"),
    }
    loan = loan_of(case, paid_out)
    rows = schedule(case.session, loan)
    assert [row.n for row in rows] == list(range(1, 13))
    assert sum(row.principal for row in rows) == loan.principal == 100000
    assert rows[0].interest == 500
    (payout,) = transactions(case.session, loan).items
    assert (payout.kind, payout.amount, payout.on, payout.principal_balance) == (
        "disbursement",
        100000,
        dt.date(2026, 3, 10),
        100000,
    )
    voucher = case.session.scalars(sa.select(Voucher)).one()
    assert (voucher.number, voucher.amount, voucher.transaction) == (paid_out["voucher_no"], 100000, payout)
    assert case.session.scalars(sa.select(Application.status)).one() == "disbursed"


def test_the_same_contract_gives_the_same_loan(case):
    contract_no = case.signed_contract()
    first = case.disburse(contract_no)
    assert case.disburse(contract_no, amount=Decimal(1)) == first
    assert case.session.scalar(sa.select(sa.func.count()).select_from(Loan)) == 1
    assert case.session.scalar(sa.select(sa.func.count()).select_from(Instalment)) == 12


def test_days_are_counted_as_the_product_does_unless_said(case):
    loan = loan_of(case, case.disburse(case.signed_contract(), day_count=None))
    assert loan.day_count == "ACT/360"
    assert schedule(case.session, loan)[0].interest == Decimal("516.67")  # 100,000 x 6 % x 31 / 360


@pytest.mark.parametrize(
    ("every", "due"),
    [
        ("P3M", ["2026-06-10", "2026-09-10", "2026-12-10", "2027-03-10"]),
        ("P5M", ["2026-08-10", "2027-01-10", "2027-03-10"]),
        ("P1Y", ["2027-03-10"]),
        ("P2Y", ["2027-03-10"]),
        ("P26W", ["2026-09-08", "2027-03-09", "2027-03-10"]),
    ],
)
def test_the_last_instalment_is_at_maturity_whatever_the_period(case, every, due):
    loan = loan_of(case, case.disburse(case.signed_contract(), every=every))
    rows = schedule(case.session, loan)
    assert [row.due.isoformat() for row in rows] == due
    assert rows[-1].balance == 0
    assert loan.maturity == rows[-1].due


def test_a_loan_of_the_last_of_a_month_returns_to_it(case):
    paid_out = case.disburse(case.signed_contract(), start=dt.date(2026, 12, 31))
    due = [row.due.isoformat() for row in schedule(case.session, loan_of(case, paid_out))]
    assert due[:4] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


def test_an_entrusted_payment_goes_to_its_payee(case):
    contract_no = case.signed_contract()
    entrusted = {"payment_kind": "entrusted", "receiving_account": "6222029999999"}
    with pytest.raises(Invalid, match="payee: is missing"):
        case.disburse(contract_no, **entrusted)
    case.disburse(contract_no, **entrusted, payee="某供应商")
    voucher = case.session.scalars(sa.select(Voucher)).one()
    assert (voucher.payee, voucher.receiving_account) == ("某供应商", "6222029999999")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": Decimal("100000.01")}, "amount"),
        ({"annual_rate": Decimal("0.05")}, "annual_rate"),
        ({"term_months": Decimal(11)}, "term_months"),
        ({"repayment_method": "single"}, "repayment_method"),
        ({"receiving_account": "6222020000002"}, "receiving_account"),
        ({"payee": "某供应商"}, "payee"),
        ({"every": "PT1H"}, "every"),
        ({"every": "P0M"}, "every"),
        ({"every": "monthly"}, "every"),
        ({"day_count": "ACT/7"}, "day_count"),
        ({"start": dt.date(9999, 12, 1)}, "term_months"),
        ({"payment_kind": "cash"}, "payment_kind"),
    ],
)
def test_only_what_the_contract_says_is_paid_out(case, wrong, field):
    contract_no = case.signed_contract()
    with pytest.raises(Invalid) as refused:
        case.disburse(contract_no, **wrong)
    assert list(refused.value.errors) == [field]


def test_an_unsigned_contract_is_not_paid_out(case):
    number = case.register()
    case.resolve(number)
    contract_no = case.draft(number)["contract_no"]
    with pytest.raises(Invalid, match="draft, not signed"):
        case.disburse(contract_no)


@pytest.mark.parametrize("method", ["equal_principal", "interest_only", "single", "flat"])
def test_every_repayment_method_repays_the_whole_principal(case, method):
    number = case.register()
    case.resolve(number)
    contract_no = case.draft(number, repayment_method=method)["contract_no"]
    case.sign(contract_no)
    loan = loan_of(case, case.disburse(contract_no, repayment_method=method))
    rows = schedule(case.session, loan)
    assert len(rows) == (1 if method == "single" else 12)
    assert sum(row.principal for row in rows) == 100000
