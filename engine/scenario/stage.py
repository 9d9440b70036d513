"""The stage of one scenario: a house on a database in memory, a clock that stands still, the people of the scenario."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.packages import Package
from engine.ports import Calendar, Operations, Related
from engine.scenario.reading import Scenario
from engine.service import deployments
from engine.service.definitions import Definitions
from engine.service.house import House
from models.authority import AuthorityDelegation
from models.database import Sessions, make_engine
from models.deputies import Deputy
from models.metadata import all_tables
from models.people import AuthorityLimit, Person, PersonRole, Unit

HOUSE_UNIT = "house"
_NOBODY_SIGNS_IN = "!"

_idle: deque[sa.Engine] = deque(maxlen=8)
"""Engines on databases in memory that no scenario uses now."""


class StandingClock:
    """A clock that moves only when told to."""

    def __init__(self, now: dt.datetime) -> None:
        self.moment = now.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """The moment at which it stands."""
        return self.moment


class DeclaredRelations:
    """Relations as the scenario declares them, whether or not the case names the party."""

    def __init__(self, related: Mapping[str, Iterable[str]]) -> None:
        self._related = {person: tuple(kinds) for person, kinds in related.items()}

    def related(self, session: Session, person: str, parties: Mapping[str, Iterable[str]]) -> Related | None:
        """The first kind of party that the person is declared to be related to."""
        return next((Related(kind) for kind in self._related.get(person, ())), None)

    def staff_of(self, session: Session, parties: Mapping[str, Iterable[str]]) -> Mapping[str, Related]:
        """Everybody whom the scenario declares to be related."""
        return {person: Related(kinds[0]) for person, kinds in self._related.items() if kinds}

    def of(self, session: Session, people: Iterable[str]) -> DeclaredRelations:
        """Nothing has to be read."""
        return self


def build_stage(
    scenario: Scenario,
    package: Package,
    calendar: Calendar,
    operations: Operations,
    definitions: Definitions,
    sessions: Sessions | None = None,
) -> tuple[House, StandingClock]:
    """A house with the package deployed and the scenario's people, in memory unless `sessions` lead elsewhere.

    `definitions` is shared by all scenarios of the package.
    """
    clock = StandingClock(scenario.start_at)
    house = House(
        sessions=sessions or Sessions(_empty_database()),
        clock=clock,
        calendar=calendar,
        operations=operations,
        relations=DeclaredRelations(scenario.related),
        definitions=definitions,
    )
    with house.step() as step:
        _people(step.session, scenario, step.now)
        deployments.deploy_checked(step, package, None)
    return house, clock


def _people(session: Session, scenario: Scenario, now: dt.datetime) -> None:
    root = Unit(id=1, name=HOUSE_UNIT, parent_id=None, path="/1/")
    session.add(root)
    ids = {HOUSE_UNIT: 1}
    for name in dict.fromkeys(scenario.units.values()):
        if name not in ids:
            ids[name] = len(ids) + 1
            session.add(Unit(id=ids[name], name=name, parent_id=1, path=f"/1/{ids[name]}/"))
    session.flush()
    for number, (name, roles) in enumerate(scenario.people.items(), 1):
        session.add(
            Person(
                id=number,
                name=name,
                title=name,
                password_hash=_NOBODY_SIGNS_IN,
                unit_id=ids[scenario.units.get(name, HOUSE_UNIT)],
                created_at=now,
                roles=[PersonRole(role=role) for role in dict.fromkeys(roles)],
            )
        )
    session.flush()
    numbers = {name: number for number, name in enumerate(scenario.people, 1)}
    for name, powers in scenario.authority.items():
        for power, amount in powers.items():
            session.add(AuthorityLimit(person_id=numbers[name], power=power, amount=amount))
    for lent in scenario.delegations:
        session.add(AuthorityDelegation(**asdict(lent), reason="scenario", granted_by=lent.giver, granted_at=now))
    for name, given in scenario.deputies.items():
        days = {"begins": given["from"], "until": given["until"], "set_by": name, "set_at": now}
        session.add(Deputy(person=name, deputy=given["deputy"], reason="scenario", **days))


def strike_stage(house: House) -> None:
    """The scenario is over: its engine, with every statement that it has compiled, may serve the next."""
    _idle.append(house.sessions.engine)


def _empty_database() -> sa.Engine:
    try:
        engine = _idle.pop()
    except IndexError:
        engine = make_engine("sqlite://")
    with engine.connect() as connection:
        connection.connection.driver_connection.deserialize(_schema())  # type: ignore[union-attr]
    return engine


@cache
def _schema() -> bytes:
    """The empty tables as the bytes of a database, made once: a schema takes longer than a scenario."""
    engine = make_engine("sqlite://")
    all_tables().create_all(engine)
    with engine.connect() as connection:
        image: bytes = connection.connection.driver_connection.serialize()  # type: ignore[union-attr]
    engine.dispose()
    return image
