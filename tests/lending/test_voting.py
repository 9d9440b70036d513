import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.voting import Basis, Outcome, Share, Vote, parse_share, tally

SEVEN = [f"m{n}" for n in range(1, 8)]


def votes(text):
    """`++-?`: m1 and m2 for, m3 against, m4 for further work."""
    meanings = {"+": Vote.FOR, "-": Vote.AGAINST, "?": Vote.FURTHER}
    return {member: meanings[sign] for member, sign in zip(SEVEN, text, strict=False) if sign != "."}


def outcome(text, **options):
    return tally(votes(text), SEVEN, **options).outcome


def test_the_trade_s_committee_of_seven():
    """Quorum five of seven; with five present four must be for (trade section 13.9)."""
    found = tally(votes("++++-"), SEVEN, basis=Basis.PRESENT, closed=True)
    assert (found.quorum, found.present, found.needed, found.outcome) == (5, 5, 4, Outcome.PASSED)
    assert outcome("+++--", basis=Basis.PRESENT, closed=True) is Outcome.REJECTED
    assert outcome("++++", basis=Basis.PRESENT, closed=True) is Outcome.NO_QUORUM


def test_the_majority_of_members_does_not_shrink_with_absence():
    found = tally(votes("++++-"), SEVEN, closed=True)
    assert (found.needed, found.outcome) == (5, Outcome.REJECTED)
    assert outcome("+++++", closed=True) is Outcome.PASSED


def test_a_recused_member_leaves_numerator_and_denominator():
    found = tally(votes("++++"), SEVEN, recused=["m7"], closed=True)
    assert (found.eligible, found.quorum, found.needed, found.outcome) == (6, 4, 4, Outcome.PASSED)
    with pytest.raises(ValueError, match="m7"):
        tally({"m7": Vote.FOR}, SEVEN, recused=["m7"])


def test_the_secretary_s_vote_is_refused():
    with pytest.raises(ValueError, match="secretary"):
        tally({"secretary": Vote.FOR}, SEVEN)


def test_a_veto_stops_only_what_passed():
    passed = tally(votes("+++++++"), SEVEN)
    assert passed.vetoed().outcome is Outcome.VETOED
    with pytest.raises(ValueError, match="rejected"):
        tally(votes("-------"), SEVEN).vetoed()


@pytest.mark.parametrize(
    ("given_votes", "expected"),
    [
        ("", Outcome.OPEN),
        ("++++", Outcome.OPEN),
        ("+++++", Outcome.PASSED),
        ("+++--", Outcome.OPEN),
        ("++---", Outcome.REJECTED),
        ("++??-", Outcome.REJECTED),
    ],
)
def test_an_open_vote_is_decided_as_soon_as_nothing_can_change_it(given_votes, expected):
    assert outcome(given_votes) is expected


def test_further_work_is_present_but_not_for():
    assert outcome("+++??", basis=Basis.PRESENT, closed=True) is Outcome.REJECTED


def test_nobody_left_to_vote_is_no_quorum():
    assert tally({}, SEVEN, recused=SEVEN).outcome is Outcome.NO_QUORUM


def test_a_vote_that_is_none_is_refused():
    with pytest.raises(ValueError, match="maybe"):
        tally({"m1": "maybe"}, SEVEN)
    assert tally({"m1": "for"}, SEVEN).votes_for == 1


@pytest.mark.parametrize(
    ("share", "people", "fewest"),
    [("2/3", 7, 5), ("2/3", 6, 4), ("2/3", 5, 4), ("1/2", 4, 2), (">1/2", 4, 3), (">1/2", 5, 3), ("1/1", 5, 5)],
)
def test_shares_are_reckoned_in_whole_people(share, people, fewest):
    assert parse_share(share).of(people) == fewest


@pytest.mark.parametrize("text", ["", "0.67", "2/0", "0/3", "4/3", ">1/1", "-1/2", "2/3/4", "１/２", "two thirds"])
def test_other_shares_are_refused(text):
    with pytest.raises(ValueError, match=r"share|everybody"):
        parse_share(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text("+-?.", max_size=7),
    st.text("+-?.", min_size=7, max_size=7),
    st.sampled_from(list(Basis)),
    st.sampled_from(["2/3", "1/2", ">1/2", "3/4", "1/1"]),
)
def test_what_is_decided_early_stays_so_whoever_votes_later(first, later, basis, majority):
    options = {"basis": basis, "majority": majority}
    early = tally(votes(first), SEVEN, **options)
    final = tally(votes(later) | votes(first), SEVEN, closed=True, **options)
    assert early.outcome in (Outcome.OPEN, final.outcome)
    assert final.outcome is not Outcome.OPEN


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 100))
def test_a_share_is_the_fewest_people_that_reach_it(numerator, extra, people):
    share = Share(numerator, numerator + extra)
    assert share.of(people) * share.denominator >= numerator * people
    assert share.of(people) == 1 or (share.of(people) - 1) * share.denominator < numerator * people
