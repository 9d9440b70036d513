"""Mails, messages and webhooks against real servers on this machine: what arrives, and what is refused for good."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy as sa

from engine.errors import Invalid
from engine.service import errands
from engine.service.errands import GiveUp
from models.notices import Delivery, StandInMessage
from operations.notices import channels, choosing
from operations.notices.channels import Mail, NotSetUp, Sms, call_webhook
from operations.notices.stand_in import MailServer


class Server:
    """Answers every POST with `status` and remembers it."""

    def __init__(self) -> None:
        self.status, self.calls = 204, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls.append((self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.stop()


def test_a_mail_arrives_with_subject_text_and_chinese(telling):
    house = telling("borrower").house
    office = MailServer(house)
    url = office.start()
    try:
        Mail(url, "loans@bank.example").send(
            "li@bank.example", "已批准\r\nBcc: x@y.example", "金额 120,000.00 元", "k-1"
        )
    finally:
        office.stop()
    with house.sessions.reading() as session:
        [kept] = session.scalars(sa.select(StandInMessage))
    assert (kept.channel, kept.address, kept.text) == ("email", "li@bank.example", "金额 120,000.00 元")
    assert kept.subject == "已批准 Bcc: x@y.example", "a line break in a subject makes no header"


def test_nobody_answers_is_worth_another_try(telling):
    with pytest.raises(OSError, match="refused"):
        Mail("smtp://127.0.0.1:1", "loans@bank.example").send("li@bank.example", "s", "t", "k")


def test_a_message_goes_to_the_gateway_with_token_and_key(server):
    Sms(f"{server.url}/send?v=1", "secret").send("138 0000 0000", "not sent", "【银行】您好", "delivery-7")
    [(path, headers, body)] = server.calls
    assert path == "/send?v=1"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "delivery-7"
    assert json.loads(body) == {"to": "138 0000 0000", "text": "【银行】您好", "key": "delivery-7"}


@pytest.mark.parametrize(
    ("status", "error"), [(400, GiveUp), (404, GiveUp), (429, OSError), (503, OSError), (302, OSError)]
)
def test_what_the_gateway_answers_decides_about_another_try(server, status, error):
    server.status = status
    with pytest.raises(error, match=str(status)):
        Sms(server.url).send("1", "", "t", "k")
    assert len(server.calls) == 1, "redirects are not followed"


def test_a_webhook_is_signed(server, monkeypatch):
    monkeypatch.setattr(channels, "_address_of", lambda host, port, only_others: host)
    call_webhook(f"{server.url}/hook", "s3cret", b'{"a":1}', "delivery-8")
    [(_path, headers, body)] = server.calls
    assert headers["X-Loanflow-Signature"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::7f00:1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[2002:7f00:1::]:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0:{port}/",
        "ftp://bank.example/",
        "http:///nothing",
    ],
)
def test_a_webhook_never_calls_this_machine_or_its_link(server, url):
    with pytest.raises(GiveUp):
        call_webhook(url.format(port=server.url.rpartition(":")[2]), "s", b"{}", "k")
    assert server.calls == []


def test_a_channel_that_is_not_set_up_says_which_setting_lacks():
    with pytest.raises(GiveUp, match="LOANFLOW_SMTP_URL"):
        NotSetUp("LOANFLOW_SMTP_URL").send("a", "s", "t", "k")


def test_a_program_of_the_unit_or_above_is_told_of_what_it_asked_for(telling, server, monkeypatch):
    monkeypatch.setattr(channels, "_address_of", lambda host, port, only_others: host)
    told = telling("borrower")
    with told.house.step() as step:
        hook = choosing.add_webhook(step, "核心系统", server.url, 1, ["approved"], "root")
        choosing.add_webhook(step, "别的系统", f"{server.url}/other", 1, ["refused"], "root")
        secret = hook.secret
    case = told.start()
    told.run()
    [(path, headers, body)] = server.calls
    assert (path, json.loads(body)["case"]["id"], json.loads(body)["facts"]["amount"]) == ("/", str(case), 120000)
    assert headers["X-Loanflow-Signature"].endswith(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest())


def test_a_webhook_that_was_removed_is_told_no_more(telling, server):
    told = telling("borrower")
    with told.house.step() as step:
        hook_id = choosing.add_webhook(step, "核心系统", server.url, 1, [], "root").id
    told.start()
    errands.run(told.house, 1)
    with told.house.step() as step:
        choosing.remove_webhook(step, hook_id)
    told.run()
    assert server.calls == []
    with told.house.sessions.reading() as session:
        states = {row.channel: row.state for row in session.scalars(sa.select(Delivery))}
    assert states == {"sms": "sent", "webhook": "failed"}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/", "https://", "https://a:b@x.example/", "https://[::1", "https://x.example:no/",
        "//x.example/",
        "https://x.example:0/", "https://x.example/a b", "https://x.example/\r\nHost: y", "https://x.example/审批",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_called_is_no_webhook(telling, url):
    with telling("borrower").house.step() as step, pytest.raises(Invalid) as refused:
        choosing.add_webhook(step, "核心系统", url, 1, [], "root")
    assert refused.value.errors == {"url": ["no_address"]}
