"""Reckoning a committee's vote in whole numbers; knows nothing of who the members are or how they are asked.

Source: duties.md REV-4, trade.md section 10. A recused member leaves both numerator and denominator; a secretary is no
member and has no vote; a veto is a power apart from the vote and only ever turns a pass into a refusal.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Vote(StrEnum):
    """What a member may say; `further` (further work) counts as present and not as for."""

    FOR = "for"
    AGAINST = "against"
    FURTHER = "further"


class Basis(StrEnum):
    """Of whom the majority is reckoned: all members without the recused, or those present, who gave a vote."""

    MEMBERS = "members"
    PRESENT = "present"


class Outcome(StrEnum):
    """`open`: the votes still to come may decide; `no_quorum`: too few took part; `vetoed`: passed, then stopped."""

    OPEN = "open"
    PASSED = "passed"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    VETOED = "vetoed"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a number of people: at least `numerator`/`denominator` of them, or more than that if `strictly`."""

    numerator: int
    denominator: int
    strictly: bool = False

    def of(self, people: int) -> int:
        """The fewest people who make up this share, at least one: 2/3 of 7 is 5."""
        parts = self.numerator * people
        return max(1, parts // self.denominator + 1 if self.strictly else -(-parts // self.denominator))


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of a vote. `eligible` are the members without the recused, `needed` the votes for that pass it."""

    eligible: int
    present: int
    votes_for: int
    quorum: int
    needed: int
    outcome: Outcome

    def vetoed(self) -> "Tally":
        """The tally after a veto; raises ValueError unless the vote passed, for a no cannot be made a yes."""
        if self.outcome is not Outcome.PASSED:
            raise ValueError(f"only a passed vote can be vetoed, this one is {self.outcome.value}")
        return replace(self, outcome=Outcome.VETOED)


_SHARE = re.compile(r"(>?)\s*([0-9]{1,6})/([0-9]{1,6})")


def parse_share(text: str) -> Share:
    """Read `2/3` (at least two thirds) or `>1/2` (more than half); raises ValueError for anything else."""
    match = _SHARE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a share such as 2/3 or >1/2")
    strictly, numerator, denominator = match[1] == ">", int(match[2]), int(match[3])
    if not 0 < numerator <= denominator or (strictly and numerator == denominator):
        raise ValueError(f"{text!r} must lie above 0 and can be at most everybody")
    return Share(numerator, denominator, strictly)


def tally(
    votes: Mapping[str, Vote],
    members: Collection[str],
    *,
    recused: Collection[str] = (),
    quorum: str = "2/3",
    majority: str = "2/3",
    basis: Basis = Basis.MEMBERS,
    closed: bool = False,
) -> Tally:
    """Reckon the votes given so far; `closed` says that no more will come.

    Quorum is reckoned of the members without the recused; the majority of these, or of those present. While the vote
    is open it is passed or rejected as soon as no vote still to come could change that. Raises ValueError for a vote
    of somebody who is not a member or is recused, for votes that
    are none, and for shares that cannot be read.
    """
    eligible = set(members) - set(recused)
    strangers = sorted(set(votes) - eligible)
    if strangers:
        raise ValueError(f"no vote for {', '.join(strangers)}: not a member of the committee, or recused")
    majority_share, present = parse_share(majority), len(votes)
    votes_for = sum(Vote(vote) is Vote.FOR for vote in votes.values())
    needed = majority_share.of(len(eligible) if basis is Basis.MEMBERS else present)
    quorum_needed = parse_share(quorum).of(len(eligible))
    waiting = 0 if closed else len(eligible) - present

    def needed_if(more: int) -> int:
        return majority_share.of(len(eligible) if basis is Basis.MEMBERS else present + more)

    if present + waiting < quorum_needed:
        outcome = Outcome.NO_QUORUM
    elif present < quorum_needed:
        outcome = Outcome.OPEN
    elif votes_for >= needed_if(waiting):
        outcome = Outcome.PASSED
    elif votes_for + waiting < needed_if(waiting):
        outcome = Outcome.REJECTED
    else:
        outcome = Outcome.OPEN
    return Tally(len(eligible), present, votes_for, quorum_needed, needed, outcome)
