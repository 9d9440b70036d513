"""The conditions before a payout, each found in the rows with its evidence; and waiving one (DIS-1).

Nothing here is ticked: who signed, registered, fulfilled or queried has left a row or a variable of the case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.ports import OperationCall
from models.applications import Application, ApplicationCollateral
from models.contracts import Contract, GuaranteeRegistration
from models.preconditions import PreconditionWaiver
from models.queries import papers, register_queries
from models.queries.applications import latest_resolution, live_contracts
from models.queries.disbursement import draw_until, draws, left_to_draw
from models.resolutions import FULFILLED, WAIVED, Resolution, unconfirmed
from operations.contracts import CONTRACT_NO, contract_of
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, choices, day, flag, money, optional, text, texts, whole

NAMES = {
    "contract": "合同已签订",
    "registration": "担保已登记、权证清单齐全",
    "conditions": "批复条件已落实",
    "approval": "批复（提款期）有效",
    "credit_query": "征信查询未过期",
    "papers": "资料齐全",
    "amount": "未超合同金额",
}
RESULTS = {"met": "具备", "waived": "已豁免", "unmet": "不具备"}
WAIVABLE = ("registration", "credit_query", "papers")
"""The others are not in anybody's gift: without contract, approval and amount there is nothing to pay out. A condition
of the resolution is waived where it is followed."""


@dataclass(frozen=True)
class Found:
    """One condition: whether it is met, and by what, or why not."""

    code: str
    met: bool
    words: str


@operation(
    "disbursement.preconditions",
    "核验放款前提 Examine the conditions before a payout",
    inputs={
        "contract_no": CONTRACT_NO,
        "draw_no": optional(whole("Which draw", 999), 1),
        "amount": money("Amount to be paid out"),
        "registered_kinds": texts("Kinds of guarantee that must be registered", 64),
        "queried_on": optional(day("Day of the latest credit query")),
        "credit_query_days": whole("How many days a credit query may be old", 3650),
        "own_desk": optional(text("Desk whose own checklist is checked at its step, and not asked for here", 64)),
        "papers_complete": optional(flag("Whether the review found all papers complete"), False),
    },
    outputs={
        "preconditions": "All conditions: contexts with code, name, state (met, waived, unmet), result, words",
        "unmet": "Names of those that are not met",
        "unmet_codes": "Codes of those that are not met",
        "waivable": "Codes of those not met that the decider may waive",
        "decider": "Who decided the loan, and may waive",
    },
)
def examine(call: OperationCall, *, contract_no: str, draw_no: int, **wanted: Any) -> Outputs:
    """Examines each condition now, from rows; what is not met is named with the reason."""
    contract = contract_of(call, contract_no)
    application = contract.application
    resolution = latest_resolution(call.session, application)
    waivers = {
        row.code: row
        for row in call.session.scalars(
            sa.select(PreconditionWaiver).where(
                PreconditionWaiver.application_id == application.id, PreconditionWaiver.draw_no == draw_no
            )
        )
    }
    listed = []
    for found in _all(call, contract, resolution, draw_no, **wanted):
        waiver = waivers.get(found.code)
        state = "met" if found.met else "waived" if waiver is not None else "unmet"
        words = f"{waiver.waived_by}：{waiver.reason}" if state == "waived" and waiver is not None else found.words
        listed.append(
            {
                "code": found.code,
                "name": NAMES[found.code],
                "state": state,
                "result": RESULTS[state],
                "words": words,
            }
        )
    unmet = [entry for entry in listed if entry["state"] == "unmet"]
    return {
        "preconditions": listed,
        "unmet": [f"{entry['name']}：{entry['words']}" for entry in unmet],
        "unmet_codes": [entry["code"] for entry in unmet],
        "waivable": [entry["code"] for entry in unmet if entry["code"] in WAIVABLE],
        "decider": resolution.recorded_by if resolution is not None else None,
    }


def _all(
    call: OperationCall, contract: Contract, resolution: Resolution | None, draw_no: int, **wanted: Any
) -> Iterator[Found]:
    application = contract.application
    today = business_day(call)
    yield _signed(call, application)
    yield _registered(call, application, wanted["registered_kinds"])
    yield _fulfilled(resolution)
    yield _in_force(call, contract, resolution, today)
    yield _queried(_last_query(call, application, wanted["queried_on"]), wanted["credit_query_days"], today)
    yield _complete(call, application, wanted["own_desk"], wanted["papers_complete"])
    own = next((loan.principal for loan in draws(call.session, contract) if loan.draw_no == draw_no), 0)
    left = left_to_draw(call.session, contract) + own
    yield Found("amount", wanted["amount"] <= left, f"合同 {contract.amount:,.2f}，可提 {left:,.2f}")


def _signed(call: OperationCall, application: Application) -> Found:
    contracts = live_contracts(call.session, application)
    open_ones = [contract.number for contract in contracts if contract.status != "signed"]
    if open_ones:
        return Found("contract", False, f"未签：{'、'.join(open_ones)}")
    return Found("contract", True, "、".join(f"{row.number}（{row.signed_on}）" for row in contracts))


def _registered(call: OperationCall, application: Application, kinds: list[str]) -> Found:
    if application.guarantee_kind not in kinds:
        return Found("registration", True, "无需登记")
    rows = call.session.scalars(
        sa.select(GuaranteeRegistration).where(
            GuaranteeRegistration.application_id == application.id, GuaranteeRegistration.released_on.is_(None)
        )
    ).all()
    things = call.session.scalar(
        sa.select(sa.func.count()).where(ApplicationCollateral.application_id == application.id)
    )
    needed = max(int(things or 0), 1)
    if len(rows) < needed:
        return Found("registration", False, f"权证 {len(rows)} 件，应有 {needed} 件")
    return Found("registration", True, "、".join(row.certificate_no for row in rows))


def _fulfilled(resolution: Resolution | None) -> Found:
    conditions = resolution.conditions if resolution is not None else []
    open_ones = [condition.text for condition in conditions if condition.state not in (FULFILLED, WAIVED)]
    if open_ones:
        return Found("conditions", False, f"未落实：{'；'.join(open_ones)}")
    alone = [condition.text for condition in conditions if unconfirmed(condition)]
    if alone:
        return Found("conditions", False, f"待他人复核：{'；'.join(alone)}")
    return Found("conditions", True, f"{len(conditions)} 项已落实并复核，或已豁免" if conditions else "批复未附条件")


def _in_force(call: OperationCall, contract: Contract, resolution: Resolution | None, today: dt.date) -> Found:
    """The approval until the first payout, the period for drawing afterwards."""
    if draws(call.session, contract):
        until = draw_until(call.session, contract)
        if until is None:
            return Found("approval", True, "已按合同放款")
        return Found("approval", today <= until, f"提款期至 {until}")
    if resolution is None or resolution.result != "approved":
        return Found("approval", False, "没有批复")
    assert resolution.valid_until is not None
    return Found("approval", today <= resolution.valid_until, f"{resolution.number} 有效至 {resolution.valid_until}")


def _last_query(call: OperationCall, application: Application, given: dt.date | None) -> dt.date | None:
    """The later of what was given for this draw and the look-ups of the loan's case."""
    found = register_queries.latest(call.session, application.instance_id, application.customer.number, "credit")
    known = [on for on in (given, found.queried_on if found is not None else None) if on is not None]
    return max(known, default=None)


