"""Internal audit reads everything and changes nothing (GOV-6): every call that would change a case is refused."""

import pytest
import sqlalchemy as sa

from models.cases import CaseEvent
from models.tasks import Task

REASON = {"reason": "稽核"}
OF_A_TASK = {
    "claim": {},
    "release": {},
    "complete": {"form": {}},
    "delegate": {"to": "wang"},
    "transfer": {"to": "wang", **REASON},
    "return": {"to": "prepare", **REASON},
    "cosign": {"who": ["wang"], "when": "before", **REASON},
    "pause": REASON,
    "resume": {},
    "withdraw": {},
}
OF_A_CASE = {
    "cancel": REASON,
    "jump": {"token": "prepare", "to": "approve", **REASON},
    "skip": {"token": "prepare", **REASON},
    "cancel-branch": {"token": "prepare", **REASON},
    "variables": {"variables": {"amount": 1}, **REASON},
}


def done_so_far(house):
    """What a change would change: tasks, and events other than refusals."""
    with house.sessions.reading() as session:
        tasks = session.execute(sa.select(Task.id, Task.state, Task.assignee).order_by(Task.id)).all()
        events = session.execute(sa.select(CaseEvent.seq).where(CaseEvent.kind != "refused")).all()
    return tasks, events


@pytest.mark.parametrize("action", OF_A_TASK)
def test_no_task_is_changed(as_, start, task_of, house, action):
    task = task_of(start(), "prepare")["id"]
    before = done_so_far(house)
    assert as_("audit").get(f"/tasks/{task}").status_code == 200
    assert as_("audit").post(f"/tasks/{task}/{action}", OF_A_TASK[action]).status_code in (403, 409)
    assert done_so_far(house) == before


@pytest.mark.parametrize("action", OF_A_CASE)
def test_no_case_is_changed(as_, start, house, action):
    case = start()["id"]
    before = done_so_far(house)
    assert as_("audit").get(f"/instances/{case}").status_code == 200
    assert as_("audit").post(f"/instances/{case}/{action}", OF_A_CASE[action]).status_code == 403
    assert done_so_far(house) == before


def test_nothing_else_is_started_sent_or_arranged(as_):
    audit = as_("audit")
    assert audit.post("/definitions/review/instances", {"variables": {}}).status_code == 403
    assert audit.post("/messages", {"name": "papers_in", "correlation": {"nr": "1"}}).status_code == 403
    fetch = {"worker": "w", "topics": ["valuation"], "lock": "PT1M"}
    assert audit.post("/external-tasks/fetch", fetch).status_code == 403
    week = {"from": "2026-03-02", "until": "2026-03-06", "reason": "休假"}
    assert audit.post("/deputies", {"person": "li", "deputy": "qian", **week}).status_code == 403
