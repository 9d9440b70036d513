"""Decisions: reckoning a vote, recording the resolution, and its conditions until each is met (REV-3 to REV-8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from engine.ports import OperationCall
from lending import voting
from models.applications import Application
from models.numbering import next_number
from models.queries import meetings
from models.queries.applications import latest_resolution
from models.resolutions import (
    DECIDERS,
    FULFILLED,
    RESULTS,
    VOTES,
    WAIVED,
    CommitteeVote,
    Resolution,
    ResolutionCondition,
)
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, contexts, day, money, optional, rate, text, texts, whole
from operations.meetings import enter_votes, share

MINUTES = "committee.minutes"
"""The errand that prints what the committee minuted on a case and keeps it among the case's papers."""
NUMBERS = "R-{year}-{unit}-{seq:4}"

CONDITION = {
    "condition": text("The condition", 300),
    "responsible": optional(text("Sign-in name of who sees to it", 64)),
    "due_on": optional(day("By when")),
}
_VOTE = {
    "member": text("Who votes", 64),
    "vote": choice("The vote", VOTES),
    "reasons": optional(text("Why", 4000), ""),
    "conditions": optional(text("On which conditions", 4000), ""),
}
_LENDING_VOTE = {"for": voting.Vote.FOR, "against": voting.Vote.AGAINST, "more": voting.Vote.FURTHER}


@operation(
    "vote.tally",
    "计票 Reckon a vote",
    inputs={
        "members": texts("The committee's members", 64),
        "recused": optional(texts("Those of them who are recused", 64), ()),
        "votes": contexts("The votes given: member, vote (for, against, more), reasons, conditions", _VOTE),
        "quorum": share("Part of the members without the recused who must vote, such as 2/3"),
        "majority": share("Part who must be for it, such as 2/3"),
        "counted_over": choice("Of whom the majority is reckoned", tuple(voting.Basis)),
        "meeting_no": optional(text("The meeting in whose record the votes are entered", 40)),
        "conditions": optional(contexts("Conditions set by reviewers so far", CONDITION), ()),
    },
    outputs={
        "result": "approved, refused, more_work or no_quorum",
        "for_count": "Votes for",
        "against_count": "Votes against",
        "present_count": "Votes given",
        "needed": "Votes for that approve",
        "quorum": "Votes that had to be given",
        "conditions": "Conditions of reviewers and of votes for it, each once, for the secretary to merge",
    },
)
def tally(
    call: OperationCall,
    *,
    members: list[str],
    recused: list[str],
    votes: list[dict[str, Any]],
    quorum: str,
    majority: str,
    counted_over: str,
    meeting_no: str | None,
    conditions: list[dict[str, Any]],
) -> Outputs:
    """Reckons a closed vote in whole numbers (REV-4).

    A vote that does not carry is `more_work` when those for it and those who want further work would together have
    carried it, else `refused`.
    """
    by_member = _one_vote_each(votes)
    try:
        found = voting.tally(
            by_member,
            members,
            recused=recused,
            quorum=quorum,
            majority=majority,
            basis=voting.Basis(counted_over),
            closed=True,
        )
    except ValueError as error:
        raise refuse("votes", str(error)) from None
    counted = [vote["vote"] for vote in votes]
    result = _result(found, counted.count("more"))
    if meeting_no is not None:
        figures = {"result": result, "eligible": found.eligible, "present": found.present}
        figures |= {"quorum": found.quorum, "needed": found.needed}
        enter_votes(call, meeting_no, votes, members, recused, figures)
    return {
        "result": result,
        "for_count": Decimal(found.votes_for),
        "against_count": Decimal(counted.count("against")),
        "present_count": Decimal(found.present),
        "needed": Decimal(found.needed),
        "quorum": Decimal(found.quorum),
        "conditions": _merged(conditions, votes),
    }


