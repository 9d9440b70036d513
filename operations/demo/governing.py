"""What governance shows in the demonstration: a deputy, a post that changes hands, a loss that somebody answers for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.service import actors, cases, deputies, tasks
from engine.service.house import House
from models.cases import Instance, Signature
from models.definitions import Definition
from models.handovers import Handover
from models.tasks import OPEN, Task

HANDOVER, LOSS = "post_handover", "loss_responsibility"
_LEAVE = dt.timedelta(days=4)


def govern(house: House) -> None:
    """He Jing is on leave; Wu Di hands over to Zhou Qiang; a loss is proposed and those concerned are heard."""
    with house.sessions.reading() as session:
        deployed = set(session.scalars(sa.select(Definition.key).where(Definition.key.in_((HANDOVER, LOSS)))))
        if session.scalar(sa.select(Handover.id).limit(1)) is not None or len(deployed) < 2:
            return
    with house.step() as step:
        away = actors.load(step.session, "he")
        first = deputies.today(step)
        deputies.appoint(step, away, "he", "sun", first, first + _LEAVE, "年休假，紧急情况请电话联系")
    three = {"leaver": "wu", "receiver": "zhou", "supervisor": "zheng", "reason": "吴迪调任总部风险部"}
    post = _begin(house, HANDOVER, "zheng", "list_open", three)
    note = "在管客户的走访安排已当面说明，抵押权证均在档案室"
    _complete(house, post, "sign_leaving", "wu", {"leaving_agreed": True, "leaving_note": note})
    origin = _paid_out(house)
    if origin is not None:
        _begin(house, LOSS, "auditor", "propose", _loss_of(origin))


def _paid_out(house: House) -> str | None:
    """The number of the oldest case that was carried to its end and whose investigators have signed."""
    signed = sa.select(Signature.instance_id).where(Signature.duty.contains("INV-4"))
    query = sa.select(Instance.business_key).where(Instance.id.in_(signed), Instance.state == "completed")
    with house.sessions.reading() as session:
        return session.scalar(query.order_by(Instance.created_at).limit(1))


def _loss_of(case_no: str) -> dict[str, Any]:
    return {
        "case_no": case_no,
        "loss_amount": Decimal("86500.00"),
        "failed_duties": "INV-4",
        "grounds": "抵押物处置所得比调查估值低四成，未核实周边成交价，评估报告的可比案例与实地不符",
    }


def _begin(house: House, key: str, who: str, element: str, form: Mapping[str, Any]) -> uuid.UUID:
    with house.step() as step:
        case_id = cases.start(step, key, actors.load(step.session, who)).id
    _complete(house, case_id, element, who, form)
    return case_id


def _complete(house: House, case_id: uuid.UUID, element: str, who: str, form: Mapping[str, Any]) -> None:
    query = sa.select(Task.id).where(Task.instance_id == case_id, Task.element == element, Task.state == OPEN)
    with house.step() as step:
        task_id = step.session.scalars(query).one()
        tasks.complete(step, task_id, actors.load(step.session, who), dict(form))
