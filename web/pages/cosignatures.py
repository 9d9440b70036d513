"""Who was asked to sign with steps of a case, and what they said. What is sealed for the reader stays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.service import views
from engine.values import loads
from models.cases import Instance
from models.queries import moving
from models.tasks import Task
from web.context import actor, reading
from web.pages.vocabulary import Vocabulary


@dataclass(frozen=True)
class Cosignature:
    """One person asked to sign with a step; `opinion` is agree, disagree, or empty until it is given."""

    task: Task
    step: str
    who: str
    asked_by: str
    opinion: str
    comment: str
    sealed: bool


def cosignatures(instance: Instance, words: Vocabulary, titles: Mapping[str, str]) -> list[Cosignature]:
    """All of a case that were not called back, in the order in which they were asked for."""
    said = {
        event.task_id: views.event_data(event, instance, actor())
        for event in moving.events_of_kind(reading(), instance.id, "task.cosigned")
    }
    return [
        _cosignature(task, said.get(task.id, {}), words, titles)
        for task in moving.signers(reading(), instance.id)
        if task.state != "cancelled"
    ]


def _cosignature(task: Task, said: Mapping[str, Any], words: Vocabulary, titles: Mapping[str, str]) -> Cosignature:
    person, form = task.completed_by or task.assignee or "", said.get("form") or {}
    return Cosignature(
        task=task,
        step=words.text(task.name),
        who=titles.get(person, person),
        asked_by=titles.get(task.asked_by or "", task.asked_by or ""),
        opinion=str(form.get("opinion", "")),
        comment=str(form.get("comment", "")),
        sealed=bool(said.get("sealed")),
    )


def asked_for(task: Task) -> dict[str, Any]:
    """Of a signature that was asked for: `reason`, and `when` it is given, before or after the step."""
    events = moving.events_of_kind(reading(), task.instance_id, "task.cosign_asked", task_id=task.of_task)
    told = (loads(event.data) for event in events)
    return next((data for data in told if task.assignee in data["who"] or task.owner in data["who"]), {})
