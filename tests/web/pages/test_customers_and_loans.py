"""Customers and loans: found by name, number or status, in one's own unit and below, by people with a role."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from models.applications import Application
from models.cases import Continuation
from models.contracts import Contract
from models.customers import Customer, CustomerRelation
from models.loans import Instalment, Loan, LoanTransaction
from models.payments import PaymentOrder
from models.products import Product
from models.queries.people import find_person

TERMS = {"annual_rate": Decimal("0.054"), "term_months": 2, "repayment_method": "equal_principal"}


@pytest.fixture
def book(lending, work):
    """Chen Mei with her husband, and her loan of two instalments, the first of them paid in part."""
    case = work.start()
    with lending.step() as step:
        session, now = step.session, step.now
        common = {"kind": "person", "id_kind": "resident_id", "recorded_at": now}
        mei = Customer(number="C-000001", name="陈梅", id_number="110101198001011234", phone="13800138000", **common)
        liu = Customer(
            number="C-000002",
            name="刘志强",
            id_number="110101197901011234",
            blocked_at=now,
            blocked_reason="在限制名单上",
            **common,
        )
        product = Product(
            code="personal",
            version=1,
            title_zh="个人经营贷款",
            title_en="Personal business loan",
            min_amount=Decimal(1),
            max_amount=Decimal(10**6),
            min_term_months=1,
            max_term_months=60,
            annual_rate=Decimal("0.054"),
            day_count="30/360",
            approval_days=60,
            valid_from=dt.date(2026, 1, 1),
        )
        session.add_all([mei, liu, product])
        session.flush()
        session.add(CustomerRelation(customer_id=liu.id, kind="spouse", other_id=mei.id, recorded_at=now))
        root = find_person(session, "li").unit
        application = Application(
            unit_id=root.id,
            number=case.business_key,
            instance_id=case.id,
            customer_id=mei.id,
            product_id=product.id,
            amount=Decimal(20000),
            term_months=2,
            purpose="大棚",
            repayment_method="equal_principal",
            guarantee_kind="none",
            registered_at=now,
        )
        session.add(application)
        session.flush()
        contract = Contract(
            number="HT-1",
            application_id=application.id,
            kind="loan",
            amount=Decimal(20000),
            start=dt.date(2026, 1, 20),
            clauses=[],
            drafted_at=now,
            **TERMS,
        )
        session.add(contract)
        session.flush()
        loan = Loan(
            number="L-2026-0001",
            contract_id=contract.id,
            customer_id=mei.id,
            product_id=product.id,
            unit_id=root.id,
            principal=Decimal(20000),
            day_count="30/360",
            every="P1M",
            start=dt.date(2026, 1, 20),
            maturity=dt.date(2026, 3, 20),
            receiving_account="6222",
            payment_kind="own",
            disbursed_at=now,
            **TERMS,
        )
        session.add(loan)
        session.flush()
        money = {"principal": Decimal(10000), "interest": Decimal(90), "total": Decimal(10090)}
        session.add_all(
            [
                Instalment(
                    loan_id=loan.id,
                    version=1,
                    n=1,
                    due=dt.date(2026, 2, 20),
                    balance=Decimal(10000),
                    paid_principal=Decimal(4000),
                    paid_interest=Decimal(90),
                    **money,
                ),
                PaymentOrder(
                    number="PO-1",
                    key="k" * 32,
                    loan_id=loan.id,
                    instance_id=case.id,
                    kind="own",
                    amount=Decimal(20000),
                    payee="陈梅",
                    account="6222",
                    planned_on=dt.date(2026, 1, 20),
                    pay_by=dt.date(2026, 1, 27),
                    state="unknown",
                    message="通讯超时",
                    ordered_at=now,
                ),
                Instalment(loan_id=loan.id, version=1, n=2, due=dt.date(2026, 3, 20), balance=Decimal(0), **money),
                LoanTransaction(
                    loan_id=loan.id,
                    seq=1,
                    kind="disbursement",
                    on=dt.date(2026, 1, 20),
                    amount=Decimal(20000),
                    principal=Decimal(20000),
                    interest=0,
                    fee=0,
                    penalty=0,
                    excess=0,
                    principal_balance=Decimal(20000),
                    reference="V-1",
                    recorded_at=now,
                    recorded_by="qian",
                ),
            ]
        )
    return lending


def test_a_customer_is_found_and_shown_with_what_belongs_to_her(browse, book):
    li = browse("li")
    for words in ("陈梅", "C-000001", "110101198001011234", "13800138000"):
        page = li.get(f"/customers?q={words}")
        assert "C-000001" in page.text, words
        assert "C-000002" not in page.text, words
    assert "1101**********1234" in page.text
    assert "110101198001011234" not in li.get("/customers").text, "identity numbers are masked in lists"
    assert "C-000002" in li.get("/customers?blocked=1").text
    page = li.get("/customers/C-000001")
    assert "关系图，2 方" in page.text
    assert "配偶" in page.text
    assert "L-2026-0001" in page.text
    assert "S-2026-0001" in page.text
    assert "在限制名单上" in li.get("/customers/C-000002").text
    li.get("/customers/C-999999", status=404)


def test_a_loan_shows_what_is_owed_and_what_was_paid(browse, book):
    li = browse("li")
    assert "L-2026-0001" in li.get("/loans").text
    assert "L-2026-0001" not in li.get("/loans?status=settled").text
    page = li.get("/loans/L-2026-0001")
    assert "个人经营贷款" in page.text
    assert "逾期 10 天" in page.text
    assert "16,000.00" in page.text, "the principal still owed"
    assert "6,000.00" in page.text, "what is overdue"
    assert "V-1" in page.text
    li.post("/language", {"locale": "en"})
    assert "10 days overdue" in li.get("/loans/L-2026-0001").text
    assert "L-2026-0001" in li.get("/search?q=l-2026-0001").text


def test_the_case_shows_the_money_it_paid_out(browse, book, work):
    found = browse("li").get("/cases?q=陈梅").text
    path = re.search(r"/cases/[0-9a-f-]{36}", found)[0]
    page = browse("li").get(path)
    assert 'href="/loans/L-2026-0001"' in page.text
    assert "16,000.00" in page.text, "the principal still owed"
    assert 'href="#money"' in page.text
    without = browse("li").get(f"/cases/{work.start().id}")
    assert "#money" not in without.text


def test_the_case_shows_payments_and_papers_and_so_does_the_case_of_a_later_draw(browse, book, work):
    later = work.start()
    with book.step() as step:
        first = step.session.query(Application).one().instance_id
        step.session.add(Continuation(instance_id=later.id, of_instance=first))
    for case in (first, later.id):
        page = browse("li").get(f"/cases/{case}")
        for shown in ("PO-1", "通讯超时", "结果不明", "/loans/L-2026-0001/papers/schedule", "可提 0.00"):
            assert shown in page.text, shown
        assert "/papers/payment" not in page.text


def test_a_branch_sees_its_own_loans_alone(browse, book):
    sun = browse("sun")
    assert "L-2026-0001" not in sun.get("/loans").text
    sun.get("/loans/L-2026-0001", status=404)
    assert "L-2026-0001" not in sun.get("/customers/C-000001").text
    assert "L-2026-0001" in browse("audit").get("/loans").text
    browse("designer").get("/loans", status=404)
