"""Incidents: tried again by administrators, with repaired variables if they like."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, NotFound
from engine.service import setting_right
from engine.service.actors import Actor
from engine.service.cases import require_admin
from engine.service.house import Step
from engine.service.opened import open_case
from engine.service.variables import accept
from engine.values import to_json
from models.cases import Incident


def retry(step: Step, incident_id: int, actor: Actor, variables: Any = None) -> None:
    """Try the failed element again. Fails again: a new incident stands there. Administrators only.

    With repaired variables it sets the case right, and is refused like that (`setting_right`).
    """
    require_admin(actor)
    repaired = accept({} if variables is None else variables)
    instance_id = step.session.scalar(sa.select(Incident.instance_id).where(Incident.id == incident_id))
    if instance_id is None:
        raise NotFound("there is no such incident")
    case = open_case(step, instance_id)
    case.actor = actor.name
    if repaired:
        setting_right.require_may(case, actor)
    incident = step.session.get_one(Incident, incident_id, populate_existing=True)
    token = case.token(incident.token)
    if incident.resolved_at is not None or token is None or incident.token not in case.before.incidents:
        raise Conflict("the incident is resolved already")
    incident.resolved_at, incident.resolved_by = step.now, actor.name
    step.session.flush()
    del case.before.incidents[incident.token]
    case.workflow.retry(token, repaired)
    case.record(
        "incident.retried",
        actor=actor.name,
        element=incident.element,
        variables=to_json(repaired),
        **case.passed(),
    )
    case.participant(actor.name)
    case.flush()
    case.save()
    if repaired:
        setting_right.note(case, actor)