def _merged(conditions: list[dict[str, Any]], votes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What reviewers set, then what members made their yes depend on; the same words once."""
    merged = [{name: value for name, value in row.items() if value is not None} for row in conditions]
    for vote in votes:
        words = vote["conditions"]
        if vote["vote"] == "for" and words and all(row["condition"] != words for row in merged):
            merged.append({"condition": words})
    return merged


def _result(found: voting.Tally, further: int) -> str:
    if found.outcome is voting.Outcome.NO_QUORUM:
        return "no_quorum"
    if found.outcome is voting.Outcome.PASSED:
        return "approved"
    return "more_work" if found.votes_for + further >= found.needed else "refused"


def _one_vote_each(votes: list[dict[str, Any]]) -> dict[str, voting.Vote]:
    by_member: dict[str, voting.Vote] = {}
    for vote in votes:
        if vote["member"] in by_member:
            raise refuse("votes", f"{vote['member']} voted twice")
        by_member[vote["member"]] = _LENDING_VOTE[vote["vote"]]
    return by_member


@operation(
    "resolution.record",
    "记录决议 Record a resolution",
    inputs={
        "application_no": APPLICATION_NO,
        "result": choice("What was decided", RESULTS),
        "decided_by": choice("Who decided", DECIDERS),
        "amount": optional(money("Amount approved")),
        "term_months": optional(whole("Term approved, in months")),
        "annual_rate": optional(rate("Rate approved")),
        "conditions": optional(texts("What must be met before the money is paid"), ()),
        "condition_rows": optional(
            contexts("The same with who sees to it by when; else the first investigator", CONDITION),
            (),
        ),
        "votes": optional(contexts("The votes: member, vote (for, against, more), reasons, conditions", _VOTE), ()),
        "minutes": optional(text("Minutes", 100_000), ""),
    },
    outputs={
        "resolution_no": "Number of the resolution",
        "valid_until": "Last day on which a contract may be drafted on it; null unless approved",
    },
)
def record_resolution(
    call: OperationCall,
    *,
    application_no: str,
    conditions: list[str],
    condition_rows: list[dict[str, Any]],
    votes: list[dict[str, Any]],
    **decided: Any,
) -> Outputs:
    """Keeps the decision with votes and conditions; a second review gives the application another round (REV-8)."""
    application = application_of(call, application_no)
    if application.status == "disbursed":
        raise refuse("application_no", "the loan is paid out already")
    approved = decided["result"] == "approved"
    for name in ("amount", "term_months", "annual_rate"):
        if approved and decided[name] is None:
            raise refuse(name, "is missing: an approval says amount, term and rate")
    _one_vote_each(votes)
    earlier = latest_resolution(call.session, application)
    today = business_day(call)
    valid_until = _valid_until(application, today) if approved else None
    rows = condition_rows or [{"condition": words, "responsible": None, "due_on": None} for words in conditions]
    reporter = meetings.first_investigator(call.session, call.instance_id)
    resolution = Resolution(
        number=next_number(call.session, NUMBERS, call.unit_id, today.year),
        application_id=application.id,
        round=earlier.round + 1 if earlier else 1,
        valid_until=valid_until,
        recorded_at=call.now,
        recorded_by=call.actor,
        votes=[CommitteeVote(**vote) for vote in votes],
        conditions=[
            ResolutionCondition(
                n=n,
                text=row["condition"],
                responsible=row["responsible"] or reporter,
                due_on=row["due_on"] or valid_until,
            )
            for n, row in enumerate(rows, start=1)
        ],
        **decided,
    )
    if decided["result"] in ("approved", "refused"):
        application.status = decided["result"]
    call.session.add(resolution)
    call.session.flush()
    if decided["decided_by"] == "committee":
        item = meetings.undecided(call.session, call.instance_id)
        if item is not None:
            item.resolution_id, item.discussion = resolution.id, decided["minutes"]
            call.queue_job(MINUTES, {"item": item.id})
    return {"resolution_no": resolution.number, "valid_until": resolution.valid_until}


def _valid_until(application: Application, today: dt.date) -> dt.date:
    return today + dt.timedelta(days=application.product.approval_days)


@operation(
    "conditions.fulfil",
    "落实条件 Record conditions as met",
    inputs={
        "application_no": APPLICATION_NO,
        "fulfilled": texts("The conditions that are met, in the words of the resolution"),
    },
    outputs={
        "open_conditions": "How many are neither fulfilled nor waived",
        "unconfirmed_conditions": "How many no second person has confirmed",
    },
)
def fulfil(call: OperationCall, *, application_no: str, fulfilled: list[str]) -> Outputs:
    """Marks conditions of the latest resolution as met; one that was met before stays as it was."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    conditions = {condition.text: condition for condition in (resolution.conditions if resolution else ())}
    for words in fulfilled:
        condition = conditions.get(words)
        if condition is None:
            raise refuse("fulfilled", f"the latest resolution has no condition {words!r:.60}")
        if condition.state not in (FULFILLED, WAIVED):
            condition.state, condition.fulfilled_at, condition.fulfilled_by = FULFILLED, call.now, call.actor
    call.session.flush()
    return {
        "open_conditions": Decimal(sum(row.state not in (FULFILLED, WAIVED) for row in conditions.values())),
        "unconfirmed_conditions": Decimal(sum(_unconfirmed(row) for row in conditions.values())),
    }


def _unconfirmed(condition: ResolutionCondition) -> bool:
    return condition.state != WAIVED and condition.confirmed_at is None


@operation(
    "conditions.status",
    "放款条件情况 How far the conditions are met",
    inputs={"application_no": APPLICATION_NO},
    outputs={
        "open_conditions": "How many are neither fulfilled nor waived",
        "unconfirmed_conditions": "How many no second person has confirmed, the waived left out",
        "unmet": "Those that are open or not confirmed, in words",
    },
)
def status(call: OperationCall, *, application_no: str) -> Outputs:
    """What is left of the latest resolution's conditions; for gates before contract and payment (REV-8, DIS-1)."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    conditions = resolution.conditions if resolution else []
    return {
        "open_conditions": Decimal(sum(row.state not in (FULFILLED, WAIVED) for row in conditions)),
        "unconfirmed_conditions": Decimal(sum(_unconfirmed(row) for row in conditions)),
        "unmet": [row.text for row in conditions if _unconfirmed(row)],
    }
