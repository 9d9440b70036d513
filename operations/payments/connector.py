"""What a bank can be asked: to pay once under a key, and what became of a key. Knows no tables and no diagrams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

BankState = Literal["accepted", "paid", "failed", "unknown", "by_hand"]
"""`accepted`: the bank has it and has not paid yet; `unknown`: nobody can tell whether it was paid; `by_hand`: it was
not taken and never will be, people pay it."""


@dataclass(frozen=True)
class Instruction:
    """One payment in CNY. The bank pays once for a `key`, however often it is handed in."""

    key: str
    account: str
    payee: str
    amount: Decimal
    value_date: dt.date
    purpose: str


@dataclass(frozen=True)
class Answer:
    """What the bank says: its state, its own reference, and why when it did not pay."""

    state: BankState
    reference: str | None = None
    message: str | None = None


class PaymentConnector(Protocol):
    """A bank. Both calls may raise (no line, a time-out): then nothing is known, and the same key is asked again."""

    def submit(self, instruction: Instruction, /) -> Answer:
        """Hand a payment in; one that the bank knows already by its key is not paid again."""
        ...

    def query(self, key: str, /) -> Answer | None:
        """What became of a payment; None when the bank has never seen the key."""
        ...
