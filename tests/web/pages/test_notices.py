"""How one wants to be told, the outbox, webhooks: on pages and over REST, for whom they are."""

import datetime as dt

import pytest

from engine.service import actors, cases, errands
from operations.notices import delivering, passing_on
from tests.web.conftest import signed_in


class Broken:
    """A channel that never works."""

    def send(self, address, subject, text, key, calendar=None):
        raise errands.GiveUp("no such number")


@pytest.fixture
def told(lending, browse):
    """A case in which wang was mentioned, and could not be reached by mail."""
    lending.errands.update(delivering.errands({"email": Broken(), "sms": Broken()}, passing_on.House()))
    browse("wang").post("/notices", {"email": "wang@bank.example", "mention-email": "on"})
    li = browse("li")
    with lending.step() as step:
        started = actors.load(step.session, "li")
        case = cases.start(step, "small_loan", started, {"customer_name": "陈梅", "amount": 5}).id
    li.get(f"/cases/{case}")
    li.post(f"/cases/{case}/comments", {"text": "@wang 请看"})
    while errands.run(lending):
        pass
    return case


def test_choices_are_kept_and_shown(browse):
    wang = browse("wang")
    page = wang.post(
        "/notices",
        {"email": "w@bank.example", "phone": "", "quiet_from": "22:00", "quiet_to": "07:30", "late-email": "on"},
    ).text
    assert 'value="w@bank.example"' in page
    assert 'value="07:30"' in page
    assert page.count("checked") == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nowhere"}, "名字@域名"),
        ({"phone": "打我"}, "只写数字"),
        ({"quiet_from": "22:00"}, "起止要一起填"),
        ({"quiet_from": "late", "quiet_to": "07:00"}, "22:00 的样子"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_keeps_the_rest(browse, given, words):
    wang = browse("wang")
    page = wang.post("/notices", {"email": "w@bank.example", **given}, 422).text
    assert words in page
    assert "w@bank.example" not in wang.get("/notices").text


def test_the_outbox_shows_what_failed_and_sends_it_again(told, browse, lending):
    admin = browse("root")
    page = admin.get("/outbox?state=failed").text
    assert "no such number" in page
    assert "wang@bank.example" in page
    number = page.split("/outbox/")[1].split("/")[0]
    assert "已重新排队" in admin.post(f"/outbox/{number}/again").text
    assert "只有未发出" in admin.post(f"/outbox/{number}/again").text
    assert "重发" not in browse("audit").get("/outbox?state=failed").text
    browse("audit").post(f"/outbox/{number}/again", status=403)
    browse("li").get("/outbox", 404)


def test_webhooks_are_for_administrators_and_their_secret_is_shown_once(browse, lending):
    admin = browse("root")
    assert "写成 https://" in admin.post("/webhooks", {"title": "核心", "url": "file:///etc", "unit": "1"}, 422).text
    for unit in ("0", "99999999999999999999", "１"):
        given = {"title": "核心", "url": "https://core.example/hook", "unit": unit}
        assert "请选一个机构" in admin.post("/webhooks", given, 422).text
    shown = admin.post("/webhooks", {"title": "核心", "url": "https://core.example/hook", "unit": "1"}).text
    assert "签名密钥" in shown
    again = admin.get("/webhooks").text
    assert "https://core.example/hook" in again
    assert "签名密钥" not in again
    admin.post("/webhooks", {"title": "核心", "url": "https://core.example/hook", "unit": "1"}, 409)
    browse("li").get("/webhooks", 404)
    browse("audit").post("/webhooks", {"title": "x", "url": "https://x.example", "unit": "1"}, 403)
    number = again.split("/webhooks/")[1].split("/")[0]
    assert "已停止推送" in admin.post(f"/webhooks/{number}/remove").text
    admin.post(f"/webhooks/{number}/remove", status=404)


def test_a_real_server_has_no_stand_ins(browse):
    browse("root").get("/stand-in", 404)


def test_over_rest_choices_outbox_and_webhooks(told, app, lending):
    wang, root = signed_in(lending, app, "wang"), signed_in(lending, app, "root")
    body = {
        "email": "w@bank.example",
        "quiet_from": "21:30",
        "quiet_to": "08:00",
        "wanted": [{"topic": "told", "channel": "sms", "wanted": True}],
    }
    answer = wang.post("/me/notices", json=body)
    assert answer.status_code == 200, answer.text
    kept = answer.json
    assert kept == wang.get("/me/notices").json
    assert (kept["quiet_from"], kept["email"]) == ("21:30", "w@bank.example")
    assert {"topic": "told", "channel": "sms", "wanted": True} in kept["wanted"]
    wrong = wang.post("/me/notices", json={"email": "nowhere"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["email"])
    assert wang.get("/outbox").status_code == 403
    [failed] = root.get("/outbox", state="failed").json["items"]
    assert root.post(f"/outbox/{failed['id']}/send-again").json["state"] == "waiting"
    assert root.post(f"/outbox/{failed['id']}/send-again").status_code == 409
    made = root.post("/webhooks", json={"title": "核心", "url": "https://core.example"})
    assert made.status_code == 201
    assert "secret" not in root.get("/webhooks").json["items"][0]
    assert root.post(f"/webhooks/{made.json['id']}/remove").status_code == 200
    assert dt.datetime.fromisoformat(failed["created_at"])
