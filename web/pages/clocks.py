"""The limits of a case as clocks: REV-1, REV-2, the sending of the main facts (INV-8), the validity of its approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext, ngettext

from models.resolutions import Resolution
from models.tasks import COMPLETED, OPEN, STEP, Task
from web.context import house
from web.pages.moments import at_midnight, local, now
from web.pages.vocabulary import Vocabulary

SHOWN = ("REV-1", "REV-2")
"""Duties whose limits are shown for the whole case; every task shows its own."""
SENDING = "INV-8"
SENDING_TIME = "main_facts_time"
"""The parameter of a package that says within which working time the main facts are sent."""
_USUAL_SENDING = "P1D"
_NEARLY = 0.8
"""From this part of the time on, a clock warns."""


@dataclass(frozen=True)
class Clock:
    """One limit: `used` is the part of the time that is gone, 0 to 1; `state` is empty, `warn` or `danger`."""

    label: str
    words: str
    used: float
    note: str
    state: str


def clocks(steps: Sequence[Task], approval: Resolution | None, words: Vocabulary, waiting: bool) -> list[Clock]:
    """The latest round of each step with such a limit, then the approval while something still waits for it."""
    latest: dict[str, Task] = {}
    for task in steps:
        if task.due_at is not None and task.kind == STEP and {*SHOWN, SENDING} & _duties(task, words):
            latest[task.element] = task
    found = [_of_step(task, words) for task in latest.values()]
    found += [_of_sending(task, words) for task in latest.values() if SENDING in _duties(task, words)]
    if approval is not None and approval.valid_until is not None and waiting:
        found.append(_of_approval(approval))
    return found


def _duties(task: Task, words: Vocabulary) -> set[str]:
    return set(words.definition.element(task.process, task.element).human.duties)


def _of_sending(task: Task, words: Vocabulary) -> Clock:
    """Both reports are in when the step begins whose end sends the main facts: from then on it counts (INV-8)."""
    given = words.definition.package.manifest.parameters.get(SENDING_TIME)
    limit = given.default if given is not None else None
    due = house().calendar.add(task.created_at, limit or _USUAL_SENDING, "working")
    clock = _until(task, due, gettext("主要情况送达贷审会成员"))
    return replace(clock, words=gettext("已送达") + " · " + clock.words) if task.state == COMPLETED else clock


def _of_step(task: Task, words: Vocabulary) -> Clock:
    assert task.due_at is not None
    return _until(task, task.due_at, words.element(task.element))


def _until(task: Task, due: dt.datetime, label: str) -> Clock:
    end = now() if task.state == OPEN else task.closed_at or due
    if task.paused_at is not None:
        end = task.paused_at
    used = _part(task.created_at, due, end)
    if task.state != OPEN:
        said = gettext("按时办完") if end <= due else gettext("超时 %(long)s", long=_long(end - due))
    elif task.paused_at is not None:
        said = gettext("已停表")
    elif end <= due:
        said = gettext("还有 %(long)s", long=_long(due - end))
    else:
        said = gettext("超时 %(long)s", long=_long(end - due))
    late = end > due
    warns = task.state == OPEN and used >= _NEARLY
    note = gettext("期限 %(when)s", when=f"{local(due):%m-%d %H:%M}")
    return Clock(label, said, used, note, "danger" if late else "warn" if warns else "")


def _of_approval(approval: Resolution) -> Clock:
    assert approval.valid_until is not None
    over = at_midnight(approval.valid_until + dt.timedelta(days=1))
    left = (over - now()).days
    used = _part(approval.recorded_at, over, now())
    said = ngettext("剩 %(num)d 天", "剩 %(num)d 天", left) if now() < over else gettext("已失效")
    until = gettext("%(number)s 有效至 %(day)s", number=approval.number, day=approval.valid_until)
    note = until if approval.extended_from is None else gettext(
        "%(until)s，已由 %(day)s 延期一次", until=until, day=approval.extended_from
    )  # fmt: skip
    state = "danger" if now() >= over else "warn" if used >= _NEARLY else ""
    return Clock(gettext("批复有效期"), said, used, note, state)


def _part(begun: dt.datetime, due: dt.datetime, end: dt.datetime) -> float:
    whole = (due - begun).total_seconds()
    return 1.0 if whole <= 0 else min(max((end - begun).total_seconds() / whole, 0.0), 1.0)


def _long(length: dt.timedelta) -> str:
    """Days from two on, hours and minutes below."""
    minutes = int(length.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return gettext("%(n)s 天", n=minutes // (24 * 60))
    if minutes >= 60:
        return gettext("%(h)s 小时 %(m)s 分", h=minutes // 60, m=minutes % 60)
    return gettext("%(n)s 分", n=minutes)
