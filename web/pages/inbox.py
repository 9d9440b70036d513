"""The inbox: what I have, what my roles could take, what the cases that I follow wait for, what I did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from sqlalchemy.orm import joinedload

from models.cases import Instance
from models.queries import following, inbox, notices, staff
from models.queries import tasks as task_lists
from models.queries.paging import BadCursor, Order, Page, fetch_page, order_by
from models.tasks import OPEN, Notice, Task
from web import able
from web.context import actor, house, person, reading, step
from web.pages import inbox_filters, saved_filters
from web.pages.addresses import here, wanted
from web.pages.history import rule_name
from web.pages.moments import now
from web.pages.task_rows import TaskRow, case_number, group_label, rows_of, subject_of, with_withdrawals
from web.pages.vocabulary import Vocabulary
from web.security.sessions import safe_next
from web.viewing import claimable, deputised, done_for, standings, viewer_of

blueprint = Blueprint("inbox", __name__)

_PAGE = 50
_FEW = 3


@blueprint.get("/")
@login_required
def home() -> ResponseReturnValue:
    """The first page is the inbox; whoever has nothing in hand sees what there is to take."""
    has_something = reading().execute(_mine().limit(1)).first() is not None
    return redirect(url_for("inbox.mine" if has_something else "inbox.roles"))


@blueprint.get("/inbox")
@login_required
def mine() -> ResponseReturnValue:
    """What I have to do."""
    return _page("mine", _mine(), _order(), inbox_filters.by_amount())


def _mine() -> Any:
    return task_lists.filtered(task_lists.mine(task_lists.all_tasks(), actor().name), state="open")


@blueprint.get("/inbox/roles")
@login_required
def roles() -> ResponseReturnValue:
    """What nobody has and I could claim: the same rules as the REST interface's `candidate=1`."""
    who, fits = actor(), inbox_filters.by_amount()

    def keep(batch: list[Any]) -> list[Any]:
        return claimable(reading(), who, fits(batch) if fits else batch)

    return _page("roles", _offered(), _order(), keep)


def _offered() -> Any:
    who = actor()
    few = task_lists.offers_are_few(reading(), who.roles, who.unit_path)
    return task_lists.offered_to(task_lists.all_tasks(), who.roles, who.unit_path, few=few)


@blueprint.get("/inbox/deputy")
@login_required
def deputy() -> ResponseReturnValue:
    """What I could do today for those for whom I stand in: what they have, and what their roles offer."""
    who, fits = actor(), inbox_filters.by_amount()

    def keep(batch: list[Any]) -> list[Any]:
        return deputised(reading(), who, fits(batch) if fits else batch)

    return _page("deputy", _of_the_absent(), _order(), keep)


def _of_the_absent() -> Any:
    return task_lists.of_the_absent(task_lists.all_tasks(), standings(reading(), actor()))


@blueprint.get("/inbox/watching")
@login_required
def watching() -> ResponseReturnValue:
    """What the cases wait for that I follow and may still see."""
    return _page("watching", _watched(), _order(), inbox_filters.by_amount())


def _watched() -> Any:
    visible = task_lists.in_visible_cases(task_lists.all_tasks(), viewer_of(reading(), actor()))
    return following.watched_by(visible, actor().name)


@blueprint.get("/inbox/done")
@login_required
def done() -> ResponseReturnValue:
    """What I did, the latest first."""
    selected = inbox.done_by(task_lists.all_tasks(), actor().name)
    return _page("done", selected, inbox.DONE_LAST_FIRST, inbox_filters.by_amount())


@blueprint.post("/notices/<int:notice_id>/read")
@login_required
def read_notice(notice_id: int) -> ResponseReturnValue:
    """Takes a notice that was for me alone off my list."""
    if notice_id >= 2**31:
        abort(404)
    with step() as s:
        notices.mark_read(s.session, notice_id, person().name, s.now)
    return redirect(safe_next(request.form.get("next"), url_for("inbox.mine")))


def _order() -> Order:
    return order_by(inbox_filters.wanted_sort(), task_lists.SORTS, task_lists.ID)


def _page(tab: str, selected: task_lists.Tasks, order: Order, keep: Any) -> str:
    try:
        page = fetch_page(reading(), inbox_filters.narrowed(selected), order, wanted("cursor", 500), _PAGE, keep)
    except BadCursor:
        abort(400)
    names = done_for(reading(), actor(), page.items) if tab == "deputy" else {}
    rows = rows_of(page.items, names)
    if tab == "done":
        rows = with_withdrawals(rows)
    return render_template(
        "inbox/index.html",
        tab=tab,
        groups=_groups(rows) if order.name == "due_at" else [(None, rows)],
        number=len(rows),
        tabs=_tabs(tab),
        menus=inbox_filters.menus(with_due=tab != "done", with_follow_up=tab == "mine"),
        chips=saved_filters.chips(tab),
        conditions=saved_filters.conditions_shown(),
        colleagues=_colleagues() if tab in ("mine", "roles") and rows else [],
        today=now().date(),
        sorts=[] if tab == "done" else inbox_filters.sort_menu(),
        narrowed=any(wanted(name) for name in ("due", "process", "unit", "amount", "q")),
        sub=_overview() if tab == "mine" else "",
        notices=_notices() if tab != "done" else [],
        **_paging(page),
    )


def _paging(page: Page) -> dict[str, Any]:
    return {
        "next": None if page.next_cursor is None else here(cursor=page.next_cursor),
        "first": here() if wanted("cursor", 500) else None,
    }


