"""Tasks as rows of lists: what a person needs to choose the next one, from rows alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from models.cases import Instance
from models.queries import inbox, moving, staff
from models.queries.meetings import before_the_committee
from models.tasks import OPEN, Task
from operations import sittings
from web.context import actor, house, reading
from web.pages.moments import due_group, due_state, local
from web.pages.vocabulary import Vocabulary


@dataclass(frozen=True)
class TaskRow:
    """One task with everything its row shows; `due` is the state and words of the `due` macro."""

    task: Task
    name: str
    duties: tuple[str, ...]
    due: tuple[str, str]
    group: str
    subject: str
    amount: Decimal | None
    case: str
    process: str
    unit: str
    assignee: str
    mine: bool
    roles: str
    files: int
    remarks: int
    escalated: int
    follow_up: str
    stands_for: str = ""
    """In whose name it was or would be done: whose deputy does it, or who delegated it."""
    returned: str = ""
    """Why it came back."""
    meeting: str = ""
    """The meeting before which the case is meanwhile, by number."""
    may_be_withdrawn: bool = False
    """Whether it could perhaps still be withdrawn by who completed it; the engine judges."""


def rows_of(tasks: Iterable[Task], stands_for: Mapping[uuid.UUID, str] | None = None) -> list[TaskRow]:
    """The rows of one page, with a fixed number of queries. `stands_for`: in whose name the reader would do them."""
    page = list(tasks)
    units = staff.unit_names(reading(), (task.unit_id for task in page))
    names = {task.id: (stands_for or {}).get(task.id) or _for_whom(task) for task in page}
    titles = staff.titles_of(reading(), (*(task.completed_by or task.assignee for task in page), *names.values()))
    marks = inbox.marks_of(reading(), (task.instance_id for task in page))
    returned = moving.return_reasons(reading(), (task for task in page if task.state == OPEN))
    meetings = meetings_of(page)
    return [
        replace(
            _row(task, units, titles, marks),
            returned=returned.get(task.id, ""),
            stands_for=titles.get(names[task.id] or "", ""),
            meeting=meetings.get(task.instance_id, "") if task.state == OPEN else "",
        )
        for task in page
    ]


def meetings_of(tasks: Iterable[Task]) -> dict[uuid.UUID, str]:
    """By case, the meeting before which it is while these tasks wait, if the reader may see the meeting."""
    ids = {task.instance_id for task in tasks if task.state == OPEN}
    return before_the_committee(reading(), actor().name, sittings.overseen(actor()), ids) if ids else {}


def _for_whom(task: Task) -> str | None:
    return task.owner if task.state == OPEN and task.owner != task.assignee else task.completed_for


def with_withdrawals(rows: Iterable[TaskRow]) -> list[TaskRow]:
    """The rows of what somebody has done, with what could perhaps be withdrawn, in one query."""
    page = list(rows)
    fresh = moving.untouched(reading(), (row.task for row in page))
    return [replace(row, may_be_withdrawn=row.task.id in fresh and _is_withdrawable(row.task)) for row in page]


def may_be_withdrawn(task: Task) -> bool:
    """Whether a completed step could perhaps still be withdrawn, from rows alone."""
    return _is_withdrawable(task) and task.id in moving.untouched(reading(), [task])


def _is_withdrawable(task: Task) -> bool:
    element = house().definitions.get(reading(), task.instance.definition_id).element(task.process, task.element)
    single = element.loop is None and element.work.operation is None
    return element.human.moves.withdraw and single and task.instance.ended_at is None


def _row(task: Task, units: Mapping[int, str], titles: Mapping[str, str], marks: inbox.Marks) -> TaskRow:
    definition = house().definitions.get(reading(), task.instance.definition_id)
    words = Vocabulary(definition)
    holder = task.completed_by or task.assignee
    return TaskRow(
        task=task,
        name=words.text(task.name),
        duties=definition.element(task.process, task.element).human.duties,
        due=due_state(task.due_at, task.follow_up_at, task.paused_at),
        group=due_group(task.due_at),
        subject=subject_of(task.instance),
        amount=amount_of(task.instance.facts),
        case=case_number(task.instance),
        process=words.process,
        unit=units.get(task.unit_id, ""),
        assignee=titles.get(holder or "", ""),
        roles=words.roles(role for role in (task.role or "").split(",") if role),
        mine=task.state == OPEN and task.assignee == actor().name,
        files=marks.files[task.instance_id],
        remarks=marks.remarks[task.instance_id],
        escalated=len(task.escalated),
        follow_up=f"{local(task.follow_up_at):%m-%d}" if task.follow_up_at and task.state == OPEN else "",
    )


def subject_of(instance: Instance) -> str:
    """Whom a case is about: the customer's name, else the first of its search variables that is text."""
    facts = instance.facts
    if isinstance(facts.get("customer_name"), str):
        return str(facts["customer_name"])
    texts = (value for value in facts.values() if isinstance(value, str) and value != instance.business_key)
    return next(texts, "")


def amount_of(facts: Mapping[str, Any]) -> Decimal | None:
    """The amount a case is about, in CNY, if the package lets it be searched for."""
    value = facts.get("amount")
    return Decimal(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None


def case_number(instance: Instance) -> str:
    """What people call a case by: its business key, else the beginning of its id."""
    return instance.business_key or instance.id.hex[:8]


def group_label(group: str) -> str:
    """The head of a group of rows."""
    labels = {
        "overdue": gettext("已逾期"),
        "today": gettext("今天"),
        "tomorrow": gettext("明天"),
        "week": gettext("本周内"),
        "later": gettext("以后"),
        "none": gettext("没有期限"),
    }
    return labels[group]
