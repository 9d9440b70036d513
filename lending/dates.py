"""Adding months to days, and the due days of a loan; knows nothing of working time or interest."""

from calendar import monthrange
from datetime import date, timedelta

from lending.durations import Duration
from lending.errors import InvalidField


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return monthrange(year, month)[1]


def days_in_year(year: int) -> int:
    """365, or 366 in a leap year."""
    return 337 + days_in_month(year, 2)


def add_months(day: date, months: int, day_of_month: int | None = None) -> date:
    """The day `months` later with the same day of the month; a day that the month lacks is its last.

    `day_of_month` replaces the day's own, so that a series that met a short month returns to its original day.
    Raises OverflowError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{months} months from {day} leave the calendar")
    return date(year, month + 1, min(day_of_month or day.day, days_in_month(year, month + 1)))


def due_days(start: date, every: Duration, periods: int) -> tuple[date, ...]:
    """The ends of `periods` periods of `every` each, all counted from `start` (31st: 28 February, 31 March).

    Raises InvalidField when `every` does not lead from day to day, or when the days leave the calendar.
    """
    if every.clock:
        raise InvalidField("every", "must be counted in years, months, weeks or days")
    if every.is_zero:
        raise InvalidField("every", "must be longer than nothing")
    try:
        return tuple(_counted(start, every, number) for number in range(1, periods + 1))
    except OverflowError:
        raise InvalidField("periods", "lead beyond the year 9999") from None


def _counted(start: date, every: Duration, number: int) -> date:
    return add_months(start, every.months * number) + timedelta(days=(every.weeks * 7 + every.days) * number)
