"""The plan by which a draw is repaid: due days within the term, moved off holidays as the product says, and amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from engine.ports import Calendar
from lending.dates import add_months, due_days
from lending.daycount import DayCount
from lending.durations import Duration, parse_duration
from lending.errors import InvalidField
from lending.schedule import Method, Schedule, Terms, build_schedule
from operations.declaring import refuse


def plan(
    amount: Decimal,
    calendar: Calendar,
    *,
    annual_rate: Decimal,
    start: dt.date,
    term_months: int,
    every: str,
    repayment_method: str,
    day_count: str,
    due_day_rule: str,
    maturity: dt.date | None,
) -> Schedule:
    """The schedule from `start` over the term, or to `maturity` where a later draw ends with the first.

    Raises `Invalid` that names the input.
    """
    try:
        last = maturity or _term_end(start, term_months)
        due = _due_dates(start, last, parse_duration(every))
        if due_day_rule == "next_working_day":
            due = rolled(due, calendar)
        return build_schedule(
            Terms(
                principal=amount,
                annual_rate=annual_rate,
                start=start,
                due_dates=due,
                method=Method(repayment_method),
                day_count=DayCount(day_count),
            )
        )
    except InvalidField as invalid:
        field = "every" if invalid.field.startswith("due_dates") else invalid.field
        raise refuse(field, invalid.problem) from None


def rolled(days: Sequence[dt.date], calendar: Calendar) -> tuple[dt.date, ...]:
    """Each day, or the next working day after it; days that meet become one."""
    return tuple(dict.fromkeys(next_working_day(day, calendar) for day in days))


def next_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """The day itself when people work on it, else the next on which they do."""
    while not calendar.is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def _term_end(start: dt.date, term_months: int) -> dt.date:
    try:
        return add_months(start, term_months)
    except OverflowError:
        raise InvalidField("term_months", "lead beyond the year 9999") from None


def _due_dates(start: dt.date, maturity: dt.date, every: Duration) -> tuple[dt.date, ...]:
    """The due days within the term, and its last day: a period that does not divide the term ends early."""
    shortest = every.months * 28 + every.weeks * 7 + every.days
    most = (maturity - start).days // shortest + 1
    try:
        candidates = due_days(start, every, most)
    except InvalidField:
        raise InvalidField("start", "is too far in the future") from None
    return (*(due for due in candidates if due < maturity), maturity)
