"""Puts the house together: database, clock, calendar, operations and relations. The only place that knows them all."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DatabaseError

from loanflow.settings import Settings, read_settings

if TYPE_CHECKING:
    from engine.ports import Operations
    from engine.scenario import Ports
    from engine.service.house import House


class NotReady(Exception):
    """The database cannot be used as it is; the message says what to do."""


class SystemClock:
    """The clock on the wall, and the only place of the program that looks at it."""

    def now(self) -> dt.datetime:
        """The present instant, in UTC."""
        return dt.datetime.now(dt.UTC)


def operations_of_the_house() -> Operations:
    """What service tasks may call."""
    from operations.registry import OPERATIONS

    return OPERATIONS


def scenario_ports() -> Ports:
    """What scenarios take from the house; they need no setting but the zone, if it is another than the default."""
    from engine.scenario import Ports
    from lending.calendar import WorkingCalendar
    from operations.standard_products import add_standard_products

    return Ports(
        calendar=WorkingCalendar(read_settings(os.environ).timezone),
        operations=operations_of_the_house(),
        furnish=add_standard_products,
    )


def make_house(settings: Settings) -> House:
    """The house on the configured database. Raises `NotReady` when the database is away or not migrated."""
    from engine.service.house import House
    from lending.calendar import WorkingCalendar
    from models.database import Sessions, make_engine
    from operations.relations import RecordedRelations

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
        relations=RecordedRelations(),
    )


def _refuse_unmigrated(engine: sa.Engine) -> None:
    import migrations

    try:
        current = migrations.is_up_to_date(engine)
    except DatabaseError as error:
        raise NotReady(f"The database cannot be used: {error.orig} (`loanflow init` makes a new one)") from None
    if not current:
        raise NotReady("The database is not up to date. Run `loanflow init`.")
