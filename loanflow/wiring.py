"""Puts the house together: database, clock, calendar, operations and relations. The only place that knows them all."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DatabaseError

from loanflow.settings import Settings, read_settings

if TYPE_CHECKING:
    from engine.ports import Choices, Operations
    from engine.scenario import Ports
    from engine.service.errands import Errand
    from engine.service.house import House
    from models.database import Sessions


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
    from operations.furnishing import furnish

    zone = read_settings(os.environ).timezone
    return Ports(
        calendar=WorkingCalendar(zone),
        operations=operations_of_the_house(),
        furnish=furnish,
        errands=recorded_errands,
        choices=choices_of_the_house(zone),
    )


def choices_of_the_house(zone: str) -> Choices:
    """What forms offer to choose from, with times in this zone."""
    from operations.choosing import ChoicesOfTheHouse

    return ChoicesOfTheHouse(ZoneInfo(zone))


def recorded_errands(sessions: Sessions) -> dict[str, Errand]:
    """How work that leaves the database is done in scenarios: the bank is the recorded one."""
    return _payments("recorded", sessions)


def _payments(name: str | None, sessions: Sessions) -> dict[str, Errand]:
    from operations.payments.choosing import connector
    from operations.payments.errand import payment_errand
    from operations.payments.orders import JOB

    return {JOB: payment_errand(connector(name, sessions))}


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
    sessions = Sessions(engine)
    house = House(
        sessions=sessions,
        clock=SystemClock(),
        calendar=WorkingCalendar(settings.timezone),
        operations=operations_of_the_house(),
        relations=RecordedRelations(),
        errands=_payments(settings.payments or ("recorded" if settings.demo else None), sessions) | _errands(settings),
        choices=choices_of_the_house(settings.timezone),
    )
    set_up_notices(house, settings, settings.smtp_url)
    set_up_registers(house, settings)
    return house


def set_up_registers(house: House, settings: Settings) -> None:
    """Lets the house look customers up in registers; without a connector the desk does so by hand."""
    from operations.registers.asking import JOB, errand
    from operations.registers.connectors import Connector, Gateway, Recorded

    way = settings.registers
    if way == "auto":
        way = "gateway" if settings.register_url else "recorded" if settings.demo else "manual"
    connector: Connector | None = None
    if way == "gateway":
        connector = Gateway(settings.register_url, settings.register_token)
    elif way == "recorded":
        connector = Recorded()
    house.errands[JOB] = errand(connector)


def set_up_notices(house: House, settings: Settings, smtp_url: str) -> None:
    """Lets the house send notices: mails by the server at `smtp_url`, messages by the gateway of the settings.

    The demonstration keeps messages to phones, and mails while it has no server, for its page of what was received.
    """
    from operations.notices.channels import Channel, Mail, NotSetUp, Sms
    from operations.notices.delivering import errands
    from operations.notices.passing_on import House as Told
    from operations.notices.stand_in import Phone

    def missing(channel: str, setting: str) -> Channel:
        return Phone(house, channel) if settings.demo else NotSetUp(setting)

    mail = Mail(smtp_url, settings.mail_from) if smtp_url else missing("email", "LOANFLOW_SMTP_URL")
    sms = Sms(settings.sms_url, settings.sms_token) if settings.sms_url else missing("sms", "LOANFLOW_SMS_URL")
    told = Told(settings.public_url, settings.quiet_hours)
    house.errands.update(errands({"email": mail, "sms": sms}, told))


def _errands(settings: Settings) -> dict[str, Errand]:
    """How papers are printed and kept: files need the folder that keeps them."""
    from engine.service.attachments import FileStore
    from operations.committee import MINUTES
    from operations.committee_papers import minutes_errand
    from operations.contracting.keeping import errand as contracts_errand
    from operations.handovers import MOVE
    from operations.handovers import errand as moving
    from operations.interview_papers import record_errand
    from operations.interviews import JOB as INTERVIEW
    from operations.loan_papers import JOB, papers_errand
    from operations.signing import PAPERS as CONTRACTS

    if settings.data_dir is None:
        return {MOVE: moving()}
    store = FileStore(settings.data_dir)
    return {
        MINUTES: minutes_errand(store),
        JOB: papers_errand(store),
        CONTRACTS: contracts_errand(store),
        INTERVIEW: record_errand(store),
        MOVE: moving(),
    }


def _refuse_unmigrated(engine: sa.Engine) -> None:
    import migrations

    try:
        current = migrations.is_up_to_date(engine)
    except DatabaseError as error:
        raise NotReady(f"The database cannot be used: {error.orig} (`loanflow init` makes a new one)") from None
    if not current:
        raise NotReady("The database is not up to date. Run `loanflow init`.")
