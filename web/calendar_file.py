"""An appointment as a file that calendars read (RFC 5545)."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event

_LASTS = dt.timedelta(hours=1)


def calendar_entry(*, uid: str, summary: str, place: str, begins: dt.datetime, made: dt.datetime) -> bytes:
    """One appointment of an hour; instants are written in UTC."""
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("location", place)
    event.add("dtstart", begins.astimezone(dt.UTC))
    event.add("dtend", (begins + _LASTS).astimezone(dt.UTC))
    event.add("dtstamp", made.astimezone(dt.UTC))
    calendar = Calendar()
    calendar.add("prodid", "-//Loanflow//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
