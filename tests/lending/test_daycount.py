from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.daycount import DayCount, year_fraction


def part(begin, end, day_count, original_day=None):
    return year_fraction(date.fromisoformat(begin), date.fromisoformat(end), DayCount(day_count), original_day)


@pytest.mark.parametrize(
    ("begin", "end", "original_day", "months", "odd_days"),
    [
        ("2024-01-01", "2024-02-01", 1, 1, 0),
        ("2024-01-31", "2024-02-29", 31, 1, 0),
        ("2024-02-29", "2024-03-31", 31, 1, 0),
        ("2025-02-28", "2025-03-30", 30, 1, 0),
        ("2025-04-30", "2025-05-31", 31, 1, 0),
        ("2025-02-28", "2025-03-31", 28, 1, 3),
        ("2025-02-28", "2025-03-31", 15, 1, 3),
        ("2024-01-15", "2024-02-01", 15, 0, 17),
        ("2024-02-01", "2024-03-01", 15, 1, 0),
        ("2024-01-31", "2024-03-01", 31, 1, 1),
        ("2024-01-01", "2025-03-16", 1, 14, 15),
        ("2024-01-01", "2024-01-15", 1, 0, 14),
        ("2024-02-29", "2025-02-28", 29, 12, 0),
        ("2025-02-28", "2026-02-28", 29, 12, 0),
    ],
)
def test_thirty_360_counts_whole_months_and_odd_days(begin, end, original_day, months, odd_days):
    assert part(begin, end, "30/360", original_day) == Fraction(months, 12) + Fraction(odd_days, 360)


@pytest.mark.parametrize("length", [360, 365, 364])
def test_actual_days_over_a_fixed_year(length):
    assert part("2024-02-01", "2024-03-01", f"ACT/{length}") == Fraction(29, length)


def test_quarter_settlement_of_the_trade_counts_42_days():
    assert 1_000_000 * Fraction("0.0435") * part("2024-05-10", "2024-06-21", "ACT/360") == 5075


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2023-12-01", "2024-02-01", Fraction(31, 365) + Fraction(31, 366)),
        ("2024-12-31", "2025-01-01", Fraction(1, 366)),
        ("2023-07-01", "2026-07-01", Fraction(184, 365) + 2 + Fraction(181, 365)),
        ("2024-01-01", "2025-01-01", Fraction(1)),
        ("2024-02-28", "2024-03-01", Fraction(2, 366)),
    ],
)
def test_actual_actual_sets_each_day_against_its_own_year(begin, end, expected):
    assert part(begin, end, "ACT/ACT") == expected


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(days, st.integers(1, 2000))
def test_actual_actual_is_the_sum_of_its_days(begin, length):
    def year_length(day):
        return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days

    by_day = sum(Fraction(1, year_length(begin + timedelta(days=n))) for n in range(length))
    assert year_fraction(begin, begin + timedelta(days=length), DayCount.ACT_ACT) == by_day


@given(days, st.integers(1, 2000))
def test_thirty_360_stays_near_the_actual_length(begin, length):
    found = year_fraction(begin, begin + timedelta(days=length), DayCount.THIRTY_360)
    assert abs(found - Fraction(length, 365)) < Fraction(1, 30)
