"""What investigations add to a customer's file: a statement of figures, a rating with its inputs (CUS-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from models.customer_file import CustomerRating, FinancialStatement
from models.customers import Customer
from models.queries.customers import find_customer
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import context, day, number, optional, text

CUSTOMER = text("Number of the customer", 16)


def _customer(call: OperationCall, number_of: str) -> Customer:
    customer = find_customer(call.session, number_of)
    if customer is None:
        raise refuse("customer_id", f"there is no customer {number_of}")
    return customer


@operation(
    "customer.statement",
    "归入客户财务报表 File a customer's statement",
    inputs={
        "customer_id": CUSTOMER,
        "as_of": day("The day whose figures they are"),
        "figures": context("Figures by name: amounts in CNY, ratios as numbers"),
    },
    outputs={"statement_no": "Number of the statement in the file"},
)
def statement(call: OperationCall, *, customer_id: str, as_of: dt.date, figures: Any) -> Outputs:
    """Keeps the figures beside those of other days."""
    row = FinancialStatement(
        customer_id=_customer(call, customer_id).id,
        as_of=as_of,
        figures=figures,
        instance_id=call.instance_id,
        recorded_at=call.now,
        recorded_by=call.actor,
    )
    call.session.add(row)
    call.session.flush()
    return {"statement_no": f"{customer_id}/{row.id}"}


@operation(
    "customer.rated",
    "归入客户评级 File a customer's rating",
    inputs={
        "customer_id": CUSTOMER,
        "rating": text("The rating: AAA to D, or the house's own code", 16),
        "score": optional(number("Points")),
        "risk_degree": optional(number("Degree of risk of the loan")),
        "inputs": optional(context("Every input of the rule that gave it"), {}),
        "valid_until": optional(day("The last day on which it counts")),
    },
    outputs={"rating_no": "Number of the rating in the file"},
)
def rated(
    call: OperationCall,
    *,
    customer_id: str,
    rating: str,
    score: Decimal | None,
    risk_degree: Decimal | None,
    inputs: Any,
    valid_until: dt.date | None,
) -> Outputs:
    """Keeps the rating beside earlier ones, dated with the business day (INV-6)."""
    today = business_day(call)
    if valid_until is not None and valid_until < today:
        raise refuse("valid_until", f"{valid_until} is over already")
    row = CustomerRating(
        customer_id=_customer(call, customer_id).id,
        rated_on=today,
        code=rating,
        score=score,
        risk_degree=risk_degree,
        inputs=inputs,
        valid_until=valid_until,
        instance_id=call.instance_id,
        recorded_at=call.now,
        recorded_by=call.actor,
    )
    call.session.add(row)
    call.session.flush()
    return {"rating_no": f"{customer_id}/{row.id}"}
