"""Drops finished history from the task tree, so that the 400th round costs what the first did.

In each scope the lowest completed common ancestor of all tokens becomes the root's only child, and of the way from
there to each token only the nodes where paths part are kept. History lives in the case's events, not here. Without this
a tree deeper than 1,000 tasks stalls silently in SpiffWorkflow.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState

from engine.runtime.tree import BASE, HELD, CaseTask, above, below, is_deaf, is_listening, path_to, tokens


def compact(workflow: Any) -> None:
    """Drop what no open token needs; every open branch keeps the node where it parted from the others."""
    for scope in workflow.scopes():
        _compact_scope(workflow, scope)
    for task_id in [key for key, scope in workflow.subprocesses.items() if scope.completed]:
        del workflow.subprocesses[task_id]


def _compact_scope(workflow: Any, scope: Any) -> None:
    root = scope.task_tree
    listening = [child.id for child in root.children if is_listening(child) or is_deaf(child)]
    open_tokens = [task for task in tokens(scope) if task.id not in listening]
    if not open_tokens:
        return
    ancestor = _before_what_is_held(_common_ancestor([path_to(task) for task in open_tokens], root))
    if ancestor is not root:
        root._children = [*listening, ancestor.id]
        ancestor._parent = root.id
    kept = {root.id}
    for branch in root.children:
        _keep(branch, kept)
        _shorten(branch, kept)
    for task_id in [key for key in scope.tasks if key not in kept]:
        del scope.tasks[task_id]
        workflow.subprocesses.pop(task_id, None)


def _shorten(branch: CaseTask, kept: set[Any]) -> None:
    """Take out of each way what only leads on: two rounds of rework in one branch leave no more than one."""
    for node in below(branch):
        for at, child in enumerate(node.children):
            while _only_leads_on(child):
                kept.discard(child.id)
                child = child.children[0]
            node._children[at] = child.id
            child._parent = node.id


def _before_what_is_held(ancestor: CaseTask) -> CaseTask:
    """A step that may be withdrawn stays, and so does the task above it, which knows the variables of before."""
    for node in above(ancestor):
        if HELD in node.internal_data:
            ancestor = node.parent
    return ancestor


def _only_leads_on(task: CaseTask) -> bool:
    """Finished, with one finished task below: nobody asks it for its name, its variables or what its path began with.

    The node above an open token stays, because a join asks from where the token came.
    """
    return (
        task.state == TaskState.COMPLETED
        and BASE not in task.internal_data
        and len(task._children) == 1
        and task.children[0].state == TaskState.COMPLETED
        and HELD not in task.internal_data
        and HELD not in task.children[0].internal_data
    )


def _common_ancestor(paths: list[list[CaseTask]], root: CaseTask) -> CaseTask:
    found = root
    for level in zip(*paths, strict=False):
        if level[0].state != TaskState.COMPLETED or any(task is not level[0] for task in level):
            break
        found = level[0]
    return found


def _keep(branch: CaseTask, kept: set[Any]) -> None:
    """Keep the branch without its dead ends: cancelled tasks and finished ones below which nothing is open."""
    alive: dict[Any, bool] = {}
    order = list(below(branch))
    for task in reversed(order):
        task._children = [child for child in task._children if alive.get(child, False)]
        finished = task.has_state(TaskState.FINISHED_MASK) and "incident" not in task.internal_data
        alive[task.id] = bool(task._children) or not finished
    alive[branch.id] = True
    kept.update(task_id for task_id, lives in alive.items() if lives)
