"""Day count conventions: which part of a year a period is, exactly; knows nothing of rates or money.

Days count from the first day inclusive to the last exclusive 算头不算尾 (trade.md section 3).
"""

from datetime import date
from enum import StrEnum
from fractions import Fraction

from lending.dates import add_months, days_in_month, days_in_year


class DayCount(StrEnum):
    """How the days of a period are set against the year."""

    THIRTY_360 = "30/360"
    ACT_360 = "ACT/360"
    ACT_365 = "ACT/365"
    ACT_364 = "ACT/364"
    ACT_ACT = "ACT/ACT"


_YEAR_DAYS = {DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.ACT_364: 364}


def year_fraction(begin: date, end: date, day_count: DayCount, original_day: int | None = None) -> Fraction:
    """The part of a year from `begin` (counted) to `end` (not counted).

    - `ACT/360`, `ACT/365`, `ACT/364`: actual days over that number.
    - `ACT/ACT`: each day over the length of its own calendar year.
    - `30/360`: whole calendar months count 1/12 each, odd days 1/360. A day that a month lacks is its last; when
      `begin` is such a last day standing for `original_day` (28 February for a loan of the 31st), the months are
      counted from the original day, so that 28 February to 31 March is one month.
    """
    if day_count in _YEAR_DAYS:
        return Fraction((end - begin).days, _YEAR_DAYS[day_count])
    if day_count is DayCount.ACT_ACT:
        return _actual_actual(begin, end)
    return _thirty_360(begin, end, original_day or begin.day)


def _actual_actual(begin: date, end: date) -> Fraction:
    if begin.year == end.year:
        return Fraction((end - begin).days, days_in_year(begin.year))
    first = Fraction(days_in_year(begin.year) - begin.timetuple().tm_yday + 1, days_in_year(begin.year))
    last = Fraction(end.timetuple().tm_yday - 1, days_in_year(end.year))
    return first + (end.year - begin.year - 1) + last


def _thirty_360(begin: date, end: date, original_day: int) -> Fraction:
    stands_for_missing = begin.day < original_day and begin.day == days_in_month(begin.year, begin.month)
    day_of_month = original_day if stands_for_missing else begin.day
    months = (end.year - begin.year) * 12 + end.month - begin.month
    if add_months(begin, months, day_of_month) > end:
        months -= 1
    odd_days = (end - add_months(begin, months, day_of_month)).days
    return Fraction(months, 12) + Fraction(odd_days, 360)
