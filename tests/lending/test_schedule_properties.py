"""What holds for every schedule, whatever its terms; interest is recomputed here with whole fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lending.dates import due_days
from lending.daycount import DayCount, year_fraction
from lending.durations import parse_duration
from lending.rounding import Rounding
from lending.schedule import Method, Terms, build_schedule, level_instalment

UNITS = ("0.01", "1", "100", "0.05")


def decimals(least, most, places):
    return st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)


@st.composite
def terms(draw, methods=tuple(Method)):
    start = draw(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
    if draw(st.booleans()):
        every = draw(st.sampled_from(["P1M", "P3M", "P1W", "P14D", "P1Y"]))
        due_dates = due_days(start, parse_duration(every), draw(st.integers(1, 36)))
    else:
        gaps = draw(st.lists(st.integers(1, 200), min_size=1, max_size=24))
        due_dates = tuple(start + timedelta(days=sum(gaps[: n + 1])) for n in range(len(gaps)))
    return Terms(
        principal=draw(decimals("0.01", "10000000", 2)),
        annual_rate=draw(decimals("0", "0.6", 6)),
        start=start,
        due_dates=due_dates,
        method=draw(st.sampled_from(methods)),
        day_count=draw(st.sampled_from(list(DayCount))),
        rounding=draw(st.sampled_from(list(Rounding))),
        unit=Decimal(draw(st.sampled_from(UNITS))),
        instalment_unit=draw(st.none() | st.sampled_from([Decimal(unit) for unit in UNITS])),
        principal_grace=draw(st.integers(0, len(due_dates) - 1)),
    )


def rounded(value, given_terms):
    """`value` to the unit, by whole numbers: half up, or to the even one."""
    units = value / Fraction(given_terms.unit)
    whole, rest = divmod(units, 1)
    half = Fraction(1, 2)
    up = rest > half or (rest == half and (given_terms.rounding is Rounding.HALF_UP or whole % 2 == 1))
    return (whole + up) * Fraction(given_terms.unit)


@settings(max_examples=200, deadline=None)
@given(terms())
def test_principal_adds_up_and_the_balance_ends_at_zero(given_terms):
    found = build_schedule(given_terms)
    assert sum(row.principal for row in found.rows) == given_terms.principal == found.principal
    assert found.rows[-1].balance == 0
    assert found.rows[-1].due == given_terms.due_dates[-1]
    assert found.total == sum(row.total for row in found.rows)


@settings(max_examples=200, deadline=None)
@given(terms())
def test_no_amount_is_negative_and_balances_only_fall(given_terms):
    found = build_schedule(given_terms)
    assert all(min(row.principal, row.interest, row.balance) >= 0 for row in found.rows)
    assert all(later.balance <= earlier.balance for earlier, later in pairwise(found.rows))
    if given_terms.method is not Method.SINGLE:
        assert all(row.principal == 0 for row in found.rows[: given_terms.principal_grace])


@settings(max_examples=200, deadline=None)
@given(terms(methods=tuple(method for method in Method if method is not Method.SINGLE)))
def test_interest_is_balance_times_rate_times_part_of_year(given_terms):
    found = build_schedule(given_terms)
    begins = (given_terms.start, *given_terms.due_dates)
    balances = (given_terms.principal, *(row.balance for row in found.rows))
    for row, begin, balance in zip(found.rows, begins, balances, strict=False):
        bearing = given_terms.principal if given_terms.method is Method.FLAT else balance
        part = year_fraction(begin, row.due, given_terms.day_count, given_terms.start.day)
        exact = Fraction(bearing) * Fraction(given_terms.annual_rate) * part
        assert Fraction(row.interest) == rounded(exact, given_terms)


@settings(max_examples=200, deadline=None)
@given(terms(methods=(Method.EQUAL_INSTALLMENT,)))
def test_instalments_are_level_while_they_can_be(given_terms):
    unit = given_terms.unit
    level = level_instalment(given_terms)
    assume(level % unit == 0)
    for row in build_schedule(given_terms).rows[given_terms.principal_grace : -1]:
        assert row.total == level or (row.balance == 0 and row.total < level) or row.principal == 0


@settings(max_examples=100, deadline=None)
@given(terms(methods=(Method.EQUAL_INSTALLMENT,)))
def test_the_level_instalment_repays_the_principal_exactly_before_rounding(given_terms):
    """Discounting the instalments gives the principal: the exact one lies within half a unit of the rounded."""
    grace = given_terms.principal_grace
    discount, annuity = Fraction(1), Fraction(0)
    for part in given_terms.year_fractions[grace:]:
        discount /= 1 + Fraction(given_terms.annual_rate) * part
        annuity += discount
    exact = Fraction(given_terms.principal) / annuity
    unit = Fraction(given_terms.instalment_unit or given_terms.unit)
    assert abs(Fraction(level_instalment(given_terms)) - exact) <= unit / 2


@settings(max_examples=100, deadline=None)
@given(terms(methods=(Method.EQUAL_PRINCIPAL, Method.FLAT)))
def test_equal_principal_is_equal_while_it_lasts(given_terms):
    periods = len(given_terms.due_dates) - given_terms.principal_grace
    equal = rounded(Fraction(given_terms.principal) / periods, given_terms)
    for row in build_schedule(given_terms).rows[given_terms.principal_grace : -1]:
        assert Fraction(row.principal) == equal or row.balance == 0


@settings(max_examples=100, deadline=None)
@given(terms(methods=(Method.SINGLE,)))
def test_single_charges_the_sum_of_all_periods(given_terms):
    (row,) = build_schedule(given_terms).rows
    exact = Fraction(given_terms.principal) * Fraction(given_terms.annual_rate) * sum(given_terms.year_fractions)
    assert Fraction(row.interest) == rounded(exact, given_terms)
