"""Complaints: entered, put off once, answered, summed up (CUS-4). What is decided about them stands in the diagram."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from engine.ports import OperationCall
from lending.calendar import WorkingCalendar
from lending.errors import InvalidDuration
from models.care import CHANNELS, COMPLAINT_KINDS, CONCLUSIONS, Complaint
from models.customers import Customer
from models.numbering import next_number
from models.people import Person
from models.queries.customers import find_customer
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, flag, optional, text

NUMBERS = "CP-{year}-{unit}-{seq:4}"

COMPLAINT_NO = text("Number of the complaint", 40)
_WITHIN = text("Within which time it is answered, in working time, such as P15D", 20)


def complaint_of(call: OperationCall, number: str) -> Complaint:
    """The complaint of the case with this number; raises `Invalid` when there is none."""
    query = sa.select(Complaint).where(Complaint.number == number, Complaint.instance_id == call.instance_id)
    complaint = call.session.scalar(query)
    if complaint is None:
        raise refuse("complaint_no", f"there is no complaint {number} in this case")
    return complaint


@operation(
    "complaint.register",
    "登记投诉 Enter a complaint",
    inputs={
        "channel": choice("How it came in", CHANNELS),
        "kind": choice("What it is about", COMPLAINT_KINDS),
        "content": text("What is complained about", 4000),
        "complainant": optional(text("Who complains; nobody when it is anonymous")),
        "phone": optional(text("Telephone of the complainant", 40)),
        "customer_id": optional(text("Number of the customer, if the complainant is one", 16)),
        "about_person": optional(text("Sign-in name of whom it is about", 64)),
        "answer_within": _WITHIN,
    },
    outputs={"complaint_no": "Number of the complaint", "answer_due": "Until when it has to be answered"},
)
def register(call: OperationCall, *, answer_within: str, **given: Any) -> Outputs:
    """Gives the complaint its number (the business key of its case) and its limit. Entered twice, it stays the same."""
    entered = call.session.scalar(sa.select(Complaint).where(Complaint.instance_id == call.instance_id))
    if entered is None:
        entered = Complaint(
            number=call.business_key or next_number(call.session, NUMBERS, call.unit_id, business_day(call).year),
            instance_id=call.instance_id,
            unit_id=call.unit_id,
            channel=given["channel"],
            kind=given["kind"],
            complainant=given["complainant"],
            phone=given["phone"],
            customer_id=_customer_id(call, given["customer_id"]),
            about_person=_somebody(call, given["about_person"]),
            content=given["content"],
            received_at=call.now,
            received_by=call.actor,
            answer_due=_due(call, call.now, answer_within),
        )
        call.session.add(entered)
        call.session.flush()
    return {"complaint_no": entered.number, "answer_due": entered.answer_due}


@operation(
    "complaint.judge",
    "判定投诉 Keep how a complaint was judged",
    inputs={
        "complaint_no": COMPLAINT_NO,
        "kind": choice("What it is about", COMPLAINT_KINDS),
        "serious": optional(flag("Whether it is serious"), False),
        "admissible": choice("Whether it is dealt with", ("yes", "no")),
        "investigator": optional(text("Sign-in name of who investigates it, if it is dealt with", 64)),
        "reasons": text("Why", 2000),
    },
    outputs={
        "kind": "As given",
        "serious": "As given",
        "admissible": "As given",
        "investigator": "As given; null when it is not dealt with",
        "reasons": "As given",
    },
)
def judge(call: OperationCall, *, complaint_no: str, investigator: str | None, **judged: Any) -> Outputs:
    """Keeps kind and weight. Whoever the complaint is about does not investigate it."""
    complaint = complaint_of(call, complaint_no)
    admitted = judged["admissible"] == "yes"
    if admitted and investigator is None:
        raise refuse("investigator", "is missing")
    if admitted and investigator == complaint.about_person:
        raise refuse("investigator", "the complaint is about this person")
    complaint.kind, complaint.serious = judged["kind"], judged["serious"]
    return {**judged, "investigator": _somebody(call, investigator, "investigator") if admitted else None}


@operation(
    "complaint.extend",
    "延长答复期限 Put off the answer to a complaint",
    inputs={
        "complaint_no": COMPLAINT_NO,
        "within": text("By how much, in working time, such as P15D", 20),
        "reason": text("Why", 1000),
    },
    outputs={"answer_due": "Until when it has to be answered now"},
)
def extend(call: OperationCall, *, complaint_no: str, within: str, reason: str) -> Outputs:
    """Puts the limit off, counted from the limit; a second time is refused."""
    complaint = complaint_of(call, complaint_no)
    if complaint.extended_because is not None:
        raise refuse("complaint_no", "the answer was put off once already")
    complaint.extended_because = reason
    complaint.answer_due = _due(call, complaint.answer_due, within)
    return {"answer_due": complaint.answer_due}


@operation(
    "complaint.watch",
    "查看投诉期限 See whether a complaint is answered in time",
    inputs={"complaint_no": COMPLAINT_NO},
    outputs={"limit_state": "answered, overdue, or running", "answer_due": "Until when it has to be answered"},
)
def watch(call: OperationCall, *, complaint_no: str) -> Outputs:
    """Tells from the register whether the answer is out, is late, or has time still."""
    complaint = complaint_of(call, complaint_no)
    state = "answered" if complaint.answered_at else "overdue" if complaint.answer_due <= call.now else "running"
    return {"limit_state": state, "answer_due": complaint.answer_due}


@operation(
    "complaint.answer",
    "登记答复 Keep that a complaint was answered",
    inputs={
        "complaint_no": COMPLAINT_NO,
        "conclusion": choice("How it ended", CONCLUSIONS),
        "measures": optional(text("What was done", 4000)),
    },
    outputs={"in_time": "Whether the answer was in time"},
)
def answer(call: OperationCall, *, complaint_no: str, conclusion: str, measures: str | None) -> Outputs:
    """The complainant was told, or cannot be because nobody knows who it is."""
    complaint = complaint_of(call, complaint_no)
    complaint.conclusion, complaint.measures = conclusion, measures
    complaint.state, complaint.answered_at = "answered", call.now
    return {"in_time": call.now <= complaint.answer_due}


@operation(
    "complaint.close",
    "总结投诉 Sum up a complaint",
    inputs={"complaint_no": COMPLAINT_NO, "summary": text("What the house learns from it", 4000)},
    outputs={"closed": "Always true"},
)
def close(call: OperationCall, *, complaint_no: str, summary: str) -> Outputs:
    """Closes an answered complaint with its summary."""
    complaint = complaint_of(call, complaint_no)
    if complaint.state == "open":
        raise refuse("complaint_no", "is not answered yet")
    complaint.summary, complaint.state, complaint.closed_at = summary, "closed", call.now
    return {"closed": True}


def _customer_id(call: OperationCall, number: str | None) -> int | None:
    if number is None:
        return None
    customer: Customer | None = find_customer(call.session, number)
    if customer is None:
        raise refuse("customer_id", f"there is no customer {number}")
    return customer.id


def _somebody(call: OperationCall, name: str | None, field: str = "about_person") -> str | None:
    working = sa.select(Person.id).where(Person.name == name, Person.disabled.is_(False))
    if name is not None and call.session.scalar(working) is None:
        raise refuse(field, f"there is nobody called {name} in the house")
    return name


def _due(call: OperationCall, start: dt.datetime, within: str) -> dt.datetime:
    try:
        return WorkingCalendar(call.zone).add(start, within, "working")
    except InvalidDuration as error:
        raise refuse("within", str(error)) from None
