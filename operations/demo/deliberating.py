"""The committee's work in the middle of it: a meeting that sits, one that is called, questions that go to
and fro, conditions in every state. Played on cases that wait at the right step.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.service import actors, tasks
from engine.service.attachments import FileStore
from engine.service.house import House, Step
from engine.service.opened import open_case_of
from models.meetings import PLANNED, Meeting
from models.queries.conditions import conditions_of
from models.questions import ReviewQuestion
from models.tasks import OPEN, Task
from operations import conditions, sittings
from operations.demo.answers import CONDITIONS, own_papers
from operations.demo.play import StandingClock
from operations.demo.scans import scan
from operations.documents import About, receive

_ASKED = "第二还款来源按什么口径测算？\n经营场所租期到哪一年？"
_ASKED_AGAIN = "#2 续租意向书没有出租方签章"
_REVIEW = {
    **dict.fromkeys(("docs_complete", "purpose_compliant", "limits_kept"), "yes"),
    "related_party": "no",
    "compliance_decision": "ask",
    "compliance_reasons": "请先答复所提问题",
}


def deliberate(house: House, clock: StandingClock, present: dt.datetime, store: FileStore | None) -> None:
    """Plays all of it, once; without a store no condition is claimed met, for nothing proves it."""
    clock.moment = present
    with house.sessions.reading() as session:
        if session.scalar(sa.select(ReviewQuestion.id).limit(1)) is not None:
            return
    _questions(house)
    _meetings(house, present)
    _conditions(house, store)


def _waiting(step: Step, element: str) -> list[Task]:
    query = sa.select(Task).where(Task.element == element, Task.state == OPEN)
    return list(step.session.scalars(query.order_by(Task.created_at, Task.id)))


def _complete(
    house: House, element: str, who: str, form: Mapping[str, Any], case: uuid.UUID | None = None
) -> uuid.UUID:
    """Somebody does the oldest open step of this kind, of one case or of any; which case it was."""
    with house.step() as step:
        found = [task for task in _waiting(step, element) if case in (None, task.instance_id)]
        task = next(task for task in found if task.assignee in (None, who))
        instance_id = task.instance_id
        papers = _papers_of(step, task) if element == "compliance_review" else {}
        tasks.complete(step, task.id, actors.load(step.session, who), {**papers, **form})
    return instance_id


def _papers_of(step: Step, task: Task) -> dict[str, Any]:
    """The desk's own checklist, all there."""
    token = open_case_of(step, task.id).token(task.id)
    return {} if token is None else own_papers("", step.now, token.data)


def _questions(house: House) -> None:
    """Two questions are answered; one answer does not do, and is asked for again."""
    case = _complete(house, "compliance_review", "he", {**_REVIEW, "questions": _ASKED})
    for words in ("按近两年经营净现金流的七成测算，底稿附后", "租期到明年三月，已有续租意向书"):
        with house.step() as step:
            who = next(task.assignee for task in _waiting(step, "answer_questions") if task.instance_id == case)
        _complete(house, "answer_questions", who or "", {"answers": words}, case)
    _complete(house, "compliance_review", "he", {**_REVIEW, "questions": _ASKED_AGAIN}, case)


def _meetings(house: House, present: dt.datetime) -> None:
    """The first meeting sits and has two votes; the last one is still to come, so that its agenda takes cases."""
    with house.step() as step:
        planned = list(step.session.scalars(sa.select(Meeting).where(Meeting.state == PLANNED).order_by(Meeting.id)))
        if len(planned) > 1:
            last = planned.pop()
            day = house.calendar.add(present, "P2D", "working").astimezone(house.calendar.zone)
            held_at = day.replace(hour=14, minute=0, second=0, microsecond=0)
            sittings.move(step, actors.load(step.session, last.secretary), last.number, held_at, last.place)
        if not planned:
            return
        first = planned[0]
        sittings.begin(step, actors.load(step.session, first.secretary), first.number)
        case = first.items[0].instance_id
        voters = [task.assignee for task in _waiting(step, "vote") if task.instance_id == case and task.assignee]
        for name in voters[:3]:
            sittings.attend(step, actors.load(step.session, name), first.number)
    for name, vote, words in zip(
        voters, ("for", "more"), ("现金流覆盖充足，抵押足值，同意", "请补充原粮库存盘点后再议"), strict=False
    ):
        _complete(house, "vote", name, {"vote": vote, "vote_reasons": words}, case)


def _conditions(house: House, store: FileStore | None) -> None:
    """One condition waits, one is claimed met, one is confirmed, one is waived by who decided."""
    with house.step() as step:
        shown = [
            task.instance_id
            for task in _waiting(step, "draft_contract")
            if [row.text for row in conditions_of(step.session, task.instance_id)] == list(CONDITIONS)
        ]
        if not shown:
            return
        case = shown[0]
        worker = conditions_of(step.session, case)[0].responsible or ""
        of = {name: actors.load(step.session, name) for name in (worker, "he", "rui")}
        conditions.see_to(step, of[worker], case, 1, "已向保险公司询价，下周出单")
        if store is not None:
            files = [("账户流水.pdf", scan("账户流水")), ("共同还款承诺书.pdf", scan("共同还款承诺书"))]
            papers = [found.document for found in receive(step, store, case, of[worker], files, About())]
            flow, promise = [paper.attachment_id for paper in papers if paper is not None]
            conditions.fulfil(step, of[worker], case, 2, "流水已打印，与申报收入一致", flow)
            conditions.fulfil(step, of[worker], case, 3, "承诺书已当面签署", promise)
            conditions.confirm(step, of["he"], case, 3)
        conditions.waive(step, of["rui"], case, 4, "租赁期覆盖贷款期限，续签不影响还款")
