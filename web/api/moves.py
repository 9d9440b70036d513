"""Moves: what offices do with a step besides completing it, and how administrators set a case right. docs/moves.md."""

from __future__ import annotations

import uuid
from typing import Any

import marshmallow as ma

from engine.service import cosigning, interventions, moves, pausing, replacing, tasks, views
from engine.service.looking import CaseLook
from models.tasks import COSIGN, OPEN
from web import able
from web.api.base import ApiBlueprint
from web.api.fields import Moment
from web.api.rights import require_role
from web.api.schemas import CaseSchema, TaskSchema
from web.api.tasks import done
from web.api.views import case_view
from web.api.writing import writes
from web.context import actor, house, reading
from web.viewing import visible_case, visible_task

blueprint = ApiBlueprint("moves", __name__, "Returning, withdrawing, signing together, pausing; repairing cases")

_REASON = {"required": True, "validate": ma.validate.Length(min=1, max=1000)}


class ReturnSchema(ma.Schema):
    """To which earlier step, and how work goes on from there."""

    to = ma.fields.String(required=True, metadata={"description": "the element of an earlier step"})
    reason = ma.fields.String(**_REASON)
    resume = ma.fields.String(load_default=moves.BETWEEN, validate=ma.validate.OneOf([moves.BETWEEN, moves.BACK]))
    cancel_others = ma.fields.Boolean(load_default=False)


class WithdrawSchema(ma.Schema):
    """Why, if one likes to say."""

    reason = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(max=1000))


class TransferSchema(ma.Schema):
    """To whom, and why."""

    to = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=64))
    reason = ma.fields.String(**_REASON)


class AbleSchema(ma.Schema):
    """Somebody who can do a step, with how many open tasks they have."""

    name = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    load = ma.fields.Integer(required=True)


class AbleListSchema(ma.Schema):
    """Who can do a step, the least busy first."""

    items = ma.fields.List(ma.fields.Nested(AbleSchema), required=True)


class CosignSchema(ma.Schema):
    """Who is asked to sign, when, and for `after` what the form gives."""

    who = ma.fields.List(ma.fields.String(), required=True, validate=ma.validate.Length(min=1, max=20))
    when = ma.fields.String(required=True, validate=ma.validate.OneOf([cosigning.BEFORE, cosigning.AFTER]))
    reason = ma.fields.String(**_REASON)
    form = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class PauseSchema(ma.Schema):
    """Why, and until when at most."""

    reason = ma.fields.String(**_REASON)
    until = Moment(load_default=None, allow_none=True)


class TargetSchema(ma.Schema):
    """A step to which a task may be returned."""

    element = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    last_by = ma.fields.String(required=True)
    straight_back = ma.fields.Boolean(required=True)
    cancels = ma.fields.List(ma.fields.String(), required=True)
    problem = ma.fields.String(required=True, allow_none=True)


class MovesSchema(ma.Schema):
    """What may be done with a task besides completing it."""

    returns = ma.fields.List(ma.fields.Nested(TargetSchema), required=True)
    withdraw = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "why not; null when it can be"}
    )


class TokenMoveSchema(ma.Schema):
    """At which token or element something is done, and why."""

    token = ma.fields.String(required=True, metadata={"description": "id of a token, or the only open element"})
    reason = ma.fields.String(**_REASON)


class JumpSchema(TokenMoveSchema):
    """Where to."""

    to = ma.fields.String(required=True)
    cancel_others = ma.fields.Boolean(load_default=False)


class SkipSchema(TokenMoveSchema):
    """What the element should have given."""

    variables = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class VariablesSchema(ma.Schema):
    """Variables to be set, and why."""

    variables = ma.fields.Dict(keys=ma.fields.String(), required=True)
    reason = ma.fields.String(**_REASON)


class OpenTokenSchema(ma.Schema):
    """Where a case stands."""

    token = ma.fields.UUID(required=True)
    element = ma.fields.String(required=True)
    failed = ma.fields.Boolean(required=True)


class OpenTokensSchema(ma.Schema):
    """Everything at which a case stands."""

    items = ma.fields.List(ma.fields.Nested(OpenTokenSchema), required=True)


@blueprint.route("/tasks/<uuid:task_id>/moves")
@blueprint.response(200, MovesSchema)
def list_moves(task_id: uuid.UUID) -> dict[str, Any]:
    """Lists where a task could be returned to, and whether its completion can still be withdrawn."""
    task = visible_task(reading(), actor(), task_id)
    look = CaseLook(house(), reading(), task.instance, actor())
    withdraw = moves.why_not_withdraw(look, task, actor())
    return {
        "returns": [
            {
                "element": target.element.id,
                "name": target.element.name or target.element.id,
                "last_by": target.last_by,
                "straight_back": target.straight_back,
                "cancels": list(target.cancels),
                "problem": None if target.problem is None else str(target.problem),
            }
            for target in moves.targets(look, task)
        ],
        "withdraw": None if withdraw is None else str(withdraw),
    }


