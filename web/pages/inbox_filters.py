"""The conditions of the inbox, read from the address and offered as menus of addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from engine.service.definitions import Compiled
from models.definitions import Definition
from models.people import Unit
from models.queries import inbox, staff
from models.queries import tasks as task_lists
from models.queries.cases import latest_definitions
from models.tasks import Task
from web.context import actor, house, reading
from web.pages.addresses import here, option, wanted
from web.pages.moments import at_midnight, now
from web.pages.task_rows import amount_of
from web.pages.vocabulary import Vocabulary
from web.viewing import viewer_of

_MOST_PROCESSES = 100
_AMOUNTS: dict[str, tuple[Decimal | None, Decimal | None]] = {
    "-100000": (None, Decimal(100_000)),
    "100000-500000": (Decimal(100_000), Decimal(500_000)),
    "500000-": (Decimal(500_000), None),
}
CONDITIONS = ("due", "process", "unit", "amount", "q", "sort")
"""What the address of a tab may ask for, but for the page."""
SORTS = ("due_at", "-priority", "created_at", "-created_at")

Keep = Callable[[list[Task]], list[Task]]


def narrowed(query: task_lists.Tasks) -> task_lists.Tasks:
    """The tasks of `query` that fit the address: `due`, `process`, `unit`, `q`."""
    query = _due(query, wanted("due"))
    process, unit, words = wanted("process"), wanted("unit"), wanted("q")
    if process:
        query = task_lists.filtered(query, definition=process)
    if unit:
        found = next((item for item in _units() if str(item.id) == unit), None)
        query = query.where(sa.false()) if found is None else inbox.in_unit(query, found)
    return inbox.about(query, words) if words else query


def by_amount() -> Keep | None:
    """Which tasks of a batch fit the address's `amount`, or None when it has none. Facts are judged outside SQL."""
    bounds = _AMOUNTS.get(wanted("amount") or "")
    if bounds is None:
        return None
    least, below = bounds

    def fits(task: Task) -> bool:
        amount = amount_of(task.instance.facts)
        return amount is not None and (least is None or amount >= least) and (below is None or amount < below)

    return lambda tasks: [task for task in tasks if fits(task)]


def wanted_sort() -> str:
    """The order that the address asks for; an unknown one is that of the due times."""
    asked = wanted("sort")
    return asked if asked in SORTS else SORTS[0]


def menus(*, with_due: bool = True, with_follow_up: bool = False) -> list[dict[str, Any]]:
    """The menus of conditions: label, options, and the address without the condition."""
    made = [
        _menu(gettext("流程"), "process", [(words, key) for key, words in processes_with_steps()]),
        _menu(gettext("机构"), "unit", [(unit.name, str(unit.id)) for unit in _units()]),
        _menu(
            gettext("金额"),
            "amount",
            [
                (gettext("10 万以下"), "-100000"),
                (gettext("10 万至 50 万"), "100000-500000"),
                (gettext("50 万以上"), "500000-"),
            ],
        ),
    ]
    due = _menu(
        gettext("到期"),
        "due",
        [
            (gettext("已逾期"), "overdue"),
            (gettext("今天"), "today"),
            (gettext("三天内"), "3d"),
            (gettext("本周"), "week"),
            (gettext("没有期限"), "none"),
            *([(gettext("到跟进日的"), "follow_up")] if with_follow_up else []),
        ],
    )
    return [menu for menu in ([due, *made] if with_due else made) if len(menu["options"]) > 1 or menu["chosen"]]


def sort_menu() -> list[dict[str, Any]]:
    """The orders one can choose."""
    labels = (gettext("到期先后"), gettext("优先级"), gettext("收到先后"), gettext("最近收到"))
    made = [option(label, "sort", key) for label, key in zip(labels, SORTS, strict=True)]
    made[0]["current"] = wanted_sort() == SORTS[0]
    return made


def processes() -> list[tuple[str, str]]:
    """Key and title of each deployed process in whose package the person has a part."""
    return [(found.key, Vocabulary(found).process) for found in _open_to_me()]


def processes_with_steps() -> list[tuple[str, str]]:
    """Those of them whose cases bring people work."""
    return [(found.key, Vocabulary(found).process) for found in _open_to_me() if found.has_steps_of_people]


def _open_to_me() -> list[Compiled]:
    viewer = viewer_of(reading(), actor())
    query = latest_definitions().order_by(Definition.key).limit(_MOST_PROCESSES)
    if not viewer.reads_everything:
        query = query.where(Definition.id.in_(list(viewer.definition_ids)))
    return [house().definitions.get(reading(), item.id) for item in reading().scalars(query)]


def _units() -> list[Unit]:
    return list(staff.units_within(reading(), actor().unit_path))


def _menu(label: str, name: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "label": label,
        "options": [option(words, name, value) for words, value in options],
        "clear": here(**{name: None}),
        "chosen": wanted(name),
    }


def _due(query: task_lists.Tasks, asked: str | None) -> task_lists.Tasks:
    present = now()
    today = at_midnight(present.date())
    match asked:
        case "overdue":
            return inbox.due_between(query, None, present)
        case "today":
            return inbox.due_between(query, today, _days_on(today, 1))
        case "3d":
            return inbox.due_between(query, None, _days_on(today, 3))
        case "week":
            return inbox.due_between(query, None, _days_on(today, 7 - today.weekday()))
        case "none":
            return inbox.without_due(query)
        case "follow_up":
            return inbox.followed_up_before(query, _days_on(today, 1))
    return query


def tonight() -> dt.datetime:
    """When today ends."""
    return _days_on(at_midnight(now().date()), 1)


def _days_on(midnight: dt.datetime, days: int) -> dt.datetime:
    return at_midnight(midnight.date() + dt.timedelta(days=days))
