"""Applications: entering them, opinions on them, registers of those that end (INT-2, INT-5, INV-7, REV-7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import BpmnError
from engine.ports import OperationCall
from models.applications import OPINIONS, STAGES, Application, ApplicationGuarantor, Opinion
from models.customers import Customer
from models.loans import METHODS
from models.numbering import next_number
from models.products import Product
from models.queries.applications import find_application, next_opinion_round
from models.queries.customers import find_customer, find_customers
from models.queries.products import current_product
from models.registers import RegisterEntry
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, context, money, optional, text, texts, whole
from operations.visits import enter_on_site

NUMBERS = "A-{year}-{seq:4}"
REGISTER_NUMBERS = {"refusals": "RF-{year}-{unit}-{seq:4}", "not_disbursed": "ND-{year}-{unit}-{seq:4}"}

APPLICATION_NO = text("Number of the application", 255)
REASON_CODE = text("Code of the reason", 64)
REASON = text("Reason in words, as the customer is told", 4000)


def application_of(call: OperationCall, number: str) -> Application:
    """The application with this number in the case's unit; raises `Invalid` when there is none."""
    application = find_application(call.session, call.unit_id, number)
    if application is None:
        raise refuse("application_no", f"there is no application {number} in this unit")
    return application


@operation(
    "application.register",
    "登记贷款申请 Register an application",
    inputs={
        "customer_id": text("Number of the borrower", 16),
        "product": text("Code of the product", 64),
        "amount": money("Amount applied for"),
        "term_months": whole("Term in months"),
        "purpose": text("What the money is for", 1000),
        "repayment_method": choice("How it is repaid", METHODS),
        "guarantee_kind": text("Kind of guarantee, one of the product's", 64),
        "guarantor_ids": optional(texts("Numbers of the guarantors", 16), ()),
    },
    outputs={
        "application_no": "Number of the application: the case's business key",
        "product_name": "Title of the product, in Chinese",
    },
    errors={
        "PRODUCT_UNKNOWN": "There is no such product on offer today",
        "OUTSIDE_PRODUCT": "The product does not offer this amount, term, repayment method, guarantee or customer",
    },
)
def register(call: OperationCall, *, customer_id: str, product: str, guarantor_ids: list[str], **terms: Any) -> Outputs:
    """Enters the application with the version of the product in force today, or enters the case's own anew."""
    borrower = find_customer(call.session, customer_id)
    if borrower is None:
        raise refuse("customer_id", f"there is no customer {customer_id}")
    guarantors = _guarantors(call, borrower, guarantor_ids)
    today = business_day(call)
    offered = current_product(call.session, product, today)
    if offered is None:
        raise BpmnError("PRODUCT_UNKNOWN", f"There is no product {product} on offer on {today}.")
    _require_offered(offered, borrower, **terms)
    application = _entered(call, today.year)
    application.customer, application.product = borrower, offered
    for name, value in terms.items():
        setattr(application, name, value)
    call.session.flush()
    call.session.execute(sa.delete(ApplicationGuarantor).filter_by(application_id=application.id))
    call.session.add_all(
        ApplicationGuarantor(application_id=application.id, customer_id=guarantor.id) for guarantor in guarantors
    )
    call.session.flush()
    return {"application_no": application.number, "product_name": offered.title_zh}


def _entered(call: OperationCall, year: int) -> Application:
    """A new application, or the case's own when it was returned to intake and is entered again."""
    number = call.business_key or next_number(call.session, NUMBERS, call.unit_id, year)
    application = find_application(call.session, call.unit_id, number)
    if application is None:
        application = Application(unit_id=call.unit_id, number=number, instance_id=call.instance_id)
        application.registered_at, application.registered_by = call.now, call.actor
        call.session.add(application)
    elif application.instance_id != call.instance_id:
        raise refuse("application_no", f"the application {number} belongs to another case")
    elif application.status != "registered":
        raise refuse("application_no", f"the application {number} is {application.status} already")
    return application


def _guarantors(call: OperationCall, borrower: Customer, numbers: list[str]) -> list[Customer]:
    found = find_customers(call.session, numbers)
    for number in numbers:
        if number not in found:
            raise refuse("guarantor_ids", f"there is no customer {number}")
        if number == borrower.number:
            raise refuse("guarantor_ids", "the borrower cannot guarantee the own loan")
    return [found[number] for number in numbers]


