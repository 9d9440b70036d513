"""Asking a register for a case, keeping its answer, and entering by hand what no connector answers (INT-6)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.errors import Forbidden, Invalid
from engine.ports import OperationCall
from engine.service import tasks
from engine.service.actors import Actor
from engine.service.errands import Errand
from engine.service.events import append
from engine.service.house import House, Step
from engine.service.jobs import queue
from engine.service.opened import lock
from models.cases import Instance
from models.customers import Customer
from models.queries.register_queries import latest
from models.register_queries import ANSWERED, ASKED, FAILED, REGISTERS, TYPED, RegisterQuery
from models.tasks import OPEN, STEP, Task
from operations.declaring import Outputs, business_day, operation
from operations.inputs import choice, context, day, optional, text
from operations.registers.connectors import Answer, Connector, Question

JOB = "register"
"""The kind of job that asks a register; its payload is `{query: id}`."""
DUTY = "INT-6"
_VALIDITY, _VALID_DAYS = "registry_query_days", 30
"""The parameter of the package, and what holds where it has none: while an answer holds, it is asked for again only on
demand; the case warns of older ones."""
MANUAL = "manual"
_MAX_AUTHORISATION = 40


def valid_days(parameters: Mapping[str, Any]) -> int:
    """For how many days an answer holds, as the package sets it (`registry_query_days`)."""
    return int(parameters.get(_VALIDITY, _VALID_DAYS))


def may_ask(step: Step, instance_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the actor could do an open step of the case whose duty is to look customers up."""
    query = sa.select(Task).where(Task.instance_id == instance_id, Task.state == OPEN, Task.kind == STEP)
    for task in step.session.scalars(query):
        definition = step.house.definitions.get(step.session, task.definition_id)
        if DUTY in definition.element(task.process, task.element).human.duties:
            refused = tasks.why_not(step, task.id, actor)
            if refused is None or refused.rule == "not_the_assignee":
                return refused is None
    return False


def ask(
    step: Step,
    instance: Instance,
    party: str,
    register: str,
    authorisation_no: str,
    authorised_on: dt.date | None,
    actor: Actor,
    *,
    again: bool = False,
) -> RegisterQuery:
    """Looks a party of the case up. While it holds (`valid_days`), the answer that is there is given unless `again`.

    Raises `Forbidden` unless `may_ask`, and `Invalid` by field: no party of the case, no authorisation.
    """
    today = step.now.astimezone(step.house.calendar.zone).date()
    row = lock(step, instance.id)
    if not may_ask(step, instance.id, actor):
        raise Forbidden("Look-ups are for whoever has an open step of the case with that duty (INT-6).")
    errors: dict[str, Any] = {}
    if party not in {number for numbers in instance.parties.values() for number in numbers}:
        errors["party"] = ["unknown"]
    if register not in REGISTERS:
        errors["register"] = ["unknown"]
    if not authorisation_no.strip() or len(authorisation_no) > _MAX_AUTHORISATION:
        errors["authorisation_no"] = ["required"]
    if authorised_on is None or authorised_on > today:
        errors["authorised_on"] = ["required" if authorised_on is None else "later"]
    if errors:
        raise Invalid("a look-up needs a party of the case and a signed authorisation", errors)
    assert authorised_on is not None
    if not again:
        holds = valid_days(step.house.definitions.get(step.session, instance.definition_id).parameters)
        known = latest(step.session, instance.id, party, register, today - dt.timedelta(days=holds))
        waiting = _waiting(step, instance, party, register)
        if known is not None or waiting is not None:
            return known or waiting  # type: ignore[return-value]
    query = RegisterQuery(
        instance_id=instance.id,
        unit_id=instance.unit_id,
        party=party,
        register=register,
        authorisation_no=authorisation_no.strip(),
        authorised_on=authorised_on,
        state=ASKED,
        source=JOB,
        answer={},
        asked_by=actor.name,
        asked_at=step.now,
    )
    step.session.add(query)
    step.session.flush()
    queue(step, JOB, {"query": query.id}, instance_id=instance.id, key=f"{JOB}-{query.id}")
    append(
        step,
        row,
        "register.asked",
        participants=[actor.name],
        actor=actor.name,
        query=query.id,
        register=register,
        party=party,
        authorisation=query.authorisation_no,
    )
    return query


