"""A house with people, a customer and a case that tells them things, and channels that remember what they carried."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from engine.service import errands
from models.customers import Customer
from models.notices import PersonContact
from models.queries.people import find_person
from operations.notices import delivering, passing_on
from operations.registry import OPERATIONS
from tests.engine.builder import Bench, extension, inout, line, node, package, user

NOTICES = """
approved:
  title: {zh: "{{customer_name}}的贷款已批准", en: "Loan of {{customer_name}} approved"}
  text:
    zh: "金额 {{amount:money}} 元，利率 {{rate:percent}}，{{on:day}}。{{note}}"
    en: "CNY {{amount:money}} at {{rate:percent}}, {{on:day}}. {{note}}"
  short: {zh: "【{{institution}}】{{amount:money}} 元", en: "{{institution}}: CNY {{amount:money}}"}
"""
APPOINTMENT = """
agreed:
  title: {zh: "面签", en: "Signing"}
  text: {zh: "请于 {{on:time}} 到 {{place}}", en: "Come to {{place}} on {{on:time}}"}
  calendar: {uid: "signing-{{customer_name}}", start: on, place: place}
taken_back:
  title: {zh: "面签取消", en: "Signing cancelled"}
  text: {zh: "{{on:time}}", en: "{{on:time}}"}
  calendar: {uid: "signing-{{customer_name}}", start: on, place: place, cancels: true}
"""
ROLES = ["clerk", "boss"]


@dataclass
class Carrier:
    """A channel that remembers; what it raises first is in `raises`."""

    carried: list[tuple[str, str, str, str]] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    calendars: list[str] = field(default_factory=list)

    def send(self, address, subject, text, key, calendar=None):
        if self.raises:
            raise self.raises.pop(0)
        self.calendars.append(calendar)
        self.carried.append((address, subject, text, key))


class Telling:
    """A bench whose case sends one notice when it starts."""

    def __init__(self, sessions, to, template="approved", facts=None):
        facts = facts or '${{amount: 120000, rate: 0.0485, on: date("2026-03-05"), note: customer_name}}'
        given = inout({"to": to, "template": template, "facts": facts})
        send = node("serviceTask", "send", 'loanflow:operation="notice.send"', extension(given))
        read = package(
            line(send, user("a", "clerk")),
            files={"notices.yaml": NOTICES + APPOINTMENT},
            roles=ROLES,
            search=["customer_name"],
        )
        people = {"an": ("clerk",), "bo": ("boss",), "cy": ("boss",), "el": ()}
        self.bench = Bench(read, people=people, operations=OPERATIONS, sessions=sessions)
        self.house = self.bench.house
        self.email, self.sms = Carrier(), Carrier()
        told = passing_on.House("https://loans.example", (dt.time(22), dt.time(8)))
        self.house.errands.update(delivering.errands({"email": self.email, "sms": self.sms}, told))
        with self.house.step() as step:
            step.session.add(
                Customer(
                    number="C-000001",
                    kind="person",
                    name="陈梅",
                    id_kind="resident_id",
                    id_number="1",
                    phone="138 0000 0000",
                    recorded_at=step.now,
                )
            )

    def contact(self, name, **fields):
        with self.house.step() as step:
            person = find_person(step.session, name)
            person.language = fields.pop("language", "zh")
            step.session.merge(PersonContact(person_id=person.id, **fields))

    def start(self, **variables):
        given = {"customer_name": "陈梅", "customer_id": "C-000001", "guarantor_ids": [], **variables}
        return self.bench.start(given)

    def run(self):
        while errands.run(self.house):
            pass


@pytest.fixture
def telling(database):
    return lambda to, template="approved", facts=None: Telling(database, to, template, facts)
