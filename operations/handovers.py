"""Handing over a post (GOV-5): the list of all that is open, and its transfer once three have signed.

Tasks of other cases are moved by an errand, one case after the other, each in a transaction of its own: no step locks
two cases.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.ports import OperationCall
from engine.service import posts
from engine.service.errands import Errand
from engine.service.house import House, Step
from models.handovers import LISTED, MOVED, Handover, HandoverItem
from models.numbering import next_number
from models.queries import handovers
from models.queries.people import UnknownName, find_person
from models.queries.staff import titles_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import text

MOVE = "handover.move"
_NUMBERS = "HO-{year}-{unit}-{seq:4}"
_WORDS = {
    "task": "待办任务",
    "case": "经办案件",
    "loan": "在管贷款",
    "condition": "待落实条件",
    "meeting": "会议",
    "prospect": "跟进客户",
    "volume": "借出档案",
}
_SHOWN = 40
"""Items that the forms name; all of them stand on the page of the handover."""


@operation(
    "handover.list",
    "列交接清单 List what is to be handed over",
    inputs={
        "leaver": text("Sign-in name of who leaves the post", 64),
        "receiver": text("Sign-in name of who takes it over", 64),
        "supervisor": text("Sign-in name of who supervises", 64),
        "reason": text("Why the post changes hands", 500),
    },
    outputs={
        "handover_no": "Number of the handover",
        "leaver": "As given",
        "receiver": "As given",
        "supervisor": "As given",
        "people": "The three, in words",
        "listed": "What is handed over, in words",
    },
)
def list_open(call: OperationCall, *, leaver: str, receiver: str, supervisor: str, reason: str) -> Outputs:
    """Keeps a snapshot of all that somebody has open. The three must be different people who can sign in."""
    for name, person in (("leaver", leaver), ("receiver", receiver), ("supervisor", supervisor)):
        _require_person(call.session, name, person)
    if len({leaver, receiver, supervisor}) < 3:
        raise refuse("supervisor", "交出、接收、监交须是三个人 must be three different people")
    items = [
        HandoverItem(kind="task", reference=row.business_key or "", title=row.name, task_id=row.id)
        for row in handovers.open_tasks(call.session, leaver)
    ]
    items += [
        HandoverItem(kind=kind, reference=reference, title=title[:1000])
        for kind, reference, title in handovers.all_else(call.session, leaver)
    ]
    for n, item in enumerate(items, 1):
        item.n, item.state = n, LISTED
    handover = Handover(
        number=next_number(call.session, _NUMBERS, call.unit_id, business_day(call).year),
        instance_id=call.instance_id,
        leaver=leaver,
        receiver=receiver,
        supervisor=supervisor,
        reason=reason,
        listed_at=call.now,
        listed_by=call.actor,
        items=items,
    )
    call.session.add(handover)
    call.session.flush()
    titles = titles_of(call.session, (leaver, receiver, supervisor))
    return {
        "handover_no": handover.number,
        "leaver": leaver,
        "receiver": receiver,
        "supervisor": supervisor,
        "people": f"交出 {titles[leaver]}，接收 {titles[receiver]}，监交 {titles[supervisor]}",
        "listed": _in_words(items),
    }


def _require_person(session: Session, name: str, person: str) -> None:
    try:
        found = find_person(session, person)
    except UnknownName:
        raise refuse(name, "没有这个人 there is nobody of this name") from None
    if found.disabled:
        raise refuse(name, "此人已停用 this person cannot sign in any more")


def _in_words(items: list[HandoverItem]) -> str:
    counts = Counter(item.kind for item in items)
    head = "，".join(f"{_WORDS[kind]} {counts[kind]} 项" for kind in _WORDS if counts[kind]) or "没有未了事项"
    named = "；".join(f"{_WORDS[item.kind]} {item.reference} {item.title}" for item in items[:_SHOWN])
    return f"{head}。{named}{' …' if len(items) > _SHOWN else ''}"


@operation(
    "handover.transfer",
    "移交 Transfer what was listed",
    inputs={"handover_no": text("Number of the handover", 40)},
    outputs={"items_to_move": "How many items are moved"},
)
def transfer(call: OperationCall, *, handover_no: str) -> Outputs:
    """Lets an errand move the tasks, case by case; conditions and prospects go with it."""
    handover = handovers.find(call.session, handover_no)
    if handover is None:
        raise refuse("handover_no", "there is no such handover")
    call.queue_job(MOVE, {"handover": handover.id})
    return {"items_to_move": Decimal(len(handover.items))}


def errand() -> Errand:
    """How the job of a handover is done."""
    return Errand(_move_tasks, _move_the_rest, lambda _step, _payload, _message: None)


def _move_tasks(house: House, _key: str, payload: dict[str, Any]) -> None:
    """Each task in a step of its own; what was moved before a stop is not moved again."""
    with house.sessions.reading() as session:
        handover = session.get_one(Handover, int(payload["handover"]))
        reason = f"岗位交接 {handover.number}"
        waiting = [(item.n, item.task_id) for item in handover.items if item.task_id and item.state == LISTED]
    for n, task_id in waiting:
        with house.step() as step:
            state, why = posts.move(step, task_id, handover.leaver, handover.receiver, reason)
            item = step.session.get_one(HandoverItem, (handover.id, n))
            item.state, item.why = state, why


def _move_the_rest(step: Step, payload: dict[str, Any], _result: Any) -> None:
    """Conditions and prospects get who sees to them from now on; the rest is told by the list."""
    handover = step.session.get_one(Handover, int(payload["handover"]))
    for condition, _ in step.session.execute(handovers.conditions_of(handover.leaver)).all():
        condition.responsible = handover.receiver
    for prospect in step.session.scalars(handovers.prospects_of(handover.leaver)).all():
        prospect.owner = handover.receiver
    for item in handover.items:
        if item.state == LISTED:
            item.state = MOVED
    handover.moved_at = step.now
