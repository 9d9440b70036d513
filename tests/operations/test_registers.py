"""Looking customers up in registers: authorised, by connector or by hand, once while an answer is valid (INT-6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import Forbidden, Invalid
from engine.service import audit, errands
from engine.service.errands import GiveUp
from models.cases import Instance
from models.customers import Customer
from models.queries.register_queries import latest, of_case
from models.register_queries import RegisterQuery
from operations.registers import asking
from operations.registers.connectors import Gateway, Question, Recorded
from operations.registry import OPERATIONS
from tests.engine.builder import Bench, line, package, user

ON = dt.date(2026, 3, 2)


class Desk:
    """A case of one customer with a step that looks people up, and a connector."""

    def __init__(self, sessions, connector):
        read = package(line(user("look_up", "clerk", 'loanflow:duty="INT-6"'), user("later", "clerk")), roles=["clerk"])
        people = {"an": ("clerk",), "el": ("clerk",), "bo": ()}
        self.bench = Bench(read, people=people, operations=OPERATIONS, sessions=sessions)
        self.house = self.bench.house
        self.house.errands[asking.JOB] = asking.errand(connector)
        with self.house.step() as step:
            identity = {"id_kind": "resident_id", "id_number": "110101199003070011"}
            step.session.add(Customer(number="C-000001", kind="person", name="陈梅", recorded_at=step.now, **identity))
        self.case = self.bench.start({"customer_id": "C-000001"})

    def ask(self, who="an", party="C-000001", register="credit", number="SQ-1", on=ON, **more):
        with self.house.step() as step:
            case = step.session.get_one(Instance, self.case)
            return asking.ask(step, case, party, register, number, on, self.bench.actor(who), **more).id

    def rows(self):
        while errands.run(self.house):
            pass
        with self.house.sessions.reading() as session:
            return list(of_case(session, self.case))


@pytest.fixture
def desk(database):
    return Desk(database, Recorded())


def test_an_answer_comes_with_the_registers_number_and_is_filed_with_its_authorisation(desk):
    desk.ask()
    [row] = desk.rows()
    assert (row.state, row.source, row.authorisation_no, row.authorised_on) == ("answered", "recorded", "SQ-1", ON)
    assert row.query_no.startswith("CR20260302-")
    assert row.answer == {"overdue_count": 0, "outstanding_debt": Decimal(31000), "guarantees_given": 0}
    assert "无逾期" in row.summary
    with desk.house.sessions.reading() as session:
        assert all(found.problem is None for found in audit.verify(session))


def test_while_an_answer_is_valid_nobody_asks_again_unless_wanted(desk):
    first = desk.ask()
    assert desk.ask() == first, "what is under way is not asked twice"
    desk.rows()
    assert desk.ask(number="SQ-2") == first
    assert desk.ask(register="fund") != first
    assert desk.ask(again=True) != first
    desk.bench.clock.moment += dt.timedelta(days=asking.valid_days({}) + 1)
    assert desk.ask() not in (None, first)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"party": "C-000099"}, "party"),
        ({"register": "police"}, "register"),
        ({"number": " "}, "authorisation_no"),
        ({"number": "x" * 41}, "authorisation_no"),
        ({"on": None}, "authorised_on"),
        ({"on": dt.date(2026, 3, 3)}, "authorised_on"),
    ],
)
def test_without_a_signed_authorisation_nobody_is_looked_up(desk, wrong, field):
    with pytest.raises(Invalid) as refused:
        desk.ask(**wrong)
    assert list(refused.value.errors) == [field]
    assert desk.rows() == []


def test_only_whoever_could_do_the_step_may_ask(desk):
    with pytest.raises(Forbidden):
        desk.ask("bo")
    desk.bench.complete(desk.case, "look_up", "an")
    with pytest.raises(Forbidden):
        desk.ask("an")
    assert desk.rows() == []


def test_a_register_that_does_not_answer_leaves_it_to_the_desk(database):
    class Silent:
        name = "silent"

        def ask(self, question, key):
            raise GiveUp("no such person")

    desk = Desk(database, Silent())
    desk.ask()
    [row] = desk.rows()
    assert row.state == "failed"
    assert "no such person" in row.error


def test_without_a_connector_the_desk_is_told_at_once(database):
    desk = Desk(database, None)
    desk.ask()
    [row] = desk.rows()
    assert row.state == "failed"
    assert "by hand" in row.error


def test_what_the_desk_enters_is_filed_once(case):
    number = case.customer()
    given = {
        "party": number,
        "register": "credit",
        "authorisation_no": "SQ-1",
        "authorised_on": ON,
        "query_no": "ZX-7",
        "queried_on": ON,
        "answer": {"overdue_count": Decimal(1)},
        "summary": "逾期一次",
    }
    first = case.call("registers.file", **given)
    assert case.call("registers.file", **given) == first
    row = case.session.scalars(sa.select(RegisterQuery)).one()
    assert (row.state, row.source, row.asked_by) == ("typed", "manual", "li")
    assert latest(case.session, case.instance_id, number, "credit", ON) is row
    assert latest(case.session, case.instance_id, number, "credit", dt.date(2026, 3, 3)) is None
    with pytest.raises(Invalid, match="queried_on"):
        case.call("registers.file", **{**given, "queried_on": dt.date(2026, 4, 1)})


def test_a_gateway_that_speaks_nonsense_is_tried_again(monkeypatch):
    question = Question("credit", "陈梅", "110101199003070011", "SQ-1", ON, ON)
    gateway = Gateway("https://registers.example")
    monkeypatch.setattr("operations.registers.connectors.post", lambda *_a, **_k: b"[]")
    with pytest.raises(OSError, match="no proper answer"):
        gateway.ask(question, "register-1")
    said = '{"query_no": "ZX-1", "facts": {"overdue_count": 0}, "summary": "无逾期"}'.encode()
    monkeypatch.setattr("operations.registers.connectors.post", lambda *_a, **_k: said)
    assert gateway.ask(question, "register-1").facts == {"overdue_count": Decimal(0)}
