"""Shapes of what the REST interface answers."""

from __future__ import annotations

import marshmallow as ma

from models.cases import STATES
from models.tasks import COSIGN, STEP
from models.tasks import STATES as TASK_STATES
from web.api.fields import Moment


class DefinitionRefSchema(ma.Schema):
    """A version of a process."""

    key = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class TaskSchema(ma.Schema):
    """A step of a case that somebody has to do."""

    id = ma.fields.UUID(required=True)
    element = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, allow_none=True)
    assignee = ma.fields.String(required=True, allow_none=True)
    owner = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "in whose name a delegated one is done"}
    )
    completed_by = ma.fields.String(required=True, allow_none=True)
    completed_for = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "in whose name: by delegation or as a deputy"}
    )
    due_at = Moment(required=True, allow_none=True)
    follow_up_at = Moment(required=True, allow_none=True)
    priority = ma.fields.Integer(required=True)
    instance_id = ma.fields.UUID(required=True)
    business_key = ma.fields.String(required=True, allow_none=True)
    definition = ma.fields.Nested(DefinitionRefSchema, required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(TASK_STATES))
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([STEP, COSIGN]))
    of_task = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "the task that a co-signer is asked to sign with"}
    )
    paused_at = Moment(required=True, allow_none=True, metadata={"description": "since when its clock stands"})
    cosigners = ma.fields.Integer(required=True, metadata={"description": "how many are still asked to sign with it"})
    created_at = Moment(required=True)
    facts = ma.fields.Dict(required=True, metadata={"description": "the package's `search` variables"})


class DefinitionSchema(DefinitionRefSchema):
    """What is deployed."""

    name = ma.fields.String(required=True)
    package = ma.fields.String(required=True)
    deployment_id = ma.fields.Integer(required=True)
    deployed_at = Moment(required=True)


class DeploymentSchema(ma.Schema):
    """What a deployment made."""

    deployment_id = ma.fields.Integer(required=True)
    definitions = ma.fields.List(ma.fields.Nested(DefinitionRefSchema), required=True)


class CaseSchema(ma.Schema):
    """A case."""

    id = ma.fields.UUID(required=True)
    definition = ma.fields.Nested(DefinitionRefSchema, required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    business_key = ma.fields.String(required=True, allow_none=True)
    outcome = ma.fields.String(required=True, allow_none=True)
    started_by = ma.fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    facts = ma.fields.Dict(required=True, metadata={"description": "the package's `search` variables"})
    variables = ma.fields.Dict(
        required=True, metadata={"description": "in lists the same as `facts`: no list opens the workflow"}
    )


class EventSchema(ma.Schema):
    """Something that happened to a case."""

    seq = ma.fields.Integer(required=True)
    at = Moment(required=True)
    actor = ma.fields.String(required=True, allow_none=True)
    on_behalf_of = ma.fields.String(required=True, allow_none=True)
    kind = ma.fields.String(required=True)
    element = ma.fields.String(required=True, allow_none=True)
    task_id = ma.fields.UUID(required=True, allow_none=True)
    data = ma.fields.Dict(required=True)
    hash = ma.fields.String(required=True)


class IncidentSchema(ma.Schema):
    """An element that could not do its work."""

    id = ma.fields.Integer(required=True)
    instance_id = ma.fields.UUID(required=True)
    element = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    opened_at = Moment(required=True)
    resolved_at = Moment(required=True, allow_none=True)
    resolved_by = ma.fields.String(required=True, allow_none=True)


class ExternalTaskSchema(ma.Schema):
    """Work for another program."""

    id = ma.fields.UUID(required=True)
    topic = ma.fields.String(required=True)
    element = ma.fields.String(required=True)
    instance_id = ma.fields.UUID(required=True)
    variables = ma.fields.Dict(required=True)
    worker = ma.fields.String(required=True, allow_none=True)
    locked_until = Moment(required=True, allow_none=True)
    retries = ma.fields.Integer(required=True)