def _groups(rows: Sequence[TaskRow]) -> list[tuple[str | None, list[TaskRow]]]:
    return [(group_label(group), list(members)) for group, members in groupby(rows, lambda row: row.group)]


def _colleagues() -> list[tuple[str, str]]:
    found = staff.colleagues(reading(), actor().name, actor().unit_path)
    return [(other.name, f"{other.title} ({other.name})" if other.title else other.name) for other in found]


def _tabs(tab: str) -> list[dict[str, Any]]:
    counted = {
        "mine": inbox.capped(inbox.count_mine(reading(), actor().name)),
        "roles": _count_fitting(_offered(), claimable),
        "watching": inbox.capped(inbox.count(reading(), _watched())),
    }
    labels = {
        "mine": gettext("我的"),
        "roles": gettext("我的岗位"),
        "deputy": gettext("代办"),
        "watching": gettext("跟踪"),
        "done": gettext("已办"),
    }
    if standings(reading(), actor()):
        counted["deputy"] = _count_fitting(_of_the_absent(), deputised)
    elif tab != "deputy":
        del labels["deputy"]
    return [
        {
            "label": label,
            "url": url_for(f"inbox.{name}"),
            "count": counted.get(name),
            "current": name == tab,
        }
        for name, label in labels.items()
    ]


def _count_fitting(query: task_lists.Tasks, judge: Any) -> str:
    """How many I could do: exact while there are no more than are judged at once, else at least so many."""
    some = list(reading().scalars(query.limit(inbox.MOST_COUNTED)))
    fitting = len(judge(reading(), actor(), some))
    return f"{fitting}+" if len(some) == inbox.MOST_COUNTED else str(fitting)


def _overview() -> str:
    overdue = inbox.count_mine(reading(), actor().name, now())
    until_tonight = inbox.count_mine(reading(), actor().name, inbox_filters.tonight())
    if not until_tonight:
        return gettext("今天没有到期的")
    return gettext("已逾期 %(late)s，今天到期 %(today)s", late=overdue, today=until_tonight - overdue)


_NAMING = ("disagreed", "signer_recused")
"""Kinds of notices whose text begins with somebody's name."""


def _notices() -> list[dict[str, Any]]:
    found = notices.unread(reading(), viewer_of(reading(), actor()), actor().roles)
    said = (row.Notice.text.partition(": ")[0] for row in found if row.Notice.kind in _NAMING)
    titles = staff.titles_of(reading(), said)
    sent = notices.templates_of(reading(), (row.Notice.outgoing_notice_id for row in found))
    return [_notice(row.Notice, row.Instance, titles, sent) for row in found]


def _notice(notice: Notice, instance: Instance, titles: Mapping[str, str], sent: Mapping[int, str]) -> dict[str, Any]:
    words = Vocabulary(house().definitions.get(reading(), instance.definition_id))
    name, _, comment = notice.text.partition(": ")
    said = {
        "returned": gettext("已退回：%(text)s", text=notice.text),
        "disagreed": gettext("%(who)s 加签不同意：%(text)s", who=titles.get(name, name), text=comment),
        "hindered": gettext("加签的人都同意了，但还不能办完：%(rule)s", rule=rule_name(notice.text)),
        "mention": gettext("提到了您：%(text)s", text=notice.text),
        "overdue": gettext("%(task)s 已逾期，请督办", task=words.text(notice.text)),
        "assigned": gettext("指派给您：%(task)s", task=words.text(notice.text)),
        "signer_recused": gettext(
            "%(who)s 须回避，不能加签 %(task)s，请另请他人", who=titles.get(name, name), task=words.text(comment)
        ),
        "nobody_left": gettext("%(task)s 没有可以接办的人，请指派或上报", task=words.text(notice.text)),
        "reassigned": gettext("%(task)s 逾期后转到您的岗位", task=words.text(notice.text)),
    }
    if notice.kind == "recused":
        said["recused"] = _recused(notice, words)
    url = url_for("cases.show", instance_id=instance.id)
    if notice.task_id is not None and notice.kind != "mention":
        url = url_for("tasks.show", task_id=notice.task_id)
    elif notice.kind == "told":
        text = words.definition.package.notices.get(sent.get(notice.outgoing_notice_id or 0, ""))
        url = url_for("cases.show", instance_id=instance.id, _anchor="told")
        if text is not None and text.page == "brief":
            url = url_for("brief.show", instance_id=instance.id)
    return {
        "id": notice.id,
        "words": said.get(notice.kind) or words.text(notice.text),
        "at": notice.created_at,
        "case": case_number(instance),
        "subject": subject_of(instance),
        "mine": notice.person is not None,
        "kind": notice.kind,
        "url": url,
    }


def _recused(notice: Notice, words: Vocabulary) -> str:
    """Who must stand back from a step, and who could do it instead."""
    name = words.text(notice.text)
    task = reading().get(Task, notice.task_id, options=[joinedload(Task.instance)])
    others = able.who_could(task, besides=notice.person, most=_FEW) if task is not None and task.state == OPEN else []
    who = gettext("、").join(person.title or person.name for person in others)
    if notice.person is None:
        told = gettext("%(task)s 的办理人须回避，请改派", task=name)
    else:
        told = gettext("您与当事人有关系或已声明冲突，须回避 %(task)s，不能再办", task=name)
    return gettext("%(told)s；可由 %(who)s 接办", told=told, who=who) if who else told
