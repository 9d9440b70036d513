"""Visits to customers: return visits after a loan was paid out become due, are made and kept (CUS-3); on-site visits of
an investigation enter the register once both reports are in (INV-1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.ports import OperationCall
from engine.values import dumps
from lending.calendar import WorkingCalendar
from lending.errors import InvalidDuration
from models.applications import Application, Opinion
from models.care import Visit
from models.contracts import Contract
from models.customers import Customer
from models.loans import Loan
from models.numbering import next_number
from models.people import Person
from models.queries.customers import find_customer
from models.tasks import KeptMessage
from operations.declaring import Outputs, business_day, operation, refuse
from operations.inputs import choice, day, optional, text, whole

NUMBERS = {"return": "RV-{year}-{unit}-{seq:4}", "on_site": "OV-{year}-{unit}-{seq:4}"}
DUE = "return_visit_due"
_KEPT = dt.timedelta(days=30)
_MOST = 200


@operation(
    "visit.call_due",
    "发起到期回访 Begin the return visits that are due",
    inputs={"after": text("How long after the payout, in natural time, such as P15D", 20)},
    outputs={"visits_begun": "How many visits were begun"},
)
def call_due(call: OperationCall, *, after: str) -> Outputs:
    """For each loan paid out long enough ago, one visit, and a message that begins its case in the loan's unit.

    The visit's row is one of a kind for its loan: however often and from wherever this is called, nothing is begun
    twice.
    """
    begun = 0
    for loan, application in _without_visit(call, after):
        number = next_number(call.session, NUMBERS["return"], loan.unit_id, business_day(call).year)
        call.session.add(
            Visit(
                number=number,
                kind="return",
                state="due",
                loan_id=loan.id,
                application_id=application.id,
                customer_id=loan.customer_id,
                customer_name=loan.customer.name,
                unit_id=loan.unit_id,
                entered_at=call.now,
            )
        )
        call.session.flush()
        _send(call, loan, {
            "visit_no": number,
            "loan_no": loan.number,
            "customer_id": loan.customer.number,
            "customer_name": loan.customer.name,
            "phone": loan.customer.phone,
            "amount": loan.principal,
            "purpose": application.purpose,
            "disbursed_on": loan.start.isoformat(),
            "officer": _officer(call, application),
        })  # fmt: skip
        begun += 1
    return {"visits_begun": Decimal(begun)}


def _without_visit(call: OperationCall, after: str) -> list[tuple[Loan, Application]]:
    visited = sa.select(Visit.loan_id).where(Visit.kind == "return", Visit.loan_id.is_not(None))
    query = (
        sa.select(Loan, Application)
        .join(Contract, Contract.id == Loan.contract_id)
        .join(Application, Application.id == Contract.application_id)
        .where(Loan.disbursed_at <= _before(call, after), Loan.status == "active", Loan.id.not_in(visited))
        .order_by(Loan.id)
        .limit(_MOST)
        .with_for_update(of=Loan, skip_locked=True)
    )
    return [(row[0], row[1]) for row in call.session.execute(query)]


def _before(call: OperationCall, after: str) -> dt.datetime:
    """The latest payout that is long enough ago."""
    try:
        return call.now - (WorkingCalendar(call.zone).add(call.now, after, "natural") - call.now)
    except InvalidDuration as error:
        raise refuse("after", str(error)) from None


def _officer(call: OperationCall, application: Application) -> str | None:
    """Who investigated the loan first, if that person still works here."""
    investigator = sa.select(Opinion.person).where(
        Opinion.application_id == application.id, Opinion.stage == "investigation_a"
    )
    name = call.session.scalar(investigator.order_by(Opinion.round.desc()).limit(1))
    still = sa.select(Person.id).where(Person.name == name, Person.disabled.is_(False))
    return name if name is not None and call.session.scalar(still) is not None else None


def _send(call: OperationCall, loan: Loan, payload: dict[str, Any]) -> None:
    message = KeptMessage(
        name=DUE,
        correlation=dumps({"loan_no": loan.number}),
        payload=dumps(payload),
        state="kept",
        received_at=call.now,
        received_from=None,
        expires_at=call.now + _KEPT,
    )
    call.session.add(message)
    call.session.flush()
    call.queue_job("message", {"kept": message.id, "unit": loan.unit_id})


@operation(
    "visit.record",
    "登记回访 Keep a return visit",
    inputs={
        "visit_no": optional(text("Number of the visit that is due; without it, it is a new one", 40)),
        "customer_id": optional(text("Number of the customer", 16)),
        "customer_name": text("Who was visited"),
        "result": choice("Whether the customer was reached", ("done", "missed")),
        "visited_on": optional(day("Day of the visit")),
        "place": optional(text("Where, or how", 300)),
        "satisfaction": optional(whole("How happy the customer is, from 1 to 5", 5)),
        "use_as_agreed": optional(choice("Whether the money is used as agreed", ("yes", "no", "unclear"))),
        "findings": optional(text("What was found", 4000)),
        "needs": optional(text("What the customer needs", 2000)),
        "phone": optional(text("A new telephone of the customer", 40)),
    },
    outputs={"visit_no": "Number of the visit"},
)
def record(call: OperationCall, *, visit_no: str | None, result: str, **given: Any) -> Outputs:
    """Keeps what was found; a new telephone goes into the customer's file."""
    visit = _visit(call, visit_no) or _new(call, given)
    if given["phone"] is not None and visit.customer is not None:
        visit.customer.phone = given["phone"]
    visit.state, visit.instance_id = result, call.instance_id
    visit.visitor, visit.recorded_at = call.actor or "", call.now
    for name in ("visited_on", "place", "satisfaction", "use_as_agreed", "findings", "needs"):
        setattr(visit, name, given[name])
    if result == "done" and visit.visited_on is None:
        visit.visited_on = business_day(call)
    call.session.flush()
    return {"visit_no": visit.number}


