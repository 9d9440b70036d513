"""Processes are killed at every statement around a payment: before and after the bank is called, before its answer is
kept. The bank pays each order once, and each case goes on once (DIS-2).
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.service import jobs
from models.cases import Instance
from models.database import Sessions
from models.ledger import JournalEntry
from models.loans import Loan
from models.payments import PaymentOrder, RecordedPayment
from models.tasks import Job
from operations.furnishing import furnish
from operations.payments.orders import JOB
from tests.engine.builder import Bench, chain, end, event, message, node, package, process, start, user
from tests.faults.test_killed_processes import all_fit, play
from tests.operations.conftest import Case

pytestmark = pytest.mark.faults

WAITS = package(
    process(
        start(),
        node("intermediateCatchEvent", "answer", "", event("message", "payment_result")),
        user("go_on"),
        end(),
        chain("start", "answer", "go_on", "end"),
    ),
    before=message("payment_result", "payment_state payment_message", payment_no="${payment_no}"),
)


def ordered(bench: Bench, n: int) -> uuid.UUID:
    """A loan whose payment is ordered, in a case that waits for the bank's word."""
    with bench.house.step() as step:
        furnish(step.session)
        unit = step.session.scalar(sa.select(sa.func.min(Instance.unit_id))) or 1
        case = Case(step.session, unit, business_key=f"A-2026-000{n}")
        contract_no = case.signed_contract()
        loan_no = case.disburse(contract_no, payment_follows=True, start=dt.date(2026, 3, 10))["loan_no"]
        number = case.call("payment.order", loan_no=loan_no, within_days=Decimal(5))["payment_no"]
    waiting = bench.start({"payment_no": number})
    with bench.house.step() as step:
        order = step.session.scalars(sa.select(PaymentOrder).where(PaymentOrder.number == number)).one()
        order.instance_id = waiting
        jobs.queue(step, JOB, {"payment_no": number}, instance_id=waiting)
    return waiting


def test_a_payment_is_made_once_and_its_case_goes_on_once(database: Sessions):
    bench = Bench(WAITS, sessions=database)
    cases = [ordered(bench, n) for n in range(1, 4)]
    assert play(database, "pay") > 40
    with database.reading() as session:
        paid = session.scalars(sa.select(RecordedPayment)).all()
        orders = session.scalars(sa.select(PaymentOrder)).all()
        assert {row.key for row in paid} == {order.key for order in orders}
        assert [(row.state, row.submitted) for row in paid] == [("paid", 1)] * 3
        assert [order.state for order in orders] == ["paid"] * 3
        assert set(session.scalars(sa.select(Loan.status))) == {"active"}
        entries = sa.select(sa.func.count()).select_from(JournalEntry).where(JournalEntry.kind == "payment")
        assert session.scalar(entries) == 3
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0
    for case in cases:
        assert bench.open(case) == ["go_on"]
        assert bench.variables(case)["payment_state"] == "paid"
    assert all_fit(bench)