def _require_offered(product: Product, borrower: Customer, **terms: Any) -> None:
    amount: Decimal = terms["amount"]
    months: int = terms["term_months"]
    problems = [
        (
            product.min_amount <= amount <= product.max_amount,
            f"the amount {amount} lies outside {product.min_amount} to {product.max_amount}",
        ),
        (
            product.min_term_months <= months <= product.max_term_months,
            f"the term of {months} months lies outside {product.min_term_months} to {product.max_term_months}",
        ),
        (borrower.kind in product.offered("customer_kind"), f"it is not for a {borrower.kind}"),
        (
            terms["repayment_method"] in product.offered("repayment_method"),
            f"it is not repaid by {terms['repayment_method']}",
        ),
        (
            terms["guarantee_kind"] in product.offered("guarantee_kind"),
            f"it does not take {terms['guarantee_kind']} as guarantee",
        ),
    ]
    wrong = [problem for holds, problem in problems if not holds]
    if wrong:
        raise BpmnError("OUTSIDE_PRODUCT", f"Product {product.code}: {'; '.join(wrong)}.")


@operation(
    "application.refuse",
    "登记拒贷 Enter a refusal",
    inputs={"application_no": APPLICATION_NO, "reason_code": REASON_CODE, "reason": REASON},
    outputs={"register_no": "Number in the register of refusals", "reason": "The reason as it was entered"},
)
def refuse_application(call: OperationCall, *, application_no: str, reason_code: str, reason: str) -> Outputs:
    """Closes the application as refused (INT-5). What the customer is told is what the register says."""
    return {**_enter(call, application_no, "refused", "refusals", None, reason_code, reason), "reason": reason}


@operation(
    "application.not_disbursed",
    "登记未放款 Enter a loan not disbursed",
    inputs={
        "application_no": APPLICATION_NO,
        "stage": text("Stage at which it ended", 64),
        "reason_code": REASON_CODE,
        "reason": REASON,
    },
    outputs={"register_no": "Number in the register of loans not disbursed"},
)
def not_disbursed(call: OperationCall, *, application_no: str, stage: str, reason_code: str, reason: str) -> Outputs:
    """Closes the application as not disbursed (REV-7)."""
    return _enter(call, application_no, "not_disbursed", "not_disbursed", stage, reason_code, reason)


def _enter(
    call: OperationCall,
    application_no: str,
    status: str,
    register_name: str,
    stage: str | None,
    reason_code: str,
    reason: str,
) -> Outputs:
    application = application_of(call, application_no)
    if application.status == "disbursed":
        raise refuse("application_no", "the loan is paid out already")
    year = business_day(call).year
    entry = RegisterEntry(
        number=next_number(call.session, REGISTER_NUMBERS[register_name], call.unit_id, year),
        register=register_name,
        application_id=application.id,
        stage=stage,
        reason_code=reason_code,
        reason=reason,
        entered_at=call.now,
        entered_by=call.actor,
    )
    application.status = status
    call.session.add(entry)
    call.session.flush()
    return {"register_no": entry.number}


@operation(
    "opinion.record",
    "记录意见 Record an opinion",
    inputs={
        "application_no": APPLICATION_NO,
        "stage": choice("Whose opinion it is", STAGES),
        "opinion": choice("The opinion", OPINIONS),
        "reasons": text("Reasons", 4000),
        "facts": optional(context("The facts it rests on"), {}),
    },
    outputs={"opinion_no": "Number of the opinion: application, stage and round", "person": "Whose opinion it is"},
)
def record_opinion(
    call: OperationCall, *, application_no: str, stage: str, opinion: str, reasons: str, facts: Any
) -> Outputs:
    """Keeps what the acting person holds of the application, beside earlier rounds of the same stage (INV-7)."""
    application = application_of(call, application_no)
    if call.actor is None:
        raise refuse("opinion", "an opinion is somebody's: nobody acts in this step")
    round_number = next_opinion_round(call.session, application, stage)
    given = Opinion(
        application_id=application.id,
        stage=stage,
        round=round_number,
        opinion=opinion,
        reasons=reasons,
        facts=facts,
        person=call.actor,
        given_at=call.now,
    )
    call.session.add(given)
    call.session.flush()
    enter_on_site(call, application, given)
    return {"opinion_no": f"{application.number}/{stage}/{round_number}", "person": call.actor}
