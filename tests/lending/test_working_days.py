import io
import json
from datetime import date, timedelta

import chinese_calendar
import pytest

from lending.make_working_days import write_table
from lending.working_days import china, read_working_days


def test_the_announced_years_agree_with_the_state_council_day_by_day():
    table = china()
    day, last = date(min(table.announced), 1, 1), date(max(table.announced), 12, 31)
    while day <= last:
        assert table.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_spring_festival_2026():
    table = china()
    assert table.is_working(date(2026, 2, 14))
    assert table.is_working(date(2026, 2, 28))
    assert not any(table.is_working(date(2026, 2, day)) for day in range(15, 24))
    assert table.is_working(date(2026, 2, 24))


@pytest.mark.parametrize(
    "day",
    [date(2027, 2, 8), date(2030, 10, 1), date(2050, 1, 24), date(2100, 10, 4)],
)
def test_computed_years_keep_the_statutory_holidays(day):
    assert day.weekday() < 5
    assert not china().is_working(day)
    assert china().is_provisional(day.year)


def test_announced_years_are_not_provisional():
    assert not any(map(china().is_provisional, range(2004, 2027)))


def test_the_script_writes_a_table_that_covers_the_committed_one():
    out = io.StringIO()
    write_table(out)
    fresh = read_working_days(out.getvalue())
    announced = china().announced
    assert announced <= fresh.announced
    assert {day for day in fresh.off if day.year in announced} == {day for day in china().off if day.year in announced}
    assert len(json.loads(out.getvalue())["years"]) == 97
