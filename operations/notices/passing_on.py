"""Turns what is to be told into deliveries, one for each address, and into notices in the program.

Runs as the ending of an errand (`engine.service.errands`), in the transaction that ends it: each notice is passed on
exactly once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.packages.notices import NoticeText
from engine.service import notices
from engine.service.house import Step
from engine.service.jobs import queue
from models.cases import Instance
from models.notices import FAILED, WAITING, Delivery, Webhook
from models.people import Person, Unit
from models.queries import staff
from models.registers import OutgoingNotice
from models.tasks import Notice, Task
from operations.notices import texts
from operations.notices.quiet import first_moment
from operations.notices.receivers import Receiver, people, receivers_of
from operations.notices.texts import Words

DELIVERY = "delivery"
"""The kind of job that carries one delivery out; its payload is `{delivery: id}`."""

TOPIC_OF = {
    notices.OVERDUE: "late",
    notices.REASSIGNED: "late",
    notices.ASSIGNED: "told",
    notices.RECUSED: "told",
    notices.NOBODY_LEFT: "late",
    notices.RETURNED: "back",
    notices.DISAGREED: "cosign",
    notices.HINDERED: "cosign",
    notices.SIGNER_RECUSED: "cosign",
    notices.MENTION: "mention",
}
_NOBODY = "there is nobody to tell, or nobody who can be reached"


@dataclass(frozen=True)
class House:
    """What the installation says of the house: the address of its pages (empty: no links), and when it is quiet."""

    url: str = ""
    quiet: tuple[dt.time, dt.time] | None = None


def pass_on_outgoing(step: Step, notice_id: int, told: House) -> None:
    """Tells everybody whom an outgoing notice names, and the programs that want to know of it."""
    notice = step.session.get_one(OutgoingNotice, notice_id, with_for_update=True)
    if notice.sent_at is not None:
        return
    instance = step.session.get_one(Instance, notice.instance_id)
    package = step.house.definitions.get(step.session, instance.definition_id).package
    zone = step.house.calendar.zone
    text = package.notices.get(notice.template)
    link = _link(told, instance, text)
    facts = {**_around(step, instance, link), **notice.facts}

    def words(language: str) -> Words:
        if text is None:
            return texts.listed(package, notice.template, notice.facts, language, zone)
        return texts.words_of(text, facts, language, zone, notice.queued_at)

    reached = receivers_of(step.session, notice.recipient, instance, package, "told")
    sent = sum(
        _deliver(step, instance, receiver, words(receiver.language), told, link, notice=notice) for receiver in reached
    )
    for receiver in reached:
        if receiver.person:
            _tell_in_program(step, instance, receiver, notice, words)
            sent += 1
    if not sent:
        nobody = Receiver(notice.recipient, "zh", {}, person=False)
        _add(step, instance, nobody, "sms", words("zh"), told, link, notice=notice)
    _tell_programs(step, instance, notice)
    notice.sent_at = step.now


def pass_on_told(step: Step, notice_id: int, told: House) -> None:
    """Sends what somebody was told in the program to where they are reached outside, as they want it."""
    notice = step.session.get_one(Notice, notice_id)
    instance = step.session.get_one(Instance, notice.instance_id)
    topic = TOPIC_OF[notice.kind]
    task = None if notice.task_id is None else step.session.get(Task, notice.task_id)
    link = _link(told, instance)
    facts = {
        **_around(step, instance, link),
        "task": task.name if task is not None else notice.text,
        "text": notice.text,
    }
    for receiver in _told(step, notice, instance, topic):
        words = texts.words_of(texts.standard()[notice.kind], facts, receiver.language, step.house.calendar.zone)
        _deliver(step, instance, receiver, words, told, link, desk=notice)


def _told(step: Step, notice: Notice, instance: Instance, topic: str) -> list[Receiver]:
    package = step.house.definitions.get(step.session, instance.definition_id).package
    if notice.role is not None:
        return receivers_of(step.session, notice.role, instance, package, topic)
    named = sa.select(Person).where(Person.name == notice.person, Person.disabled.is_(False))
    return people(step.session, step.session.scalars(named).all(), topic)


def _link(told: House, instance: Instance, text: NoticeText | None = None) -> str:
    """Where to read on; empty where the house has no address."""
    page = f"/{text.page}" if text is not None and text.page != "case" else ""
    return f"{told.url}/cases/{instance.id}{page}" if told.url else ""


def _around(step: Step, instance: Instance, link: str) -> dict[str, Any]:
    """What every text may name beside the notice's own facts."""
    customer = instance.facts.get("customer_name")
    return {
        "institution": staff.institution(step.session),
        "case": instance.business_key or str(instance.id)[:8],
        "customer": customer,
        "customer_name": customer,
        "link": link,
    }


