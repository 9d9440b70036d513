"""Who is told what, by which way and when: expansion of notices into deliveries, exactly once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, Invalid, NotFound
from engine.service import comments, errands, notices
from engine.service.errands import GiveUp
from engine.service.jobs import MAX_ATTEMPTS
from models.notices import TOPICS, Delivery
from models.queries.people import find_person
from models.tasks import Job, Notice
from operations.notices import choosing, passing_on, texts
from operations.notices.choosing import Choices

NIGHT = dt.datetime(2026, 3, 2, 15, 30, tzinfo=dt.UTC)
"""Half past eleven in the evening in Shanghai."""


def deliveries(telling):
    with telling.house.sessions.reading() as session:
        return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def test_a_customer_gets_a_short_message_with_amounts_as_people_write_them(telling):
    told = telling("borrower")
    told.start()
    told.run()
    assert told.sms.carried == [("138 0000 0000", "陈梅的贷款已批准", "【house】120,000.00 元", "delivery-1")]
    assert told.email.carried == []
    [sent] = deliveries(told)
    assert (sent.state, sent.receiver, sent.sent_at) == ("sent", "C-000001", told.bench.clock.moment)


def test_a_role_is_told_in_the_program_and_by_mail_each_in_their_language(telling):
    told = telling("boss")
    told.contact("bo", email="bo@bank.example", language="en")
    told.contact("cy", email="cy@bank.example")
    case = told.start()
    told.run()
    texts = {address: (subject, text) for address, subject, text, _ in told.email.carried}
    link = f"\n\nhttps://loans.example/cases/{case}"
    assert texts["bo@bank.example"] == (
        "Loan of 陈梅 approved",
        f"CNY 120,000.00 at 4.85%, 2026-03-05. 陈梅{link}",
    )
    assert texts["cy@bank.example"][1] == f"金额 120,000.00 元，利率 4.85%，2026年3月5日。陈梅{link}"
    with told.house.sessions.reading() as session:
        notices = {row.person: row.text for row in session.scalars(sa.select(Notice))}
    assert notices == {"bo": "Loan of 陈梅 approved", "cy": "陈梅的贷款已批准"}


def test_what_people_typed_is_never_read_as_a_placeholder(telling):
    told = telling("borrower")
    told.start(customer_name="{{amount:money}}")
    told.run()
    assert told.sms.carried[0][1] == "{{amount:money}}的贷款已批准"


def test_where_the_package_has_no_text_the_facts_are_listed(telling):
    told = telling("borrower", "unheard_of")
    told.start()
    told.run()
    assert told.sms.carried[0][2].endswith("unheard_of")
    assert "amount: 120000" in deliveries(told)[0].text or "unheard_of" in deliveries(told)[0].text


@pytest.mark.parametrize("to", ["guarantors", "nobody-known"])
def test_a_notice_that_reaches_nobody_shows_as_failed(telling, to):
    told = telling(to)
    told.start()
    told.run()
    [failed] = deliveries(told)
    assert (failed.state, failed.receiver, failed.address) == ("failed", to, "")
    assert "nobody" in failed.error


def test_customers_are_left_in_peace_at_night_and_mail_goes_out(telling):
    told = telling("borrower")
    told.bench.clock.moment = NIGHT
    told.start()
    told.run()
    assert told.sms.carried == []
    told.bench.clock.moment = dt.datetime(2026, 3, 3, 0, 0, tzinfo=dt.UTC)
    told.run()
    assert len(told.sms.carried) == 1


def test_one_chooses_topics_channels_and_quiet_hours(telling):
    told = telling("boss")
    wanted = {("told", "email"): False, ("told", "sms"): True}
    with told.house.step() as step:
        bo = find_person(step.session, "bo")
        choosing.choose(step, bo.id, Choices("bo@bank.example", "139 0000 0001", dt.time(8), dt.time(12), wanted))
    told.start()
    told.run()
    assert told.email.carried == told.sms.carried == []
    told.bench.clock.moment += dt.timedelta(hours=4)
    told.run()
    assert [address for address, *_ in told.sms.carried] == ["139 0000 0001"]


def test_a_mention_goes_out_without_what_was_said(telling):
    told = telling("borrower")
    told.contact("bo", email="bo@bank.example")
    case = told.start()
    with told.house.step() as step:
        comments.add(step, case, told.bench.actor("an"), "@bo 客户收入是 30 万")
    told.run()
    [(address, _subject, text, _key)] = told.email.carried
    assert address == "bo@bank.example"
    assert "30 万" not in text


def test_a_failed_delivery_is_tried_again_then_kept_as_failed_and_can_be_sent_again(telling):
    told = telling("borrower")
    told.sms.raises = [OSError("no answer")] * MAX_ATTEMPTS
    told.start()
    for _ in range(MAX_ATTEMPTS + 1):
        told.run()
        told.bench.clock.moment += dt.timedelta(hours=1)
    [failed] = deliveries(told)
    assert (failed.state, failed.error) == ("failed", "OSError: no answer")
    with told.house.step() as step:
        choosing.send_again(step, failed.id)
    told.run()
    assert told.sms.carried[0][3] == f"delivery-{failed.id}"
    assert deliveries(told)[0].state == "sent"
    with pytest.raises(Conflict), told.house.step() as step:
        choosing.send_again(step, failed.id)
    with pytest.raises(NotFound), told.house.step() as step:
        choosing.send_again(step, 10**12)


def test_what_can_never_arrive_is_tried_once(telling):
    told = telling("borrower")
    told.sms.raises = [GiveUp("no such number")]
    told.start()
    told.run()
    assert deliveries(told)[0].state == "failed"


def test_nothing_is_told_twice_when_its_errand_is_done_twice(telling):
    told = telling("boss")
    told.contact("bo", email="bo@bank.example")
    told.start()
    told.run()
    with told.house.step() as step:
        step.session.add(Job(key="again", kind="notice", payload='{"notice": 1}', state="waiting", due_at=step.now))
    assert errands.run(told.house) == 1
    told.run()
    assert len(told.email.carried) == 1


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        (Choices("no address", "", None, None, {}), "email"),
        (Choices("a@b.example\nBcc: x@y.example", "", None, None, {}), "email"),
        (Choices("", "call me", None, None, {}), "phone"),
        (Choices("", "", dt.time(22), None, {}), "quiet_to"),
    ],
)
def test_what_is_no_address_is_refused_by_field(telling, choices, field):
    told = telling("boss")
    with pytest.raises(Invalid) as refused, told.house.step() as step:
        choosing.choose(step, find_person(step.session, "bo").id, choices)
    assert list(refused.value.errors) == [field]


def test_every_kind_that_the_program_tells_has_a_topic_and_texts():
    assert set(passing_on.TOPIC_OF) == set(texts.standard()) == set(notices.KINDS)
    assert set(passing_on.TOPIC_OF.values()) == set(TOPICS)
