"""The conditions of an approval until each is met (REV-8), and the questions of its review (REV-2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import marshmallow as ma

from engine.service.actors import Actor
from models.queries.conditions import conditions_of
from models.queries.questions import questions_of
from models.questions import ENTRIES, QUESTION_STATES
from models.resolutions import CONDITION_STATES
from operations import conditions
from web.api.base import ApiBlueprint
from web.api.fields import Moment, Whole
from web.api.writing import writes
from web.context import actor, reading
from web.viewing import visible_case

blueprint = ApiBlueprint("conditions", __name__, "Conditions of approvals")


class ConditionSchema(ma.Schema):
    """A condition of the case's latest resolution."""

    n = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(CONDITION_STATES))
    responsible = ma.fields.String(required=True, allow_none=True)
    due_on = ma.fields.Date(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    evidence_id = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "a file of the case"})
    fulfilled_at = Moment(required=True, allow_none=True)
    fulfilled_by = ma.fields.String(required=True, allow_none=True)
    confirmed_at = Moment(required=True, allow_none=True)
    confirmed_by = ma.fields.String(required=True, allow_none=True)
    waived_at = Moment(required=True, allow_none=True)
    waived_by = ma.fields.String(required=True, allow_none=True)


class ConditionsSchema(ma.Schema):
    """All of them, in order."""

    items = ma.fields.List(ma.fields.Nested(ConditionSchema), required=True)


class _Given(ma.Schema):
    class Meta:
        unknown = ma.RAISE


class WorkSchema(_Given):
    """What was done so far, and by when it will be met."""

    note = ma.fields.String(required=True)
    due_on = ma.fields.Date(load_default=None, allow_none=True)


class FulfilSchema(_Given):
    """What was done, and the paper of the case that proves it."""

    note = ma.fields.String(required=True)
    evidence = Whole(required=True, metadata={"description": "id of a file of the case"})


class WhySchema(_Given):
    """Why."""

    reason = ma.fields.String(required=True)


@blueprint.get("/instances/<uuid:instance_id>/conditions")
@blueprint.response(200, ConditionsSchema)
def listed(instance_id: uuid.UUID) -> Any:
    """The conditions of the latest resolution of a case."""
    visible_case(reading(), actor(), instance_id)
    return {"items": conditions_of(reading(), instance_id)}


@blueprint.post("/instances/<uuid:instance_id>/conditions/<int:n>/work")
@blueprint.body(WorkSchema)
@blueprint.response(200, ConditionSchema)
@writes(ConditionSchema())
def work(step: Any, who: Actor, given: dict[str, Any], instance_id: uuid.UUID, n: int) -> Any:
    """Works on a condition: whoever is responsible, or a role that the package names."""
    return _seen(step, who, instance_id, lambda: conditions.see_to(step, who, instance_id, n, **given))


@blueprint.post("/instances/<uuid:instance_id>/conditions/<int:n>/fulfil")
@blueprint.body(FulfilSchema)
@blueprint.response(200, ConditionSchema)
@writes(ConditionSchema())
def fulfil(step: Any, who: Actor, given: dict[str, Any], instance_id: uuid.UUID, n: int) -> Any:
    """A condition is met, with a paper that proves it."""
    return _seen(
        step, who, instance_id,
        lambda: conditions.fulfil(step, who, instance_id, n, given["note"], given["evidence"]),
    )  # fmt: skip


@blueprint.post("/instances/<uuid:instance_id>/conditions/<int:n>/confirm")
@blueprint.response(200, ConditionSchema)
@writes(ConditionSchema())
def confirm(step: Any, who: Actor, instance_id: uuid.UUID, n: int) -> Any:
    """Somebody else than who fulfilled it confirms it."""
    return _seen(step, who, instance_id, lambda: conditions.confirm(step, who, instance_id, n))


@blueprint.post("/instances/<uuid:instance_id>/conditions/<int:n>/reopen")
@blueprint.body(WhySchema)
@blueprint.response(200, ConditionSchema)
@writes(ConditionSchema())
def reopen(step: Any, who: Actor, given: dict[str, Any], instance_id: uuid.UUID, n: int) -> Any:
    """What was shown does not prove it."""
    return _seen(step, who, instance_id, lambda: conditions.reopen(step, who, instance_id, n, given["reason"]))


@blueprint.post("/instances/<uuid:instance_id>/conditions/<int:n>/waive")
@blueprint.body(WhySchema)
@blueprint.response(200, ConditionSchema)
@writes(ConditionSchema())
def waive(step: Any, who: Actor, given: dict[str, Any], instance_id: uuid.UUID, n: int) -> Any:
    """Drops a condition: by a role that could decide the loan, within its limit."""
    return _seen(step, who, instance_id, lambda: conditions.waive(step, who, instance_id, n, given["reason"]))


class QuestionEntrySchema(ma.Schema):
    """What was said to a question."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(ENTRIES))
    round = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    at = Moment(required=True)


class QuestionSchema(ma.Schema):
    """A question of the compliance desk; asked and answered by completing `compliance_review`, `answer_questions`."""

    n = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(QUESTION_STATES))
    entries = ma.fields.List(ma.fields.Nested(QuestionEntrySchema), required=True)


class QuestionsSchema(ma.Schema):
    """All of them, in order."""

    items = ma.fields.List(ma.fields.Nested(QuestionSchema), required=True)


@blueprint.get("/instances/<uuid:instance_id>/questions")
@blueprint.response(200, QuestionsSchema)
def questions(instance_id: uuid.UUID) -> Any:
    """The questions of a case's review with what was said to them, round by round."""
    visible_case(reading(), actor(), instance_id)
    return {"items": questions_of(reading(), instance_id)}


def _seen(step: Any, who: Actor, instance_id: uuid.UUID, change: Callable[[], Any]) -> Any:
    visible_case(step.session, who, instance_id)
    return change()
