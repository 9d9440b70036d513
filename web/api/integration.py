"""Other programs: messages to cases, and work that they do for them. Roles admin, integration."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import marshmallow as ma

from engine.feel.temporal import parse_duration
from engine.service import external, messages
from models.tasks import ExternalTask
from web.api.base import ApiBlueprint
from web.api.fields import Whole
from web.api.rights import require_role
from web.api.schemas import ExternalTaskSchema
from web.api.views import external_view
from web.api.writing import writes

blueprint = ApiBlueprint("integration", __name__, "Other programs")


class Lock(ma.fields.Field[dt.timedelta]):
    """How long a lock lasts: an ISO 8601 duration (`PT5M`) or a number of seconds. More than a day is a day."""

    default_error_messages: ClassVar[dict[str, str]] = {"invalid": "Write a duration (PT5M) or a number of seconds."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.timedelta:
        if not isinstance(value, str):
            seconds = Whole()._deserialize(value, attr, data)
            return min(dt.timedelta(seconds=min(seconds, 86_400)), external.MAX_LOCK)
        try:
            duration = parse_duration(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if not isinstance(duration, dt.timedelta):
            raise self.make_error("invalid")
        return min(duration, external.MAX_LOCK)


class MessageSchema(ma.Schema):
    """A message, the keys that say for which case it is, and what it brings."""

    name = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=255))
    correlation = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)
    payload = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class PublishedSchema(ma.Schema):
    """What became of a message."""

    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["delivered", "kept"]))
    instance_id = ma.fields.UUID(required=True, allow_none=True)


class FetchSchema(ma.Schema):
    """Who fetches which work, for how long."""

    worker = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=128))
    topics = ma.fields.List(ma.fields.String(), required=True, validate=ma.validate.Length(min=1, max=100))
    lock = Lock(load_default=dt.timedelta(minutes=5), metadata={"type": "string", "description": "such as PT5M"})
    limit = Whole(load_default=10, validate=ma.validate.Range(min=1, max=external.MAX_FETCH))


class FetchedSchema(ma.Schema):
    """Work, locked for the one who fetched it."""

    items = ma.fields.List(ma.fields.Nested(ExternalTaskSchema), required=True)


class AnswerSchema(ma.Schema):
    """Who answers. A worker that names itself must hold the lock."""

    worker = ma.fields.String(load_default=None, allow_none=True)


class DoneSchema(AnswerSchema):
    """What the work gave."""

    variables = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class FailureSchema(AnswerSchema):
    """Why it failed, and how often it is to be tried again (one less than before unless given)."""

    message = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=4000))
    retries = Whole(load_default=None, allow_none=True, validate=ma.validate.Range(min=0, max=1000))


class BpmnErrorSchema(DoneSchema):
    """The code of a business error, which the diagram may catch."""

    code = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=255))


class AnsweredSchema(ma.Schema):
    """An external task after it was answered."""

    id = ma.fields.UUID(required=True)
    state = ma.fields.String(required=True)
    retries = ma.fields.Integer(required=True)


@blueprint.route("/messages", methods=["POST"])
@blueprint.body(MessageSchema)
@blueprint.response(202, PublishedSchema)
@writes(PublishedSchema(), 202)
def publish(step: Any, who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Sends a message. Kept when nobody waits for it yet; 409 when several cases agree."""
    require_role(who, "admin", "integration")
    published = messages.publish(step, body["name"], body["correlation"], body["payload"], who.name)
    return {"state": "delivered" if published.instance_id else "kept", "instance_id": published.instance_id}


@blueprint.route("/external-tasks/fetch", methods=["POST"])
@blueprint.body(FetchSchema)
@blueprint.response(200, FetchedSchema)
@writes(FetchedSchema())
def fetch(step: Any, who: Any, body: dict[str, Any]) -> dict[str, Any]:
    """Takes open work under a lock, the oldest first. Role integration."""
    require_role(who, "integration")
    taken = external.fetch(step, body["worker"], body["topics"], body["lock"], body["limit"])
    return {"items": [external_view(task) for task in taken]}


@blueprint.route("/external-tasks/<uuid:task_id>/complete", methods=["POST"])
@blueprint.body(DoneSchema)
@blueprint.response(200, AnsweredSchema)
@writes(AnsweredSchema())
def complete(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> ExternalTask:
    """The work is done; its variables become those of the case. Role integration."""
    require_role(who, "integration")
    external.complete(step, task_id, body["worker"], body["variables"], who.name)
    return _answered(step, task_id)


@blueprint.route("/external-tasks/<uuid:task_id>/failure", methods=["POST"])
@blueprint.body(FailureSchema)
@blueprint.response(200, AnsweredSchema)
@writes(AnsweredSchema())
def failure(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> ExternalTask:
    """The work failed; after the last try the case has an incident. Role integration."""
    require_role(who, "integration")
    external.failure(step, task_id, body["worker"], body["message"], body["retries"], who.name)
    return _answered(step, task_id)


@blueprint.route("/external-tasks/<uuid:task_id>/bpmn-error", methods=["POST"])
@blueprint.body(BpmnErrorSchema)
@blueprint.response(200, AnsweredSchema)
@writes(AnsweredSchema())
def bpmn_error(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> ExternalTask:
    """The work ended in a business error. Role integration."""
    require_role(who, "integration")
    external.bpmn_error(step, task_id, body["worker"], body["code"], body["variables"], who.name)
    return _answered(step, task_id)


def _answered(step: Any, task_id: uuid.UUID) -> ExternalTask:
    found: ExternalTask = step.session.get_one(ExternalTask, task_id, populate_existing=True)
    return found
