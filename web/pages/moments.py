"""Money and moments as people write them, in the language of the page and the zone of the institution."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask import Flask
from flask_babel import gettext, ngettext

from web.context import house
from web.language import language
from web.pages.marking import marked

_SOON = dt.timedelta(hours=4)
_NEAR_DAYS = 6
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def init_filters(app: Flask) -> None:
    """Makes `money`, `when`, `day`, `percent`, `size` and `marked` filters of all templates."""
    app.jinja_env.filters.update(money=money, when=when, day=day, percent=percent, size=size, marked=marked)


def money(amount: Decimal | int | None) -> str:
    """An amount with two decimals and separators of thousands; a dash for none."""
    return "—" if amount is None else f"{Decimal(amount):,.2f}"


def percent(rate: Decimal | None, places: int = 2) -> str:
    """A fraction as percent: `Decimal("0.054")` is 5.40%."""
    return "—" if rate is None else f"{rate * 100:,.{places}f}%"


def size(number: int) -> str:
    """A number of bytes for people."""
    for unit in ("B", "KB", "MB"):
        if number < 1024 or unit == "MB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number = number / 1024  # type: ignore[assignment]
    return ""


def now() -> dt.datetime:
    """The present moment, in the institution's zone."""
    return house().clock.now().astimezone(house().calendar.zone)


def local(moment: dt.datetime) -> dt.datetime:
    """A moment in the institution's zone."""
    return moment.astimezone(house().calendar.zone)


def at_midnight(date: dt.date) -> dt.datetime:
    """When a day begins in the institution's zone."""
    return dt.datetime.combine(date, dt.time(), house().calendar.zone)


def at_home(moment: dt.datetime) -> dt.datetime:
    """A moment that was written without a zone, in the institution's."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=house().calendar.zone)


def day(value: dt.date | dt.datetime | None) -> str:
    """A day in full: 2026-03-27 周五."""
    if value is None:
        return "—"
    date = local(value).date() if isinstance(value, dt.datetime) else value
    return f"{date.isoformat()} {_weekday(date)}"


def when(moment: dt.datetime | None) -> str:
    """A moment, relative while it is near: 今天 18:00, 明天 10:00, 周五 11:00, then 03-27, 2025-03-27."""
    if moment is None:
        return "—"
    there, today = local(moment), now().date()
    time, days = f"{there:%H:%M}", (there.date() - today).days
    if days in (-1, 0, 1):
        words = {-1: gettext("昨天 %(time)s"), 0: gettext("今天 %(time)s"), 1: gettext("明天 %(time)s")}[days]
        return words % {"time": time}
    if 0 < days <= _NEAR_DAYS:
        return f"{_weekday(there.date())} {time}"
    if there.year == today.year:
        return f"{there:%m-%d %H:%M}"
    return there.date().isoformat()


def span(length: dt.timedelta) -> str:
    """How long something takes or took, by its largest unit."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", max(minutes, 1))
    if minutes < 24 * 60:
        return ngettext("%(num)d 小时", "%(num)d 小时", minutes // 60)
    return ngettext("%(num)d 天", "%(num)d 天", minutes // (24 * 60))


def due_state(
    due_at: dt.datetime | None, follow_up_at: dt.datetime | None = None, paused_at: dt.datetime | None = None
) -> tuple[str, str]:
    """The state and the words that the `due` macro shows for an open step."""
    present = now()
    if paused_at is not None:
        return "paused", gettext("已停表")
    if due_at is None:
        if follow_up_at is not None and follow_up_at > present:
            return "follow_up", gettext("%(when)s 跟进", when=when(follow_up_at))
        return "later", gettext("没有期限")
    there = local(due_at)
    if due_at <= present:
        return "overdue", gettext("逾期 %(span)s", span=span(present - due_at))
    if due_at - present <= _SOON:
        words = gettext("%(when)s 到期") % {
            "when": f"{there:%H:%M}" if there.date() == present.date() else when(due_at)
        }
        return "soon", words
    if there.date() == present.date():
        return "today", gettext("%(when)s 到期", when=f"{there:%H:%M}")
    return "later", when(due_at)


def due_group(due_at: dt.datetime | None) -> str:
    """Under which head a list shows a step: overdue, today, tomorrow, week, later, none."""
    if due_at is None:
        return "none"
    present = now()
    if due_at <= present:
        return "overdue"
    days = (local(due_at).date() - present.date()).days
    if days <= 1:
        return "tomorrow" if days else "today"
    return "week" if days <= 6 - present.weekday() else "later"


def _weekday(date: dt.date) -> str:
    return _WEEKDAYS[language()][date.weekday()]
