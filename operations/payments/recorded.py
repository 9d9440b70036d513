"""A bank made of rows, for demonstrations and tests: it answers as `recorded_answer` says and keeps what it was told.

It has transactions of its own, as a real bank would: what it has paid stays paid when our process dies.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.database import Sessions, insert_or_ignore
from models.payments import RecordedAnswer, RecordedPayment
from operations.payments.connector import Answer, Instruction

STANDARD_ANSWERS = {
    "6222029990000004": (["failed"], "收款账户已销户"),
    "6222029990000005": (["unknown", "unknown", "paid"], "通讯超时，结果不明"),
    "6222029990000006": (["unknown"], "通讯超时，结果不明"),
    "6222029990000007": (["by_hand"], "该行不接收电子指令，请在柜面付款"),
}
"""Accounts of which a demonstration or a scenario can ask what happens when a payment does not simply succeed."""


class RecordedBank:
    """Implements `PaymentConnector` on the house's own database."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def submit(self, instruction: Instruction) -> Answer:
        """Books a payment once for its key, and answers as recorded for the account."""
        with self._sessions.writing() as session, session.begin():
            new = insert_or_ignore(
                session,
                RecordedPayment,
                {
                    "key": instruction.key,
                    "account": instruction.account,
                    "payee": instruction.payee,
                    "amount": instruction.amount,
                    "state": "accepted",
                    "reference": f"YH{instruction.key}",
                    "submitted": 0,
                    "asked": 0,
                },
                ["key"],
            )
            kept = _kept(session, instruction.key)
            assert kept is not None
            kept.submitted += 1
            return _answer(session, kept) if new else _said(kept)

    def query(self, key: str) -> Answer | None:
        """What became of the key; each question brings the next recorded answer until one is final."""
        with self._sessions.writing() as session, session.begin():
            kept = _kept(session, key)
            return None if kept is None else _answer(session, kept)


def add_standard_answers(session: Session) -> None:
    """Puts the accounts that do not simply succeed into a house that has none."""
    for account, (answers, message) in STANDARD_ANSWERS.items():
        if session.get(RecordedAnswer, account) is None:
            session.add(RecordedAnswer(account=account, answers=answers, message=message))
    session.flush()


def _kept(session: Session, key: str) -> RecordedPayment | None:
    query = sa.select(RecordedPayment).where(RecordedPayment.key == key).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _answer(session: Session, kept: RecordedPayment) -> Answer:
    if kept.state in ("paid", "failed"):
        return _said(kept)
    script = session.get(RecordedAnswer, kept.account)
    answers = script.answers if script is not None else ["paid"]
    kept.state = answers[min(kept.asked, len(answers) - 1)]
    kept.message = script.message if script is not None and kept.state != "paid" else None
    kept.asked += 1
    return _said(kept)


def _said(kept: RecordedPayment) -> Answer:
    return Answer(kept.state, kept.reference, kept.message)  # type: ignore[arg-type]
