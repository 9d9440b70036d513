"""Functions of days and of the present."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from engine.feel import wide
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.runtime import Runtime

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now", "")
def _now(runtime: Runtime) -> datetime:
    if runtime.now is None:
        raise Fault("the time is not known here")
    return runtime.now.astimezone(runtime.zone) if runtime.zone is not None else runtime.now


@builtin("today", "")
def _today(runtime: Runtime) -> date:
    return _now(runtime).date()


@builtin("day of year", "date: day")
def _day_of_year(day: date) -> Decimal:
    return Decimal(wide.split(day)[1].timetuple().tm_yday)


@builtin("day of week", "date: day")
def _day_of_week(day: date) -> str:
    return _DAYS[day.isoweekday() - 1]


@builtin("month of year", "date: day")
def _month_of_year(day: date) -> str:
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: day")
def _week_of_year(day: date) -> Decimal:
    return Decimal(wide.split(day)[1].isocalendar().week)
