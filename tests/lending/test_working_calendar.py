from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.calendar import WorkingCalendar
from lending.errors import InvalidDuration
from lending.working_days import WorkingDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(SHANGHAI)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def working(start, duration):
    return CALENDAR.add(local(start), duration, "working")


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-03-02T09:00", "PT4H", "2026-03-02T14:00"),
        ("2026-03-06T16:00", "PT4H", "2026-03-09T11:00"),  # over a weekend
        ("2026-03-02T09:00", "PT3H", "2026-03-02T12:00"),  # a closing, not the opening after it
        ("2026-03-02T09:00", "PT8H", "2026-03-02T18:00"),
        ("2026-03-02T09:00", "PT16H", "2026-03-03T18:00"),
        ("2026-03-02T10:30", "PT90M", "2026-03-02T12:00"),
        ("2026-03-02T11:00", "PT90M", "2026-03-02T13:30"),
        ("2026-03-02T12:30", "PT1H", "2026-03-02T14:00"),  # starts in the break: at the next opening
        ("2026-03-02T07:00", "PT1H", "2026-03-02T10:00"),
        ("2026-03-06T18:00", "PT1H", "2026-03-09T10:00"),
        ("2026-03-02T14:00", "P1D", "2026-03-03T14:00"),
        ("2026-03-06T14:00", "P1D", "2026-03-09T14:00"),
        ("2026-03-07T14:00", "P1D", "2026-03-10T09:00"),  # Saturday starts on Monday at opening
        ("2026-03-06T18:00", "P1D", "2026-03-09T18:00"),  # closing is the end of the day, not outside it
        ("2026-03-06T17:00", "P1DT2H", "2026-03-10T10:00"),
        ("2026-03-02T10:00", "P7D", "2026-03-11T10:00"),  # seven working days
        ("2026-03-02T10:00", "P1W", "2026-03-09T10:00"),  # a natural week
        ("2026-03-06T10:00", "P1M", "2026-04-07T10:00"),  # 6 April is a holiday
        ("2027-01-29T10:00", "P1M", "2027-03-01T10:00"),  # 28 February is a Sunday
        ("2026-03-06T20:00", "P1W", "2026-03-16T09:00"),  # Friday evening: the next opening
        ("2026-03-02T12:30", "P1W", "2026-03-09T13:00"),
        ("2025-03-06T10:00", "P1Y", "2026-03-06T10:00"),
        ("2026-02-14T10:00", "P1D", "2026-02-24T10:00"),  # a make-up Saturday before Spring Festival
        ("2026-02-14T10:00", "PT4H", "2026-02-14T15:00"),
        ("2026-02-15T10:00", "PT4H", "2026-02-24T14:00"),
        ("2026-03-06T18:00", "PT0S", "2026-03-06T18:00"),
        ("2026-03-07T10:00", "PT0S", "2026-03-09T09:00"),
    ],
)
def test_working_time(start, duration, due):
    assert working(start, duration) == local(due)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2024-01-31T10:00", "P1M", "2024-02-29T10:00"),
        ("2024-02-29T10:00", "P1Y", "2025-02-28T10:00"),
        ("2026-02-14T10:00", "P7D", "2026-02-21T10:00"),
        ("2026-02-14T10:00", "P1DT2H", "2026-02-15T12:00"),
        ("2026-02-28T23:30", "PT48H", "2026-03-02T23:30"),
    ],
)
def test_natural_time(start, duration, due):
    assert CALENDAR.add(local(start), duration, "natural") == local(due)


def test_days_and_months_are_counted_in_the_institution_s_zone():
    start = datetime(2026, 1, 30, 17, tzinfo=UTC)  # 1 a.m. on the 31st in Shanghai
    assert CALENDAR.add(start, "P1M", "natural") == datetime(2026, 2, 27, 17, tzinfo=UTC)


def test_a_day_keeps_the_clock_over_a_change_of_summer_time_and_hours_elapse():
    berlin = WorkingCalendar("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.add(start, "P1D", "natural") - start.astimezone(UTC) == timedelta(hours=23)
    assert berlin.add(start, "PT24H", "natural") - start.astimezone(UTC) == timedelta(hours=24)


def test_results_are_instants_in_utc():
    assert working("2026-03-02T09:00", "PT4H").tzinfo is UTC
    assert CALENDAR.next_opening(local("2026-03-02T09:00")).tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-03-02T10:15", "2026-03-02T10:15"),
        ("2026-03-02T12:00", "2026-03-02T13:00"),
        ("2026-03-02T06:00", "2026-03-02T09:00"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),
        ("2026-09-30T19:00", "2026-10-08T09:00"),
    ],
)
def test_next_opening(at, opening):
    assert CALENDAR.next_opening(local(at)) == local(opening)