def _visit(call: OperationCall, number: str | None) -> Visit | None:
    if number is None:
        return None
    visit = call.session.scalar(sa.select(Visit).where(Visit.number == number, Visit.unit_id == call.unit_id))
    if visit is None:
        raise refuse("visit_no", f"there is no visit {number} in this unit")
    return visit


def _new(call: OperationCall, given: dict[str, Any]) -> Visit:
    customer: Customer | None = None
    if given["customer_id"] is not None:
        customer = find_customer(call.session, given["customer_id"])
        if customer is None:
            raise refuse("customer_id", f"there is no customer {given['customer_id']}")
    visit = Visit(
        number=next_number(call.session, NUMBERS["return"], call.unit_id, business_day(call).year),
        kind="return",
        customer=customer,
        customer_name=given["customer_name"],
        unit_id=call.unit_id,
        entered_at=call.now,
    )
    call.session.add(visit)
    return visit


def enter_on_site(call: OperationCall, application: Application, opinion: Opinion) -> None:
    """Both investigators of a round have reported: their visits enter the register (INV-1).

    Before that nobody may know from it what the other has done, so the first one waits for the second.
    """
    stages = ("investigation_a", "investigation_b")
    if opinion.stage not in stages:
        return
    query = sa.select(Opinion).where(
        Opinion.application_id == application.id, Opinion.round == opinion.round, Opinion.stage.in_(stages)
    )
    both = list(call.session.scalars(query))
    if len(both) < len(stages):
        return
    for report in both:
        visited_on = report.facts.get("visited_on") if isinstance(report.facts, dict) else None
        if visited_on is None:
            continue
        call.session.add(
            Visit(
                number=next_number(call.session, NUMBERS["on_site"], application.unit_id, business_day(call).year),
                kind="on_site",
                state="done",
                application_id=application.id,
                customer_id=application.customer_id,
                customer_name=application.customer.name,
                unit_id=application.unit_id,
                instance_id=application.instance_id,
                visitor=report.person,
                visited_on=dt.date.fromisoformat(str(visited_on)),
                place=str(report.facts.get("place") or "")[:300] or None,
                entered_at=call.now,
                recorded_at=report.given_at,
            )
        )
