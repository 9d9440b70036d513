"""Tasks: the inbox of a person, and what the person does with a task."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import marshmallow as ma

from engine.service import tasks
from engine.service.choosing import offered
from engine.service.looking import CaseLook
from engine.service.signed_content import fingerprint
from engine.values import to_json
from models.queries import tasks as lists
from models.tasks import STATES, Task
from web import able
from web.api.base import ApiBlueprint
from web.api.fields import Flag, PagingSchema, QueryMoment, page_schema, page_view
from web.api.lists import page_of, wanted_order
from web.api.schemas import TaskSchema
from web.api.views import task_view
from web.api.writing import writes
from web.context import actor, house, reading
from web.language import language
from web.viewing import claimable, deputised, standings, viewer_of, visible_task

blueprint = ApiBlueprint("tasks", __name__, "What people have to do")


class TaskQuerySchema(PagingSchema):
    """Which tasks, and in which order."""

    mine = Flag(load_default=False)
    candidate = Flag(load_default=False, metadata={"description": "open, claimed by nobody, and I could claim it now"})
    deputy = Flag(load_default=False, metadata={"description": "open, and I could do it now for whom I stand in"})
    role = ma.fields.String()
    state = ma.fields.String(validate=ma.validate.OneOf(STATES))
    due_before = QueryMoment(metadata={"description": "a date-time with its zone"})
    definition = ma.fields.String(metadata={"description": "key of a process"})
    sort = ma.fields.String(load_default="due_at", metadata={"description": "due_at, priority, created_at or name"})


class DelegateSchema(ma.Schema):
    """To whom a task goes."""

    to = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=64))


class CompleteSchema(ma.Schema):
    """What the form gave."""

    form = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)
    facts_hash = ma.fields.String(
        load_default=None,
        metadata={"description": "of GET /tasks/{id}/facts: 409 when what the step shows has changed since"},
    )


class FactsSchema(ma.Schema):
    """What a step shows to whoever signs it; `facts_hash` is of all of it."""

    facts_hash = ma.fields.String(required=True)
    variables = ma.fields.Dict(required=True)
    documents = ma.fields.List(ma.fields.Dict(), required=True)
    conflicts = ma.fields.List(ma.fields.String(), required=True)
    incidents = ma.fields.List(ma.fields.String(), required=True)


class OfferedChoiceSchema(ma.Schema):
    """What may be chosen."""

    value = ma.fields.Raw(required=True)
    label = ma.fields.String(required=True)


class OfferedListsSchema(ma.Schema):
    """The lists from which the step's form lets people choose, by the name in its fields' `valuesKey`."""

    lists = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.List(ma.fields.Nested(OfferedChoiceSchema)), required=True
    )


TaskPageSchema = page_schema(TaskSchema, "TaskPage")


@blueprint.route("/tasks")
@blueprint.query(TaskQuerySchema)
@blueprint.response(200, TaskPageSchema)
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """Lists tasks: `mine`, `candidate`, `deputy`, of a `role`, or those of all cases that I may see."""
    keep = partial(claimable, reading(), actor()) if query["candidate"] else None
    if query["deputy"]:
        keep = partial(deputised, reading(), actor())
    order = wanted_order(query["sort"], lists.SORTS, lists.ID)
    return page_view(page_of(_selected(query), order, query, keep), task_view)


def _selected(query: dict[str, Any]) -> lists.Tasks:
    who = actor()
    state = query.get("state")
    selected = lists.all_tasks()
    if query["candidate"]:
        few = lists.offers_are_few(reading(), who.roles, who.unit_path)
        selected = lists.offered_to(selected, who.roles, who.unit_path, few=few)
    if query["mine"]:
        selected = lists.mine(selected, who.name)
        state = state or "open"
    if query["deputy"]:
        selected = lists.of_the_absent(selected, standings(reading(), who))
    if not query["candidate"] and not query["mine"] and not query["deputy"]:
        selected = lists.in_visible_cases(selected, viewer_of(reading(), who))
    if "role" in query:
        selected = lists.of_role(selected, query["role"])
    return lists.filtered(selected, state=state, due_before=query.get("due_before"), definition=query.get("definition"))


@blueprint.route("/tasks/<uuid:task_id>")
@blueprint.response(200, TaskSchema)
def get_task(task_id: uuid.UUID) -> dict[str, Any]:
    """Shows one task."""
    return task_view(visible_task(reading(), actor(), task_id))


@blueprint.route("/tasks/<uuid:task_id>/facts")
@blueprint.response(200, FactsSchema)
def get_facts(task_id: uuid.UUID) -> dict[str, Any]:
    """Shows what an open step shows to me, with the hash by which my signature is bound to it."""
    task = visible_task(reading(), actor(), task_id)
    look = CaseLook(house(), reading(), task.instance, actor())
    facts = look.facts(actor(), look.branch(task.id))
    return {**to_json(facts), "facts_hash": fingerprint(facts)}


@blueprint.route("/tasks/<uuid:task_id>/choices")
@blueprint.response(200, OfferedListsSchema)
def get_choices(task_id: uuid.UUID) -> dict[str, Any]:
    """Lists what a step's form offers of the house as it is now, such as open meetings, to who may do it."""
    task = visible_task(reading(), actor(), task_id)
    definition = house().definitions.get(reading(), task.instance.definition_id)
    human = definition.element(task.process, task.element).human
    if human.form_ref is None or able.refused(task) is not None:
        return {"lists": {}}
    path = able.judged_task(task).unit_path
    form, now = definition.form(human.form_ref), house().clock.now()
    return {"lists": offered(house(), reading(), form, {}, path, now, language())}


@blueprint.route("/tasks/<uuid:task_id>/claim", methods=["POST"])
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def claim(step: Any, who: Any, task_id: uuid.UUID) -> dict[str, Any]:
    """Takes a task for oneself. Asks every rule but the form."""
    return done(step, tasks.claim(step, visible_task(step.session, who, task_id).id, who))


@blueprint.route("/tasks/<uuid:task_id>/release", methods=["POST"])
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def release(step: Any, who: Any, task_id: uuid.UUID) -> dict[str, Any]:
    """Gives a task back to its candidates."""
    return done(step, tasks.release(step, visible_task(step.session, who, task_id).id, who))


@blueprint.route("/tasks/<uuid:task_id>/delegate", methods=["POST"])
@blueprint.body(DelegateSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def delegate(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Lets somebody else do a task in one's name; the rules are asked of both."""
    return done(step, tasks.delegate(step, visible_task(step.session, who, task_id).id, who, body["to"]))


@blueprint.route("/tasks/<uuid:task_id>/complete", methods=["POST"])
@blueprint.body(CompleteSchema)
@blueprint.response(200, TaskSchema)
@writes(TaskSchema())
def complete(step: Any, who: Any, body: dict[str, Any], task_id: uuid.UUID) -> dict[str, Any]:
    """Completes a task. A candidate may complete one that nobody has: that claims it too."""
    task = visible_task(step.session, who, task_id)
    return done(step, tasks.complete(step, task.id, who, body["form"], facts_hash=body["facts_hash"]))


def done(step: Any, task: Task) -> dict[str, Any]:
    """The task as it is at the end of the step."""
    step.session.expire_all()
    found = lists.find(step.session, task.id)
    return task_view(found)
