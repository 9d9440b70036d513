"""Ordering a payment, asking again, and settling it by hand: what the diagram of a disbursement calls (DIS-2)."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from engine.ports import OperationCall
from models.loans import DUE_DAY_RULES, PAYMENT_KINDS, Loan
from models.numbering import next_number
from models.payments import PaymentOrder
from models.queries.disbursement import find_order, live_order
from models.queries.loans import find_loan, locked_loan
from models.queries.units import is_below
from operations.contracts import CONTRACT_NO, contract_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, flag, optional, text, whole
from operations.instalment_plan import next_working_day
from operations.payments.settling import failed, paid

NUMBERS = "PO-{year}-{unit}-{seq:4}"
JOB = "payment"
"""The kind of job that carries an order to the bank (`operations.payments.errand`)."""

ORDER_NO = text("Number of the payment order", 40)


@operation(
    "payment.order",
    "下达支付指令 Order the payment of a loan",
    inputs={
        "loan_no": text("Number of the loan", 40),
        "evidence": optional(text("Contract or invoice behind an entrusted payment")),
        "within_days": whole("Working days from the payout within which the payee has the money", 60),
        "non_working_day": optional(choice("What of a day on which nobody works", DUE_DAY_RULES), "next_working_day"),
    },
    outputs={
        "payment_no": "Number of the order",
        "planned_on": "Day on which it goes to the bank",
        "pay_by": "Day by which the payee has the money",
    },
)
def order(call: OperationCall, *, loan_no: str, evidence: str | None, **when: Any) -> Outputs:
    """Orders the money of a loan to be paid, once: a loan whose order has not failed keeps that order.

    The order leaves the house by a job, not before its day; the answer comes back as the message `payment_result`.
    """
    loan = _loan(call, loan_no)
    made = live_order(call.session, loan)
    if made is None:
        if loan.status != "paying":
            raise refuse("loan_no", f"nothing is to be paid: the loan is {loan.status}")
        made = _ordered(call, loan, evidence, **when)
    return {"payment_no": made.number, "planned_on": made.planned_on, "pay_by": made.pay_by}


def _ordered(
    call: OperationCall, loan: Loan, evidence: str | None, *, within_days: int, non_working_day: str
) -> PaymentOrder:
    if loan.payment_kind == "entrusted" and evidence is None:
        raise refuse("evidence", "is missing: an entrusted payment has a contract or an invoice behind it")
    calendar = call.calendar
    planned = max(loan.start, business_day(call))
    if non_working_day == "next_working_day":
        planned = next_working_day(planned, calendar)
    morning = dt.datetime.combine(planned, dt.time(0), call.zone)
    pay_by = calendar.add(morning, f"P{within_days}D", "working").astimezone(call.zone).date()
    made = PaymentOrder(
        number=next_number(call.session, NUMBERS, loan.unit_id, business_day(call).year),
        key=secrets.token_hex(16),
        loan_id=loan.id,
        instance_id=call.instance_id,
        kind=loan.payment_kind,
        amount=loan.principal,
        payee=loan.payee or loan.customer.name,
        account=loan.receiving_account,
        evidence=evidence,
        planned_on=planned,
        pay_by=pay_by,
        ordered_at=call.now,
        ordered_by=call.actor,
    )
    call.session.add(made)
    call.session.flush()
    due = calendar.add(morning, "PT0S", "working") if planned > business_day(call) else None
    call.queue_job(JOB, {"payment_no": made.number}, *([due] if due is not None else []))
    return made


@operation(
    "payment.clarify",
    "查明支付结果 Clear up what became of a payment",
    inputs={
        "payment_no": ORDER_NO,
        "result": choice("Ask the bank again, or what became of it", ("ask_again", "paid", "failed")),
        "bank_reference": optional(text("The bank's reference or receipt, for what it has confirmed", 100)),
    },
    outputs={"payment_state": "sent (asked again), confirming (a second person is asked), or as it was settled"},
)
def clarify(call: OperationCall, *, payment_no: str, result: str, bank_reference: str | None) -> Outputs:
    """Asks the bank again after an order without end, or takes down what it said, for a second person to confirm.

    It is not paid a second time. What was settled meanwhile stays as it is settled.
    """
    order = _order(call, payment_no)
    if order.state in ("paid", "failed"):
        return {"payment_state": order.state}
    if result == "ask_again":
        if order.state == "unknown":
            order.state = "sent"
        call.queue_job(JOB, {"payment_no": order.number})
        return {"payment_state": "sent"}
    if bank_reference is None:
        raise refuse("bank_reference", "is missing: the bank's confirmation has a reference")
    return {"payment_state": "confirming"}


@operation(
    "payment.confirm",
    "复核支付结果 Confirm what became of a payment",
    inputs={
        "payment_no": ORDER_NO,
        "result": choice("What the bank has said", ("paid", "failed")),
        "bank_reference": text("The bank's reference or receipt", 100),
        "note": optional(text("What the bank said", 1000)),
        "confirmed": flag("Whether the receipt says so"),
        "objection": optional(text("What is not right, when it does not", 1000)),
    },
    outputs={
        "payment_state": "paid or failed; unknown when it was not confirmed",
        "payment_message": "What was said of it",
    },
)
def confirm(
    call: OperationCall,
    *,
    payment_no: str,
    result: str,
    bank_reference: str,
    note: str | None,
    confirmed: bool,
    objection: str | None,
) -> Outputs:
    """Settles an order by the bank's word that two people have seen. What was settled meanwhile stays."""
    order = _order(call, payment_no)
    if order.state in ("paid", "failed"):
        return {"payment_state": order.state, "payment_message": order.message or ""}
    if not confirmed:
        if objection is None:
            raise refuse("objection", "is missing: say what is not right")
        return {"payment_state": "unknown", "payment_message": objection}
    book = paid if result == "paid" else failed
    book(call.session, order, bank_reference, note, on=business_day(call), now=call.now, actor=call.actor)
    return {"payment_state": result, "payment_message": note or ""}


@operation(
    "payment.correct",
    "更正收款账户 Correct where the money goes",
    inputs={
        "contract_no": CONTRACT_NO,
        "payment_kind": choice("To the borrower's own account, or entrusted to a payee", PAYMENT_KINDS),
        "account": optional(text("The borrower's right account, for a payment to it", 64)),
        "agreement": optional(text("The borrower's written confirmation of the account")),
    },
    outputs={"receiving_account": "The account agreed with the borrower"},
)
def correct(
    call: OperationCall, *, contract_no: str, payment_kind: str, account: str | None, agreement: str | None
) -> Outputs:
    """Changes the borrower's account of a contract, as the borrower has confirmed in writing.

    The payee of an entrusted payment is no part of the contract: the draw names it anew.
    """
    contract = contract_of(call, contract_no)
    if payment_kind == "own":
        if account is None or agreement is None:
            raise refuse("account", "is changed only with the borrower's written confirmation")
        contract.receiving_account = account
        call.session.flush()
    return {"receiving_account": contract.receiving_account}


def _loan(call: OperationCall, number: str) -> Loan:
    found = find_loan(call.session, number, None)
    if found is None or not is_below(call.session, found.unit_id, call.unit_id):
        raise refuse("loan_no", f"there is no loan {number} in this unit")
    return locked_loan(call.session, found)


def _order(call: OperationCall, number: str) -> PaymentOrder:
    order = find_order(call.session, number)
    if order is None or not is_below(call.session, order.loan.unit_id, call.unit_id):
        raise refuse("payment_no", f"there is no payment order {number} in this unit")
    return order
