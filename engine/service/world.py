"""What a case's diagram may reach in one step: operations in savepoints, decisions of its package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn.model import Element
from engine.dmn import readable
from engine.ports import OperationCall
from engine.runtime.environment import Decided, Environment
from engine.service.jobs import queue
from engine.values import to_json

if TYPE_CHECKING:
    from engine.service.opened import OpenedCase


def world(case: OpenedCase) -> Environment:
    """The environment of `case` in its step."""
    house = case.step.house
    return Environment(
        now=case.step.now,
        calendar=house.calendar,
        parameters=case.definition.parameters,
        call_operation=lambda element, inputs: _call(case, element, inputs),
        decide=lambda element, variables: _decide(case, element, variables),
        savepoint=case.step.session.begin_nested,
    )


def _call(case: OpenedCase, element: Element, inputs: Mapping[str, Any]) -> dict[str, Any]:
    step, name = case.step, element.work.operation or ""
    operation = step.house.operations.get(name)
    if operation is None:
        raise LookupError(f"there is no operation {name}")
    unknown = sorted(set(inputs) - set(operation.inputs))
    if unknown:
        raise ValueError(f"the operation {name} has no input {', '.join(unknown)}")

    def queue_job(kind: str, payload: dict[str, Any], due_at: dt.datetime | None = None) -> None:
        queue(step, kind, payload, instance_id=case.id, due_at=due_at)

    call = OperationCall(
        session=step.session,
        now=step.now,
        instance_id=case.id,
        business_key=case.business_key,
        unit_id=case.unit_id,
        actor=case.actor,
        element=element.id,
        queue_job=queue_job,
        zone=step.house.calendar.zone,
        calendar=step.house.calendar,
        relations=step.house.relations,
    )
    return dict(operation.run(call, **inputs))


def _decide(case: OpenedCase, element: Element, variables: Mapping[str, Any]) -> Decided:
    ref = element.work.decision_ref or ""
    zone = case.step.house.calendar.zone
    outcome = case.definition.decision_model(ref).evaluate(ref, variables, now=case.step.now, zone=zone)
    if outcome.violations:
        raise ValueError(f"the decision {ref} cannot be made: {'; '.join(outcome.violations[:3])}")
    trace: list[dict[str, Any]] = [
        {
            "element": element.id,
            "decision": made.decision,
            "inputs": to_json(readable(made.inputs)),
            "tests": [
                {"input": name, "value": to_json(readable(value))}
                for table in made.tables
                for name, value in table.inputs
            ],
            "rules": [{"number": number, "id": rule} for number, rule in made.matched],
            "outputs": to_json(readable(made.outputs)),
        }
        for made in outcome.trace
    ]
    if outcome.reasons:
        trace.append({"element": element.id, "reasons": outcome.reasons[:20]})
    return case.definition.decided(ref, outcome.result, trace)
