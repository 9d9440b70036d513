"""The loan book: loans, their schedules, what was paid, and repayments. Staff see the loans of their unit and below."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import marshmallow as ma
from flask import abort, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.service.actors import Actor
from models.loans import STATUSES, Loan
from models.payments import STATES
from models.queries import loans as book
from models.queries.disbursement import entries_of, orders_of
from models.queries.paging import BadCursor
from operations import loan_papers
from operations.loan_book import repay
from operations.reconciling import checks
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, page_schema, page_view
from web.api.rights import require_role
from web.api.views import entry_view, instalment_view, loan_view, payment_view, transaction_view
from web.api.writing import writes
from web.context import actor, reading

blueprint = ApiBlueprint("loans", __name__, "The loan book")

CASHIERS = ("admin", "integration", "finance_clerk", "finance_supervisor")
"""Who takes money in: the finance desk of the house, and the program of its bank."""


class LoanSchema(ma.Schema):
    """A loan; amounts in CNY, the rate as a fraction for a year."""

    id = ma.fields.String(required=True, metadata={"description": "the loan's number"})
    customer = ma.fields.String(required=True)
    customer_name = ma.fields.String(required=True)
    contract = ma.fields.String(required=True)
    principal = Money(required=True)
    annual_rate = ma.fields.Raw(required=True, metadata={"type": "number"})
    repayment_method = ma.fields.String(required=True)
    day_count = ma.fields.String(required=True)
    every = ma.fields.String(required=True)
    term_months = ma.fields.Integer(required=True)
    start = ma.fields.Date(required=True)
    maturity = ma.fields.Date(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(STATUSES))
    settled_on = ma.fields.Date(required=True, allow_none=True)


class InstalmentSchema(ma.Schema):
    """What is due on a day, and what of it is paid."""

    n = ma.fields.Integer(required=True)
    due = ma.fields.Date(required=True)
    principal = Money(required=True)
    interest = Money(required=True)
    total = Money(required=True)
    balance = Money(required=True)
    paid_principal = Money(required=True)
    paid_interest = Money(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["open", "partly", "paid"]))


class ScheduleSchema(ma.Schema):
    """The schedule in force."""

    version = ma.fields.Integer(required=True)
    rows = ma.fields.List(ma.fields.Nested(InstalmentSchema), required=True)


class TransactionSchema(ma.Schema):
    """Money that moved, and what of the debt it served."""

    n = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["disbursement", "repayment", "reversal"]))
    on = ma.fields.Date(required=True)
    amount = Money(required=True)
    principal = Money(required=True)
    interest = Money(required=True)
    fee = Money(required=True)
    penalty = Money(required=True)
    excess = Money(required=True)
    principal_balance = Money(required=True)
    reference = ma.fields.String(required=True)
    recorded_at = Moment(required=True)
    recorded_by = ma.fields.String(required=True, allow_none=True)


class LoanQuerySchema(PagingSchema):
    """Which loans."""

    status = ma.fields.String(validate=ma.validate.OneOf(STATUSES))
    customer = ma.fields.String(metadata={"description": "a customer's number"})


class RepaymentSchema(ma.Schema):
    """Money received; the same reference again changes nothing."""

    amount = Money(required=True)
    paid_on = ma.fields.Date(required=True)
    reference = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=100))


class PaymentSchema(ma.Schema):
    """A payment order; the loan is active once one is paid."""

    number = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    amount = Money(required=True)
    payee = ma.fields.String(required=True)
    account = ma.fields.String(required=True)
    evidence = ma.fields.String(required=True, allow_none=True)
    planned_on = ma.fields.Date(required=True)
    pay_by = ma.fields.Date(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    bank_reference = ma.fields.String(required=True, allow_none=True)
    message = ma.fields.String(required=True, allow_none=True)


class PaymentListSchema(ma.Schema):
    """All orders of a loan, oldest first."""

    items = ma.fields.List(ma.fields.Nested(PaymentSchema), required=True)


class PostingSchema(ma.Schema):
    """A line of an entry."""

    account = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    debit = Money(required=True)
    credit = Money(required=True)


class EntrySchema(ma.Schema):
    """A business event in the ledger."""

    number = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    booked_on = ma.fields.Date(required=True)
    voucher_no = ma.fields.String(required=True, allow_none=True)
    postings = ma.fields.List(ma.fields.Nested(PostingSchema), required=True)


class EntryListSchema(ma.Schema):
    """What was booked, and what differs between ledger, voucher, account, plan and payment."""

    items = ma.fields.List(ma.fields.Nested(EntrySchema), required=True)
    differences = ma.fields.List(ma.fields.String(), required=True)


LoanPageSchema = page_schema(LoanSchema, "LoanPage")
TransactionPageSchema = page_schema(TransactionSchema, "TransactionPage")


@blueprint.route("/loans")
@blueprint.query(LoanQuerySchema)
@blueprint.response(200, LoanPageSchema)
def list_loans(query: dict[str, Any]) -> dict[str, Any]:
    """Lists loans, the newest first."""
    try:
        page = book.list_loans(reading(), reach(actor()), **query)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, loan_view)


@blueprint.route("/loans/<loan_id>")
@blueprint.response(200, LoanSchema)
def get_loan(loan_id: str) -> dict[str, Any]:
    """Shows a loan."""
    return loan_view(_visible(reading(), actor(), loan_id))


@blueprint.route("/loans/<loan_id>/schedule")
@blueprint.response(200, ScheduleSchema)
def get_schedule(loan_id: str) -> dict[str, Any]:
    """Shows the schedule in force."""
    loan = _visible(reading(), actor(), loan_id)
    rows = [instalment_view(row) for row in book.schedule(reading(), loan)]
    return {"version": loan.schedule_version, "rows": rows}


@blueprint.route("/loans/<loan_id>/transactions")
@blueprint.query(PagingSchema)
@blueprint.response(200, TransactionPageSchema)
def list_transactions(query: dict[str, Any], loan_id: str) -> dict[str, Any]:
    """Lists what was paid out and in, in the order in which it was recorded."""
    loan = _visible(reading(), actor(), loan_id)
    try:
        page = book.transactions(reading(), loan, **query)
    except BadCursor as error:
        abort(400, str(error))
    return page_view(page, transaction_view)


@blueprint.route("/loans/<loan_id>/payments")
@blueprint.response(200, PaymentListSchema)
def list_payments(loan_id: str) -> dict[str, Any]:
    """Lists the payment orders of the loan, with the bank's word."""
    loan = _visible(reading(), actor(), loan_id)
    return {"items": [payment_view(order) for order in orders_of(reading(), [loan])]}


