"""Appointments go with the mail: a calendar enters them, moves them and takes them back."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from engine.packages.notices import read_notices
from models.notices import StandInMessage
from operations.notices.calendar_file import calendar_file
from operations.notices.channels import Mail
from operations.notices.stand_in import MailServer

AT = dt.datetime(2026, 3, 5, 7, tzinfo=dt.UTC)
FACTS = '${{on: date and time("2026-03-05T15:00:00+08:00"), place: "面签室"}}'
AGREED = b"""
agreed:
  title: {zh: "x", en: "x"}
  text: {zh: "x", en: "x"}
  calendar: %s
"""


def mailed(telling, template, facts=FACTS):
    told = telling("boss", template, facts)
    told.contact("bo", email="bo@bank.example", language="en")
    told.contact("cy", phone="13900000000")
    told.start()
    told.run()
    return told


def test_a_mail_carries_the_appointment_and_says_what_the_notice_says(telling):
    told = mailed(telling, "agreed")
    [event] = Calendar.from_ical(told.email.calendars[0]).walk("VEVENT")
    assert (event["UID"], event["SUMMARY"], event["LOCATION"]) == ("signing-陈梅@loanflow", "Signing", "面签室")
    assert event["DTSTART"].dt == AT
    assert event["DESCRIPTION"] == "Come to 面签室 on 2026-03-05 15:00"


def test_a_notice_that_cancels_takes_the_same_entry_back(telling):
    file = Calendar.from_ical(mailed(telling, "taken_back").email.calendars[0])
    assert (str(file["METHOD"]), file.walk("VEVENT")[0]["UID"]) == ("CANCEL", "signing-陈梅@loanflow")


def test_what_is_made_later_moves_the_entry():
    made = [calendar_file("x", summary="s", place="p", begins=AT, made=AT + dt.timedelta(hours=n)) for n in range(2)]
    earlier, later = (int(Calendar.from_ical(content).walk("VEVENT")[0]["SEQUENCE"]) for content in made)
    assert later > earlier


@pytest.mark.parametrize("facts", ['${{on: "soon", place: "面签室"}}', '${{place: "面签室"}}'])
def test_a_notice_without_the_hour_goes_out_without_a_file(telling, facts):
    assert mailed(telling, "agreed", facts).email.calendars == [None]


def test_the_mail_server_gets_it_as_an_attachment(telling):
    house = telling("borrower").house
    content = calendar_file("x", summary="面签", place="面签室", begins=AT, made=AT).decode()
    office = MailServer(house)
    url = office.start()
    try:
        Mail(url, "loans@bank.example").send("li@bank.example", "面签", "请来", "k-1", content)
    finally:
        office.stop()
    with house.sessions.reading() as session:
        [kept] = session.scalars(sa.select(StandInMessage))
    assert (kept.text, Calendar.from_ical(kept.calendar).walk("VEVENT")[0]["SUMMARY"]) == ("请来", "面签")


@pytest.mark.parametrize(
    "given",
    [b"{start: on, place: p}", b"[]", b'{uid: "", start: on, place: p}', b"{uid: a, start: 'a b', place: p}",
     b"{uid: a, start: on, place: p, cancels: maybe}", b"{uid: a, start: on, place: p, hour: x}"],
)  # fmt: skip
def test_a_calendar_that_is_none_is_refused_with_its_line(given):
    texts, [problem] = read_notices(AGREED % given)
    assert not texts
    assert (problem.line, "calendar" in problem.message) == (2, True)