def _complete(call: OperationCall, application: Application, own_desk: str | None, reviewed: bool) -> Found:
    """No required paper may be missing on a checklist of the desks before, whatever the review has found."""
    rows = [row for row in papers.of_case(call.session, application.instance_id) if row.desk != own_desk]
    lacking = [row.title for row in rows if row.required and row.state in ("open", "missing")]
    if lacking:
        return Found("papers", False, f"缺：{'、'.join(lacking)}")
    words = f"合规审查确认，清单 {len(rows)} 项已核" if rows else "合规审查确认资料齐全"
    return Found("papers", reviewed, words if reviewed else "审查未确认资料齐全")


def _queried(queried_on: dt.date | None, days: int, today: dt.date) -> Found:
    if queried_on is None:
        return Found("credit_query", False, "没有查询记录")
    age = (today - queried_on).days
    return Found("credit_query", age <= days, f"{queried_on} 查询，已 {max(age, 0)} 天，期限 {days} 天")


@operation(
    "disbursement.waive",
    "豁免放款前提 Waive conditions before a payout",
    inputs={
        "contract_no": CONTRACT_NO,
        "draw_no": optional(whole("Which draw", 999), 1),
        "decision": choice("Whether they are waived", ("grant", "deny")),
        "codes": choices("Which conditions", tuple(NAMES)),
        "reason": text("Why it may be paid out without, or why not", 1000),
    },
    outputs={"waived": "Names of what was waived"},
)
def waive(
    call: OperationCall, *, contract_no: str, draw_no: int, decision: str, codes: list[str], reason: str
) -> Outputs:
    """Waives conditions of a draw. Only who decided the loan may: they answer for what was a condition of it.

    What nobody can waive stays unmet, whatever is asked.
    """
    contract = contract_of(call, contract_no)
    resolution = latest_resolution(call.session, contract.application)
    if resolution is None or resolution.recorded_by is None or call.actor != resolution.recorded_by:
        raise refuse("contract_no", "only who decided the loan may waive a condition of it")
    waived = [code for code in codes if decision == "grant" and code in WAIVABLE]
    for code in waived:
        call.session.merge(
            PreconditionWaiver(
                application_id=contract.application_id,
                draw_no=draw_no,
                code=code,
                reason=reason,
                waived_by=call.actor,
                waived_at=call.now,
            )
        )
    call.session.flush()
    return {"waived": [NAMES[code] for code in waived]}
