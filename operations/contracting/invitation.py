"""The calendar file of a signing (RFC 5545): it enters the appointment, moves it, or takes it back."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event

from models.applications import Application
from models.signings import SigningAppointment

LENGTH = dt.timedelta(hours=1)
"""How long a signing is entered for."""


def invitation(application: Application, appointment: SigningAppointment, now: dt.datetime) -> bytes:
    """The file as bytes. All appointments of an application have one UID, so that calendars move the entry."""
    cancelled = appointment.status == "cancelled"
    event = Event()
    event.add("uid", f"signing-{application.instance_id}@loanflow")
    event.add("sequence", appointment.sequence * 2 + cancelled)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", appointment.signing_at.astimezone(dt.UTC))
    event.add("dtend", (appointment.signing_at + LENGTH).astimezone(dt.UTC))
    event.add("summary", f"贷款合同面签 {application.number}")
    event.add("location", appointment.place)
    event.add("description", f"请携带：{appointment.bring}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Loanflow//Signing//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
