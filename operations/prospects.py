"""Prospects and weekly targets: found, talked to, won or lost (CUS-2), and what is told about them in time (PLN-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.ports import OperationCall
from engine.service.actors import Actor
from models.applications import Application
from models.care import CONTACT_WAYS, SOURCES, Prospect, ProspectContact, WeeklyTarget
from models.numbering import next_number
from models.people import Person, Unit
from models.queries import prospects as lists
from operations.declaring import Outputs, business_day, operation
from operations.inputs import Input, choice, day, optional, read_inputs, text, whole

NUMBERS = "P-{year}-{unit}-{seq:4}"
OFFICERS = frozenset({"account_manager", "dept_manager"})
MANAGERS = frozenset({"dept_manager", "risk_manager", "general_manager"})
"""Who finds prospects, and who sees those of the unit and sets targets."""

PROSPECT: dict[str, Input] = {
    "name": text("Name"),
    "phone": optional(text("Telephone", 40)),
    "source": choice("Where from", SOURCES),
    "need": text("What is needed", 1000),
    "survey": optional(text("Notes of the market survey", 4000)),
    "next_contact_on": optional(day("When to talk next")),
}
CONTACT: dict[str, Input] = {
    "way": choice("How", CONTACT_WAYS),
    "note": text("What was said", 4000),
    "next_on": optional(day("When to talk next")),
}
TARGET: dict[str, Input] = {
    "person": optional(text("Sign-in name", 64)),
    "role": optional(text("A role, for each who holds it", 64)),
    "since": day("The week, by any of its days"),
    "prospects": Input("How many in a week", lambda value: 0 if value == 0 else whole("", 100).read(value)),
}


def add(session: Session, who: Actor, given: dict[str, Any], now: dt.datetime, today: dt.date) -> Prospect:
    """A new prospect of `who`. Raises `Forbidden`, `Invalid`."""
    if not who.roles & OFFICERS:
        raise Forbidden("Prospects are kept by account managers and department managers.")
    values = read_inputs(PROSPECT, given)
    prospect = Prospect(
        number=next_number(session, NUMBERS, who.unit_id, today.year),
        owner=who.name,
        unit_id=who.unit_id,
        found_on=today,
        recorded_at=now,
        recorded_by=who.name,
        **values,
    )
    session.add(prospect)
    session.flush()
    return prospect


def change(session: Session, who: Actor, number: str, given: dict[str, Any], version: int | None = None) -> Prospect:
    """Other facts of an open prospect. Raises `NotFound`, `Forbidden`, `Conflict` when somebody was quicker."""
    prospect = _mine(session, who, number, version)
    for name, value in read_inputs(PROSPECT, given).items():
        setattr(prospect, name, value)
    return _changed(session, prospect)


def talk(session: Session, who: Actor, number: str, given: dict[str, Any], now: dt.datetime) -> Prospect:
    """Keeps a talk; the prospect is in talks from then on."""
    prospect = _mine(session, who, number)
    values = read_inputs(CONTACT, given)
    session.add(ProspectContact(prospect_id=prospect.id, person=who.name, contacted_at=now, **values))
    prospect.state, prospect.next_contact_on = "talking", values["next_on"]
    return _changed(session, prospect)


def lose(session: Session, who: Actor, number: str, reason: Any) -> Prospect:
    """The prospect will not become a customer, and why."""
    values = read_inputs({"reason": text("Why", 1000)}, {"reason": reason})
    prospect = _mine(session, who, number)
    prospect.state, prospect.lost_reason, prospect.next_contact_on = "lost", values["reason"], None
    return _changed(session, prospect)


def convert(session: Session, who: Actor, number: str, application_no: Any) -> Prospect:
    """The prospect has applied: from now on it leads to the application, and counts for no other prospect."""
    values = read_inputs({"application_no": text("Number of the application", 255)}, {"application_no": application_no})
    prospect = _mine(session, who, number)
    query = sa.select(Application).where(
        Application.number == values["application_no"], Application.unit_id == prospect.unit_id
    )
    application = session.scalar(query)
    if application is None:
        raise Invalid("there is no such application in this unit", {"application_no": "is not known in this unit"})
    taken = session.scalar(sa.select(Prospect.number).where(Prospect.application_id == application.id))
    if taken is not None:
        raise Conflict(f"the application came from prospect {taken}")
    prospect.state, prospect.application_id, prospect.next_contact_on = "applied", application.id, None
    return _changed(session, prospect)


def hand_over(session: Session, who: Actor, number: str, to: Any) -> Prospect:
    """Another account manager of the unit sees to it from now on. Managers only."""
    values = read_inputs({"to": text("Sign-in name", 64)}, {"to": to})
    prospect = _mine(session, who, number)
    if not who.roles & MANAGERS:
        raise Forbidden("A prospect is handed over by a manager.")
    names = {person.name for person in lists.officers(session, _path(session, prospect.unit_id), OFFICERS)}
    if values["to"] not in names:
        raise Invalid("nobody of this name keeps prospects here", {"to": "keeps no prospects in this unit"})
    prospect.owner = values["to"]
    return _changed(session, prospect)


def set_target(session: Session, who: Actor, given: dict[str, Any], now: dt.datetime) -> WeeklyTarget:
    """How many new prospects a person, or each holder of a role, should find a week from then on. Managers only."""
    if not who.roles & (MANAGERS | {"admin"}):
        raise Forbidden("Targets are set by managers.")
    values = read_inputs(TARGET, given)
    if (values["person"] is None) == (values["role"] is None):
        raise Invalid("give either a person or a role", {"person": "either a person or a role"})
    if values["person"] is not None:
        names = {person.name for person in lists.officers(session, who.unit_path, OFFICERS)}
        if values["person"] not in names:
            raise Invalid("nobody of this name keeps prospects here", {"person": "keeps no prospects in this unit"})
    elif len(who.unit_path.strip("/").split("/")) > 1 and "admin" not in who.roles:
        raise Forbidden("Targets of a role count in the whole house: head office sets them.")
    values["since"] = lists.monday(values["since"])
    query = sa.select(WeeklyTarget).filter_by(person=values["person"], role=values["role"], since=values["since"])
    target = session.scalar(query) or WeeklyTarget(**values)
    target.prospects, target.set_by, target.set_at = values["prospects"], who.name, now
    session.add(target)
    session.flush()
    return target


def _mine(session: Session, who: Actor, number: str, version: int | None = None) -> Prospect:
    """The open prospect, locked, if `who` may change it."""
    found = session.scalar(lists.visible(who).where(Prospect.number == number).with_for_update(of=Prospect))
    if found is None:
        raise NotFound("There is no such prospect.")
    if found.owner != who.name and not who.roles & MANAGERS:
        raise Forbidden("A prospect is changed by its account manager, or by a manager of the unit.")
    if found.state in ("applied", "lost"):
        raise Conflict("the prospect is closed already")
    if version is not None and version != found.lock_version:
        raise Conflict("somebody else has changed the prospect meanwhile")
    return found


def _changed(session: Session, prospect: Prospect) -> Prospect:
    prospect.lock_version += 1
    session.flush()
    return prospect


def _path(session: Session, unit_id: int) -> str:
    return session.scalars(sa.select(Unit.path).where(Unit.id == unit_id)).one()


@operation(
    "prospect.remind",
    "提醒跟进 Find whom to talk to",
    inputs={},
    outputs={"reminders": "For each account manager {to, facts}: how many prospects are to be talked to, and which"},
)
def remind(call: OperationCall) -> Outputs:
    """What is due today or was due before, for each account manager."""
    today = business_day(call)
    due: dict[str, list[Prospect]] = {}
    for prospect in lists.to_contact(call.session, today):
        due.setdefault(prospect.owner, []).append(prospect)
    return {
        "reminders": [
            {
                "to": owner,
                "facts": {
                    "count": Decimal(len(found)),
                    "prospects": "、".join(f"{prospect.name}（{prospect.number}）" for prospect in found[:10]),
                },
            }
            for owner, found in due.items()
        ]
    }


@operation(
    "target.missed",
    "核对每周目标 Find missed targets",
    inputs={},
    outputs={
        "missed": "For each manager {to, facts}: who of the unit found fewer new prospects this week than was set",
        "missed_count": "How many people missed their target",
    },
)
def missed(call: OperationCall) -> Outputs:
    """Compares this week's new prospects with the targets, for everybody who has one."""
    week = lists.monday(business_day(call))
    told: dict[str, list[str]] = {}
    count = 0
    for standing in lists.standings(call.session, "/", week, OFFICERS):
        if standing.target is None or standing.found >= standing.target:
            continue
        count += 1
        line = f"{standing.title}：目标 {standing.target}，新增 {standing.found}"
        for manager in _managers(call.session, standing.person):
            told.setdefault(manager, []).append(line)
    week_words = f"{week.isoformat()} 至 {(week + dt.timedelta(days=6)).isoformat()}"
    return {
        "missed": [{"to": to, "facts": {"week": week_words, "lines": "；".join(lines)}} for to, lines in told.items()],
        "missed_count": Decimal(count),
    }


def _managers(session: Session, officer: Person) -> Iterable[str]:
    """The department managers of the officer's unit, else those above; never the officer."""
    found = [person for person in lists.managers(session, officer) if person.name != officer.name]
    nearest = max((len(person.unit.path) for person in found), default=0)
    return [person.name for person in found if len(person.unit.path) == nearest]