def test_ticks_are_counted_from_the_start():
    start = local("2026-01-31T09:00")
    ticks = [CALENDAR.recurring(start, "P1M", n).astimezone(SHANGHAI).date() for n in range(1, 5)]
    assert ticks == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert CALENDAR.recurring(local("2026-03-02T09:00"), "PT4H", 3, "working") == local("2026-03-03T14:00")


def test_hours_and_days_are_the_house_s_own():
    table = WorkingDays("ours", frozenset({date(2026, 3, 3)}), frozenset({date(2026, 3, 7)}), frozenset({2026}))
    mornings = WorkingCalendar(SHANGHAI, hours=((time(8), time(12)),), days=table)
    assert mornings.add(local("2026-03-02T11:00"), "PT2H", "working") == local("2026-03-04T09:00")
    assert mornings.is_working_day(date(2026, 3, 7))
    assert (mornings.is_provisional(2026), mornings.is_provisional(2027)) == (False, True)


@pytest.mark.parametrize("hours", [(), ((time(9), time(9)),), ((time(13), time(18)), (time(9), time(12)))])
def test_impossible_hours_are_refused(hours):
    with pytest.raises(ValueError, match="working hours"):
        WorkingCalendar(SHANGHAI, hours=hours)


def test_a_start_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.add(datetime(2026, 3, 2, 9), "PT4H", "working")


@pytest.mark.parametrize("counted_in", ["working", "natural"])
def test_leaving_the_calendar_is_said(counted_in):
    with pytest.raises(InvalidDuration, match="9999"):
        CALENDAR.add(local("9998-03-02T09:00"), "P2Y", counted_in)


@pytest.mark.parametrize("year", [1990, 2003, 2027, 2050, 2100, 2101, 2300])
def test_years_without_announcement_are_provisional_and_never_fail(year):
    assert CALENDAR.is_provisional(year)
    assert CALENDAR.add(local(f"{year}-12-20T09:00"), "P30D", "working") > local(f"{year + 1}-01-20T09:00")


instants = st.datetimes(datetime(2004, 1, 1), datetime(2099, 1, 1), timezones=st.just(SHANGHAI))
minutes = st.integers(1, 5000)


@settings(max_examples=200, deadline=None)
@given(instants, minutes, minutes)
def test_working_time_adds_up(start, first, second):
    step = CALENDAR.add(start, f"PT{first}M", "working")
    assert CALENDAR.add(step, f"PT{second}M", "working") == CALENDAR.add(start, f"PT{first + second}M", "working")


def is_office_minute(minute):
    return chinese_calendar.is_workday(minute.date()) and (9 <= minute.hour < 12 or 13 <= minute.hour < 18)


@settings(max_examples=25, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 1)), st.integers(1, 600))
def test_working_hours_are_as_many_office_minutes_counted_one_by_one(start, length):
    minute = start = start.replace(second=0, microsecond=0)
    left = length
    while left:
        left -= is_office_minute(minute)
        minute += timedelta(minutes=1)
    due = CALENDAR.add(start.replace(tzinfo=SHANGHAI), f"PT{length}M", "working")
    assert due == minute.replace(tzinfo=SHANGHAI)


@settings(max_examples=200, deadline=None)
@given(instants, st.integers(1, 60))
def test_days_are_as_many_working_days_later_at_the_same_clock_time(start, days):
    begun = CALENDAR.next_opening(start).astimezone(SHANGHAI)
    due = CALENDAR.add(begun, f"P{days}D", "working").astimezone(SHANGHAI)
    assert due.time() == begun.time()
    between = (begun.date() + timedelta(days=n) for n in range(1, (due.date() - begun.date()).days + 1))
    assert sum(map(CALENDAR.is_working_day, between)) == days


@settings(max_examples=200, deadline=None)
@given(instants, st.sampled_from(["PT0S", "PT1M", "P1D", "P1W", "P1M", "P1Y", "P1M2DT3H"]))
def test_working_deadlines_fall_in_working_hours_and_never_before_the_start(start, duration):
    due = CALENDAR.add(start, duration, "working").astimezone(SHANGHAI)
    assert due >= start
    assert CALENDAR.is_working_day(due.date())
    assert time(9) <= due.time() <= time(12) or time(13) <= due.time() <= time(18)


def test_a_clock_that_stood_leaves_as_much_time_as_there_was() -> None:
    friday, due = local("2026-03-06T17:00"), local("2026-03-09T11:00")  # three working hours apart
    assert CALENDAR.moved_on(due, friday, local("2026-03-11T14:00"), "working") == local("2026-03-11T17:00")
    assert CALENDAR.moved_on(due, friday, local("2026-03-07T10:00"), "working") == local("2026-03-09T12:00")
    assert CALENDAR.moved_on(due, friday, local("2026-03-06T18:00"), "natural") == local("2026-03-09T12:00")
    assert CALENDAR.moved_on(friday, due, local("2026-03-20T09:00"), "working") == friday  # it was overdue already
