"""Repayments serve what is due in the agreed order, once for each reference, and never more than is owed."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Conflict, Invalid
from lending.allocation import Kind, Order
from models.loans import Instalment, Loan, LoanTransaction
from models.queries.loans import find_loan, list_loans, schedule, transactions
from models.queries.paging import BadCursor
from models.queries.people import find_unit, root_unit
from operations.loan_book import repay
from tests.operations.conftest import MONDAY, Case, furnish

FIRST_DUE = dt.date(2026, 4, 10)


@pytest.fixture
def loan(case):
    """100,000 from 10 March 2026, twelve instalments of 8,606.64, the first with 500 of interest."""
    return find_loan(case.session, case.disburse(case.signed_contract())["loan_no"], None)


def pay(case, loan, amount, on=FIRST_DUE, reference="B-1", **more):
    return repay(case.session, loan, Decimal(amount), on, reference, "finance", MONDAY, **more)


def test_an_instalment_paid_on_its_day_is_paid(case, loan):
    paid = pay(case, loan, "8606.64")
    assert (paid.interest, paid.principal, paid.excess) == (500, Decimal("8106.64"), 0)
    assert (paid.principal_balance, paid.seq, paid.recorded_by) == (Decimal("91893.36"), 2, "finance")
    assert [row.state for row in schedule(case.session, loan)][:2] == ["paid", "open"]
    assert [(part.n, part.principal, part.interest) for part in paid.parts] == [(1, Decimal("8106.64"), 500)]


def test_a_part_pays_interest_first(case, loan):
    paid = pay(case, loan, "600")
    assert (paid.interest, paid.principal) == (500, 100)
    first = schedule(case.session, loan)[0]
    assert (first.state, first.paid) == ("partly", 600)


def test_what_is_paid_in_advance_pays_principal_first(case, loan):
    paid = pay(case, loan, "8606.64", on=dt.date(2026, 3, 20))
    assert (paid.principal, paid.interest) == (Decimal("8106.64"), 500)
    paid = pay(case, loan, "100", on=dt.date(2026, 3, 20), reference="B-2")
    assert (paid.principal, paid.interest) == (100, 0)


def test_the_order_is_the_houses(case, loan):
    principal_first = (Kind.PRINCIPAL, Kind.INTEREST)
    paid = pay(case, loan, "600", order=Order(due=principal_first, advance=principal_first))
    assert (paid.principal, paid.interest) == (600, 0)


def test_a_loan_paid_in_full_is_settled_and_what_is_too_much_is_kept(case, loan):
    total = sum(row.total for row in schedule(case.session, loan))
    paid = pay(case, loan, total + Decimal("12.34"), on=dt.date(2027, 3, 10))
    assert (paid.excess, paid.principal_balance) == (Decimal("12.34"), 0)
    assert (loan.status, loan.settled_on) == ("settled", dt.date(2027, 3, 10))
    assert {row.state for row in schedule(case.session, loan)} == {"paid"}
    more = pay(case, loan, "5", on=dt.date(2027, 4, 1), reference="B-2")
    assert (more.excess, more.principal, more.parts) == (5, 0, [])
    assert loan.settled_on == dt.date(2027, 3, 10)


def test_the_same_reference_with_the_same_content_is_booked_once(case, loan):
    first = pay(case, loan, "600.00")
    assert pay(case, loan, "600", reference=" B-1 ").id == first.id
    assert schedule(case.session, loan)[0].paid == 600


@pytest.mark.parametrize("other", [{"amount": "601"}, {"on": dt.date(2026, 4, 11)}])
def test_the_same_reference_with_other_content_is_refused(case, loan, other):
    pay(case, loan, "600")
    with pytest.raises(Conflict, match=r"used for 600\.00 on 2026-04-10"):
        pay(case, loan, **{"amount": "600", **other})
    with pytest.raises(Conflict):
        pay(case, loan, "100000", on=loan.start, reference=transactions(case.session, loan).items[0].reference)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1E+20"}, "amount"),
        ({"on": dt.date(2026, 3, 9)}, "paid_on"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 101}, "reference"),
    ],
)
def test_what_cannot_be_a_payment_is_refused_by_name(case, loan, wrong, field):
    with pytest.raises(Invalid) as refused:
        pay(case, loan, **{"amount": "600", **wrong})
    assert list(refused.value.errors) == [field]
    assert len(transactions(case.session, loan).items) == 1


def test_a_float_is_no_amount(case, loan):
    with pytest.raises(Invalid, match="amount: must be a number"):
        repay(case.session, loan, 600.0, FIRST_DUE, "B-1", None, MONDAY)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payments=st.lists(
        st.tuples(st.integers(1, 6_000_000), st.dates(dt.date(2026, 3, 10), dt.date(2027, 6, 1))),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_paid_the_books_agree(case, loan, payments):
    with case.session.begin_nested() as savepoint:
        for number, (fen, day) in enumerate(payments):
            pay(case, loan, Decimal(fen) / 100, on=day, reference=f"P-{number}")
        rows = schedule(case.session, loan)
        booked = [entry for entry in transactions(case.session, loan).items if entry.kind == "repayment"]
        assert sum(entry.amount for entry in booked) == Decimal(sum(fen for fen, _ in payments)) / 100
        assert sum(entry.principal for entry in booked) == sum(row.paid_principal for row in rows)
        assert sum(entry.interest for entry in booked) == sum(row.paid_interest for row in rows)
        assert booked[-1].principal_balance == loan.principal - sum(row.paid_principal for row in rows)
        for entry in booked:
            assert sum(part.principal for part in entry.parts) == entry.principal
            assert sum(part.interest for part in entry.parts) == entry.interest
        excess = sum(entry.excess for entry in booked)
        assert excess == 0 or all(row.state == "paid" for row in rows)
        assert (loan.status == "settled") == all(row.state == "paid" for row in rows)
        savepoint.rollback()


def test_loans_are_listed_by_unit_newest_first_page_by_page(case):
    numbers = []
    for _ in range(3):
        case.business_key, case.instance_id = f"A-{len(numbers)}", type(case.instance_id)(int=len(numbers))
        numbers.append(case.disburse(case.signed_contract())["loan_no"])
    branch, root = find_unit(case.session, "一支行").path, root_unit(case.session).path
    first = list_loans(case.session, branch, limit=2)
    assert [loan.number for loan in first.items] == numbers[:0:-1]
    rest = list_loans(case.session, root, limit=2, cursor=first.next_cursor)
    assert ([loan.number for loan in rest.items], rest.next_cursor) == (numbers[:1], None)
    assert list_loans(case.session, "/999/").items == []
    assert find_loan(case.session, numbers[0], "/999/") is None
    assert find_loan(case.session, numbers[0], root).number == numbers[0]
    assert len(list_loans(case.session, None, status="active", customer="C-000001").items) == 3
    assert list_loans(case.session, None, customer="C-000002").items == []
    assert list_loans(case.session, None, status="settled").items == []
    with pytest.raises(BadCursor):
        list_loans(case.session, None, cursor="nonsense")


def test_transactions_come_in_pages(case, loan):
    pay(case, loan, "600")
    first = transactions(case.session, loan, limit=1)
    second = transactions(case.session, loan, limit=1, cursor=first.next_cursor)
    assert [entry.kind for entry in (*first.items, *second.items)] == ["disbursement", "repayment"]
    assert second.next_cursor is None


def test_payments_that_come_at_once_are_each_booked_once(database):
    with database.writing.begin() as session:
        case = Case(session, furnish(session))
        number = case.disburse(case.signed_contract())["loan_no"]

    def book(reference):
        with database.writing.begin() as session:
            repay(session, find_loan(session, number, None), Decimal(600), FIRST_DUE, reference, None, MONDAY)

    with ThreadPoolExecutor(4) as pool:
        for booked in [pool.submit(book, reference) for reference in ("B-1", "B-2", "B-1", "B-2", "B-3")]:
            booked.result()
    with database.reading() as session:
        rows = session.scalars(sa.select(Instalment).order_by(Instalment.n)).all()
        assert sum(row.paid for row in rows) == 1800
        assert list(session.scalars(sa.select(LoanTransaction.seq).order_by(LoanTransaction.seq))) == [1, 2, 3, 4]


def test_two_who_pay_out_the_same_contract_at_once_make_one_loan(database):
    with database.writing.begin() as session:
        unit_id = furnish(session)
        contract_no = Case(session, unit_id).signed_contract()

    def pay_out(_):
        with database.writing.begin() as session:
            return Case(session, unit_id).disburse(contract_no)

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(pay_out, range(3)))
    assert answers[0] == answers[1] == answers[2]
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Loan)) == 1
