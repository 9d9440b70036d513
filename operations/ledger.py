"""Booking into the ledger: double entries, once for each business event, in the transaction of what they book (DIS-3).

Knows nothing of the diagrams; comparing what was booked is in `operations.reconciling`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.database import insert_or_ignore
from models.ledger import JournalEntry, LedgerAccount, Posting
from models.loans import Loan, LoanTransaction
from models.numbering import next_number

NUMBERS = "J-{year}-{unit}-{seq:6}"

STANDARD_ACCOUNTS: Mapping[str, tuple[str, str, str]] = {
    "loans": ("1303", "贷款", "Loans"),
    "clearing": ("2241", "待清算放款", "Disbursements in clearing"),
    "settlement": ("1011", "存放同业清算款", "Settlement account"),
    "interest_income": ("6011", "利息收入", "Interest income"),
    "fee_income": ("6021", "手续费收入", "Fee income"),
    "penalty_income": ("6012", "罚息收入", "Penalty interest income"),
    "customer_deposits": ("2243", "待退客户款", "Owed to customers"),
}
"""What a new house begins with, by the part that an account plays: code and titles. They are rows afterwards."""


@dataclass(frozen=True)
class Line:
    """An amount in CNY on one side of an account: above zero on the debit, below on the credit side."""

    role: str
    amount: Decimal


def book(
    session: Session,
    loan: Loan,
    kind: str,
    event: str,
    lines: Sequence[Line],
    *,
    on: dt.date,
    now: dt.datetime,
    actor: str | None,
    voucher_no: str | None = None,
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """The entry of a business event; an event that was booked already gives the entry that it has.

    Raises `ValueError` for lines that do not balance: that is an error of ours.
    """
    known = entry_of(session, event)
    if known is not None:
        return known
    moved = [line for line in lines if line.amount]
    if sum((line.amount for line in moved), Decimal(0)) or not moved:
        raise ValueError(f"the entry of {event} does not balance")
    _require_accounts(session)
    entry = JournalEntry(
        number=next_number(session, NUMBERS, loan.unit_id, on.year),
        event=event,
        loan_id=loan.id,
        kind=kind,
        booked_on=on,
        voucher_no=voucher_no,
        reverses_id=reverses.id if reverses is not None else None,
        recorded_at=now,
        recorded_by=actor,
        postings=[
            Posting(n=n, role=line.role, debit=max(line.amount, Decimal(0)), credit=max(-line.amount, Decimal(0)))
            for n, line in enumerate(moved, start=1)
        ],
    )
    session.add(entry)
    session.flush()
    return entry


def undo(session: Session, entry: JournalEntry, *, on: dt.date, now: dt.datetime, actor: str | None) -> JournalEntry:
    """The entry that takes another back, line by line, once."""
    lines = [Line(posting.role, posting.credit - posting.debit) for posting in entry.postings]
    return book(
        session,
        entry.loan,
        "reversal",
        f"reversal:{entry.event}",
        lines,
        on=on,
        now=now,
        actor=actor,
        voucher_no=entry.voucher_no,
        reverses=entry,
    )


def book_repayment(session: Session, loan: Loan, received: LoanTransaction) -> JournalEntry:
    """The entry of money received on a loan: what of it was principal, interest, fees, penalty, and owed back."""
    return book(
        session,
        loan,
        "repayment",
        transaction_event(loan, received),
        [
            Line("settlement", received.amount),
            Line("loans", -received.principal),
            Line("interest_income", -received.interest),
            Line("fee_income", -received.fee),
            Line("penalty_income", -received.penalty),
            Line("customer_deposits", -received.excess),
        ],
        on=received.on,
        now=received.recorded_at,
        actor=received.recorded_by,
        voucher_no=received.reference,
    )


def transaction_event(loan: Loan, transaction: LoanTransaction) -> str:
    """The name of a transaction as a business event."""
    return f"{transaction.kind}:{loan.number}:{transaction.seq}"


def entry_of(session: Session, event: str) -> JournalEntry | None:
    """What was booked for an event."""
    return session.scalar(sa.select(JournalEntry).where(JournalEntry.event == event))


def _require_accounts(session: Session) -> None:
    """Gives a house that has no chart yet the standard accounts."""
    if session.scalar(sa.select(LedgerAccount.role).limit(1)) is None:
        for role, (code, zh, en) in STANDARD_ACCOUNTS.items():
            titles = {"code": code, "title_zh": zh, "title_en": en}
            insert_or_ignore(session, LedgerAccount, {"role": role, **titles}, ["role"])
