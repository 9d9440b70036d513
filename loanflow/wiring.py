"""Puts the house together: database, clock, calendar, operations and relations. The only place that knows them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from loanflow.settings import Settings

if TYPE_CHECKING:
    from engine.ports import Operations
    from engine.service.house import House


class NotReady(Exception):
    """The database cannot be used as it is; the message says what to do."""


class SystemClock:
    """The clock on the wall, and the only place of the program that looks at it."""

    def now(self) -> dt.datetime:
        """The present instant, in UTC."""
        return dt.datetime.now(dt.UTC)


class RegisteredRelations:
    """Relations as `loanflow relate` recorded them (GOV-1)."""

    def related(self, session: Session, person: str, parties: Mapping[str, Iterable[str]]) -> str | None:
        """The kind of party that `person` is related to, or None."""
        from models.queries.people import customers_related_to

        related = customers_related_to(session, person)
        return next((kind for kind, numbers in parties.items() if related.intersection(numbers)), None)


def operations_of_the_house() -> Operations:
    """What service tasks may call."""
    from operations.catalogue import OPERATIONS

    return OPERATIONS


def make_house(settings: Settings) -> House:
    """The house on the configured database. Raises `NotReady` when the database is away or not migrated."""
    from engine.service.house import House
    from lending.calendar import WorkingCalendar
    from models.database import Sessions, make_engine

    try:
        engine = make_engine(settings.require_database())
    except ArgumentError as error:
        raise NotReady(f"LOANFLOW_DATABASE_URL is no address of a database: {error}") from None
    _refuse_unmigrated(engine)
    return House(
        sessions=Sessions(engine),
        clock=SystemClock(),
        calendar=WorkingCalendar(settings.timezone),
        operations=operations_of_the_house(),
        relations=RegisteredRelations(),
    )


def _refuse_unmigrated(engine: sa.Engine) -> None:
    import migrations

    try:
        current = migrations.is_up_to_date(engine)
    except OperationalError as error:
        raise NotReady(f"The database cannot be reached: {error.orig}") from None
    if not current:
        raise NotReady("The database is not up to date. Run `loanflow init`.")
