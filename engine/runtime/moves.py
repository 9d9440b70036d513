"""Moving tokens otherwise than the flows say: back to an earlier step, on to any element, past a step, out of a branch.

No history is needed: the token that is left becomes a finished one, and a new one stands below it at the target.
Everything is judged before anything is changed; what cannot be done raises `Impossible` with the reason.
Knows nothing of people: who may move what, and what is written about it, is the service's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow import TaskState

from engine.bpmn.model import Element
from engine.errors import Conflict, Reason
from engine.runtime import tree, ways
from engine.runtime.activities import UserTask
from engine.runtime.build import ScopeSpec, scope_name
from engine.runtime.compensation import UNDOES, stands_at
from engine.runtime.events import BoundaryEvent, EventGateway
from engine.runtime.gateways import Choice, Join, ParallelGateway
from engine.runtime.loops import BEGUN_WITH
from engine.runtime.tokens import THEN, UNLIKE
from engine.runtime.tree import BASE, CaseTask, put
from engine.runtime.workflow import CaseWorkflow, base_of, known

COUNTED = "counted"
"""At an arrival that nobody has come by: it only counts as one."""


class Impossible(Conflict):
    """A move that the case as it stands does not allow; the message says why, and what could be done instead."""


class OthersOpen(Impossible):
    """The move leaves something of which other parts are still open; they would have to be cancelled with it."""

    def __init__(self, what: str, others: list[CaseTask]) -> None:
        self.elements = sorted({task.task_spec.element_id for task in others})
        sentence = f"It leaves {what}, where {', '.join(self.elements)} would be cancelled."
        super().__init__(Reason("others_open", sentence, {"elements": self.elements}))


@dataclass(frozen=True)
class Plan:
    """A move that can be done."""

    token: CaseTask
    """What is moved."""
    left: CaseTask
    """What it leaves in the scope where the ways part: the token itself, or the activity around it."""
    data: dict[str, Any]
    others: list[CaseTask] = field(default_factory=list)
    """Open tokens that end with it."""
    down: list[str] = field(default_factory=list)
    """The sub-processes to be entered, and the target, by the names of their nodes."""
    shared: ways.Edge | None = None
    """The branch in which both ends of the move lie, so that nothing around it changes."""


def plan(token: CaseTask, target: Element, *, others: bool = False, back: bool = False) -> Plan:
    """How `token` comes to `target`. `others` allows to cancel what else is open in what it leaves.

    With `back`, the target alone is done again and then the token comes straight back to where it is now.
    """
    if target.for_compensation:
        raise Impossible(
            Reason("undoes", f"{target.id} is done only where something is undone.", {"element": target.id})
        )
    wanted = scope_name(target.process_id, target.scope) if target.scope is not None else target.process_id
    left, data, ending = token, dict(token.data), list[CaseTask]()
    down = _way_down(token.workflow.top_workflow, left.workflow.spec, wanted, target.id)
    while down is None:
        scope = left.workflow
        if scope is scope.top_workflow:
            sentence = f"{target.id} runs several times, or only an event begins it: there is no way to it from here."
            raise Impossible(Reason("no_way", sentence, {"element": target.id}))
        rest = [other for other in tree.tokens(scope) if other is not left and left not in tree.above(other)]
        _allow(others, scope.spec.name.rpartition("/")[2], rest)
        ending += rest
        around = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        data = known(scope) if around.task_spec.passes_everything else dict(around.data)
        left = around
        down = _way_down(scope.top_workflow, left.workflow.spec, wanted, target.id)
    if back and (left is not token or len(down) > 1):
        sentence = f"{target.id} is in another sub-process: one cannot come straight back from there."
        raise Impossible(Reason("no_way_straight_back", sentence, {"element": target.id}))
    left, data, climbed, shared = _climb(left, data, down[0], others)
    ending += climbed
    if back and (climbed or left is not token):
        sentence = f"{target.id} is in another branch: one cannot come straight back from there."
        raise Impossible(Reason("no_way_straight_back", sentence, {"element": target.id}))
    return Plan(token, left, data, ending, down, shared)


def _allow(others: bool, what: str, open_ones: list[CaseTask]) -> None:
    work = [task for task in open_ones if COUNTED not in task.internal_data]
    if work and not others:
        raise OthersOpen(what, work)


def _way_down(workflow: CaseWorkflow, spec: ScopeSpec, wanted: str, target: str) -> list[str] | None:
    """The sub-processes and calls to enter from a scope to come to the target's, and the target; None without a way.

    Nothing that runs several times is entered: for which item would it be? Nor what only an event begins.
    """
    todo: list[tuple[ScopeSpec, list[str]]] = [(spec, [])]
    seen = {spec.name}
    for here, way in todo:
        if here.name == wanted:
            return [*way, target]
        for node in here.task_specs.values():
            inner = getattr(node, "spec", None)
            if (
                isinstance(inner, str)
                and inner in workflow.subprocess_specs
                and inner not in seen
                and _is_entered(node)
            ):
                seen.add(inner)
                todo.append((workflow.subprocess_specs[inner], [*way, node.name]))
    return None


def _is_entered(node: Any) -> bool:
    """Whether a token comes to it by the flows: what an event begins, or what undoes, is not gone to."""
    element = node.element
    if element is None or element.id != node.name:
        return False
    return element.loop is None and not element.by_event and not element.for_compensation


def _climb(
    left: CaseTask, data: dict[str, Any], target: str, others: bool
) -> tuple[CaseTask, dict[str, Any], list[CaseTask], ways.Edge | None]:
    """Up through what is open around a token of the target's scope, to the branch that both are in."""
    spec, ending = left.workflow.spec, list[CaseTask]()
    child, node = left, left.parent
    while node is not None:
        beside = _open_beside(node, child)
        if tree.is_instance(child):
            _allow(others, f"the other instances of {node.task_spec.element_id}", beside)
            ending += beside
            left, data = node, dict(node.data)
        elif beside and not (node.task_spec.is_boundary_split and not isinstance(child.task_spec, BoundaryEvent)):
            edge = _branch(node, left, beside)
            if edge is not None and ways.inside(spec, edge, target):
                return left, data, ending, edge
            _allow(others, f"the branch behind {node.task_spec.element_id}", beside)
            ending += beside
        child, node = node, node.parent
    return left, data, ending, None


