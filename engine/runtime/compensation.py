"""Undoing what has been completed: what is remembered for it, and the handlers one after another, the latest first.

Each running scope remembers its completed activities that can be undone (`scope.done`); a completed sub-process keeps
its own list in the entry of the scope around it, and is undone inside out. A throwing event hands its token to the
handlers in turn, and takes it up again behind them. All of this is in the state, so compaction loses none of it.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState

from engine.runtime import tree
from engine.runtime.tree import CaseTask, put

UNDOES, UNDONE, DONE, INSTANCES = "undoes", "undone", "done inside", "done instances"

MAX_UNDOABLE = 2_000
"""How many completed activities of one scope, those inside them included, are remembered to be undone."""

Entry = dict[str, Any]
"""`activity` and the `token` that was there; `by`, the node that undoes it; `own`, variables that were an instance's;
`done`, what is to be undone inside."""


class TooMuchToUndo(ValueError):
    """The scope remembers more completed activities than it may."""


def require_room(task: CaseTask) -> None:
    """Called before an activity begins that would have to be remembered; raises `TooMuchToUndo`."""
    if _size(task.workflow.done) >= MAX_UNDOABLE:
        raise TooMuchToUndo(f"{MAX_UNDOABLE} completed activities could have to be undone here, and more are not kept")


def _size(entries: list[Entry]) -> int:
    return sum(1 + _size(entry.get("done", ())) for entry in entries)


def remember(task: CaseTask) -> None:
    """The activity is done and can be undone from now on."""
    inside = task.internal_data.pop(DONE, None)
    spec = task.task_spec
    entry: Entry = {"activity": spec.element_id, "by": spec.undone_by, "token": task.id.hex}
    if spec.undone_inside:
        has_handler = task.workflow.top_workflow.subprocess_specs[spec.spec].undone_in is not None
        if inside is None and not has_handler:
            return  # a sub-process in which nothing was completed that could be undone
        entry["done"] = inside or []
    if tree.is_instance(task):
        own = task.parent.task_spec.own_variables(task.parent, task)
        if own:
            entry["own"] = own
        # Until all of the activity is done, nothing of it is: one that is interrupted is not undone.
        task.parent.internal_data.setdefault(INSTANCES, []).append(entry)
    else:
        task.workflow.done.append(entry)


def remember_instances(task: CaseTask) -> None:
    """A loop is done: its instances can be undone from now on, in the order in which they were completed."""
    task.workflow.done += task.internal_data.pop(INSTANCES, [])


def forget(task: CaseTask) -> None:
    """The completion of the activity was withdrawn: there is nothing to undo."""
    scope = task.workflow
    scope.done = [entry for entry in scope.done if entry["token"] != task.id.hex]


def undo(task: CaseTask, activity: str | None) -> bool:
    """A throwing event is here: True when it may go on, because nothing is to be undone or all of it has been.

    `activity` limits it to what was completed of one activity, else everything of the scope is undone.
    """
    if task.internal_data.pop(UNDONE, False):
        return True
    entries: list[Entry] = []
    for scope in _undone_from(task):
        entries += [entry for entry in scope.done if activity in (None, entry["activity"])]
        scope.done = [entry for entry in scope.done if activity not in (None, entry["activity"])]
    if not entries:
        return True
    undone = [entry["activity"] for entry in reversed(entries)]
    task.workflow.top_workflow.environment.trace.undone.append(
        {"element": task.task_spec.element_id, "activities": undone}
    )
    task._set_state(TaskState.COMPLETED)
    go_on(task, {"rest": entries, "back": task.task_spec.name})
    return False


def go_on(task: CaseTask, undoes: dict[str, Any]) -> None:
    """Hand the token to the next handler, or back behind the last."""
    specs, data = task.workflow.spec.task_specs, dict(task.data)
    for name in undoes.get("own", ()):
        data.pop(name, None)
    data.update(undoes.get("outside", {}))
    if not undoes["rest"]:
        put(task, specs[undoes["back"]], data, **{UNDONE: True})
        return
    *rest, entry = undoes["rest"]
    own = entry.get("own", {})
    following = {
        "rest": rest,
        "back": undoes["back"],
        "own": [*own],
        "outside": {name: data[name] for name in own if name in data},
        "done": entry.get("done", []),
    }
    put(task, specs[entry["by"]], {**data, **own}, **{UNDOES: following})


def stands_at(task: CaseTask) -> Any:
    """The node from which a token goes on by flows: while something is undone, the event that has thrown it."""
    undoes = task.internal_data.get(UNDOES)
    return task.task_spec if undoes is None else task.workflow.spec.task_specs[undoes["back"]]


def _undone_from(task: CaseTask) -> list[Any]:
    """The scopes whose work is undone, outermost first: an event sub-process undoes that of the scope around it too."""
    scopes = [task.workflow]
    while scopes[0].spec.by_event:
        activity = scopes[0].top_workflow.get_task_from_id(scopes[0].parent_task_id)
        scopes.insert(0, activity.workflow)
    return scopes
