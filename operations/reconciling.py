"""Ledger, voucher, account, plan and payment of a loan held against one another: what differs is named (DIS-3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.ports import OperationCall
from models.loans import Loan, LoanTransaction
from models.payments import PaymentOrder
from models.queries.disbursement import balance, entries_of, vouchers_of
from models.queries.loans import find_loan, schedule
from models.queries.units import is_below
from operations.declaring import Outputs, operation, refuse
from operations.inputs import text
from operations.ledger import transaction_event


@dataclass(frozen=True)
class Check:
    """Two figures of the books that must be the same, in CNY, and what each is called."""

    what: str
    one: str
    other: str
    figures: tuple[Any, Any]

    @property
    def agrees(self) -> bool:
        """Whether they are the same."""
        return bool(self.figures[0] == self.figures[1])


def checks(session: Session, loan: Loan) -> list[Check]:
    """Every pair of figures of a loan that must agree, in the order in which a clerk goes through them."""
    return list(_checks(session, loan))


def _checks(session: Session, loan: Loan) -> Iterator[Check]:
    vouchers = vouchers_of(session, [loan])
    yield Check("账据", "借据张数", "应为", (len(vouchers), 1))
    moved = session.scalars(
        sa.select(LoanTransaction).where(LoanTransaction.loan_id == loan.id).order_by(LoanTransaction.seq)
    ).all()
    for voucher in vouchers:
        yield Check("账据", "借据金额", "贷款本金", (voucher.amount, loan.principal))
        yield Check("账据", "借据收款账号", "贷款收款账号", (voucher.receiving_account, loan.receiving_account))
    planned = sum((row.principal for row in schedule(session, loan)), Decimal(0))
    yield Check("账表", "还款计划本金合计", "贷款本金", (planned, loan.principal))
    owed = moved[-1].principal_balance if moved else Decimal(0)
    yield Check("账账", "总账贷款余额", "分户账本金余额", (balance(session, loan, "loans"), owed))
    entries = {entry.event: entry for entry in entries_of(session, loan)}
    booked = [row for row in moved if row.kind != "reversal"]
    found = sum(transaction_event(loan, row) in entries for row in booked)
    yield Check("账账", "已记账业务笔数", "分户账业务笔数", (found, len(booked)))
    unbalanced = sum(
        sum((line.debit - line.credit for line in entry.postings), Decimal(0)) != 0 for entry in entries.values()
    )
    yield Check("账账", "借贷不平分录数", "应为", (unbalanced, 0))
    orders = session.scalars(sa.select(PaymentOrder).where(PaymentOrder.loan_id == loan.id)).all()
    if orders:
        paid = sum((order.amount for order in orders if order.state == "paid"), Decimal(0))
        out = Decimal(0) if loan.status == "reversed" else loan.principal
        yield Check("账实", "银行已付金额", "应付金额", (paid, out))
        yield Check("账账", "待清算放款余额", "应为", (balance(session, loan, "clearing"), Decimal(0)))


@operation(
    "ledger.compare",
    "核对账据表 Hold ledger, voucher and account against one another",
    inputs={"loan_no": text("Number of the loan", 40)},
    outputs={
        "checks": "Everything compared: contexts with what, state (agrees, differs), result, words",
        "differences": "What differs, in words; an empty list when all agrees",
    },
)
def compare(call: OperationCall, *, loan_no: str) -> Outputs:
    """Compares the books of a loan as they are now; it changes nothing."""
    loan = find_loan(call.session, loan_no, None)
    if loan is None or not is_below(call.session, loan.unit_id, call.unit_id):
        raise refuse("loan_no", f"there is no loan {loan_no} in this unit")
    compared = [
        {
            "what": check.what,
            "words": f"{check.one} {_written(check.figures[0])}，{check.other} {_written(check.figures[1])}",
            "state": "agrees" if check.agrees else "differs",
            "result": "相符" if check.agrees else "不符",
        }
        for check in checks(call.session, loan)
    ]
    return {
        "checks": compared,
        "differences": [f"{row['what']}：{row['words']}" for row in compared if row["state"] == "differs"],
    }


def _written(figure: Any) -> str:
    return f"{figure:,.2f}" if isinstance(figure, Decimal) else str(figure)
