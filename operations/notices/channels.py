"""Ways out of the house. Each is handed one text for one address and a key that tells a repetition; it raises what
went wrong, `GiveUp` when trying again is of no use."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

from engine.service.errands import GiveUp
from engine.values import dumps
from operations.notices.calendar_file import method_of

TIMEOUT = 20.0
"""Seconds that another server is waited for."""
_OK = range(200, 300)
_MOST_SAID = 1024 * 1024
_PERMANENT = range(400, 500)
_TRY_AGAIN = (408, 425, 429)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Channel(Protocol):
    """Carries a text to an address, and a calendar file with it where the way has room for one."""

    def send(self, address: str, subject: str, text: str, key: str, calendar: str | None = None) -> None:
        """Returns when the other side has taken it over."""


@dataclass(frozen=True)
class Mail:
    """A mail server: `smtp://user:password@host:587`, `smtps://…` for TLS from the first byte. STARTTLS is used where
    the server offers it, and demanded where a password is sent to another machine."""

    url: str
    sender: str

    def send(self, address: str, subject: str, text: str, key: str, calendar: str | None = None) -> None:
        """Hands a mail to the server; the key makes its Message-ID."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 25)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, address, " ".join(subject.split())
        message["Message-ID"] = make_msgid(key, domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if calendar:
            kind = {"method": method_of(calendar), "charset": "utf-8"}
            message.add_attachment(
                calendar.encode(), maintype="text", subtype="calendar", filename="appointment.ics", params=kind
            )
        try:
            with self._connect(parts.scheme, host, port) as server:
                self._secure(server, parts.scheme, host, needed=bool(parts.password))
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            if _refused_for_good(error):
                raise GiveUp(f"the mail server does not take {address}") from error
            raise

    def _connect(self, scheme: str, host: str, port: int) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=TIMEOUT)

    def _secure(self, server: smtplib.SMTP, scheme: str, host: str, *, needed: bool) -> None:
        server.ehlo_or_helo_if_needed()
        if scheme == "smtps":
            return
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif needed and host not in ("localhost", "127.0.0.1", "::1"):
            raise GiveUp("the mail server offers no TLS, and the password would go out in clear")


def _refused_for_good(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    else:
        codes = [getattr(error, "smtp_code", 0)]
    return all(500 <= code < 600 for code in codes)


@dataclass(frozen=True)
class Sms:
    """A gateway that takes `POST {"to", "text", "key"}` as JSON, with a bearer token."""

    url: str
    token: str = ""

    def send(self, address: str, subject: str, text: str, key: str, calendar: str | None = None) -> None:
        """Hands a message to the gateway; subject and calendar file have no place in it."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        post(self.url, dumps({"to": address, "text": text, "key": key}).encode(), {**headers, "Idempotency-Key": key})


class NotSetUp:
    """A channel that this installation does not have."""

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def send(self, address: str, subject: str, text: str, key: str, calendar: str | None = None) -> None:
        """Says which setting is missing."""
        raise GiveUp(f"{self.setting} is not set")


def call_webhook(url: str, secret: str, body: bytes, key: str) -> None:
    """Posts a signed body: `X-Loanflow-Signature: sha256=` and the HMAC-SHA256 of the body under the secret, in hex."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    post(url, body, {"Idempotency-Key": key, "X-Loanflow-Signature": f"sha256={signature}"}, only_others=True)


def post(url: str, body: bytes, headers: Mapping[str, str], *, only_others: bool = False) -> bytes:
    """One POST of JSON, without following redirects; gives the answer's body, at most a megabyte of it.

    With `only_others` never to this machine or its link.

    Raises `GiveUp` for an answer that trying again would not change, `OSError` for the rest.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GiveUp(f"{url} is no address of a web server")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = _address_of(parts.hostname, port, only_others=only_others)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname, host, port)
    try:
        named = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
        connection.request("POST", path, body, {"Host": named, "Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        status, said = answer.status, answer.read(_MOST_SAID)
    except http.client.HTTPException as error:
        raise OSError(f"no proper answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if status in _OK:
        return said
    if status in _PERMANENT and status not in _TRY_AGAIN:
        raise GiveUp(f"the server answered {status}")
    raise OSError(f"the server answered {status}")


def _address_of(host: str, port: int, *, only_others: bool) -> str:
    """The address that is called: judged and used are one and the same, whatever the name resolves to next."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    address = ipaddress.ip_address(str(found).partition("%")[0])
    mapped = _embedded(address)
    forbidden = mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast
    if only_others and forbidden:
        raise GiveUp(f"{host} is this machine or its own link, which no webhook may call")
    return str(found)


def _embedded(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 address leads to, by whichever of the ways of writing one into the other."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED or address in _COMPATIBLE:
        return address if address.is_loopback or address.is_unspecified else ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


class _PinnedTls(http.client.HTTPSConnection):
    """TLS to one address, with the certificate judged by the name."""

    def __init__(self, name: str, address: str, port: int) -> None:
        super().__init__(name, port, timeout=TIMEOUT, context=ssl.create_default_context())
        self._pinned = address

    def connect(self) -> None:
        plain = socket.create_connection((self._pinned, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _connection(scheme: str, name: str, address: str, port: int) -> http.client.HTTPConnection:
    if scheme == "https":
        return _PinnedTls(name, address, port)
    return http.client.HTTPConnection(address, port, timeout=TIMEOUT)
