"""Where a case stands on its diagrams: the path gone, the tokens with who and since when, what failed. Rows only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from flask import url_for
from flask_babel import gettext
from lxml import etree

from engine.service.definitions import Compiled
from engine.values import loads
from models.cases import Incident, Instance
from models.queries import case_file
from models.tasks import COMPLETED, OPEN, RETURNED, STEP, WITHDRAWN, Task
from web.context import reading
from web.language import language
from web.pages.moments import local, now, when
from web.pages.vocabulary import Vocabulary

Marks = list[dict[str, Any]]


def drawn(
    instance: Instance,
    words: Vocabulary,
    steps: Sequence[Task],
    incidents: Iterable[Incident],
    titles: Mapping[str, str],
) -> dict[str, Any]:
    """What the page's script needs: the diagrams of the case with their addresses, and the marks on them.

    Only processes that the case has reached are offered; `calls` leads from a call activity to what it calls.
    """
    definition = words.definition
    waiting = case_file.waits(reading(), instance.id)
    steps = [task for task in steps if task.kind == STEP]
    undone = _undone(steps)
    gone = [element for element in _passed(instance) if element not in undone]
    open_steps: dict[str, list[Task]] = {}
    for task in steps:
        if task.state == OPEN:
            open_steps.setdefault(task.element, []).append(task)
    tokens = [_token(tasks, words, titles) for tasks in open_steps.values()] + [_wait(*wait) for wait in waiting]
    failed = [{"element": incident.element, "message": gettext("故障")} for incident in incidents]
    here = {mark["element"] for mark in tokens + failed}
    tokens += _calls_under_way(definition, here)
    here |= {mark["element"] for mark in tokens}
    completed = {task.element: task for task in steps if task.state == COMPLETED}
    done = [_done(element, completed.get(element), titles) for element in gone if element not in here]
    return {
        "diagrams": [
            {
                "process": key,
                "name": words.text(definition.diagrams.processes[key].name) or key,
                "url": url_for("cases.diagram", instance_id=instance.id, process=key),
            }
            for key in _reached(definition, {*gone, *here})
        ],
        "main": definition.key,
        "calls": {
            element.id: element.call.called
            for element in definition.diagrams.elements()
            if element.call is not None and element.call.called in definition.diagrams.processes
        },
        "done": done,
        "now": tokens,
        "failed": failed,
    }


def in_language(definition: Compiled, file: str) -> bytes:
    """A diagram's file as deployed, its names in the reader's language where the package translates them."""
    content: bytes = definition.package.files[file]
    translations = definition.package.translations
    if language() != "en" or not translations:
        return content
    root = deepcopy(definition.diagrams.documents[file])
    for element in root.iter():
        name = element.get("name")
        if name in translations:
            element.set("name", translations[name])
    translated: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return translated


def _passed(instance: Instance) -> list[str]:
    found: dict[str, None] = {}
    for data in case_file.passed(reading(), instance.id):
        found.update(dict.fromkeys(loads(data).get("passed", [])))
    return list(found)


def _undone(steps: Iterable[Task]) -> set[str]:
    """Steps that were returned or withdrawn, and not done again since."""
    latest: dict[str, Task] = {}
    for task in sorted((task for task in steps if task.closed_at is not None), key=_closing):
        latest[task.element] = task
    return {element for element, task in latest.items() if task.state in (RETURNED, WITHDRAWN)}


def _closing(task: Task) -> tuple[Any, ...]:
    return task.closed_at, task.created_at, task.id


def _token(tasks: Sequence[Task], words: Vocabulary, titles: Mapping[str, str]) -> dict[str, Any]:
    """Who has a step; of one that several people do at once, how many."""
    task = tasks[0]
    if len(tasks) > 1:
        many = gettext("%(n)s 人", n=len(tasks))
        return {"element": task.element, "who": many, "since": _short(min(each.created_at for each in tasks))}
    roles = words.roles(role for role in (task.role or "").split(",") if role)
    holder = titles.get(task.assignee or "")
    return {"element": task.element, "who": holder or roles or gettext("待领"), "since": _short(task.created_at)}


def _short(moment: dt.datetime) -> str:
    """Short enough for the box of a step: the time today, else the day."""
    there = local(moment)
    return f"{there:%H:%M}" if there.date() == now().date() else f"{there:%m-%d}"


def _wait(element: str, kind: str, particulars: Any) -> dict[str, Any]:
    if kind == "timer":
        return {"element": element, "who": gettext("等到 %(when)s", when=when(particulars)), "since": ""}
    return {"element": element, "who": gettext("等待 %(what)s", what=particulars), "since": ""}


def _done(element: str, task: Task | None, titles: Mapping[str, str]) -> dict[str, Any]:
    if task is None or task.closed_at is None:
        return {"element": element}
    return {"element": element, "who": titles.get(task.completed_by or "", ""), "at": _short(task.closed_at)}


def _reached(definition: Compiled, gone: Container[str]) -> list[str]:
    """The case's own process, and those that it called, in the order of the calls."""
    found = [definition.key]
    for key in found:
        for element in definition.diagrams.processes[key].elements.values():
            called = element.call.called if element.call else None
            if element.id in gone and called in definition.diagrams.processes and called not in found:
                found.append(str(called))
    return found


def _calls_under_way(definition: Compiled, here: set[Any]) -> Marks:
    """Call activities inside which something waits, all the way up to the case's own process."""
    processes = definition.diagrams.processes
    calls = [element for element in definition.diagrams.elements() if element.call is not None]
    inside = {process.id for process in processes.values() if here.intersection(process.elements)} - {definition.key}
    found: dict[str, dict[str, Any]] = {}
    for _ in range(len(processes)):
        for element in calls:
            if element.call and element.call.called in inside:
                found[element.id] = {"element": element.id, "who": gettext("办理中"), "since": ""}
                inside.add(element.process_id)
    return list(found.values())
