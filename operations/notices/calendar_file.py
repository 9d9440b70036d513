"""An appointment as a file that calendars read (RFC 5545): it enters the appointment, moves it, or takes it back."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event

LASTS = dt.timedelta(hours=1)
"""How long an appointment is entered for."""
_MINUTE = 60


def calendar_file(
    uid: str,
    *,
    summary: str,
    place: str,
    begins: dt.datetime,
    made: dt.datetime,
    description: str = "",
    cancelled: bool = False,
) -> bytes:
    """One appointment; instants are written in UTC. Of files with one `uid` calendars take the one `made` last."""
    event = Event()
    event.add("uid", f"{uid}@loanflow")
    # Within a minute the stamp decides (RFC 5546, 2.1.5).
    event.add("sequence", int(made.timestamp()) // _MINUTE)
    event.add("dtstamp", made.astimezone(dt.UTC))
    event.add("dtstart", begins.astimezone(dt.UTC))
    event.add("dtend", (begins + LASTS).astimezone(dt.UTC))
    event.add("summary", summary)
    event.add("location", place)
    if description:
        event.add("description", description)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Loanflow//")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def method_of(content: str) -> str:
    """What a file asks of a calendar (RFC 5546): `REQUEST` or `CANCEL`."""
    return str(Calendar.from_ical(content)["METHOD"])
