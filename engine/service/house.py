"""The house: what the engine runs in, and the writing transaction in which every change happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.ports import NOTHING_TO_CHOOSE, Calendar, Choices, Clock, Operations, Relations
from engine.service.definitions import Definitions
from engine.service.errands import Errand
from models.database import Sessions

MESSAGES_KEPT = dt.timedelta(days=30)


@dataclass
class House:
    """Database, clock, calendar, operations and relations, put together in `loanflow/wiring.py`."""

    sessions: Sessions
    clock: Clock
    calendar: Calendar
    operations: Operations
    relations: Relations
    definitions: Definitions = field(default_factory=Definitions)
    messages_kept: dt.timedelta = MESSAGES_KEPT
    errands: dict[str, Errand] = field(default_factory=dict)
    """How jobs that leave the database are done, by kind."""
    choices: Choices = NOTHING_TO_CHOOSE
    """The lists of the house from which forms let people choose."""

    @contextmanager
    def step(self) -> Iterator[Step]:
        """One writing transaction. It commits at the end; an exception rolls back.

        A refusal is rolled back too, and then becomes an audit event of its own in a transaction of its own.
        """
        try:
            with self.sessions.writing() as session, session.begin():
                yield Step(session, self, self.clock.now())
        except Refused as refusal:
            self._remember(refusal)
            raise

    def _remember(self, refusal: Refused) -> None:
        from engine.service.refusals import record

        with self.sessions.writing() as session, session.begin():
            record(Step(session, self, self.clock.now()), refusal)


@dataclass(frozen=True)
class Step:
    """A writing transaction at one moment; everything in it happens at `now`."""

    session: Session
    house: House
    now: dt.datetime

    @property
    def connection(self) -> sa.Connection:
        """The connection of the transaction, for statements that need nothing of the mapper.

        Kept by hand: before Python 3.12 a `cached_property` has one lock for all instances, and a step that waits in it
        for the database would keep the one that has the database from going on.
        """
        kept: sa.Connection | None = self.__dict__.get("_connection")
        if kept is None:
            kept = self.__dict__["_connection"] = self.session.connection()
        return kept