def _branch(node: CaseTask, task: CaseTask, beside: list[CaseTask]) -> ways.Edge | None:
    """The branch in which `task` is open, where what is open parts at `node`: by a flow, or because it was moved."""
    spec, name = task.workflow.spec, stands_at(task).name
    others = {stands_at(other).name for other in beside}
    by_flow = ways.branch(spec, node.task_spec.name, name)
    if by_flow is not None and not all(ways.inside(spec, by_flow, other) for other in others):
        return by_flow
    return ways.branch_beside(spec, name, others)


def _open_beside(node: CaseTask, child: CaseTask) -> list[CaseTask]:
    """The open tokens below `node` that are not below `child`."""
    own = {task.id for task in tree.below(child)}
    below = {task.id for task in tree.below(node)} - own - {node.id}
    return [task for task in tree.tokens(node.workflow) if task.id in below]


def _arrived(spec: Any, target: str, shared: ways.Edge | None) -> list[tuple[str, ParallelGateway]]:
    """Which inputs of joins count as arrived: the target lies in a branch whose sisters are not walked again."""
    arrived = []
    for edge in ways.branches_around(spec, target):
        if shared is not None and (edge == shared or ways.inside(spec, edge, shared[0])):
            continue
        for join, own in ways.meetings(spec, edge):
            arrived += [(name, join) for name in join._inputs if name not in own]
    return list(dict.fromkeys(arrived))


def carry_out(
    move: Plan, *, unlike: Mapping[str, Any] | None = None, back_to: Mapping[str, Any] | None = None
) -> CaseTask:
    """Do a move that was planned; returns the token at the target.

    `unlike` is what is settled for the step at the target otherwise than the diagram says (`assignee`, `due`,
    `follow_up`); with `back_to`, the same for the step that was left, the token comes straight back afterwards.
    """
    left, origin = move.left, move.token.task_spec.name
    tree.release_holds(move.token)
    further = {THEN: move.token.internal_data[THEN]} if THEN in move.token.internal_data else {}
    for other in move.others:
        end(other)
    leave(left)
    left.data = dict(move.data)
    handed: dict[str, Any] = {UNLIKE: dict(unlike)} if unlike else {}
    undoes = left.internal_data.pop(UNDOES, None)
    if back_to is not None:
        again = {} if undoes is None else {UNDOES: undoes}
        handed[THEN] = [origin, {**({UNLIKE: dict(back_to)} if back_to else {}), **again, **further}]
    parent, shared = left, move.shared
    *scopes, target = move.down
    for name in scopes:
        around, parent = parent, _enter(parent, name)
        _count_as_arrived(around, name, shared)
        shared = None
    placed = put(parent, parent.workflow.spec.entry(target), **handed)
    if back_to is None:
        _count_as_arrived(parent, target, shared)
    return placed


def _enter(parent: CaseTask, name: str) -> CaseTask:
    """Begin a sub-process or called process anew; the root of its tree, from which one may go to any step."""
    arrived = put(parent, parent.workflow.spec.entry(name))
    if arrived.task_spec.is_boundary_split:
        arrived.run()
        arrived = arrived.task_spec.activity(arrived)
    inner = parent.workflow.top_workflow.subprocesses.get(arrived.id)
    if inner is None:
        why = arrived.internal_data.get(tree.INCIDENT, {}).get("message")
        raise Impossible(Reason("cannot_be_entered", f"{name} cannot be entered: {why}", {"element": name}))
    root: CaseTask = inner.task_tree
    root._set_state(TaskState.COMPLETED)
    return root


