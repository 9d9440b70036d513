"""Setting products up: one person proposes a version, another approves it; what was approved never changes (INT-1)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, Invalid
from engine.service.actors import Actor
from engine.service.house import Step
from models.loans import DAY_COUNTS, METHODS
from models.products import APPROVED, PROPOSED, REFUSED, WITHDRAWN, Product, ProductProposal
from models.queries.people import root_unit
from models.queries.products import add_product_version, latest_product, waiting_proposal
from operations.standard_products import GUARANTEE_KINDS

ROLE = "product_manager"
"""Who sets products up, at the root unit."""
APPROVERS = frozenset({ROLE, "general_manager"})
OFFERED: Mapping[str, tuple[str, ...]] = {
    "customer_kind": ("person", "company"),
    "repayment_method": METHODS,
    "guarantee_kind": GUARANTEE_KINDS,
}
"""What may be offered under each topic."""

_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")
_LARGEST, _LONGEST_TERM, _MOST_DAYS = Decimal(10) ** 13, 600, 3650
_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_REMARK = 100, 2000, 1000


def may_propose(session: Session, who: Actor) -> bool:
    """Whether they set products up."""
    return ROLE in who.roles and who.unit_id == root_unit(session).id


def may_approve(session: Session, who: Actor) -> bool:
    """Whether they decide proposals: never their own, which `decide` sees to."""
    return bool(APPROVERS & who.roles) and who.unit_id == root_unit(session).id


def propose(step: Step, who: Actor, code: str, given: Mapping[str, Any]) -> ProductProposal:
    """Proposes the first version of a new product, or the next of a known one; nothing is on offer by that.

    `given` has the columns of a version and for each topic of `OFFERED` a list; `withdrawn_on` and `conditions` may be
    None. Raises `Forbidden`, `Conflict` while another proposal of the product waits, and `Invalid` by field.
    """
    if not may_propose(step.session, who):
        raise Forbidden("Products are set up by the product manager at the root unit.")
    last = latest_product(step.session, code)
    problems = _problems(code, given, last, _today(step))
    if problems:
        raise Invalid("; ".join(f"{field}: {why}" for field, why in problems.items()), _told(problems))
    if waiting_proposal(step.session, code) is not None:
        raise Conflict(f"a proposal of {code} waits to be decided")
    proposal = ProductProposal(
        code=code,
        based_on=last.version if last is not None else 0,
        terms={name: _plain(value) for name, value in given.items()},
        proposed_by=who.name,
        proposed_at=step.now,
    )
    step.session.add(proposal)
    step.session.flush()
    return proposal


def decide(step: Step, who: Actor, proposal: ProductProposal, do: str, remarks: str = "") -> Product | None:
    """`approve` makes the version, which it gives back; `refuse` needs remarks; `withdraw` is the proposer's own.

    Raises `Forbidden`, `Conflict` for what is decided, based on another version, or one's own, and `Invalid` by field.
    """
    step.session.refresh(proposal, with_for_update=True)
    own = proposal.proposed_by == who.name
    if do == "withdraw":
        if not own:
            raise Forbidden("Only who made a proposal withdraws it.")
    elif not may_approve(step.session, who):
        raise Forbidden("Proposals are decided at the root unit by another product manager or the general manager.")
    if proposal.state != PROPOSED:
        raise Conflict(f"the proposal is {proposal.state}")
    if do != "withdraw" and own:
        raise Conflict("nobody decides their own proposal: a second person has to")
    if do == "refuse" and not remarks.strip():
        raise Invalid("say why", _told({"remarks": "required"}))
    if len(remarks.strip()) > _LONGEST_REMARK:
        raise Invalid(f"remarks: at most {_LONGEST_REMARK} characters", _told({"remarks": "length"}))
    product = _made(step, proposal) if do == "approve" else None
    proposal.state = {"approve": APPROVED, "refuse": REFUSED, "withdraw": WITHDRAWN}[do]
    proposal.decided_by, proposal.decided_at, proposal.remarks = who.name, step.now, remarks.strip() or None
    step.session.flush()
    return product


def terms_of(proposal: ProductProposal) -> dict[str, Any]:
    """The terms of a proposal as a version has them: amounts and the rate exact, days as days."""
    read: dict[str, Any] = dict(proposal.terms)
    for name in ("min_amount", "max_amount", "annual_rate"):
        read[name] = Decimal(read[name])
    for name in ("valid_from", "withdrawn_on"):
        read[name] = dt.date.fromisoformat(read[name]) if read.get(name) else None
    return read


def _made(step: Step, proposal: ProductProposal) -> Product:
    last = latest_product(step.session, proposal.code)
    if (last.version if last is not None else 0) != proposal.based_on:
        raise Conflict(f"{proposal.code} has another version meanwhile")
    terms = terms_of(proposal)
    if terms["valid_from"] < _today(step):
        raise Invalid("valid_from is past: propose it anew", _told({"valid_from": "past"}))
    options = {topic: terms.pop(topic) for topic in OFFERED}
    return add_product_version(step.session, proposal.code, options=options, **terms)


def _problems(code: str, given: Mapping[str, Any], last: Product | None, today: dt.date) -> dict[str, str]:
    """What is wrong with a proposal: the code of what, by field."""
    least, most = given["min_amount"], given["max_amount"]
    shortest, longest = given["min_term_months"], given["max_term_months"]
    since, until = given["valid_from"], given["withdrawn_on"]
    judged = {
        "code": "code" if not _CODE.fullmatch(code) else "",
        "title_zh": "length" if not 1 <= len(given["title_zh"]) <= _LONGEST_TITLE else "",
        "title_en": "length" if not 1 <= len(given["title_en"]) <= _LONGEST_TITLE else "",
        "min_amount": "range" if not 0 < least < _LARGEST else "",
        "max_amount": "range" if not 0 < most < _LARGEST else "order" if most < least else "",
        "min_term_months": "range" if not 1 <= shortest <= _LONGEST_TERM else "",
        "max_term_months": "range" if not 1 <= longest <= _LONGEST_TERM else "order" if longest < shortest else "",
        "annual_rate": "range" if not 0 <= given["annual_rate"] < 1 else "",
        "approval_days": "range" if not 1 <= given["approval_days"] <= _MOST_DAYS else "",
        "day_count": "unknown" if given["day_count"] not in DAY_COUNTS else "",
        "conditions": "length" if len(given["conditions"] or "") > _LONGEST_TEXT else "",
        "valid_from": "past" if since < today else "order" if last is not None and since <= last.valid_from else "",
        "withdrawn_on": "order" if until is not None and until <= since else "",
    }
    for topic, known in OFFERED.items():
        wanted = given[topic]
        judged[topic] = "required" if not wanted else "" if set(wanted) <= set(known) else "unknown"
    return {field: why for field, why in judged.items() if why}


def _told(problems: Mapping[str, str]) -> dict[str, Any]:
    return {field: [why] for field, why in problems.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def _today(step: Step) -> dt.date:
    return step.now.astimezone(step.house.calendar.zone).date()
