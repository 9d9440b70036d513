"""What security is worth: the careful figure of two reports, limits by kind, and what remains open (INV-4)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lending.collateral import Thing, cover, lendable, prudent

LIMITS = {"residence": Decimal(70), "vehicle": Decimal(50)}
HOME = Thing("residence", "住宅一套", "陈梅", Decimal(500_000), "A-1", Decimal(480_000), "某所")

AMOUNTS = st.decimals(0, 10**9, places=2)
THINGS = st.lists(
    st.builds(
        Thing,
        st.sampled_from(["residence", "vehicle", "boat"]),
        st.sampled_from(["甲", "乙", "丙"]),
        st.just("某"),
        AMOUNTS,
        st.one_of(st.none(), st.sampled_from(["1", "2"])),
        st.one_of(st.none(), AMOUNTS),
        encumbrance=AMOUNTS,
        clear=st.booleans(),
        realisable=st.sampled_from(["easy", "possible", "hard"]),
    ),
    max_size=5,
)


def test_the_lower_value_less_what_it_secures_already_counts():
    assert HOME.value == 480_000
    assert replace(HOME, appraised_value=None).value == 500_000
    assert replace(HOME, encumbrance=Decimal(80_000)).value == 400_000
    assert replace(HOME, encumbrance=Decimal(600_000)).value == 0
    assert replace(HOME, clear=False).value == 0


def test_each_kind_has_its_limit_and_a_kind_without_one_secures_nothing():
    assert lendable(HOME, LIMITS) == Decimal("336000.00")
    assert lendable(replace(HOME, kind="boat"), LIMITS) == 0
    assert lendable(replace(HOME, own_value=Decimal("0.03")), LIMITS) == Decimal("0.02")


def test_of_two_reports_the_careful_figure_of_each_counts():
    other = replace(HOME, own_value=Decimal(450_000), encumbrance=Decimal(10_000), realisable="hard", description="房")
    [thing] = prudent([HOME], [other])
    assert (thing.own_value, thing.appraised_value, thing.encumbrance) == (450_000, 480_000, 10_000)
    assert (thing.realisable, thing.description) == ("hard", "住宅一套")


def test_what_only_one_has_seen_is_kept_and_counts_for_nothing():
    car = Thing("vehicle", "货车", "陈梅", Decimal(90_000))
    found = prudent([HOME, car], [HOME])
    assert [(thing.description, thing.value) for thing in found] == [("住宅一套", 480_000), ("货车", 0)]
    assert [thing.description for thing in prudent([], [car])] == ["货车"]


def test_two_who_do_not_agree_what_it_is_have_seen_nothing_clear():
    [thing] = prudent([HOME], [replace(HOME, kind="vehicle")])
    assert not thing.clear


def test_the_gap_is_what_may_not_be_lent_on_it():
    found = cover([HOME], LIMITS, Decimal(400_000))
    assert (found.value, found.most, found.gap) == (480_000, 336_000, 64_000)
    assert found.loan_to_value == Decimal("83.33")
    assert cover([], LIMITS, Decimal(1)).loan_to_value is None


@given(THINGS, THINGS, AMOUNTS)
def test_care_never_makes_it_worth_more_than_either_report_says(first, second, amount):
    both = cover(prudent(first, second), LIMITS, amount)
    for one in (first, second):
        assert both.most <= cover(one, LIMITS, amount).most
    assert 0 <= both.most <= both.value
    assert both.gap == max(0, amount - both.most)
