"""Drawing a contract in parts: opening a later draw from the contract (DIS-2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import BpmnError
from engine.ports import OperationCall
from models.cases import Continuation
from models.contracts import Contract
from models.queries.applications import find_contract
from models.queries.disbursement import all_draws, draw_until, left_to_draw
from models.queries.units import is_below
from operations.contracts import CONTRACT_NO
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import money


@operation(
    "draw.open",
    "申请提款 Open a later draw of a contract",
    inputs={"contract_no": CONTRACT_NO, "amount": money("Amount to be drawn")},
    errors={"DRAW_REFUSED": "Nothing more can be drawn: the period is over, or too little is left"},
    outputs={
        "draw_no": "Number of the draw: 2 for the second",
        "left": "What is left before it, in CNY",
        "until": "Last day for drawing",
        "facts": "What the disbursement needs of the loan: a context of variables",
    },
)
def open_draw(call: OperationCall, *, contract_no: str, amount: Decimal) -> Outputs:
    """Opens the next draw in a case of its own, which continues the loan's: its rules on who may act count on.

    Each case has a number of its own, also while several are open: what is left is judged again before each payout.
    """
    contract = find_contract(call.session, contract_no)
    if (
        contract is None
        or contract.kind != "loan"
        or not is_below(call.session, contract.application.unit_id, call.unit_id)
    ):
        raise refuse("contract_no", f"there is no loan contract {contract_no} in this unit")
    _require_open(call, contract, amount)
    application = contract.application
    call.session.merge(Continuation(instance_id=call.instance_id, of_instance=application.instance_id))
    call.session.flush()
    return {
        "draw_no": Decimal(_next_number(call, contract)),
        "left": left_to_draw(call.session, contract),
        "until": draw_until(call.session, contract),
        "facts": _facts(contract),
    }


def _next_number(call: OperationCall, contract: Contract) -> int:
    """After all that were booked and all that other cases have opened; the contract's lock makes them follow."""
    booked = max(loan.draw_no for loan in all_draws(call.session, contract.id))
    continued = sa.select(sa.func.count()).where(
        Continuation.of_instance == contract.application.instance_id, Continuation.instance_id != call.instance_id
    )
    return max(booked, 1 + call.session.scalar(continued)) + 1


def _require_open(call: OperationCall, contract: Contract, amount: Decimal) -> None:
    until = draw_until(call.session, contract)
    left = left_to_draw(call.session, contract)
    if until is None or not all_draws(call.session, contract.id):
        problem = f"合同 {contract.number} 未约定分次提款"
    elif business_day(call) > until:
        problem = f"提款期已于 {until} 届满"
    elif amount > left:
        problem = f"超过合同余额：合同 {contract.amount:,.2f}，可提 {left:,.2f}"
    else:
        return
    raise BpmnError("DRAW_REFUSED", problem, {"draw_refusal": problem})


def _facts(contract: Contract) -> dict[str, Any]:
    application = contract.application
    return {
        "application_no": application.number,
        "customer_id": application.customer.number,
        "customer_name": application.customer.name,
        "customer_kind": application.customer.kind,
        "guarantor_ids": [guarantor.number for guarantor in application.guarantors],
        "product": application.product.code,
        "product_name": application.product.title_zh,
        "amount": application.amount,
        "approved_amount": contract.amount,
        "approved_rate": contract.annual_rate * 100,
        "approved_term": Decimal(contract.term_months),
        "approved_repayment": contract.repayment_method,
        "receiving_account": contract.receiving_account,
        "guarantee_kind": application.guarantee_kind,
    }
