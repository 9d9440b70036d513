"""The errands of notices: passing them on, and carrying each delivery out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.service.errands import Errand, GiveUp
from engine.service.house import House, Step
from engine.service.notices import TOLD
from engine.values import dumps, to_json
from models.cases import Instance
from models.notices import FAILED, SENT, WAITING, Delivery, Webhook
from models.registers import OutgoingNotice
from operations.notices import passing_on
from operations.notices.channels import Channel, call_webhook

NOTICE = "notice"
"""The kind of job that passes an outgoing notice on; its payload is `{notice: id}`."""


def errands(channels: Mapping[str, Channel], told: passing_on.House) -> dict[str, Errand]:
    """How the jobs of notices are done. `channels` has `email` and `sms`; a webhook is called by its own address."""
    return {
        NOTICE: Errand(
            _nothing, lambda step, p, _: passing_on.pass_on_outgoing(step, int(p["notice"]), told), _given_up
        ),
        TOLD: Errand(_nothing, lambda step, p, _: passing_on.pass_on_told(step, int(p["notice"]), told), _given_up),
        passing_on.DELIVERY: Errand(lambda house, key, p: _carry(house, channels, key, p), _sent, _not_sent),
    }


def _nothing(_house: House, _key: str, _payload: dict[str, Any]) -> None:
    """Passing on is done within the database alone."""


def _given_up(_step: Step, _payload: dict[str, Any], _message: str) -> None:
    """The job stays as failed, with its message, for whoever operates the house."""


def _carry(house: House, channels: Mapping[str, Channel], key: str, payload: dict[str, Any]) -> None:
    with house.sessions.reading() as session:
        delivery = session.get_one(Delivery, int(payload["delivery"]))
        if delivery.state == SENT:
            return
        hook = session.query(Webhook).filter_by(title=delivery.receiver).one_or_none() if _is_hook(delivery) else None
        body = _body(session, delivery) if _is_hook(delivery) else b""
    if not _is_hook(delivery):
        channels[delivery.channel].send(delivery.address, delivery.subject, delivery.text, key, delivery.calendar)
    elif hook is None or not hook.active:
        raise GiveUp("the webhook is not active any more")
    else:
        call_webhook(hook.url, hook.secret, body, key)


def _is_hook(delivery: Delivery) -> bool:
    return delivery.channel == "webhook"


def _body(session: Any, delivery: Delivery) -> bytes:
    instance = session.get_one(Instance, delivery.instance_id)
    notice = session.get_one(OutgoingNotice, delivery.outgoing_notice_id)
    told = {
        "notice": notice.number,
        "template": notice.template,
        "to": notice.recipient,
        "facts": to_json(notice.facts),
        "at": notice.queued_at.isoformat(),
        "case": {"id": str(instance.id), "business_key": instance.business_key, "state": instance.state},
    }
    return dumps(told).encode()


def _sent(step: Step, payload: dict[str, Any], _result: Any) -> None:
    delivery = step.session.get_one(Delivery, int(payload["delivery"]))
    if delivery.state == WAITING:
        delivery.state, delivery.sent_at, delivery.error = SENT, step.now, None


def _not_sent(step: Step, payload: dict[str, Any], message: str) -> None:
    delivery = step.session.get_one(Delivery, int(payload["delivery"]))
    if delivery.state == WAITING:
        delivery.state, delivery.error = FAILED, message
