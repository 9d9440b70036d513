"""Cases: started, listed, shown, cancelled; and the incidents at which they stand still."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import marshmallow as ma

from engine.errors import NotFound
from engine.service import cases, conflicts, incidents, views
from models.cases import STATES, Incident
from models.queries import cases as lists
from models.queries import tasks as task_lists
from models.tasks import STATES as TASK_STATES
from web.api.base import ApiBlueprint
from web.api.fields import PagingSchema, page_schema, page_view
from web.api.lists import page_of, wanted_order
from web.api.rights import require_role
from web.api.schemas import CaseSchema, EventSchema, IncidentSchema, TaskSchema
from web.api.views import case_view, event_view, incident_view, task_view
from web.api.writing import writes
from web.context import actor, house, reading
from web.viewing import require_part, viewer_of, visible_case

blueprint = ApiBlueprint("cases", __name__, "Cases and incidents")


class StartSchema(ma.Schema):
    """What a case begins with."""

    variables = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)
    business_key = ma.fields.String(allow_none=True, load_default=None)


class CaseQuerySchema(PagingSchema):
    """Which cases."""

    definition = ma.fields.String(metadata={"description": "key of a process"})
    state = ma.fields.String(validate=ma.validate.OneOf(STATES))
    business_key = ma.fields.String()
    search = ma.fields.String(
        # Each word is a condition, and no database takes thousands of them.
        validate=ma.validate.Length(max=200),
        metadata={"description": "words in the business key and the `search` variables"},
    )


class CaseTaskQuerySchema(PagingSchema):
    """Which tasks of a case, and in which order."""

    state = ma.fields.String(validate=ma.validate.OneOf(TASK_STATES))
    sort = ma.fields.String(load_default="created_at")


class CancelSchema(ma.Schema):
    """Why."""

    reason = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=1000))


class ConflictSchema(ma.Schema):
    """Why one must stand back from a case."""

    reason = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=1000))


class RetrySchema(ma.Schema):
    """Variables to repair before trying again."""

    variables = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


CasePageSchema = page_schema(CaseSchema, "CasePage")
EventPageSchema = page_schema(EventSchema, "EventPage")
CaseTaskPageSchema = page_schema(TaskSchema, "CaseTaskPage")
IncidentPageSchema = page_schema(IncidentSchema, "IncidentPage")


@blueprint.route("/definitions/<key>/instances", methods=["POST"])
@blueprint.body(StartSchema)
@blueprint.response(201, CaseSchema)
@writes(CaseSchema(), 201)
def start(step: Any, who: Any, body: dict[str, Any], key: str) -> dict[str, Any]:
    """Starts a case in one's own unit."""
    instance = cases.start(step, key, who, body["variables"], body["business_key"])
    return case_view(instance, views.variables(step.house, step.session, instance, who))


@blueprint.route("/instances")
@blueprint.query(CaseQuerySchema)
@blueprint.response(200, CasePageSchema)
def list_cases(query: dict[str, Any]) -> dict[str, Any]:
    """Lists the cases that I may see, the newest first."""
    filters = {name: query.get(name) for name in ("definition", "state", "business_key", "search")}
    selected = lists.visible_cases(viewer_of(reading(), actor()), **filters)
    return page_view(page_of(selected, lists.NEWEST_FIRST, query), case_view)


@blueprint.route("/instances/<uuid:instance_id>")
@blueprint.response(200, CaseSchema)
def get_case(instance_id: uuid.UUID) -> dict[str, Any]:
    """Shows a case with its variables, those of all branches merged."""
    instance = visible_case(reading(), actor(), instance_id)
    return case_view(instance, views.variables(house(), reading(), instance, actor()))


@blueprint.route("/instances/<uuid:instance_id>/events")
@blueprint.query(PagingSchema)
@blueprint.response(200, EventPageSchema)
def list_events(query: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists what happened to a case, in order."""
    instance = visible_case(reading(), actor(), instance_id)
    found = page_of(lists.events_of(instance_id), lists.EVENTS_IN_ORDER, query)
    return page_view(found, partial(event_view, instance=instance, who=actor()))


@blueprint.route("/instances/<uuid:instance_id>/tasks")
@blueprint.query(CaseTaskQuerySchema)
@blueprint.response(200, CaseTaskPageSchema)
def list_case_tasks(query: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Lists the tasks of a case, whatever their state."""
    visible_case(reading(), actor(), instance_id)
    selected = task_lists.filtered(task_lists.all_tasks(), instance_id=instance_id, state=query.get("state"))
    order = wanted_order(query["sort"], task_lists.SORTS, task_lists.ID)
    return page_view(page_of(selected, order, query), task_view)


@blueprint.route("/instances/<uuid:instance_id>/cancel", methods=["POST"])
@blueprint.body(CancelSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def cancel(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Ends a case from outside. Role admin."""
    instance = visible_case(step.session, who, instance_id)
    cases.cancel(step, instance_id, who, body["reason"])
    step.session.refresh(instance)
    return case_view(instance, views.variables(step.house, step.session, instance, who))


@blueprint.route("/instances/<uuid:instance_id>/conflict", methods=["POST"])
@blueprint.body(ConflictSchema)
@blueprint.response(200, CaseSchema)
@writes(CaseSchema())
def declare_conflict(step: Any, who: Any, body: dict[str, Any], instance_id: uuid.UUID) -> dict[str, Any]:
    """Declares a conflict of interest of mine in the case: what I have of it and must stand back from goes back."""
    instance = visible_case(step.session, who, instance_id)
    require_part(step.session, who, instance_id)
    conflicts.declare(step, instance_id, who, body["reason"])
    step.session.refresh(instance)
    return case_view(instance, views.variables(step.house, step.session, instance, who))


@blueprint.route("/incidents")
@blueprint.query(PagingSchema)
@blueprint.response(200, IncidentPageSchema)
def list_incidents(query: dict[str, Any]) -> dict[str, Any]:
    """Lists open incidents, the oldest first. Role admin or auditor."""
    require_role(actor(), "admin", "auditor")
    selected = lists.open_incidents(viewer_of(reading(), actor()))
    return page_view(page_of(selected, lists.INCIDENTS_OLDEST_FIRST, query), incident_view)


@blueprint.route("/incidents/<int:incident_id>/retry", methods=["POST"])
@blueprint.body(RetrySchema)
@blueprint.response(200, IncidentSchema)
@writes(IncidentSchema())
def retry(step: Any, who: Any, body: dict[str, Any], incident_id: int) -> dict[str, Any]:
    """Tries the failed element again; if it fails again, a new incident stands there. Role admin."""
    if incident_id >= 2**31:
        raise NotFound("There is no such incident.")
    incidents.retry(step, incident_id, who, body["variables"])
    return incident_view(step.session.get_one(Incident, incident_id, populate_existing=True))