def _deliver(
    step: Step,
    instance: Instance,
    receiver: Receiver,
    words: Words,
    told: House,
    link: str,
    *,
    notice: OutgoingNotice | None = None,
    desk: Notice | None = None,
) -> int:
    for channel in receiver.addresses:
        _add(step, instance, receiver, channel, words, told, link, notice=notice, desk=desk)
    return len(receiver.addresses)


def _add(
    step: Step,
    instance: Instance,
    receiver: Receiver,
    channel: str,
    words: Words,
    told: House,
    link: str,
    *,
    notice: OutgoingNotice | None = None,
    desk: Notice | None = None,
) -> None:
    address = receiver.addresses.get(channel, "")
    onward = f"\n\n{link}" if channel == "email" and receiver.person and link else ""
    # People set their own quiet hours, the house those of its customers; mail wakes nobody.
    quiet = None if channel == "email" else receiver.quiet if receiver.person else told.quiet
    delivery = Delivery(
        instance_id=instance.id,
        unit_id=instance.unit_id,
        outgoing_notice_id=notice.id if notice is not None else None,
        notice_id=desk.id if desk is not None else None,
        channel=channel,
        receiver=receiver.name,
        address=address,
        language=receiver.language,
        subject=words.title,
        text=words.short if channel == "sms" else words.text + onward,
        calendar=words.calendar if channel == "email" else None,
        state=WAITING if address else FAILED,
        error=None if address else _NOBODY,
        created_at=step.now,
        due_at=first_moment(step.now, quiet, step.house.calendar.zone),
    )
    if address:
        _send(step, delivery)
    else:
        step.session.add(delivery)


def key_of(delivery: Delivery) -> str:
    """What tells a repetition: to the job's table, and to who receives it."""
    return f"{DELIVERY}-{delivery.id}"


def _send(step: Step, delivery: Delivery) -> None:
    step.session.add(delivery)
    step.session.flush()
    payload = {"delivery": delivery.id}
    queue(step, DELIVERY, payload, instance_id=delivery.instance_id, key=key_of(delivery), due_at=delivery.due_at)


def _tell_in_program(step: Step, instance: Instance, receiver: Receiver, notice: OutgoingNotice, words: Any) -> None:
    step.session.add(
        Notice(
            instance_id=instance.id,
            kind="told",
            person=receiver.name,
            unit_id=instance.unit_id,
            text=words(receiver.language).title,
            outgoing_notice_id=notice.id,
            created_at=step.now,
        )
    )


def _tell_programs(step: Step, instance: Instance, notice: OutgoingNotice) -> None:
    path = step.session.scalars(sa.select(Unit.path).where(Unit.id == instance.unit_id)).one()
    for hook in _wanting(step, path, notice.template):
        delivery = Delivery(
            instance_id=instance.id,
            unit_id=instance.unit_id,
            outgoing_notice_id=notice.id,
            channel="webhook",
            receiver=hook.title,
            address=hook.url,
            language="en",
            subject=notice.template,
            text="",
            created_at=step.now,
            due_at=step.now,
        )
        _send(step, delivery)


def _wanting(step: Step, unit_path: str, template: str) -> Iterable[Webhook]:
    """The programs of a unit or of one above that want to know of this; without a choice they want all."""
    above = sa.literal(unit_path).startswith(Unit.path)
    query = sa.select(Webhook).join(Unit, Unit.id == Webhook.unit_id).where(Webhook.active, above).order_by(Webhook.id)
    return [hook for hook in step.session.scalars(query) if not hook.templates or template in hook.templates]
