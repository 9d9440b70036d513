"""Decisions: reckoning a vote, recording the resolution, and how long an approval holds (REV-3 to REV-7)."""

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
    RESULTS,
    VOTES,
    CommitteeVote,
    Resolution,
    ResolutionCondition,
)
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, contexts, day, money, optional, rate, text, texts, whole
from operations.meetings import enter_votes, recused_now, share

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
        "recused": "Who stood back: those that were, and whoever declared a conflict or is found related by now",
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
    """Reckons a closed vote in whole numbers (REV-4); the vote of who has to stand back by now does not count (GOV-1).

    A vote that does not carry is `more_work` when those for it and those who want further work would together have
    carried it, else `refused`.
    """
    reasons = dict.fromkeys(recused, "listed") if meeting_no is None else recused_now(call, members, recused)
    votes = [vote for vote in votes if vote["member"] not in reasons or vote["member"] in recused]
    by_member = _one_vote_each(votes)
    try:
        found = voting.tally(
            by_member,
            members,
            recused=reasons,
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
        enter_votes(call, meeting_no, votes, members, reasons, figures)
    return {
        "result": result,
        "for_count": Decimal(found.votes_for),
        "against_count": Decimal(counted.count("against")),
        "present_count": Decimal(found.present),
        "needed": Decimal(found.needed),
        "quorum": Decimal(found.quorum),
        "conditions": _merged(conditions, votes),
        "recused": list(reasons),
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
    "resolution.validity",
    "查看批复有效期 How long an approval holds",
    inputs={"application_no": APPLICATION_NO},
    outputs={"valid_until": "Its last day; null without an approval", "over": "Whether it has ended, or there is none"},
)
def validity(call: OperationCall, *, application_no: str) -> Outputs:
    """The last day of the latest approval, as extended."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    until = resolution.valid_until if resolution is not None else None
    return {"valid_until": until, "over": until is None or business_day(call) > until}


@operation(
    "resolution.extend",
    "批复延期 Extend an approval once",
    inputs={
        "application_no": APPLICATION_NO,
        "decision": choice("Whether it is extended", ("grant", "deny")),
        "days": whole("By how many days", 3650),
        "reason": text("Why, or why not", 1000),
    },
    outputs={"valid_until": "Its last day now", "extended": "Whether it was extended"},
)
def extend(call: OperationCall, *, application_no: str, decision: str, days: int, reason: str) -> Outputs:
    """Extends the latest approval while it holds: once, and nothing else of it changes."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    if resolution is None or resolution.valid_until is None:
        raise refuse("application_no", "there is no approval to extend")
    if decision == "grant":
        if resolution.extended_from is not None:
            raise refuse("application_no", "the approval was extended once already")
        if business_day(call) > resolution.valid_until:
            raise refuse("application_no", "the approval has ended")
        resolution.extended_from = resolution.valid_until
        resolution.valid_until += dt.timedelta(days=days)
        resolution.extended_at, resolution.extended_by = call.now, call.actor
        resolution.extension_reason = reason
        call.session.flush()
    return {"valid_until": resolution.valid_until, "extended": decision == "grant"}