@blueprint.route("/tasks/<uuid:task_id>/return", methods=["POST"])
@blueprint.body(ReturnSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def send_back(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Returns a task to an earlier step. 200 the task, which is closed."""
    task = visible_task(step.session, who, task_id)
    options = {"resume": body["resume"], "cancel_others": body["cancel_others"]}
    return done(step, moves.send_back(step, task.id, who, body["to"], body["reason"], **options))


@blueprint.route("/tasks/<uuid:task_id>/withdraw", methods=["POST"])
@blueprint.body(WithdrawSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def withdraw(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Takes back one's own completion, or a signature that one has asked for. 200 the task that is open again."""
    task = visible_task(step.session, who, task_id)
    if task.kind == COSIGN:
        return done(step, cosigning.call_back(step, task.id, who))
    return done(step, moves.withdraw(step, task.id, who, body["reason"]))


@blueprint.route("/tasks/<uuid:task_id>/replacements")
@blueprint.response(200, AbleListSchema)
def replacements(task_id: uuid.UUID) -> dict[str, Any]:
    """Lists who can do an open task instead of whoever has it: by every rule, the least busy first (GOV-1)."""
    task = visible_task(reading(), actor(), task_id)
    found = [] if task.state != OPEN else able.replacements(task, besides=task.assignee)
    return {
        "items": [
            {"name": one.person.name, "title": one.person.title, "unit": one.person.unit.name, "load": one.load}
            for one in found
        ]
    }


@blueprint.route("/tasks/<uuid:task_id>/assign", methods=["POST"])
@blueprint.body(TransferSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def assign(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Gives a task to somebody who can do it, as who looks after it: a role of its escalations, or an administrator."""
    found = visible_task(step.session, who, task_id)
    return done(step, replacing.assign(step, found.id, who, body["to"], body["reason"]))


@blueprint.route("/tasks/<uuid:task_id>/transfer", methods=["POST"])
@blueprint.body(TransferSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def transfer(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Gives a task to somebody else for good; the rules are asked of both."""
    task = visible_task(step.session, who, task_id)
    return done(step, tasks.transfer(step, task.id, who, body["to"], body["reason"]))


@blueprint.route("/tasks/<uuid:task_id>/cosign", methods=["POST"])
@blueprint.body(CosignSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def cosign(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Asks others to sign with a task, before or after it. Each of them finds a task of the kind `cosign`."""
    task = visible_task(step.session, who, task_id)
    asked = cosigning.ask(step, task.id, who, body["who"], body["when"], body["reason"], body["form"])
    return done(step, asked)


@blueprint.route("/tasks/<uuid:task_id>/pause", methods=["POST"])
@blueprint.body(PauseSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def pause(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Stops the clock of a task while somebody outside is waited for."""
    task = visible_task(step.session, who, task_id)
    return done(step, pausing.pause(step, task.id, who, body["reason"], body["until"]))


@blueprint.route("/tasks/<uuid:task_id>/resume", methods=["POST"])
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def resume(step: Any, who: Any, task_id: uuid.UUID) -> dict[str, Any]:
    """Lets the clock of a task go on, with as much time left as there was."""
    return done(step, pausing.resume(step, visible_task(step.session, who, task_id).id, who))


@blueprint.route("/instances/<uuid:instance_id>/tokens")
@blueprint.response(200, OpenTokensSchema)
def list_tokens(instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists everything at which a case stands, timers and incidents included. Role admin or auditor."""
    instance = visible_case(reading(), actor(), instance_id)
    require_role(actor(), "admin", "auditor")
    return {"items": interventions.open_tokens(CaseLook(house(), reading(), instance, actor()))}


@blueprint.route("/instances/<uuid:instance_id>/jump", methods=["POST"])
@blueprint.body(JumpSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def jump(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Moves what is open to any element. Role admin."""
    visible_case(step.session, who, instance_id)
    token, others = _token(body), body["cancel_others"]
    interventions.jump(step, instance_id, who, token, body["to"], body["reason"], cancel_others=others)
    return _case(step, who, instance_id)


@blueprint.route("/instances/<uuid:instance_id>/skip", methods=["POST"])
@blueprint.body(SkipSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def skip(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Goes on behind an open or failed element as if it were done. Role admin."""
    visible_case(step.session, who, instance_id)
    interventions.skip_element(step, instance_id, who, _token(body), body["reason"], body["variables"])
    return _case(step, who, instance_id)


@blueprint.route("/instances/<uuid:instance_id>/cancel-branch", methods=["POST"])
@blueprint.body(TokenMoveSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def cancel_branch(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Ends one of several open branches. Role admin."""
    visible_case(step.session, who, instance_id)
    interventions.end_branch(step, instance_id, who, _token(body), body["reason"])
    return _case(step, who, instance_id)


@blueprint.route("/instances/<uuid:instance_id>/variables", methods=["POST"])
@blueprint.body(VariablesSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def set_variables(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Sets variables of a running case, in all of its branches. Role admin."""
    visible_case(step.session, who, instance_id)
    interventions.change_variables(step, instance_id, who, body["variables"], body["reason"])
    return _case(step, who, instance_id)


def _token(body: dict[str, Any]) -> uuid.UUID | str:
    try:
        return uuid.UUID(body["token"])
    except ValueError:
        return str(body["token"])


def _case(step: Any, who: Any, instance_id: uuid.UUID) -> dict[str, Any]:
    step.session.expire_all()
    instance = visible_case(step.session, who, instance_id)
    return case_view(instance, views.variables(step.house, step.session, instance, who))