@blueprint.route("/loans/<loan_id>/postings")
@blueprint.response(200, EntryListSchema)
def list_postings(loan_id: str) -> dict[str, Any]:
    """Lists what the ledger has of the loan, and what differs between the books."""
    loan = _visible(reading(), actor(), loan_id)
    differing = [f"{check.what}: {check.one}, {check.other}" for check in checks(reading(), loan) if not check.agrees]
    entries = [entry_view(entry) for entry in entries_of(reading(), loan)]
    return {"items": entries, "differences": differing}


@blueprint.route("/loans/<loan_id>/papers/<kind>")
@blueprint.response(200, content_type="application/pdf")
def get_paper(loan_id: str, kind: str) -> ResponseReturnValue:
    """Prints a paper of the payout: notice, voucher, schedule, or payment for an entrusted one."""
    loan = _visible(reading(), actor(), loan_id)
    if kind not in loan_papers.papers(reading(), loan):
        raise NotFound("There is no such paper.")
    content = loan_papers.paper(reading(), loan, kind)
    return send_file(BytesIO(content), "application/pdf", download_name=f"{kind}-{loan_id}.pdf", etag=False)


@blueprint.route("/loans/<loan_id>/repayments", methods=["POST"])
@blueprint.body(RepaymentSchema)
@blueprint.response(201, TransactionSchema)
@writes(TransactionSchema(), 201)
def take_repayment(step: Any, who: Any, body: dict[str, Any], loan_id: str) -> dict[str, Any]:
    """Books money received. The finance desk, administrators and programs."""
    loan = _visible(step.session, who, loan_id)
    require_role(who, *CASHIERS)
    booked = repay(step.session, loan, body["amount"], body["paid_on"], body["reference"], who.name, step.now)
    return transaction_view(booked)


def reach(who: Actor) -> str | None:
    """The unit whose loans `who` may see, with all below it; None: all. Raises `Forbidden` without any role."""
    if who.reads_everything:
        return None
    # A designer deploys processes and has no business with customers.
    require_role(who, *(who.roles - {"designer"}))
    return who.unit_path


def _visible(session: Session, who: Actor, number: str) -> Loan:
    loan = book.find_loan(session, number, reach(who))
    if loan is None:
        raise NotFound("There is no such loan.")
    return loan
