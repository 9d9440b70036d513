"""Which bank a payment goes to, and payments that people make (DIS-2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from engine.errors import Invalid
from loanflow.settings import SettingError, read_settings
from models.database import Sessions
from models.queries.disbursement import find_order
from models.queries.loans import find_loan
from operations.payments.choosing import connector
from operations.payments.connector import Instruction
from operations.payments.recorded import RecordedBank

PAYMENT = Instruction("k1", "6222020000001", "张三", Decimal("1.01"), dt.date(2026, 3, 10), "放款")


def waiting_order(case):
    loan_no = case.disburse(case.signed_contract(), payment_follows=True, start=dt.date(2026, 3, 10))["loan_no"]
    number = case.call("payment.order", loan_no=loan_no, within_days=Decimal(5))["payment_no"]
    return find_loan(case.session, loan_no, None), find_order(case.session, number)


def test_the_setting_names_a_connector():
    assert read_settings({}).payments is None
    assert read_settings({"LOANFLOW_PAYMENTS": "manual"}).payments == "manual"
    with pytest.raises(SettingError, match="write manual or recorded"):
        read_settings({"LOANFLOW_PAYMENTS": "swift"})


def test_without_a_setting_nothing_leaves_and_the_desk_reads_what_to_set(database: Sessions):
    answer = connector(None, database).submit(PAYMENT)
    assert answer.state == "by_hand"
    assert "LOANFLOW_PAYMENTS" in answer.message
    assert connector("manual", database).submit(PAYMENT).state == "by_hand"
    assert connector("manual", database).query("k1") is None
    assert isinstance(connector("recorded", database), RecordedBank)


def test_a_payment_by_hand_counts_once_a_second_person_has_confirmed_it(case):
    loan, order = waiting_order(case)
    said = {"payment_no": order.number, "result": "paid", "bank_reference": "HD-1"}
    with pytest.raises(Invalid, match="has a reference"):
        case.call("payment.clarify", payment_no=order.number, result="paid")
    assert case.call("payment.clarify", **said) == {"payment_state": "confirming"}
    assert (order.state, loan.status) == ("waiting", "paying")
    with pytest.raises(Invalid, match="say what is not right"):
        case.call("payment.confirm", confirmed=False, **said)
    refused = case.call("payment.confirm", confirmed=False, objection="金额不符", **said)
    assert refused == {"payment_state": "unknown", "payment_message": "金额不符"}
    assert (order.state, loan.status) == ("waiting", "paying")
    assert case.call("payment.confirm", confirmed=True, **said)["payment_state"] == "paid"
    assert (order.state, order.bank_reference, loan.status) == ("paid", "HD-1", "active")
    late = case.call("payment.confirm", confirmed=True, **{**said, "result": "failed"})
    assert late["payment_state"] == "paid"


def test_asking_again_hands_in_only_what_is_not_settled(case):
    _, order = waiting_order(case)
    assert case.call("payment.clarify", payment_no=order.number, result="ask_again") == {"payment_state": "sent"}
    assert (order.state, [kind for kind, _ in case.jobs].count("payment")) == ("waiting", 2)
