from datetime import date
from decimal import Decimal

import pytest

from lending.dates import due_days
from lending.daycount import DayCount
from lending.durations import parse_duration
from lending.rounding import Rounding
from lending.schedule import Method, Terms, build_schedule


def schedule(method, principal="1000", annual_rate="0.12", start="2024-01-01", periods=6, every="P1M", **options):
    first = date.fromisoformat(start)
    due_dates = options.pop("due_dates", None) or due_days(first, parse_duration(every), periods)
    decimals = {name: Decimal(options.pop(name)) for name in ("unit", "instalment_unit") if name in options}
    terms = Terms(
        principal=Decimal(principal),
        annual_rate=Decimal(annual_rate),
        start=first,
        due_dates=due_dates,
        method=Method(method),
        day_count=DayCount(options.pop("day_count", "30/360")),
        **decimals,
        **options,
    )
    return build_schedule(terms)


def column(found, name):
    return [str(getattr(row, name)) for row in found.rows]


def test_zero_rate_divides_the_principal():
    found = schedule("equal_installment", principal="100", annual_rate="0", periods=3)
    assert column(found, "principal") == ["33.33", "33.33", "33.34"]
    assert found.interest == 0


@pytest.mark.parametrize("method", list(Method))
def test_one_period_repays_all_with_its_interest(method):
    (row,) = schedule(method, periods=1).rows
    assert (row.principal, row.interest, row.total, row.balance) == (1000, 10, 1010, 0)


def test_grace_up_to_the_last_period_leaves_all_to_it():
    found = schedule("equal_installment", periods=3, principal_grace=2)
    assert [row.principal for row in found.rows] == [0, 0, 1000]
    assert [row.interest for row in found.rows] == [10, 10, 10]


def test_grace_in_equal_principal_divides_by_the_periods_after_it():
    found = schedule("equal_principal", periods=5, principal_grace=1)
    assert [row.principal for row in found.rows] == [0, 250, 250, 250, 250]


def test_flat_charges_interest_on_the_original_principal():
    found = schedule("flat", periods=4)
    assert [row.interest for row in found.rows] == [10, 10, 10, 10]
    assert [row.balance for row in found.rows] == [750, 500, 250, 0]


def test_single_is_one_row_on_the_last_due_day_with_all_interest():
    due_dates = (date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1))
    (row,) = schedule("single", due_dates=due_dates, day_count="ACT/360").rows
    assert (row.n, row.due, row.principal, row.balance) == (1, date(2024, 6, 1), 1000, 0)
    assert row.interest == Decimal("50.67")  # 1000 × 12 % × 152 / 360


def test_interest_only_repays_at_the_end():
    found = schedule("interest_only", periods=3)
    assert [row.total for row in found.rows] == [10, 10, 1010]


def test_level_instalment_in_tens_leaves_the_difference_to_the_last_row():
    found = schedule("equal_installment", instalment_unit="10")
    assert [row.total for row in found.rows[:-1]] == [170, 170, 170, 170, 170]
    assert found.rows[-1].total == Decimal("185.67")  # 1000 × 1.01⁶ − 170 × (1.01 + … + 1.01⁵), to the cent


def test_tiny_principal_is_never_repaid_twice():
    found = schedule("equal_installment", principal="0.06", annual_rate="0", periods=12)
    assert [row.principal for row in found.rows] == [Decimal("0.01")] * 6 + [0] * 6


def test_instalment_rounded_up_to_a_coarse_unit_ends_early_and_never_below_zero():
    found = schedule("equal_installment", instalment_unit="1000")
    assert [row.principal for row in found.rows] == [0, 0, 0, 0, 0, 1000]
    early = schedule("equal_installment", principal="4000", instalment_unit="1000")
    assert [row.balance for row in early.rows[-2:]] == [0, 0]
    assert all(row.principal >= 0 for row in early.rows)


def test_interest_above_the_instalment_does_not_raise_the_balance():
    due_dates = (date(2024, 2, 1), date(2044, 2, 1), date(2044, 3, 1), date(2044, 4, 1))
    found = schedule("equal_installment", due_dates=due_dates)
    assert found.rows[1].principal == 0
    assert found.rows[1].interest > 0
    assert found.principal == 1000


def test_half_way_is_seen_exactly_and_rounded_as_asked():
    # 1250 × 15 % / 12 = 15.625; 100.50 × 10 % / 12 × 1 = 0.8375
    up = schedule("interest_only", principal="1250", annual_rate="0.15", periods=1)
    even = schedule("interest_only", principal="1250", annual_rate="0.15", periods=1, rounding=Rounding.HALF_EVEN)
    assert (up.interest, even.interest) == (Decimal("15.63"), Decimal("15.62"))
    # a rate per period that no decimal holds (1/12 of 10 %), and an interest of exactly half a unit: 0.6 × 10 % / 12
    assert schedule("interest_only", principal="0.6", annual_rate="0.1", periods=1).interest == Decimal("0.01")


def test_a_level_instalment_half_way_is_seen_through_rates_that_no_decimal_holds():
    # two months at a third each: 0.0721875 × (4/3)² ÷ (1 + 4/3) is 0.055 exactly
    up = schedule("equal_installment", principal="0.0721875", annual_rate="4", periods=2)
    even = schedule("equal_installment", principal="0.0590625", annual_rate="4", periods=2, rounding=Rounding.HALF_EVEN)
    assert up.rows[0].total == Decimal("0.06")
    assert even.rows[0].total == Decimal("0.04")  # 0.045 exactly


def test_due_days_return_to_the_original_day():
    found = schedule("equal_installment", start="2025-01-31", periods=4)
    assert [row.due for row in found.rows] == [
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
        date(2025, 5, 31),
    ]
    assert [row.interest for row in schedule("flat", start="2025-01-31", periods=4).rows] == [10, 10, 10, 10]


@pytest.mark.parametrize(
    ("every", "last"),
    [("P1W", "2024-01-22"), ("P14D", "2024-02-12"), ("P3M", "2024-10-01"), ("P1Y", "2027-01-01")],
)
def test_periods_of_other_lengths(every, last):
    assert schedule("flat", every=every, periods=3).rows[-1].due == date.fromisoformat(last)


def test_leap_day_returns_every_four_years():
    days = due_days(date(2024, 2, 29), parse_duration("P1Y"), 4)
    assert [str(day) for day in days] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_thirty_years_of_days_are_computed():
    found = schedule("equal_installment", principal="1000000", every="P1D", periods=10_950, day_count="ACT/365")
    assert found.principal == 1_000_000
    assert len({row.total for row in found.rows[:-1]}) == 1
