"""Carrying an order to the bank outside of every transaction, and its answer back to the books and the case (DIS-2).

However often it is carried, the bank sees one key: it is asked what became of the key first, and handed the payment
only when it has never seen it. Once the bank may have it, only its own word ends the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.service import messages
from engine.service.errands import Errand
from engine.service.opened import lock
from models.payments import PaymentOrder
from models.queries.disbursement import find_order
from operations.payments import settling
from operations.payments.connector import Answer, Instruction, PaymentConnector

if TYPE_CHECKING:
    from engine.service.house import House, Step

MESSAGE = "payment_result"


class NotSettled(RuntimeError):
    """The bank has not paid and has not refused yet: it is asked again later."""


def payment_errand(connector: PaymentConnector) -> Errand:
    """How jobs of the kind `payment` are done with this bank."""

    def do(house: House, _key: str, payload: dict[str, Any]) -> Any:
        sending = _sending(house, payload["payment_no"])
        if sending is None:
            return None
        instruction, sent_before = sending
        answer = connector.query(instruction.key) or connector.submit(instruction)
        if answer.state not in ("paid", "failed", "by_hand"):
            raise NotSettled(answer.message or answer.state)
        said = {"state": answer.state, "reference": answer.reference, "message": answer.message}
        return {**said, "sent_before": sent_before}

    return Errand(do=do, done=_done, failed=_given_up)


def _sending(house: House, number: str) -> tuple[Instruction, bool] | None:
    """What goes to the bank, and whether it may have gone before; None for an order that is settled.

    It counts as sent from before it is.
    """
    with house.step() as step:
        order = find_order(step.session, number)
        if order is None or order.state in ("paid", "failed"):
            return None
        sent_before = order.state != "waiting"
        order.state = "sent"
        instruction = Instruction(
            key=order.key,
            account=order.account,
            payee=order.payee,
            amount=order.amount,
            value_date=order.planned_on,
            purpose=f"{order.loan.number} {order.loan.product.title_zh}",
        )
        return instruction, sent_before


def _done(step: Step, payload: dict[str, Any], result: Any) -> None:
    order = _order_in_its_case(step, payload)
    if result is None or order is None or order.state in ("paid", "failed"):
        return
    sent_before = result.pop("sent_before")
    answer = Answer(**result)
    if answer.state == "by_hand":
        _left_to_people(step, order, answer, sent_before)
        return
    today = step.now.astimezone(step.house.calendar.zone).date()
    book = settling.paid if answer.state == "paid" else settling.failed
    book(step.session, order, answer.reference, answer.message, on=today, now=step.now, actor=None)
    _tell(step, order.number, answer.state, answer.message)


def _left_to_people(step: Step, order: PaymentOrder, answer: Answer, sent_before: bool) -> None:
    """No bank takes the order: people pay it. One that may have gone to a bank before is cleared up first."""
    order.state, order.message = "unknown" if sent_before else "waiting", answer.message
    step.session.flush()
    _tell(step, order.number, "unknown" if sent_before else "by_hand", answer.message)


def _given_up(step: Step, payload: dict[str, Any], message: str) -> None:
    """No word from the bank: it is not paid again, people clear it up."""
    order = _order_in_its_case(step, payload)
    if order is not None and order.state in ("waiting", "sent"):
        order.state, order.message = "unknown", message.partition(": ")[2][:1000] or message
        step.session.flush()
        _tell(step, order.number, "unknown", order.message)


def _order_in_its_case(step: Step, payload: dict[str, Any]) -> PaymentOrder | None:
    """The order under its lock, and its case before it, as everywhere."""
    query = sa.select(PaymentOrder.instance_id).where(PaymentOrder.number == payload["payment_no"])
    instance_id = step.session.scalar(query)
    if instance_id is None:
        return None
    lock(step, instance_id)
    return find_order(step.session, payload["payment_no"])


def _tell(step: Step, number: str, state: str, message: str | None) -> None:
    payload = {"payment_state": state, "payment_message": message or ""}
    messages.publish(step, MESSAGE, {"payment_no": number}, payload)
