"""The demonstration: made once, through the real functions, and alive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.service import audit
from engine.service.house import House
from models.care import Complaint, Prospect, Visit
from models.cases import Incident, Instance
from models.customers import Customer
from models.deputies import Deputy
from models.loans import Loan
from models.people import Person
from models.registers import RegisterEntry
from models.search import rebuild
from models.tasks import OPEN, Notice, Task
from operations.demo import create
from operations.demo.customers import credit_code, customers, resident_id
from operations.demo.staff import STAFF
from tests.databases import Databases
from tests.demonstration import NOW, Image, house_on


@pytest.fixture
def house(databases: Databases, demonstration: Image) -> Iterator[House]:
    """The demonstration as `make run` makes it."""
    with databases.copy_of(demonstration.file) as sessions:
        yield house_on(sessions, demonstration.definitions)


def test_demo__is_alive_and_made_once(house: House) -> None:
    with house.sessions.reading() as session:
        people = session.scalars(sa.select(Person)).unique().all()
        assert {person.name for person in people} == {name for name, *_ in STAFF}
        assert all(person.demo for person in people)
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 40
        counted = session.execute(sa.select(Instance.state, sa.func.count()).group_by(Instance.state)).all()
        states = {row[0]: row[1] for row in counted}
        assert states["running"] >= 20
        assert states["completed"] >= 8
        assert session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 0
        waiting = set(session.scalars(sa.select(Task.element).where(Task.state == OPEN)))
        assert {"check_documents", "investigate_a", "dept_review", "vote", "legal_review"} <= waiting
        overdue = sa.select(sa.func.count()).select_from(Task).where(Task.state == OPEN, Task.due_at < NOW)
        assert (session.scalar(overdue) or 0) > 0
        assert (session.scalar(sa.select(sa.func.count()).select_from(Notice)) or 0) > 0
        assert (session.scalar(sa.select(sa.func.count()).select_from(Loan)) or 0) >= 6
        assert {*session.scalars(sa.select(Complaint.state))} >= {"open", "closed"}
        assert {*session.execute(sa.select(Visit.kind, Visit.state))} >= {
            ("on_site", "done"),
            ("return", "done"),
            ("return", "due"),
        }
        assert {*session.scalars(sa.select(Prospect.state))} >= {"new", "talking", "lost"}
        assert {*session.scalars(sa.select(RegisterEntry.register))} == {"refusals", "not_disbursed"}
        assert {*session.execute(sa.select(Deputy.person, Deputy.deputy))} == {("he", "sun")}
        assert {"sign_receiving", "hear"} <= waiting
        assert all(verdict.problem is None for verdict in audit.verify(session))
        before = session.scalar(sa.select(sa.func.count()).select_from(Instance))
    assert create(house) is False
    with house.sessions.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Instance)) == before
    # By which way ever it was written: the index of the search agrees with every row.
    with house.step() as step:
        entries, wrong = rebuild(step.session)
    assert (entries > 100, wrong) == (True, 0)


def test_demo__identity_numbers_are_well_formed_and_distinct() -> None:
    numbers = [customer.id_number for customer in customers()]
    assert len(set(numbers)) == len(numbers) == 40
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for index in range(28):
        number = resident_id(index)
        total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
        assert "10X98765432"[total % 11] == number[17]
    assert all(len(credit_code(index)) == 18 for index in range(28, 40))