def _waiting(step: Step, instance: Instance, party: str, register: str) -> RegisterQuery | None:
    query = sa.select(RegisterQuery).filter_by(instance_id=instance.id, party=party, register=register, state=ASKED)
    return step.session.scalar(query.limit(1))


def errand(connector: Connector | None) -> Errand:
    """How a look-up is done; without a connector the desk is told at once to look by hand."""

    def do(house: House, key: str, payload: Mapping[str, Any]) -> Answer | None:
        if connector is None:
            return None
        with house.sessions.reading() as session:
            query = session.get_one(RegisterQuery, int(payload["query"]))
            customer = session.scalars(sa.select(Customer).filter_by(number=query.party)).one()
            today = house.clock.now().astimezone(house.calendar.zone).date()
            question = Question(
                query.register,
                customer.name,
                customer.id_number,
                query.authorisation_no,
                query.authorised_on,
                today,
            )
        return connector.ask(question, key)

    def done(step: Step, payload: Mapping[str, Any], answer: Answer | None) -> None:
        query = step.session.get_one(RegisterQuery, int(payload["query"]))
        if answer is None:
            _failed(step, query, "no connector is set up: look it up by hand")
            return
        query.state, query.source = ANSWERED, connector.name if connector is not None else MANUAL
        query.query_no, query.answer, query.summary = answer.query_no, dict(answer.facts), answer.summary
        query.queried_on = step.now.astimezone(step.house.calendar.zone).date()
        query.answered_at = step.now
        _tell(step, query, "register.answered", number=answer.query_no)

    def failed(step: Step, payload: Mapping[str, Any], message: str) -> None:
        _failed(step, step.session.get_one(RegisterQuery, int(payload["query"])), message)

    return Errand(do, done, failed)


def _failed(step: Step, query: RegisterQuery, message: str) -> None:
    query.state, query.error, query.answered_at = FAILED, message, step.now
    _tell(step, query, "register.failed", message=message)


def _tell(step: Step, query: RegisterQuery, kind: str, **more: Any) -> None:
    row = lock(step, query.instance_id)
    append(step, row, kind, query=query.id, register=query.register, party=query.party, **more)


@operation(
    "registers.file",
    "归档登记查询 File a look-up in a register",
    inputs={
        "party": text("Number of the customer who was looked up", 16),
        "register": choice("Which register", REGISTERS),
        "authorisation_no": text("Number of the signed authorisation", _MAX_AUTHORISATION),
        "authorised_on": day("Day of the authorisation"),
        "query_no": text("The register's number of the query", 60),
        "queried_on": day("Day of the query"),
        "answer": optional(context("What the register said"), {}),
        "summary": optional(text("The same in words", 4000), ""),
    },
    outputs={"query_id": "Number of the look-up in the house"},
)
def file_query(
    call: OperationCall, *, party: str, register: str, query_no: str, queried_on: dt.date, answer: Any, **given: Any
) -> Outputs:
    """Keeps what the desk entered; a look-up by connector that it rests on is already there (INT-6)."""
    if queried_on > business_day(call):
        raise Invalid("queried_on: is later than today", {"queried_on": "is later than today"})
    by_connector = sa.select(RegisterQuery).filter_by(
        instance_id=call.instance_id, party=party, register=register, query_no=query_no
    )
    known = call.session.scalar(by_connector.limit(1))
    if known is not None:
        return {"query_id": f"{known.id}"}
    query = RegisterQuery(
        instance_id=call.instance_id,
        unit_id=call.unit_id,
        party=party,
        register=register,
        authorisation_no=given["authorisation_no"],
        authorised_on=given["authorised_on"],
        state=TYPED,
        source=MANUAL,
        query_no=query_no,
        queried_on=queried_on,
        answer=answer,
        summary=given["summary"],
        asked_by=call.actor,
        asked_at=call.now,
        answered_at=call.now,
    )
    call.session.add(query)
    call.session.flush()
    return {"query_id": f"{query.id}"}
