"""Numbers have no gaps and no doubles, whoever takes them at once and whatever is rolled back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.numbering import HOUSE, next_number
from models.queries.people import add_unit

PATTERN = "L-{year}-{unit}-{seq:4}"


def test_each_unit_and_year_counts_for_itself(session):
    assert next_number(session, PATTERN, 3, 2026) == "L-2026-3-0001"
    assert next_number(session, PATTERN, 3, 2026) == "L-2026-3-0002"
    assert next_number(session, PATTERN, 4, 2026) == "L-2026-4-0001"
    assert next_number(session, PATTERN, 3, 2027) == "L-2027-3-0001"
    assert next_number(session, "V-{seq}", HOUSE) == "V-1"


def test_what_is_not_a_field_of_the_pattern_stays(session):
    assert next_number(session, "{x}{seq.__class__}-{seq:2}") == "{x}{seq.__class__}-01"


def test_a_number_that_was_rolled_back_is_given_again(session):
    next_number(session, PATTERN, 1, 2026)
    with session.begin_nested() as savepoint:
        assert next_number(session, PATTERN, 1, 2026) == "L-2026-1-0002"
        savepoint.rollback()
    assert next_number(session, PATTERN, 1, 2026) == "L-2026-1-0002"


@pytest.mark.parametrize("series", [("A-{seq}", "B-{seq}")])
def test_many_at_once_leave_no_gap_and_do_not_wait_for_each_other_for_ever(database, series):
    with database.writing.begin() as session:
        unit_id = add_unit(session, "一支行").id

    def take(turn):
        with database.writing.begin() as session:
            patterns = series if turn % 2 else reversed(series)
            numbers = sorted(next_number(session, pattern, unit_id, 2026) for pattern in patterns)
            if turn % 5 == 0:
                session.rollback()
                return []
            return numbers

    with ThreadPoolExecutor(6) as pool:
        taken = [number for numbers in pool.map(take, range(30)) for number in numbers]
    assert sorted(taken) == sorted(f"{letter}-{n}" for letter in "AB" for n in range(1, 25))
