"""Groups, circles of guarantors and chains of relations, on graphs of any shape."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.related_parties import Tie, circles_of, closely, group_of, shortest_chains

PARTIES = st.integers(0, 9)
PAIRS = st.sets(st.tuples(PARTIES, PARTIES).filter(lambda pair: pair[0] != pair[1]), max_size=20)


def ties(pairs):
    return [Tie(one, "family", other) for one, other in pairs]


@pytest.mark.parametrize(("share", "counts"), [("0.25", True), ("0.2499", False), (None, False)])
def test_a_shareholder_counts_from_a_share_on(share, counts):
    held = Tie(1, "shareholder", 2, None if share is None else Decimal(share))
    assert closely([held], ["shareholder"], Decimal("0.25")) == ([held] if counts else [])


def test_other_kinds_count_whatever_the_share_and_unwanted_kinds_never():
    spouse, guarantor = Tie(1, "spouse", 2), Tie(1, "guarantor_of", 3)
    assert closely([spouse, guarantor], ["spouse", "shareholder"], Decimal("0.25")) == [spouse]


def test_a_group_reaches_over_others_and_not_beyond():
    assert group_of(ties([(1, 2), (3, 2), (3, 4), (5, 6)]), 1) == {1, 2, 3, 4}
    assert group_of([], 7) == {7}


@given(PAIRS, PARTIES)
def test_all_of_a_group_have_the_same_group(pairs, whom):
    group = group_of(ties(pairs), whom)
    assert whom in group
    assert all(group_of(ties(pairs), member) == group for member in group)


def test_a_circle_begins_with_whom_it_is_asked_of():
    guarantees = [("甲", "乙"), ("乙", "丙"), ("丙", "甲"), ("丙", "丁")]
    assert circles_of(guarantees, "乙", 6, 10) == [["乙", "丙", "甲"]]
    assert circles_of(guarantees, "丁", 6, 10) == []


def test_mutual_guarantees_are_a_circle_of_two_and_come_first():
    guarantees = [(1, 2), (2, 3), (3, 1), (2, 1)]
    assert circles_of(guarantees, 1, 6, 10) == [[1, 2], [1, 2, 3]]


def test_circles_longer_than_asked_for_or_more_than_wanted_are_left_out():
    ring = [(n, (n + 1) % 5) for n in range(5)]
    assert circles_of(ring, 0, 4, 10) == []
    assert len(circles_of([*ring, (1, 0), (2, 0)], 0, 5, 2)) == 2


@given(PAIRS, PARTIES)
def test_every_circle_goes_round_by_guarantees_that_exist_and_names_nobody_twice(pairs, whom):
    for circle in circles_of(pairs, whom, 5, 50):
        assert circle[0] == whom
        assert len(set(circle)) == len(circle) <= 5
        assert set(zip(circle, [*circle[1:], whom], strict=True)) <= pairs


@given(PAIRS, PARTIES, st.integers(0, 4))
def test_chains_lead_there_in_no_more_steps_than_allowed_and_nearer_ones_allow_no_less(pairs, whom, steps):
    chains = shortest_chains(ties(pairs), [whom], steps)
    assert chains[whom] == []
    for party, chain in chains.items():
        at = whom
        for tie in chain:
            assert at in (tie.subject, tie.other)
            at = tie.other if at == tie.subject else tie.subject
        assert at == party
        assert len(chain) <= steps
    assert set(shortest_chains(ties(pairs), [whom], 10)) == group_of(ties(pairs), whom)
