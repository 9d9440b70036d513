"""Which bank pays: the connectors of the house by their names, and the desk where people pay themselves (DIS-2)."""

from __future__ import annotations

from typing import Literal

from models.database import Sessions
from operations.payments.connector import Answer, Instruction, PaymentConnector
from operations.payments.recorded import RecordedBank

Name = Literal["manual", "recorded"]
NAMES: tuple[Name, ...] = ("manual", "recorded")

BY_HAND = "手工付款：请按支付单在网银或柜面付款，再登记银行回单，由另一人复核。"
NOT_SET_UP = (
    "付款渠道未设置，本单没有送出：请管理员设置 LOANFLOW_PAYMENTS 后再次提交，或在行外付款后登记银行回单。"
    " No way of paying is set up: set LOANFLOW_PAYMENTS."
)


class Desk:
    """Implements `PaymentConnector` by paying nothing: people pay, and two of them enter what the bank gave them."""

    def __init__(self, told: str) -> None:
        self._told = told

    def submit(self, instruction: Instruction) -> Answer:
        """Leaves every payment to people, with the words that tell them so."""
        del instruction
        return Answer("by_hand", message=self._told)

    def query(self, key: str) -> Answer | None:
        """Has never seen any."""
        del key
        return None


def connector(name: str | None, sessions: Sessions) -> PaymentConnector:
    """The connector with this name; without one nothing leaves, and whoever sees to the payment reads what to set."""
    if name == "recorded":
        return RecordedBank(sessions)
    return Desk(BY_HAND if name == "manual" else NOT_SET_UP)
