"""Who answers for what in a case, and who bears a confirmed loss (GOV-3, GOV-4).

Directly responsible is the desk that failed its duty: whoever signed the step with that duty, and the one for whom it
was signed. Indirectly responsible is the next desk that did not notice: the first that signed a step which began after
that signature. A superior who ordered the breach is direct, those who obeyed are indirect.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.ports import OperationCall
from lending.responsibility import DIRECT, INDIRECT, share_loss
from models.cases import Signature
from models.losses import Loss, LossShare
from models.queries.losses import case_numbered, losses_of, signed_steps
from models.queries.people import UnknownName, find_person
from models.queries.staff import titles_of
from models.tasks import COSIGN, Task
from operations.declaring import Outputs, operation, refuse
from operations.inputs import choice, contexts, money, optional, rate, text


@dataclass(frozen=True)
class Line:
    """A signature with those who answer for it, and those of the next desk that should have noticed."""

    signature: Signature
    task: Task
    direct: tuple[str, ...]
    indirect: tuple[str, ...]
    next_element: str | None

    @property
    def duties(self) -> tuple[str, ...]:
        """The duties for which it was signed."""
        return tuple(self.signature.duty.split())


def responsibility(session: Session, instance_id: uuid.UUID) -> list[Line]:
    """The lines of a case's responsibility report, in the order in which people signed."""
    rows = [(row.Signature, row.Task) for row in signed_steps(session, instance_id)]
    return [_line(signature, task, rows) for signature, task in rows]


def _line(signature: Signature, task: Task, rows: Iterable[tuple[Signature, Task]]) -> Line:
    direct = _answering(signature)
    later = [
        (other, after)
        for other, after in rows
        if after.created_at >= signature.signed_at
        and after.kind != COSIGN
        and other.id > signature.id
        and not set(_answering(other)) & set(direct)
    ]
    element = later[0][1].element if later else None
    begun = later[0][1].created_at if later else None
    # Several of one desk (a vote) begin together, and answer together.
    same = [other for other, after in later if (after.element, after.created_at) == (element, begun)]
    indirect = tuple(dict.fromkeys(name for other in same for name in _answering(other)))
    return Line(signature, task, direct, indirect, element)


def _answering(signature: Signature) -> tuple[str, ...]:
    return tuple(name for name in (signature.person, signature.on_behalf_of) if name)


@operation(
    "responsibility.assess",
    "拟定损失责任 Propose who bears a loss",
    inputs={
        "case_no": text("Number of the case that made the loss", 255),
        "loss_amount": money("The loss"),
        "failed_duties": text("Ids of the duties that were failed, separated by blanks", 255),
        "grounds": text("How they were failed, and the evidence", 4000),
        "ordered_by": optional(text("Sign-in name of a superior who ordered the breach", 64)),
        "indirect_part": rate("What those indirectly responsible bear together; not a rate but a fraction of the loss"),
    },
    outputs={
        "case_no": "As given",
        "loss_amount": "As given",
        "grounds": "As given",
        "proposed_by": "Who proposes it",
        "shares": "Who bears how much: person, kind (direct, indirect), duties, amount",
        "concerned": "Sign-in names of those who are to be heard",
        "proposal": "The same in words",
    },
)
def assess(call: OperationCall, *, case_no: str, ordered_by: str | None, **given: Any) -> Outputs:
    """Finds from the signatures who failed the duties and who did not notice. Nothing is kept yet."""
    found = case_numbered(call.session, case_no)
    if len(found) != 1:
        raise refuse("case_no", "没有这个案件号 there is no such case" if not found else "several cases have it")
    wanted = set(given["failed_duties"].replace(",", " ").split())
    lines = [line for line in responsibility(call.session, found[0].id) if wanted & set(line.duties)]
    unsigned = wanted - {duty for line in lines for duty in line.duties}
    if unsigned:
        raise refuse("failed_duties", f"本案无人签署 nobody has signed for {', '.join(sorted(unsigned))} in this case")
    failed, unnoticed = _by_duty(lines, wanted, direct=True), _by_duty(lines, wanted, direct=False)
    if ordered_by is not None:
        _require_person(call.session, ordered_by)
        unnoticed = {**failed, **unnoticed}
        failed = {ordered_by: sorted(wanted)}
    shares = share_loss(given["loss_amount"], list(failed), list(unnoticed), given["indirect_part"])
    listed = [
        {
            "person": share.person,
            "kind": share.kind,
            "duties": " ".join((failed if share.kind == DIRECT else unnoticed)[share.person]),
            "amount": share.amount,
        }
        for share in shares
    ]
    return {
        "case_no": case_no,
        "loss_amount": given["loss_amount"],
        "grounds": given["grounds"],
        "proposed_by": call.actor,
        "shares": listed,
        "concerned": [share.person for share in shares],
        "proposal": _in_words(call.session, listed),
    }


