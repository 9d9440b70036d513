"""What of securities ends becomes a task for the one who looks after the customer, once, and is renewed (LEG-4)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.packages import read_folder
from engine.scenario import Ports
from engine.service import tasks
from models.applications import Opinion
from models.cases import Instance
from models.security_papers import SecurityPaper
from models.tasks import OPEN, Task
from tests.engine.builder import Bench
from tests.operations.conftest import Case, furnish

WATCH = Path(__file__).parents[2] / "bpmn" / "expiry_watch"
RENEWED = {"renewal": "renewed", "new_number": "P-2", "new_from": "2026-04-01", "new_until": "2027-03-31"}


@pytest.fixture
def bench(ports: Ports) -> Bench:
    """The watch, with an application whose insurance ends on 31 March 2026, looked after by wang."""
    people = {"wang": ("account_manager",), "zhao": ("account_manager",), "root": ("admin",)}
    bench = Bench(read_folder(WATCH), people=people, operations=ports.operations)
    with bench.house.step() as step:
        _insured(step.session, step.now)
    return bench


def _insured(session: Session, now: dt.datetime) -> None:
    case = Case(session, furnish(session), now=now)
    number = case.register()
    case.actor = "wang"
    case.call("opinion.record", application_no=number, stage="investigation_a", opinion="for", reasons="可", facts={})
    case.call(
        "guarantee.register", application_no=number, kind="mortgage", certificate_no="1", registered_on="2026-01-06",
        authority_name="登记中心", notarised=False, item="住房一套", insurer="财险公司", policy_no="P-1",
        insured_until="2026-03-31",
    )  # fmt: skip
    assert session.scalars(sa.select(Opinion.person)).one() == "wang"


def open_tasks(bench: Bench) -> list[Task]:
    with bench.house.sessions.reading() as session:
        return list(session.scalars(sa.select(Task).where(Task.state == OPEN)))


def papers(bench: Bench) -> list[SecurityPaper]:
    with bench.house.sessions.reading() as session:
        return list(session.scalars(sa.select(SecurityPaper).order_by(SecurityPaper.id)))


def renew(bench: Bench, who: str, **changed: str) -> None:
    [task] = open_tasks(bench)
    with bench.house.step() as step:
        tasks.complete(step, task.id, bench.actor(who), {**RENEWED, **changed})


def test_the_account_manager_is_asked_once(bench: Bench):
    for _ in range(3):
        bench.advance(days=1)
    [task] = open_tasks(bench)
    assert (task.element, task.assignee) == ("renew", "wang")
    with bench.house.sessions.reading() as session:
        states = session.scalars(sa.select(Instance.state).order_by(Instance.created_at)).all()
    assert states == ["running", "completed", "completed"]


def test_a_renewal_ends_the_task_and_is_watched_in_turn(bench: Bench):
    bench.advance(days=1)
    renew(bench, "wang")
    assert open_tasks(bench) == []
    old, new = papers(bench)
    assert (old.renewed_by_id, new.number, new.valid_until) == (new.id, "P-2", dt.date(2027, 3, 31))
    for _ in range(4):
        bench.advance(days=95)
    assert [task.assignee for task in open_tasks(bench)] == ["wang"]


def test_what_renews_nothing_is_told_and_changes_nothing(bench: Bench):
    bench.advance(days=1)
    with pytest.raises(Refused, match="must lie behind 2026-03-31") as refused:
        renew(bench, "wang", new_until="2026-03-31")
    assert refused.value.rule == "form_invalid"
    assert len(open_tasks(bench)) == len(papers(bench)) == 1


def test_nobody_else_renews_it(bench: Bench):
    bench.advance(days=1)
    with pytest.raises(Refused):
        renew(bench, "zhao")
