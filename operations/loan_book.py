"""Taking a repayment into the loan book: what it serves, by the contract's order, once for each reference.

Knows nothing of HTTP; reading the book is in `models.queries.loans`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid
from lending.allocation import Allocation, Item, Kind, Order, Payment, allocate
from models.loans import Instalment, Loan, LoanTransaction, TransactionPart
from models.queries.loans import last_seq, locked_loan, schedule, transaction_by_reference
from operations import inputs
from operations.ledger import book_repayment

DEFAULT_ORDER = Order(
    due=(Kind.PENALTY, Kind.FEE, Kind.INTEREST, Kind.PRINCIPAL),
    advance=(Kind.PRINCIPAL, Kind.PENALTY, Kind.FEE, Kind.INTEREST),
)
"""The order of the public contract's example; a house that agreed another with its borrowers passes its own."""

_INPUTS = {
    "amount": inputs.money("Amount received"),
    "paid_on": inputs.day("Day on which it was received"),
    "reference": inputs.text("The payer's or bank's reference", 100),
}


def repay(
    session: Session,
    loan: Loan,
    amount: Decimal,
    paid_on: dt.date,
    reference: str,
    actor: str | None,
    now: dt.datetime,
    *,
    order: Order = DEFAULT_ORDER,
) -> LoanTransaction:
    """Books money received on a loan: first on what was due by `paid_on`, then on what comes later.

    What finds nothing owed is kept as the transaction's `excess`. The same `reference` with the same amount and day
    gives the transaction that it gave before; with other content it is a `Conflict`. Raises `Invalid` for an amount
    that is not more than 0 or has more than two decimals, and for a day before the loan's start. Payments are booked
    in the order in which they are recorded: one that was received earlier does not undo a later one.
    """
    given = inputs.read_inputs(_INPUTS, {"amount": amount, "paid_on": paid_on, "reference": reference})
    amount, paid_on, reference = given["amount"], given["paid_on"], given["reference"]
    loan = locked_loan(session, loan)
    earlier = transaction_by_reference(session, loan, reference)
    if earlier is not None:
        if (earlier.kind, earlier.amount, earlier.on) != ("repayment", amount, paid_on):
            raise Conflict(f"The reference {reference} was used for {earlier.amount} on {earlier.on}.")
        return earlier
    if loan.status in ("paying", "reversed"):
        raise Conflict(f"The money of loan {loan.number} has not gone out: it is {loan.status}.")
    if paid_on < loan.start:
        problem = f"is before the loan's start on {loan.start}"
        raise Invalid(f"paid_on: {problem}", {"paid_on": problem})
    instalments = schedule(session, loan)
    allocation = allocate(order, [*_owed(instalments), Payment(paid_on, amount)])[0]
    transaction = LoanTransaction(
        loan_id=loan.id,
        seq=last_seq(session, loan) + 1,
        kind="repayment",
        on=paid_on,
        amount=amount,
        principal=allocation.paid[Kind.PRINCIPAL],
        interest=allocation.paid[Kind.INTEREST],
        fee=allocation.paid[Kind.FEE],
        penalty=allocation.paid[Kind.PENALTY],
        excess=allocation.excess,
        principal_balance=allocation.principal_balance,
        reference=reference,
        recorded_at=now,
        recorded_by=actor,
        parts=_applied(instalments, allocation),
    )
    session.add(transaction)
    if loan.status == "active" and all(instalment.state == "paid" for instalment in instalments):
        loan.status, loan.settled_on = "settled", paid_on
    session.flush()
    book_repayment(session, loan, transaction)
    return transaction


def _owed(instalments: Sequence[Instalment]) -> Iterator[Item]:
    """What is still open of a schedule, each instalment being a period."""
    for row in instalments:
        for kind, owed in ((Kind.PRINCIPAL, row.open_principal), (Kind.INTEREST, row.open_interest)):
            if owed:
                yield Item(kind, row.due, row.n, owed)


def _applied(instalments: Sequence[Instalment], allocation: Allocation) -> list[TransactionPart]:
    """Marks on each instalment what the payment paid of it, and gives these parts."""
    rows = {row.n: row for row in instalments}
    parts: dict[int, TransactionPart] = {}
    for item, paid in allocation.parts:
        row = rows[item.period]
        part = parts.setdefault(
            row.n,
            TransactionPart(
                loan_id=row.loan_id, version=row.version, n=row.n, principal=Decimal(0), interest=Decimal(0)
            ),
        )
        if item.kind is Kind.PRINCIPAL:
            row.paid_principal += paid
            part.principal += paid
        else:
            row.paid_interest += paid
            part.interest += paid
    return list(parts.values())