def _by_duty(lines: Iterable[Line], wanted: set[str], *, direct: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        for name in line.direct if direct else line.indirect:
            mine = found.setdefault(name, [])
            mine += [duty for duty in line.duties if duty in wanted and duty not in mine]
    return found


def _require_person(session: Session, name: str) -> None:
    try:
        find_person(session, name)
    except UnknownName:
        raise refuse("ordered_by", "没有这个人 there is nobody of this name") from None


def _in_words(session: Session, shares: list[dict[str, Any]]) -> str:
    titles = titles_of(session, (share["person"] for share in shares))
    kinds = {DIRECT: "直接责任", INDIRECT: "间接责任"}
    said = [(titles[share["person"]], kinds[share["kind"]], share["duties"], share["amount"]) for share in shares]
    return "；".join(f"{who} {kind}（{duties}）{amount:,.2f} 元" for who, kind, duties, amount in said)


_SHARE = {
    "person": text("Sign-in name", 64),
    "kind": choice("How the person answers", ("direct", "indirect")),
    "duties": text("For which duties", 255),
    "amount": money("What the person bears"),
}


@operation(
    "responsibility.confirm",
    "认定损失责任 Confirm who bears a loss",
    inputs={
        "case_no": text("Number of the case that made the loss", 255),
        "loss_amount": money("The loss"),
        "grounds": text("How duties were failed, and the evidence", 4000),
        "proposed_by": text("Who proposed it", 64),
        "indirect_part": rate("What those indirectly responsible bear together; a fraction of the loss"),
        "shares": contexts("Who bears how much", _SHARE),
    },
    outputs={"loss_no": "Number under which the loss is kept"},
)
def confirm(call: OperationCall, *, case_no: str, shares: list[dict[str, Any]], **given: Any) -> Outputs:
    """Keeps the loss and its shares for life; by another person than who proposed it, and to the fen."""
    if call.actor is None or call.actor == given["proposed_by"]:
        raise refuse("proposed_by", "a loss is confirmed by another person than who proposed it")
    if sum((share["amount"] for share in shares), Decimal(0)) != given["loss_amount"]:
        raise refuse("shares", "do not add up to the loss")
    [case] = case_numbered(call.session, case_no)
    loss = Loss(
        instance_id=case.id,
        decided_in=call.instance_id,
        amount=given["loss_amount"],
        indirect_part=given["indirect_part"],
        grounds=given["grounds"],
        proposed_by=given["proposed_by"],
        confirmed_by=call.actor,
        confirmed_at=call.now,
        shares=[LossShare(n=n, confirmed_at=call.now, **share) for n, share in enumerate(shares, 1)],
    )
    call.session.add(loss)
    call.session.flush()
    return {"loss_no": str(loss.id)}


def report(session: Session, instance_id: uuid.UUID) -> dict[str, Any]:
    """The responsibility report of a case as plain JSON: a line for each signature, and the confirmed losses."""
    return {
        "lines": [
            {
                "duties": list(line.duties),
                "element": line.task.element,
                "direct": list(line.direct),
                "power_of": line.signature.power_of,
                "signed_at": line.signature.signed_at,
                "signature": line.signature.id,
                "facts_hash": line.signature.facts_hash,
                "indirect": list(line.indirect),
                "next_element": line.next_element,
            }
            for line in responsibility(session, instance_id)
        ],
        "losses": [
            {
                "id": loss.id,
                "amount": loss.amount,
                "indirect_part": loss.indirect_part,
                "grounds": loss.grounds,
                "proposed_by": loss.proposed_by,
                "confirmed_by": loss.confirmed_by,
                "confirmed_at": loss.confirmed_at,
                "shares": [
                    {"person": one.person, "kind": one.kind, "duties": one.duties.split(), "amount": one.amount}
                    for one in loss.shares
                ],
            }
            for loss in losses_of(session, instance_id)
        ],
    }
