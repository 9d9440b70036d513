"""What registers select, on both databases: in order, narrowed, summed to the cent, of the reader's units alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.service.actors import Actor
from models.applications import Application
from models.people import Unit
from models.queries.people import add_unit
from tests.operations.conftest import SHANGHAI, Case, furnish
from web.registers import REGISTERS
from web.registers.declaring import Conditions
from web.registers.lending import APPLICATIONS, LOANS, NOT_DISBURSED, REFUSALS

EVERYTHING = Conditions()


def reader(session, unit_id, *roles):
    path = session.scalars(sa.select(Unit.path).where(Unit.id == unit_id)).one()
    return Actor("reader", unit_id, path, frozenset(roles or {"clerk"}))


@pytest.fixture
def branch(session):
    """Twelve applications of a branch, one a day, of 1,000.01 yuan and growing by a hundred."""
    unit = furnish(session)
    for n in range(12):
        case = Case(session, unit, business_key=f"A-2026-{n:04d}", actor="li" if n % 2 else "wang")
        case.now += dt.timedelta(days=n)
        case.register(
            amount=Decimal("10000.01") + 100 * n, customer_id=case.customer(f"客户{n}", f"1101011990030{n:05d}")
        )
    return unit


def pages(register, session, who, asked=EVERYTHING, limit=5):
    cursor, found = None, []
    while True:
        page = register.page(session, who, asked, SHANGHAI, cursor, limit)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_pages_hold_every_row_once_the_newest_first(session, branch):
    found = pages(APPLICATIONS, session, reader(session, branch))
    assert [row["number"] for row in found] == [f"A-2026-{n:04d}" for n in reversed(range(12))]


def test_totals_are_those_of_the_rows_to_the_cent(session, branch):
    who = reader(session, branch)
    for asked in (Conditions(), Conditions(officer="li"), Conditions(q="客户1"), Conditions(since=dt.date(2026, 3, 9))):
        found, totals = pages(APPLICATIONS, session, who, asked), APPLICATIONS.totals(session, who, asked, SHANGHAI)
        assert totals.rows == len(found) > 0
        assert totals.sums["amount"] == sum(row["amount"] for row in found)
        assert isinstance(totals.sums["amount"], Decimal)


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (Conditions(since=dt.date(2026, 3, 4), until=dt.date(2026, 3, 5)), [3, 2]),
        (Conditions(q="客户11"), [11]),
        (Conditions(q="a-2026-0007"), [7]),
        (Conditions(q="%"), []),
        (Conditions(officer="wang", until=dt.date(2026, 3, 4)), [2, 0]),
        (Conditions(product="farmers_joint"), []),
        (Conditions(state="refused"), []),
        (Conditions(customer="C-000003"), [2]),
    ],
)
def test_conditions_narrow(session, branch, asked, numbers):
    found = pages(APPLICATIONS, session, reader(session, branch), asked)
    assert [int(row["number"][-4:]) for row in found] == numbers


def test_a_day_is_the_houses_own(session, branch):
    """Half past midnight in Shanghai is still the day before in UTC."""
    case = Case(session, branch, business_key="A-2026-0099", now=dt.datetime(2026, 6, 1, 0, 30, tzinfo=SHANGHAI))
    case.register(customer_id="C-000001")
    who = reader(session, branch)
    assert pages(APPLICATIONS, session, who, Conditions(since=dt.date(2026, 6, 1), until=dt.date(2026, 6, 1)))
    assert not pages(APPLICATIONS, session, who, Conditions(since=dt.date(2026, 5, 31), until=dt.date(2026, 5, 31)))


def test_another_branch_sees_nothing_and_head_office_and_auditors_everything(session, branch):
    other = add_unit(session, "二支行")
    root = session.scalars(sa.select(Unit.id).where(Unit.parent_id.is_(None))).one()
    assert pages(APPLICATIONS, session, reader(session, other.id)) == []
    assert APPLICATIONS.totals(session, reader(session, other.id), Conditions(), SHANGHAI).rows == 0
    assert len(pages(APPLICATIONS, session, reader(session, root))) == 12
    assert len(pages(APPLICATIONS, session, reader(session, other.id, "auditor"))) == 12
    assert len(pages(APPLICATIONS, session, reader(session, root), Conditions(unit=branch))) == 12
    assert pages(APPLICATIONS, session, reader(session, root), Conditions(unit=other.id)) == []


def test_refusals_and_loans_not_disbursed_keep_their_reasons(session, branch):
    for n, (operation, further) in enumerate(
        [("application.refuse", {}), ("application.not_disbursed", {"stage": "approval"})]
    ):
        case = Case(session, branch)
        case.call(operation, application_no=f"A-2026-{n:04d}", reason_code="capacity", reason="负债偏高", **further)
    who = reader(session, branch)
    [refused], [ended] = pages(REFUSALS, session, who), pages(NOT_DISBURSED, session, who)
    assert (refused["application_no"], refused["reason"], refused["number"][:2]) == ("A-2026-0000", "负债偏高", "RF")
    assert (ended["application_no"], ended["stage"], ended["number"][:2]) == ("A-2026-0001", "approval", "ND")


def test_the_ledger_shows_what_is_still_owed(session):
    unit = furnish(session)
    case = Case(session, unit)
    case.disburse(case.signed_contract())
    [loan] = pages(LOANS, session, reader(session, unit))
    assert (loan["principal"], loan["owed"]) == (Decimal("100000.00"), Decimal("100000.00"))
    assert LOANS.totals(session, reader(session, unit), Conditions(), SHANGHAI).sums["owed"] == Decimal("100000.00")


@pytest.mark.parametrize("key", REGISTERS)
def test_every_register_can_be_read_narrowed_and_summed(session, branch, key):
    register, who = REGISTERS[key], reader(session, branch, "admin")
    asked = Conditions(since=dt.date(2026, 1, 1), unit=branch, officer="li", state="x", q="x", customer="C-1")
    for conditions in (Conditions(), asked):
        assert len(list(register.rows(session, who, conditions, SHANGHAI, 100))) == min(
            register.totals(session, who, conditions, SHANGHAI).rows, 100
        )


@pytest.mark.parametrize("key", REGISTERS)
def test_an_index_serves_the_order_of_every_register(key):
    """Whoever asks for the first page reads that page, not the whole table."""
    register = REGISTERS[key]
    table = register.at.class_.__table__
    at, row_id = register.at.property.columns[0].name, register.id.property.columns[0].name
    served = [[column.name for column in index.columns] for index in table.indexes]
    assert any(columns[-2:] == [at, row_id] for columns in served), served


def test_designers_and_strangers_read_none(session, branch):
    for roles in ({"designer"}, set()):
        who = Actor("x", branch, "/", frozenset(roles))
        assert not any(register.is_open_to(who) for register in REGISTERS.values())
    assert session.scalar(sa.select(sa.func.count(Application.id))) == 12
