"""Where paths part and meet: exclusive, inclusive and parallel gateways, implicit splits, and the end of a scope.

SpiffWorkflow merges the whole data of each branch at a join and cancels all arrivals but the last. Here every arrival
waits until the join fires, and each branch contributes its own changes.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway as LibraryExclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as LibraryInclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as LibraryParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.runtime import compensation, tree
from engine.runtime.errors import JoinNeverComplete, NoFlowToTake
from engine.runtime.merge import merge, merge_paths
from engine.runtime.tokens import CHOSEN, ENTER_AGAIN, Token, fail
from engine.runtime.tree import ARRIVED, BASE, CaseTask
from engine.runtime.workflow import base_of


class Start(Token, BpmnStartTask):
    """The root of a scope's tree."""

    visible = False


class Choice(Token):
    """A node whose outgoing flows have conditions (`cond_task_specs`: condition or None for the default, target)."""

    cond_task_specs: list[tuple[Any, str]]

    def matching(self, task: CaseTask) -> list[str]:
        """The targets of all flows whose condition holds."""
        return [name for condition, name in self.cond_task_specs if condition is not None and condition._matches(task)]

    def default(self) -> list[str]:
        """The target of the default flow, if there is one."""
        return [name for condition, name in self.cond_task_specs if condition is None]


class ExclusiveGateway(Choice, LibraryExclusiveGateway):
    """One flow: the first whose condition holds, in the order of the diagram, else the default."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                my_task.internal_data[CHOSEN] = [name]
                return True
        default = self.default()
        if not default:
            raise NoFlowToTake(self.element_id)
        my_task.internal_data[CHOSEN] = default
        return True


class InclusiveChoice(Choice):
    """Every flow whose condition holds, else the default."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        chosen = self.matching(my_task) or self.default()
        if not chosen:
            raise NoFlowToTake(self.element_id)
        my_task.internal_data[CHOSEN] = chosen
        return True


class ConditionalSplit(InclusiveChoice, LibraryExclusiveGateway):
    """What stands behind an activity with conditional flows: BPMN lets an activity split by itself."""

    visible = False


