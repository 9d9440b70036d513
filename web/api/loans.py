"""The loan book: loans, their schedules, what was paid, and repayments. Staff see the loans of their unit and below."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import abort
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.service.actors import Actor
from models.loans import STATUSES, Loan
from models.queries import loans as book
from models.queries.paging import BadCursor
from operations.loan_book import repay
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Money, PagingSchema, page_schema, page_view
from web.api.rights import require_role
from web.api.views import instalment_view, loan_view, transaction_view
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
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["disbursement", "repayment"]))
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


LoanPageSchema = page_schema(LoanSchema, "LoanPage")
TransactionPageSchema = page_schema(TransactionSchema, "TransactionPage")


@blueprint.route("/loans")
@blueprint.query(LoanQuerySchema)
@blueprint.response(200, LoanPageSchema)
def list_loans(query: dict[str, Any]) -> dict[str, Any]:
    """Lists loans, the newest first."""
    try:
        page = book.list_loans(reading(), _reach(actor()), **query)
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


def _reach(who: Actor) -> str | None:
    """The unit whose loans `who` may see, with all below it; None: all. Raises `Forbidden` without any role."""
    if who.reads_everything:
        return None
    # A designer deploys processes and has no business with customers.
    require_role(who, *(who.roles - {"designer"}))
    return who.unit_path


def _visible(session: Session, who: Actor, number: str) -> Loan:
    loan = book.find_loan(session, number, _reach(who))
    if loan is None:
        raise NotFound("There is no such loan.")
    return loan
