"""The conditions of a resolution as the diagram sees them: met, confirmed by a second person, what is left (REV-8)."""

from __future__ import annotations

from decimal import Decimal

from engine.ports import OperationCall
from models.queries.applications import latest_resolution
from models.resolutions import FULFILLED, IN_WORK, WAIVED, unconfirmed
from operations.applications import APPLICATION_NO, application_of
from operations.declaring import Outputs, operation, refuse
from operations.inputs import choice, text, texts


@operation(
    "conditions.fulfil",
    "落实条件 Record conditions as met",
    inputs={
        "application_no": APPLICATION_NO,
        "fulfilled": texts("The conditions that are met, in the words of the resolution"),
    },
    outputs={
        "open_conditions": "How many are neither fulfilled nor waived",
        "unconfirmed_conditions": "How many no second person has confirmed",
    },
)
def fulfil(call: OperationCall, *, application_no: str, fulfilled: list[str]) -> Outputs:
    """Marks conditions of the latest resolution as met; one that was met before stays as it was."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    conditions = {condition.text: condition for condition in (resolution.conditions if resolution else ())}
    for words in fulfilled:
        condition = conditions.get(words)
        if condition is None:
            raise refuse("fulfilled", f"the latest resolution has no condition {words!r:.60}")
        if condition.state not in (FULFILLED, WAIVED):
            condition.state, condition.fulfilled_at, condition.fulfilled_by = FULFILLED, call.now, call.actor
    call.session.flush()
    return {
        "open_conditions": Decimal(sum(row.state not in (FULFILLED, WAIVED) for row in conditions.values())),
        "unconfirmed_conditions": Decimal(sum(unconfirmed(row) for row in conditions.values())),
    }


@operation(
    "conditions.confirm",
    "复核条件 Confirm conditions that were met, or have them done again",
    inputs={
        "application_no": APPLICATION_NO,
        "decision": choice("Whether what was shown proves them", ("confirm", "return")),
        "reason": text("What was looked at, or what is lacking", 1000),
    },
    outputs={"unconfirmed_conditions": "How many no second person has confirmed, the waived left out"},
)
def confirm(call: OperationCall, *, application_no: str, decision: str, reason: str) -> Outputs:
    """A second person confirms all that is met and not confirmed, or sends it back (REV-8). Not whoever met it."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    conditions = list(resolution.conditions) if resolution else []
    for condition in conditions:
        if condition.state == FULFILLED and condition.confirmed_at is None:
            if condition.fulfilled_by == call.actor:
                raise refuse("decision", "whoever fulfilled a condition does not confirm it")
            if decision == "confirm":
                condition.confirmed_at, condition.confirmed_by = call.now, call.actor
            else:
                condition.state, condition.note = IN_WORK, reason
                condition.fulfilled_at = condition.fulfilled_by = condition.evidence_id = None
    call.session.flush()
    return {"unconfirmed_conditions": Decimal(sum(unconfirmed(row) for row in conditions))}


@operation(
    "conditions.status",
    "放款条件情况 How far the conditions are met",
    inputs={"application_no": APPLICATION_NO},
    outputs={
        "open_conditions": "How many are neither fulfilled nor waived",
        "unconfirmed_conditions": "How many no second person has confirmed, the waived left out",
        "unmet": "Those that are open or not confirmed, in words",
    },
)
def status(call: OperationCall, *, application_no: str) -> Outputs:
    """What is left of the latest resolution's conditions; for gates before contract and payment (REV-8, DIS-1)."""
    resolution = latest_resolution(call.session, application_of(call, application_no))
    conditions = resolution.conditions if resolution else []
    return {
        "open_conditions": Decimal(sum(row.state not in (FULFILLED, WAIVED) for row in conditions)),
        "unconfirmed_conditions": Decimal(sum(unconfirmed(row) for row in conditions)),
        "unmet": [row.text for row in conditions if unconfirmed(row)],
    }