class Join(Token):
    """A node that waits for several tokens. Each arrival stays WAITING until it fires."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.internal_data.setdefault(ARRIVED, my_task.workflow.top_workflow.next_arrival())
        return self.on_arrival(my_task)

    def on_arrival(self, task: CaseTask) -> bool:
        """Whether this arrival makes the join fire; it then goes on in the name of all."""
        return False

    def arrivals(self, scope: Any) -> list[CaseTask]:
        """Who waits here, in the order of arrival."""
        waiting = [task for task in scope.tasks.values() if task.task_spec is self and task.state == TaskState.WAITING]
        return sorted(waiting, key=lambda task: task.internal_data[ARRIVED])

    def join(self, arrived: list[CaseTask]) -> CaseTask:
        """Make one token of several: the last to arrive goes on with the changes of all."""
        for task in arrived:
            tree.release_holds(task)
        last = arrived[-1]
        if len(arrived) > 1:
            last.data = merge_arrivals(arrived)
            for task in arrived[:-1]:
                task._set_state(TaskState.CANCELLED)
        return last


def merge_arrivals(arrived: list[CaseTask]) -> dict[str, Any]:
    """The variables of several tokens of one scope, each contributing what its branch changed."""
    scope = arrived[0].workflow
    conflict = scope.top_workflow.conflict(arrived[-1].task_spec.element_id)
    return merge_paths([tree.path_to(task) for task in arrived], lambda task: task.data, base_of, conflict)


def fold_reminders(arrived: list[CaseTask]) -> None:
    """Make one token of those that several ticks of a non-interrupting event have sent to the end.

    They wait there for the rest of the scope; a reminder that comes every day for a year would else leave a token with
    a snapshot for each day. The changes of the later are added to those of the first.
    """
    first: dict[tuple[Any, str], CaseTask] = {}
    for task in arrived:
        began = next((node for node in tree.above(task) if BASE in node.internal_data), None)
        if began is None or not _is_alone(task, began):
            continue
        earlier = first.setdefault((began.parent.id, began.task_spec.name), task)
        if earlier is not task:
            conflict = task.workflow.top_workflow.conflict(began.task_spec.element_id)
            earlier.data = merge(began.internal_data[BASE], earlier.data, task.data, conflict)
            tree.remove(began)


def _is_alone(task: CaseTask, began: CaseTask) -> bool:
    others = (node for node in tree.below(began) if node is not task)
    return not any(node.has_state(tree.OPEN) or tree.is_incident(node) for node in others)


def source_of(task: CaseTask) -> str:
    """The node from which a token came."""
    return str(task.parent.task_spec.name)


class ParallelGateway(Join, LibraryParallelGateway):
    """Waits for one token on every incoming flow; more tokens on one flow wait for the next round."""

    def on_arrival(self, task: CaseTask) -> bool:
        missing: Counter[str] = Counter(self._inputs)
        taken = []
        for arrival in self.arrivals(task.workflow):
            if missing[source_of(arrival)] > 0:
                missing[source_of(arrival)] -= 1
                taken.append(arrival)
        if any(missing.values()):
            return False
        return self.join(taken) is task

    def missing(self, arrived: list[CaseTask]) -> list[str]:
        """The incoming nodes from which no token has come yet."""
        wanted: Counter[str] = Counter(self._inputs)
        return list(wanted - Counter(map(source_of, arrived)))


def fail_dead_joins(joins: list[ParallelGateway], scope: Any, open_tokens: list[CaseTask]) -> None:
    """Open an incident at every parallel join that waits for a token which no other can become any more.

    Whoever waits at a join that will fire moves on; joins that wait only for one another are dead together.
    """
    waiting = {join: arrived for join in joins if (arrived := join.arrivals(scope))}
    if not waiting:
        return
    at_joins = {task.id for arrived in waiting.values() for task in arrived}
    coming = set[str]()
    for task in open_tokens:
        if task.id not in at_joins:
            coming |= _reachable(scope.spec, compensation.stands_at(task))
    while alive := [join for join, arrived in waiting.items() if coming.issuperset(join.missing(arrived))]:
        for join in alive:
            del waiting[join]
            coming |= _reachable(scope.spec, join)
    for join, arrived in waiting.items():
        for task in arrived:
            fail(task, JoinNeverComplete(name for name in join.missing(arrived) if name not in coming), ENTER_AGAIN)


class InclusiveGateway(InclusiveChoice, Join, LibraryInclusiveGateway):
    """Waits while a token can still reach one of its empty incoming flows, unless it can also reach a filled one.

    BPMN 2.0, 13.4.3; asked when nothing else moves (`fire_if_ready`), because only then it is sure what can still come.
    """

    def fire_if_ready(self, scope: Any, open_tokens: list[CaseTask]) -> bool:
        """Fire when no open token can reach an empty flow any more; True if it did."""
        arrived: dict[str, CaseTask] = {}
        for task in self.arrivals(scope):
            arrived.setdefault(source_of(task), task)
        if not arrived:
            return False
        for task in open_tokens:
            if task.task_spec is self:
                continue
            reached = _reachable(scope.spec, compensation.stands_at(task), self)
            if any(name in reached and name not in arrived for name in self._inputs) and not any(
                name in reached for name in arrived
            ):
                return False
        self.join(sorted(arrived.values(), key=lambda task: task.internal_data[ARRIVED]))._ready()
        return True


def _reachable(spec: Any, origin: Any, stop: Any = None) -> set[str]:
    """The names of the nodes that a token at `origin` can come to, without passing `stop`."""
    seen: set[str] = set()
    todo = [origin.name]
    while todo:
        name = todo.pop()
        if name not in seen and (stop is None or name != stop.name):
            seen.add(name)
            todo += spec.followers(name)
    return seen


class End(Join, BpmnSpecMixin):
    """Where all tokens of a scope come together; not in the diagram."""

    visible = False

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._set_state(TaskState.WAITING)
        my_task.internal_data.setdefault(ARRIVED, my_task.workflow.top_workflow.next_arrival())
        return False

    def fire_if_ready(self, scope: Any, open_tokens: list[CaseTask]) -> bool:
        """End the scope when every open token has arrived here."""
        arrived = self.arrivals(scope)
        open_tokens = [task for task in open_tokens if not tree.is_deaf(task)]
        if len(arrived) < len(open_tokens):
            self.fold(scope)
            return False
        scope.finish(merge_arrivals(arrived) if arrived else dict(scope.task_tree.data))
        return True

    def fold(self, scope: Any) -> None:
        """Keep small what waits here for the rest of the scope."""
        fold_reminders(self.arrivals(scope))
