"""Sharing a loss: indirect a part, direct the rest, to the fen (GOV-4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.responsibility import Share, share_loss

PART = Decimal("0.20")
people = st.lists(st.sampled_from([f"p{n}" for n in range(12)]), max_size=12)


def test_indirect_a_fifth_direct_the_rest():
    assert share_loss(Decimal("100000.00"), ["wang"], ["qian"], PART) == [
        Share("wang", "direct", Decimal("80000.00")),
        Share("qian", "indirect", Decimal("20000.00")),
    ]


def test_several_of_a_kind_bear_it_evenly_to_the_fen():
    shares = share_loss(Decimal("100.01"), ["a", "b", "c"], ["d", "e"], PART)
    assert [str(share.amount) for share in shares] == ["26.67", "26.67", "26.67", "10.00", "10.00"]


def test_who_is_both_is_direct_and_without_indirect_the_direct_bear_all():
    assert share_loss(Decimal("9.99"), ["a"], ["a"], PART) == [Share("a", "direct", Decimal("9.99"))]


@given(st.decimals("0.01", "99999999999.99", places=2), people.filter(bool), people, st.decimals(0, 1, places=4))
def test_no_fen_is_lost_or_made(loss, direct, indirect, part):
    shares = share_loss(loss, direct, indirect, part)
    assert sum(share.amount for share in shares) == loss
    assert all(share.amount >= 0 for share in shares)
    assert {share.person for share in shares} == {*direct, *indirect}


@pytest.mark.parametrize(
    ("loss", "direct", "part"), [("0", ["a"], "0.2"), ("1.001", ["a"], "0.2"), ("1", [], "0.2"), ("1", ["a"], "1.1")]
)
def test_what_cannot_be_shared(loss, direct, part):
    with pytest.raises(ValueError, match=r"\w"):
        share_loss(Decimal(loss), direct, [], Decimal(part))
