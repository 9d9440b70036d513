"""Paying out by order, in draws, with a ledger that agrees; conditions before it; the archive (DIS-1 to DIS-4)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pypdf
import pytest
import sqlalchemy as sa

from engine.errors import BpmnError, Invalid
from models.archive import ArchiveEntry
from models.database import Sessions
from models.loans import Loan
from models.papers import PaperItem
from models.payments import PaymentOrder, RecordedPayment
from models.queries.applications import find_contract
from models.queries.disbursement import balance, find_order
from models.queries.loans import find_loan, schedule, voucher_of
from models.queries.people import add_person
from models.register_queries import RegisterQuery
from models.resolutions import Resolution, ResolutionCondition
from operations.loan_book import repay
from operations.loan_papers import paper
from operations.payments import settling
from operations.payments.connector import Instruction
from operations.payments.recorded import RecordedBank, add_standard_answers
from operations.reconciling import checks

PAYING = {"payment_follows": True, "start": dt.date(2026, 3, 10)}


def paid_out(case, **changed):
    contract_no = case.signed_contract()
    loan_no = case.disburse(contract_no, **{**PAYING, **changed})["loan_no"]
    order = case.call("payment.order", loan_no=loan_no, within_days=Decimal(5))
    return contract_no, find_loan(case.session, loan_no, None), find_order(case.session, order["payment_no"])


def answered(case, order, state):
    book = settling.paid if state == "paid" else settling.failed
    book(case.session, order, "YH1", None, on=dt.date(2026, 3, 10), now=case.now, actor=None)


def differing(case, loan):
    return [check.one for check in checks(case.session, loan) if not check.agrees]


def test_a_loan_is_active_only_when_its_money_is_out(case):
    _, loan, order = paid_out(case)
    assert (loan.status, order.state) == ("paying", "waiting")
    assert case.jobs[-1] == ("payment", {"payment_no": order.number})
    assert differing(case, loan) == ["银行已付金额", "待清算放款余额"]
    assert case.call("payment.order", loan_no=loan.number, within_days=Decimal(5))["payment_no"] == order.number
    answered(case, order, "paid")
    assert loan.status == "active"
    assert differing(case, loan) == []
    assert balance(case.session, loan, "settlement") == -100000


def test_a_payment_that_failed_is_taken_back_and_paid_anew_under_another_key(case):
    contract_no, loan, order = paid_out(case)
    with pytest.raises(Invalid, match="its payment has not failed"):
        case.call("loan.reverse", loan_no=loan.number, reason="x")
    answered(case, order, "failed")
    case.call("loan.reverse", loan_no=loan.number, reason="账户已销户")
    case.call("loan.reverse", loan_no=loan.number, reason="账户已销户")
    assert loan.status == "reversed"
    assert all(balance(case.session, loan, role) == 0 for role in ("loans", "clearing", "settlement"))
    assert differing(case, loan) == []
    again = find_loan(case.session, case.disburse(contract_no, **PAYING)["loan_no"], None)
    second = case.call("payment.order", loan_no=again.number, within_days=Decimal(5))["payment_no"]
    keys = set(case.session.scalars(sa.select(PaymentOrder.key)))
    assert (again.number != loan.number, second != order.number, len(keys)) == (True, True, 2)


def test_draws_never_exceed_the_contract_nor_come_too_late(case):
    contract_no = case.signed_contract()
    first = case.disburse(contract_no, amount=Decimal(60000), draws_until=dt.date(2026, 6, 30))
    with pytest.raises(Invalid, match="more than the 40000"):
        case.disburse(contract_no, amount=Decimal("40000.01"), draw_no=Decimal(2))
    with pytest.raises(Invalid, match="the last day for drawing"):
        case.disburse(contract_no, amount=Decimal(40000), draw_no=Decimal(2), start=dt.date(2026, 7, 1))
    second = case.disburse(contract_no, amount=Decimal(40000), draw_no=Decimal(2), start=dt.date(2026, 5, 10))
    assert second["maturity"] == first["maturity"]
    assert second["loan_no"] != first["loan_no"]
    with pytest.raises(BpmnError, match="超过合同余额"):
        case.call("draw.open", contract_no=contract_no, amount=Decimal("0.01"))


def test_days_off_are_moved_as_the_house_and_the_product_say(case):
    moved = {"non_working_day": "next_working_day", "due_day_rule": "next_working_day"}
    paid = case.disburse(case.signed_contract(), start=dt.date(2026, 5, 1), **moved)
    assert paid["start"] == dt.date(2026, 5, 6)  # 1 to 5 May is the holiday
    assert paid["first_due"] == dt.date(2026, 6, 8)  # 6 June is a Saturday


def test_month_ends_and_long_holidays_are_counted_by_the_calendar(case):
    """A loan of the 31st: months without it end on their last day, days off roll on, interest counts actual days."""
    moved = {"non_working_day": "next_working_day", "due_day_rule": "next_working_day", "day_count": "ACT/360"}
    contract_no = case.signed_contract()
    terms = {"start": dt.date(2026, 8, 31), "repayment_method": "equal_installment", **moved}
    loan = find_loan(case.session, case.disburse(contract_no, **terms)["loan_no"], None)
    rows = schedule(case.session, loan)
    assert [row.due for row in rows[:7]] == [
        dt.date(2026, 9, 30),
        dt.date(2026, 11, 2),  # 31 October is a Saturday
        dt.date(2026, 11, 30),
        dt.date(2026, 12, 31),
        dt.date(2027, 2, 1),  # 31 January is a Sunday
        dt.date(2027, 3, 1),  # 28 February is a Sunday
        dt.date(2027, 3, 31),
    ]
    assert rows[0].interest == Decimal("500.00")  # 100,000 at 6 % for the 30 days of September
    days = (rows[1].due - rows[0].due).days
    assert (days, rows[1].interest) == (33, (rows[0].balance * days * Decimal("0.06") / 360).quantize(Decimal("0.01")))
    assert (rows[-1].due, loan.maturity, rows[-1].balance) == (dt.date(2027, 8, 31), dt.date(2027, 8, 31), 0)


@pytest.mark.parametrize(
    ("wanted", "paid"),
    [
        (dt.date(2026, 9, 30), dt.date(2026, 9, 30)),
        (dt.date(2026, 10, 1), dt.date(2026, 10, 8)),
        (dt.date(2026, 10, 7), dt.date(2026, 10, 8)),
        (dt.date(2026, 10, 10), dt.date(2026, 10, 10)),  # a Saturday on which people work
    ],
)
def test_a_payout_around_the_national_holiday_goes_to_the_bank_on_a_working_day(case, wanted, paid):
    _, loan, order = paid_out(case, start=wanted, non_working_day="next_working_day")
    assert (loan.start, order.planned_on, order.pay_by > paid) == (paid, paid, True)
    assert voucher_of(case.session, loan).booked_on == paid


def test_a_repayment_list_of_more_than_360_rows_is_printed_whole(case):
    number = case.register(product="personal_business", term_months=Decimal(60))
    case.resolve(number, term_months=Decimal(60))
    contract_no = case.draft(number, term_months=Decimal(60))["contract_no"]
    case.sign(contract_no)
    loan = find_loan(case.session, case.disburse(contract_no, term_months=Decimal(60), every="P5D")["loan_no"], None)
    rows = schedule(case.session, loan)
    assert len(rows) > 360
    read = pypdf.PdfReader(io.BytesIO(paper(case.session, loan, "schedule")))
    text = "".join(page.extract_text() for page in read.pages).replace(" ", "")
    assert len(read.pages) > 8
    for row in (rows[0], rows[359], rows[-1]):
        assert f"{row.due.year}年{row.due.month}月{row.due.day}日" in text
    assert f"{rows[359].balance:,.2f}" in text


def test_the_bank_pays_once_for_a_key_however_often_it_is_handed_in(database: Sessions):
    with database.writing() as session, session.begin():
        add_standard_answers(session)
    bank = RecordedBank(database)
    paid = Instruction("k1", "6222020000001", "张三", Decimal("1.01"), dt.date(2026, 3, 10), "放款")
    assert bank.query("k1") is None
    assert [bank.submit(paid).state, bank.submit(paid).state, bank.query("k1").state] == ["paid"] * 3
    lost = Instruction("k2", "6222029990000005", "张三", Decimal(1), dt.date(2026, 3, 10), "放款")
    assert [bank.submit(lost).state, bank.query("k2").state, bank.query("k2").state] == ["unknown", "unknown", "paid"]
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(RecordedPayment)) == 2


def test_repayments_are_posted_and_agree(case):
    contract_no = case.signed_contract()
    loan = find_loan(case.session, case.disburse(contract_no)["loan_no"], None)
    repay(case.session, loan, Decimal("8606.64"), dt.date(2026, 4, 10), "R-1", "cai", case.now)
    assert differing(case, loan) == []
    assert balance(case.session, loan, "interest_income") == -500
    case.session.execute(sa.update(Loan).where(Loan.id == loan.id).values(principal=Decimal(99999)))
    case.session.refresh(loan)
    assert "借据金额" in differing(case, loan)


def test_what_is_not_met_before_a_payout_is_named_and_only_the_decider_waives(case):
    contract_no = case.signed_contract()

    def found():
        return case.call(
            "disbursement.preconditions",
            contract_no=contract_no,
            amount=Decimal("100000.01"),
            registered_kinds=["mortgage"],
            queried_on=dt.date(2026, 1, 2),
            credit_query_days=Decimal(30),
            papers_complete=True,
        )

    assert found()["unmet_codes"] == ["registration", "credit_query", "amount"]
    assert found()["waivable"] == ["registration", "credit_query"]
    wanted = {"contract_no": contract_no, "codes": found()["unmet_codes"], "reason": "无新增负债"}
    case.call("disbursement.waive", decision="deny", **wanted)
    assert found()["unmet_codes"] == ["registration", "credit_query", "amount"]
    case.call("disbursement.waive", decision="grant", **wanted)
    assert found()["unmet_codes"] == ["amount"]
    case.actor = "somebody else"
    with pytest.raises(Invalid, match="only who decided the loan"):
        case.call("disbursement.waive", decision="grant", **wanted)


def test_a_condition_that_nobody_else_confirmed_keeps_the_money(case):
    contract_no = case.signed_contract()
    condition = ResolutionCondition(
        resolution_id=case.session.scalars(sa.select(Resolution.id)).one(), n=1, text="办妥保险"
    )
    case.session.add(condition)

    def said():
        found = case.call(
            "disbursement.preconditions", contract_no=contract_no, amount=Decimal(100), registered_kinds=[],
            credit_query_days=Decimal(30),
        )  # fmt: skip
        [row] = [row for row in found["preconditions"] if row["code"] == "conditions"]
        return row["state"], row["words"]

    case.session.flush()
    assert said() == ("unmet", "未落实：办妥保险")
    condition.state, condition.fulfilled_at, condition.fulfilled_by = "fulfilled", case.now, "li"
    assert said() == ("unmet", "待他人复核：办妥保险")
    condition.confirmed_at, condition.confirmed_by = case.now, "he"
    assert said()[0] == "met"


def test_a_volume_is_with_one_person_at_a_time_and_received_by_a_second(case):
    for name in ("li", "he"):
        add_person(case.session, case.now, name, "long enough", roles=["archivist"])
    number = case.register()
    volume = case.call("archive.register", application_no=number, location="一号柜", list=["合同"])["archive_no"]
    lent = {"archive_no": volume, "borrower": "he", "reason": "贷后检查", "until": dt.date(2026, 3, 5)}
    case.call("archive.lend", **lent)
    with pytest.raises(BpmnError, match="由 he 借出"):
        case.call("archive.lend", **lent)
    case.now += dt.timedelta(days=5)
    assert case.call("archive.return", archive_no=volume) == {"overdue_days": 2}
    case.call("archive.hand_over", archive_no=volume, to="he", reason="岗位调整")
    with pytest.raises(Invalid, match="somebody else than who handed it over"):
        case.call("archive.receive", archive_no=volume, location="二号柜")
    case.actor = "he"
    assert case.call("archive.receive", archive_no=volume, location="二号柜") == {"holder": "he"}
    entry = case.session.scalars(sa.select(ArchiveEntry)).one()
    assert (entry.location, entry.holder) == ("二号柜", "he")


def test_papers_and_the_age_of_a_query_are_read_from_their_rows(case):
    contract_no = case.signed_contract()
    application = find_contract(case.session, contract_no).application

    def states(**given):
        wanted = {"registered_kinds": [], "credit_query_days": Decimal(30), "papers_complete": True, **given}
        found = case.call("disbursement.preconditions", contract_no=contract_no, amount=Decimal(100000), **wanted)
        return {item["code"]: item["state"] for item in found["preconditions"]}

    assert states()["credit_query"] == "unmet"
    of_case = {
        "instance_id": application.instance_id,
        "unit_id": application.unit_id,
        "party": application.customer.number,
    }
    asked = {
        "authorisation_no": "SQ-1",
        "authorised_on": case.now.date(),
        "asked_at": case.now,
        "source": "manual",
        "answer": {},
    }
    typed = {"register": "credit", "state": "typed", "query_no": "ZX-1", "queried_on": case.now.date()}
    case.session.add(RegisterQuery(**of_case, **asked, **typed))
    paper_of_it = {"kind": "id", "title": "身份证", "whose": "borrower", "required": True, "needs_original": True}
    row = PaperItem(instance_id=application.instance_id, desk="intake", n=1, **paper_of_it)
    case.session.add(row)
    case.session.flush()
    assert (states()["credit_query"], states()["papers"]) == ("met", "unmet")
    row.state, row.checked_by, row.checked_at = "complete", "li", case.now
    case.session.flush()
    assert states()["papers"] == "met"
    assert states(papers_complete=False)["papers"] == "unmet"