def _count_as_arrived(parent: CaseTask, target: str, shared: ways.Edge | None) -> None:
    """At joins that the target's branch leads to, what nobody will come by counts as arrived."""
    counted: dict[str, Any] = {COUNTED: True}
    for source, join in _arrived(parent.workflow.spec, target, shared):
        passed = CaseTask(parent.workflow, parent.workflow.spec.task_specs[source], parent, TaskState.COMPLETED)
        passed.data = dict(parent.data)
        put(passed, join, **counted)


def end(task: CaseTask) -> None:
    """An open token ends here, with the events that listen beside it."""
    tree.release_holds(task)
    tree.cancel(task)
    _stop_around(task)


def leave(task: CaseTask) -> None:
    """An open token becomes a finished one, from which a new one may go anywhere."""
    if isinstance(task.task_spec, UserTask):
        task.task_spec.hide(task)
    tree.cancel(task)
    for child in task.children:
        tree.remove(child)
    task.internal_data = {key: task.internal_data[key] for key in (BASE, UNDOES) if key in task.internal_data}
    task._set_state(TaskState.COMPLETED)
    _stop_around(task)


def _stop_around(task: CaseTask) -> None:
    parent = task.parent
    if parent is None:
        return
    if parent.task_spec.is_boundary_split and not isinstance(task.task_spec, BoundaryEvent):
        tree.stop_listening(parent)
    elif isinstance(parent.task_spec, EventGateway):
        for sibling in parent.children:
            if sibling is not task:
                tree.cancel(sibling)


def skip(task: CaseTask, variables: Mapping[str, Any] | None = None) -> None:
    """Go on behind an open or failed element as if it were done. One of several instances counts no more."""
    tree.release_holds(task)
    spec = task.task_spec
    if isinstance(spec, Choice):
        sentence = f"{spec.element_id} chooses where to go: say to which element instead."
        raise Impossible(Reason("chooses", sentence, {"element": spec.element_id}))
    if isinstance(spec, Join):
        sentence = f"{spec.element_id} waits for other branches: cancel those instead."
        raise Impossible(Reason("waits_for_branches", sentence, {"element": spec.element_id}))
    parent = task.parent
    if spec.is_boundary:
        end(task)
    elif tree.is_instance(task):
        end(task)
        tree.remove(task)
        parent.task_spec.drop(parent)
    else:
        inner = task.workflow.top_workflow.subprocesses.get(task.id)
        if inner is not None and not inner.completed and spec.passes_everything:
            task.data = known(inner)
        then = {THEN: task.internal_data[THEN]} if THEN in task.internal_data else {}
        leave(task)
        task.internal_data.update(then)
        task.data = {**task.data, **(variables or {})}
        spec.leave(task)
        task.workflow.task_completed(task)


def cancel_branch(task: CaseTask) -> None:
    """End one of several branches: it arrives where it would have met the others, and contributes nothing."""
    tree.release_holds(task)
    child, node = task, task.parent
    while node is not None:
        on_main = node.task_spec.is_boundary_split and not isinstance(child.task_spec, BoundaryEvent)
        if tree.is_instance(child):
            skip(child)
            return
        if not on_main and _open_beside(node, child):
            _end_branch(task, node, child)
            return
        child, node = node, node.parent
    scope = task.workflow
    what = "the case" if scope is scope.top_workflow else scope.spec.name.rpartition("/")[2]
    sentence = f"It is the only thing open in {what}: there is no other branch. Cancel or skip that instead."
    raise Impossible(Reason("only_branch", sentence))


def _end_branch(task: CaseTask, node: CaseTask, child: CaseTask) -> None:
    spec = task.workflow.spec
    data = dict(base_of(node, child))
    edge = _branch(node, task, _open_beside(node, child))
    met = ways.meetings(spec, edge) if edge is not None else []
    if len(met) > 1:
        element = task.task_spec.element_id
        sentence = f"The branch of {element} leads to several joins: move it to one of them."
        raise Impossible(Reason("several_joins", sentence, {"element": element}))
    leave(task)
    task.data = data
    if not met:
        put(task, spec.end)
        return
    [(join, inputs)] = met
    source = CaseTask(task.workflow, spec.task_specs[inputs[0]], task, TaskState.COMPLETED)
    source.data = dict(data)
    put(source, join)


def set_variables(workflow: CaseWorkflow, variables: Mapping[str, Any]) -> None:
    """Change variables of the whole case: in every branch, and in what branches are compared with when they meet."""

    def known_outside(scope: Any) -> bool:
        """Whether the scope works on the variables of the case, and is no process with its own."""
        while scope is not workflow:
            around = workflow.get_task_from_id(scope.parent_task_id)
            if not around.task_spec.passes_everything:
                return False
            scope = around.workflow
        return True

    for scope in filter(known_outside, workflow.scopes()):
        for task in scope.tasks.values():
            task.data = {**task.data, **variables}
            for key in (BASE, BEGUN_WITH):
                if key in task.internal_data:
                    task.internal_data[key] = {**task.internal_data[key], **variables}
