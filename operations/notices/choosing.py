"""How somebody wants to be told, and which other programs are: read strictly, kept, and put into effect at once."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid, NotFound
from engine.service.house import Step
from engine.service.jobs import revive
from models.notices import FAILED, TOPICS, WAITING, Delivery, NoticeChoice, PersonContact, Webhook
from models.people import Unit
from operations.notices import passing_on
from operations.notices.receivers import WANTED_BY_DEFAULT

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[\w.-]{1,180}\.?[\w-]{1,60}")
_PHONE = re.compile(r"\+?[\d][\d -]{4,30}\d")
MAX_WEBHOOKS = 50
MAX_URL = 500


@dataclass(frozen=True)
class Choices:
    """How a person is reached. `wanted` has each topic and channel."""

    email: str
    phone: str
    quiet_from: dt.time | None
    quiet_to: dt.time | None
    wanted: Mapping[tuple[str, str], bool]


def choices_of(session: Session, person_id: int) -> Choices:
    """What a person has chosen, and what the house does where nothing was chosen."""
    contact = session.get(PersonContact, person_id)
    chosen = session.scalars(sa.select(NoticeChoice).where(NoticeChoice.person_id == person_id))
    wanted = {(topic, channel): topic in topics for channel, topics in WANTED_BY_DEFAULT.items() for topic in TOPICS}
    wanted |= {(row.topic, row.channel): row.wanted for row in chosen}
    if contact is None:
        return Choices("", "", None, None, wanted)
    return Choices(contact.email or "", contact.phone or "", contact.quiet_from, contact.quiet_to, wanted)


def choose(step: Step, person_id: int, choices: Choices) -> None:
    """Keeps what a person has chosen. Raises `Invalid` with the code of what is wrong, by field."""
    errors: dict[str, Any] = {}
    if choices.email and not _EMAIL.fullmatch(choices.email):
        errors["email"] = ["no_address"]
    if choices.phone and not _PHONE.fullmatch(choices.phone):
        errors["phone"] = ["no_number"]
    if (choices.quiet_from is None) != (choices.quiet_to is None):
        errors["quiet_to" if choices.quiet_to is None else "quiet_from"] = ["missing"]
    if errors:
        raise Invalid("this is not how somebody can be reached", errors)
    contact = step.session.get(PersonContact, person_id, with_for_update=True) or PersonContact(person_id=person_id)
    contact.email, contact.phone = choices.email or None, choices.phone or None
    contact.quiet_from, contact.quiet_to = choices.quiet_from, choices.quiet_to
    step.session.add(contact)
    step.session.execute(sa.delete(NoticeChoice).where(NoticeChoice.person_id == person_id))
    step.session.add_all(
        NoticeChoice(person_id=person_id, topic=topic, channel=channel, wanted=wanted)
        for (topic, channel), wanted in choices.wanted.items()
        if wanted != (topic in WANTED_BY_DEFAULT[channel])
    )


def add_webhook(step: Step, title: str, url: str, unit_id: int, templates: list[str], by: str) -> Webhook:
    """Another program that is told from now on; its secret is made here. Raises `Invalid`, `Conflict`."""
    errors: dict[str, Any] = {}
    if not title.strip() or len(title) > 100:
        errors["title"] = ["length"]
    if len(url) > MAX_URL or not _may_be_called(url):
        errors["url"] = ["no_address"]
    if step.session.get(Unit, unit_id) is None:
        errors["unit"] = ["unknown"]
    if len(templates) > 100 or any(not code or len(code) > 64 for code in templates):
        errors["templates"] = ["length"]
    if errors:
        raise Invalid("a webhook cannot be like this", errors)
    if step.session.scalar(sa.select(Webhook.id).where(Webhook.title == title.strip())) is not None:
        raise Conflict(f"there is a webhook {title.strip()!r} already")
    if (step.session.scalar(sa.select(sa.func.count()).select_from(Webhook)) or 0) >= MAX_WEBHOOKS:
        raise Conflict(f"there may be {MAX_WEBHOOKS} webhooks at most")
    hook = Webhook(
        title=title.strip(),
        url=url,
        secret=secrets.token_urlsafe(32),
        unit_id=unit_id,
        templates=templates,
        created_by=by,
        created_at=step.now,
    )
    step.session.add(hook)
    step.session.flush()
    return hook


def _may_be_called(url: str) -> bool:
    """Whether it is a whole address of a web server as the wire takes it, with nobody's password in it."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        return False
    return bool(known) and not parts.username and url.isascii() and url.isprintable() and " " not in url


def remove_webhook(step: Step, webhook_id: int) -> None:
    """Tells the program no more; what still waits for it fails. Raises `NotFound`."""
    hook = step.session.get(Webhook, webhook_id) if webhook_id < 2**31 else None
    if hook is None:
        raise NotFound("there is no such webhook")
    step.session.delete(hook)


def send_again(step: Step, delivery_id: int) -> Delivery:
    """Tries a delivery that has failed once more. Raises `NotFound`, and `Conflict` when it has not failed."""
    delivery = step.session.get(Delivery, delivery_id, with_for_update=True) if delivery_id < 2**31 else None
    if delivery is None:
        raise NotFound("there is no such delivery")
    if delivery.state != FAILED or not delivery.address:
        raise Conflict("only a delivery that has failed, and has an address, can be sent again")
    delivery.state, delivery.error, delivery.due_at = WAITING, None, step.now
    revive(step, passing_on.key_of(delivery))
    return delivery
