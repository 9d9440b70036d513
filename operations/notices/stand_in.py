"""Stand-ins of the demonstration for a mail server and a phone: what they receive is kept as rows and shown.

The mail server is a real one that listens on this machine alone, so that mails go the way they go in operation.
"""

from __future__ import annotations

import logging
import socket
from email import message_from_bytes
from email.policy import default
from typing import Any

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from engine.service.house import House
from models.notices import StandInMessage

# It tells of every connection, and with it who was written to.
logging.getLogger("mail.log").setLevel(logging.WARNING)

KEPT = 500
"""So many of the latest messages are kept."""


def keep(house: House, channel: str, address: str, subject: str, text: str, calendar: str | None = None) -> None:
    """Keeps what was received, and forgets the oldest."""
    with house.step() as step:
        step.session.add(
            StandInMessage(
                channel=channel, address=address, subject=subject, text=text, calendar=calendar, received_at=step.now
            )
        )
        step.session.flush()
        latest = sa.select(StandInMessage.id).order_by(StandInMessage.id.desc()).offset(KEPT).limit(1)
        oldest = step.session.scalar(latest)
        if oldest is not None:
            step.session.execute(sa.delete(StandInMessage).where(StandInMessage.id <= oldest))


class Phone:
    """A channel whose messages end on the page of the demonstration."""

    def __init__(self, house: House, channel: str = "sms") -> None:
        self._house, self._channel = house, channel

    def send(self, address: str, subject: str, text: str, key: str, calendar: str | None = None) -> None:
        """Keeps the message."""
        keep(self._house, self._channel, address, subject, text)


class MailServer:
    """Receives mails on a free port of this machine."""

    def __init__(self, house: House) -> None:
        self._house = house
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    def start(self) -> str:
        """Listens from now on; gives the address to send to."""
        self._controller.start()
        return f"smtp://127.0.0.1:{self._port}"

    def stop(self) -> None:
        """Listens no more."""
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keeps a mail for each of its receivers."""
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        files = [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
        for address in envelope.rcpt_tos:
            keep(self._house, "email", address, str(mail["Subject"] or ""), text.strip(), next(iter(files), None))
        return "250 kept"
