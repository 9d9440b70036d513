"""What of securities ends: kept, renewed and ended, at the desk at any time and by the watch (LEG-4).

Callers have judged roles and who may see the application.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Conflict
from models.applications import Application
from models.queries.securities import find_paper
from models.security_papers import SecurityPaper
from operations.declaring import refuse

WRITERS = frozenset({"contract_clerk", "account_manager"})
"""Roles that record and renew papers of securities."""
RECORDED = ("insurance", "valuation")
"""What can be recorded by itself; a registration comes with its certificate."""
_LONGEST = {"item": 1000, "issuer": 200, "number": 100, "beneficiary": 200}


def keep(session: Session, application: Application, by: str | None, now: dt.datetime, **facts: Any) -> SecurityPaper:
    """Keeps a paper, or what is new about one that is known by its number. Raises `Invalid`."""
    if facts["valid_until"] < facts["valid_from"]:
        raise refuse("valid_until", f"lies before {facts['valid_from']}")
    known = find_paper(session, application, facts["kind"], facts["issuer"], facts["number"])
    paper = known or SecurityPaper(application_id=application.id)
    for name, value in facts.items():
        setattr(paper, name, value)
    paper.recorded_at, paper.recorded_by = now, by
    session.add(paper)
    session.flush()
    return paper


def record(
    session: Session, application: Application, facts: Mapping[str, Any], by: str, now: dt.datetime
) -> SecurityPaper:
    """Records insurance or valuation of a security: `kind item issuer number valid_from valid_until`, perhaps `amount`
    and `beneficiary`. Raises `Invalid`."""
    if facts.get("kind") not in RECORDED:
        raise refuse("kind", "is insurance or valuation")
    given = _checked(facts, ("item", "issuer", "number", "valid_from", "valid_until"))
    if find_paper(session, application, facts["kind"], given["issuer"], given["number"]) is not None:
        raise refuse("number", "is on record already")
    return keep(session, application, by, now, kind=facts["kind"], **given)


def replace(
    session: Session, paper: SecurityPaper, new: Mapping[str, Any], by: str | None, now: dt.datetime, today: dt.date
) -> SecurityPaper:
    """Puts a new paper in the place of one that ends: `number valid_from valid_until`, perhaps another `issuer` or
    `amount`. Raises `Invalid`, or `Conflict` for one that was dealt with."""
    _require_open(session, paper)
    given = _checked({**new, "issuer": new.get("issuer") or paper.issuer}, ("number", "valid_from", "valid_until"))
    if given["valid_until"] <= paper.valid_until:
        raise refuse("valid_until", f"must lie behind {paper.valid_until}")
    if find_paper(session, paper.application, paper.kind, given["issuer"], given["number"]) is not None:
        raise refuse("number", "is on record already")
    fixed = {"kind": paper.kind, "item": paper.item, "beneficiary": paper.beneficiary}
    amount = given["amount"] if given["amount"] is not None else paper.amount
    kept = keep(session, paper.application, by, now, **{**given, **fixed, "amount": amount})
    paper.ended_on, paper.ended_why, paper.renewed_by_id = today, "renewed", kept.id
    session.flush()
    return kept


def end(session: Session, paper: SecurityPaper, reason: str | None, today: dt.date) -> None:
    """Watches a paper no more. Raises `Invalid` without a reason, `Conflict` for one that was dealt with."""
    _require_open(session, paper)
    if reason is None or not reason.strip():
        raise refuse("reason", "is missing: say why it is needed no more")
    if len(reason) > 1000:
        raise refuse("reason", "has more than 1000 characters")
    paper.ended_on, paper.ended_why = today, reason.strip()
    session.flush()


def _checked(facts: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    """The facts of a paper, trimmed; what is required is there, and nothing is longer than it may be."""
    given = {name: facts.get(name) for name in (*_LONGEST, "amount", "valid_from", "valid_until")}
    for name, longest in _LONGEST.items():
        given[name] = str(given[name]).strip() or None if given[name] is not None else None
        if given[name] is not None and len(given[name]) > longest:
            raise refuse(name, f"has more than {longest} characters")
    for name in required:
        if given[name] is None:
            raise refuse(name, "is missing")
    if given["amount"] is not None and given["amount"] <= 0:
        raise refuse("amount", "must be more than nothing")
    return given


def _require_open(session: Session, paper: SecurityPaper) -> None:
    session.refresh(paper, with_for_update={"of": SecurityPaper})
    if paper.ended_on is not None:
        raise Conflict(f"the {paper.kind} {paper.number} was dealt with on {paper.ended_on}")
