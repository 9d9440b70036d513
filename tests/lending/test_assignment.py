"""Who investigates: near, free, in turn, and never one person for both (INV-1)."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lending.assignment import Candidate, assign, in_turn, nearness

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.text("abcdef", min_size=1, max_size=3),
        st.integers(0, 5),
        st.integers(0, 5),
        st.one_of(st.none(), st.datetimes(timezones=st.just(dt.UTC))),
    ),
    unique_by=lambda one: one.name,
    max_size=6,
)


def test_the_closer_region_counts():
    assert nearness("柳林镇建设路 8 号", ["柳林镇", "柳林镇建设路", "清河街"]) == 6
    assert nearness("柳林镇建设路 8 号", ["清河街"]) == nearness("", ["柳林镇"]) == 0


def test_near_comes_before_free_and_free_before_waiting():
    far, busy, fresh, idle = (
        Candidate("far", 0, 0),
        Candidate("busy", 2, 3),
        Candidate("fresh", 2, 1, NOON),
        Candidate("idle", 2, 1, NOON - dt.timedelta(days=3)),
    )
    assert in_turn([far, busy, fresh, idle]) == [idle, fresh, busy, far]
    assert in_turn([fresh, Candidate("never", 2, 1)])[0].name == "never"


def test_the_name_decides_last_so_that_everybody_can_reckon_it():
    assert assign([Candidate("zhao"), Candidate("wang")]) == ("wang", "zhao")


def test_who_did_it_before_goes_on():
    both = [Candidate("wang"), Candidate("zhao"), Candidate("wu", 9)]
    assert assign(both, ("zhao", "wang")) == ("zhao", "wang")
    assert assign(both, ("gone", "wang")) == ("wu", "wang")
    assert assign(both, ("wang", "wang")) == ("wang", "wu")


@given(CANDIDATES, st.tuples(st.one_of(st.none(), st.text("abcdef", max_size=3)), st.none()))
def test_two_different_people_are_found_whenever_there_are_two(candidates, again):
    first, second = assign(candidates, again)
    assert (first is None) == (len(candidates) == 0)
    assert (second is None) == (len(candidates) < 2)
    assert first is None or first != second
    assert {first, second} - {None} <= {one.name for one in candidates}


@given(CANDIDATES, st.randoms())
def test_the_order_in_which_people_are_found_changes_nothing(candidates, random):
    mixed = list(candidates)
    random.shuffle(mixed)
    assert assign(mixed) == assign(candidates)
