"""A case as it runs: the queue of automatic work, its end, errors on their way up, and what it waits for."""

from __future__ import annotations

import math
import uuid
from collections import Counter, deque
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.runtime import compensation, tree
from engine.runtime.compact import compact
from engine.runtime.environment import Environment
from engine.runtime.errors import EndlessLoop
from engine.runtime.merge import merge_paths
from engine.runtime.tokens import CHOSEN, GATHER_AGAIN, RUN_AGAIN, fail
from engine.runtime.tree import ARRIVED, BASE, INCIDENT, CaseTask

MAX_PASSES = 3_000
"""How often one step may pass the same automatic element of a scope before an endless loop is assumed."""

MAX_DEPTH = 50
"""How many sub-processes and called processes may run inside one another."""

COMPACT_EVERY = 200
"""SpiffWorkflow's iterators stop silently at depth 1,000; the tree is kept far below."""


class _Scope:
    """What the case itself and each of its sub-processes do alike."""

    tasks: dict[uuid.UUID, CaseTask]
    task_tree: CaseTask
    spec: Any
    completed: bool
    top_workflow: Any
    done: list[dict[str, Any]]
    """What has been completed and can be undone, in the order of completion (`engine.runtime.compensation`)."""

    def on_finished(self) -> None:
        """Told when the scope is done."""
        raise NotImplementedError

    def begin(self, data: dict[str, Any]) -> None:
        """Put the first token."""
        root = self.task_tree
        root.data = dict(data)
        root._set_state(TaskState.READY)
        self.top_workflow.enqueue(root)

    def begin_undoing(self, data: dict[str, Any], entries: list[dict[str, Any]]) -> None:
        """Put the first token of a completed scope that is undone: at its own handler, else at those inside."""
        root = self.task_tree
        if self.spec.undone_in is not None:
            self.done = entries
            root.internal_data[CHOSEN] = [self.spec.undone_in]
        else:
            root.internal_data[compensation.UNDOES] = {"rest": entries, "back": self.spec.end.name}
        self.begin(data)

    def task_completed(self, task: CaseTask) -> None:
        """Called by a node that is done; only the end of the scope needs to know."""
        if task.task_spec is self.spec.end:
            self.finish(task.data)

    def finish(self, data: dict[str, Any]) -> None:
        """The scope is done with these variables; whatever is still open in it is taken away."""
        if self.completed:
            return
        tree.cancel(self.task_tree)
        self.completed = True
        self.result = data
        self.on_finished()


class Scope(_Scope, BpmnSubWorkflow):
    """A running sub-process or called process."""

    def __init__(self, spec: Any, parent_task_id: uuid.UUID, top_workflow: CaseWorkflow, **kwargs: Any) -> None:
        self.parent_task_id = parent_task_id
        self.top_workflow = top_workflow
        self.result: dict[str, Any] = {}
        _prepare(self, spec)
        self.depth = self._calculate_depth()

    def on_finished(self) -> None:
        parent = self.top_workflow.get_task_from_id(self.parent_task_id)
        parent.task_spec.on_scope_finished(parent, self)


class CaseWorkflow(_Scope, BpmnWorkflow):
    """The whole case."""

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], environment: Environment) -> None:
        self.subprocess_specs = subprocess_specs
        self.subprocesses: dict[uuid.UUID, Scope] = {}
        self.environment = environment
        self.result: dict[str, Any] = {}
        self.queue: deque[CaseTask] = deque()
        self.fired: Counter[tuple[uuid.UUID | None, str]] = Counter()
        self.begun_by: str | None = None
        self.arrivals = 0
        self.created = 0
        self.watched = any(inner.conditional for inner in subprocess_specs.values())
        _prepare(self, spec)

    @property
    def script_engine(self) -> Environment:
        """Where SpiffWorkflow looks for something that evaluates."""
        return self.environment

    def on_finished(self) -> None:
        """Nobody above to be told."""

    def start(self, variables: dict[str, Any], at: str | None = None) -> None:
        """Begin the case and advance it until it waits; `at` is the element whose message, signal or time starts it."""
        if at is not None:
            self.begun_by = at
            self.task_tree.internal_data[CHOSEN] = [*self.spec.listeners, self.spec.entries[at]]
        self.begin(variables)
        self.advance()

    def is_begun_by(self, task: CaseTask) -> bool:
        """Whether what the token would wait for has come already: it has started the case. True once."""
        begun = self.begun_by is not None and self.begun_by == task.task_spec.element_id and task.workflow is self
        if begun:
            self.begun_by = None
        return begun

    def scopes(self) -> list[Any]:
        """The case and its running sub-processes, outermost first."""
        running = [scope for scope in self.subprocesses.values() if not scope.completed]
        return [self, *sorted(running, key=lambda scope: scope.depth)] if not self.completed else []

    def create_subprocess(self, my_task: CaseTask, spec_name: str) -> Scope:
        """A running sub-process for an activity."""
        if self._depth_of(my_task) >= MAX_DEPTH:
            raise EndlessLoop(f"{MAX_DEPTH} processes run inside one another: does one of them call itself?")
        scope = Scope(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = scope
        return scope

    def _depth_of(self, task: CaseTask) -> int:
        return 0 if task.workflow is self else int(task.workflow.depth)

    def enqueue(self, task: CaseTask) -> None:
        """Automatic work to be done in this step."""
        self.queue.append(task)

    def next_id(self) -> uuid.UUID:
        """An id for a token, unique everywhere; those of one case sort in the order in which the tokens were put."""
        self.created += 1
        return uuid.UUID(int=(self.created % 2**32 << 96) | (uuid.uuid4().int & (2**96 - 1)))

    def next_arrival(self) -> int:
        """A number that tells who arrived at a join before whom."""
        self.arrivals += 1
        return self.arrivals

    def advance(self) -> None:
        """Do automatic work until the case waits for somebody or something."""
        steps = 0
        self.fired.clear()
        passes: Counter[tuple[uuid.UUID | None, str]] = Counter()
        while True:
            self.look_at_conditions()
            while self.queue:
                task = self.queue.popleft()
                if task.state != TaskState.READY or task.id not in task.workflow.tasks:
                    continue  # cancelled by something that ran earlier in this step
                steps += 1
                where = (task.workflow.parent_task_id, task.task_spec.name)
                passes[where] += 1
                if passes[where] > MAX_PASSES:
                    fail(task, EndlessLoop.after(MAX_PASSES), RUN_AGAIN)
                    continue
                if steps % COMPACT_EVERY == 0:
                    for scope in self.scopes():
                        scope.spec.end.fold(scope)
                    compact(self)
                task.run()
                self.look_at_conditions()
            if not self.settle():
                return

    def look_at_conditions(self) -> None:
        """Variables may have changed: let the conditional events fire whose condition has become true."""
        if self.watched:
            for scope in self.scopes():
                scope.spec.look_at_conditions(scope)

    def settle(self) -> bool:
        """With nothing left to run: let joins and ends fire that no token can reach any more. True if one did."""
        inner_first = sorted(self.scopes(), key=lambda scope: -scope.depth)  # else in the order in which they began
        return any(scope.spec.settle(scope) for scope in inner_first)

    def throw_code(
        self, kind: str, code: str | None, origin: CaseTask, variables: dict[str, Any], message: str = ""
    ) -> bool:
        """Send an error or escalation up from `origin` to the nearest event that catches it.

        First the boundary events of an activity are asked, then the event sub-processes of the scope around it.
        SpiffWorkflow offers an error of one sub-process to the boundary events of another running beside it.
        """
        task: CaseTask | None = origin
        while task is not None:
            catcher = _boundary_catching(task, kind, code)
            if catcher is None and not tree.is_instance(task):
                catcher = _catching(task.workflow.task_tree, kind, code)
            if catcher is not None:
                catcher.task_spec.fire(catcher, variables, {"code": code, "message": message})
                return True
            if tree.is_instance(task):
                task = task.parent
            else:
                task = self.get_task_from_id(task.workflow.parent_task_id) if task.workflow is not self else None
        return False

    def throw_signal(self, name: str, variables: dict[str, Any]) -> int:
        """Wake everything in this case that waits for the signal; returns how many."""
        waiting = [
            task
            for scope in self.scopes()
            for task in scope.tasks.values()
            if task.state == TaskState.WAITING and task.internal_data.get("waits") == ["signal", name, ""]
        ]
        for task in sorted(waiting, key=lambda task: task.id):
            if task.state == TaskState.WAITING:
                task.task_spec.fire(task, variables, {})
        return len(waiting)

    def find(self, task_id: uuid.UUID) -> CaseTask | None:
        """The token with this id, if it is still there."""
        for scope in self.scopes():
            if task_id in scope.tasks:
                found: CaseTask = scope.tasks[task_id]
                return found
        return None

    def retry(self, task: CaseTask, variables: dict[str, Any]) -> None:
        """Try a failed element again, with repaired variables."""
        tree.release_holds(task)
        incident = task.internal_data.pop(INCIDENT)
        task.data = {**task.data, **variables}
        if incident["again"] == RUN_AGAIN:
            task._set_state(TaskState.READY)
            self.enqueue(task)
        elif incident["again"] == GATHER_AGAIN:
            task.task_spec.check_complete(task)
        else:
            task._set_state(TaskState.FUTURE)
            task.task_spec._update(task)
        self.advance()

    def terminate(self) -> dict[str, Any]:
        """End the case from outside; returns what it knew."""
        variables = self.variables()
        tree.cancel(self.task_tree)
        self.completed = True
        self.result = variables
        return variables

    def variables(self) -> dict[str, Any]:
        """What the case knows now: the changes of all open branches merged."""
        return dict(self.result) if self.completed else known(self)

    def conflict(self, element: str) -> Any:
        """What a merge reports to, for the join at `element`."""
        return lambda path: self.environment.trace.conflicts.append({"element": element, "variable": path})


def _prepare(scope: Any, spec: Any) -> None:
    """What SpiffWorkflow's constructors would do, without predicting the tree and starting it."""
    scope.spec = spec
    scope.data = {}
    scope.locks = {}
    scope.last_task = None
    scope.success = True
    scope.tasks = {}
    scope.completed = False
    scope.bpmn_events = []
    scope.done = []
    scope.correlations = {}
    scope.task_tree = CaseTask(scope, spec.start)


def _boundary_catching(task: CaseTask, kind: str, code: str | None) -> CaseTask | None:
    parent = task.parent
    return _catching(parent, kind, code) if parent is not None and parent.task_spec.is_boundary_split else None


def _catching(parent: CaseTask, kind: str, code: str | None) -> CaseTask | None:
    """Who listens below `parent` and catches the code; one that names it goes before one that catches all."""
    fitting = [
        child for child in parent.children if tree.is_listening(child) and child.task_spec.catches_code(kind, code)
    ]
    return min(fitting, key=lambda child: child.task_spec.event.code is None, default=None)


def known(scope: Any) -> dict[str, Any]:
    """What a running scope knows: the changes of all its open tokens merged, sub-processes included."""
    open_tokens = [task for task in tree.tokens(scope) if not _inside_loop(task)]
    return _merged(scope, open_tokens) if open_tokens else dict(scope.task_tree.data)


def known_below(node: CaseTask) -> dict[str, Any]:
    """What the open tokens below `node` know together."""
    open_tokens = [task for task in tree.tokens(node.workflow) if node in tree.above(task) and not _inside_loop(task)]
    return _merged(node.workflow, open_tokens) if open_tokens else dict(node.data)


def _merged(scope: Any, open_tokens: list[CaseTask]) -> dict[str, Any]:
    # In the order of arrival, and those that will arrive after them in the order in which they were put.
    open_tokens.sort(key=lambda task: (task.internal_data.get(ARRIVED, math.inf), task.id))

    def inside(task: CaseTask) -> dict[str, Any] | None:
        inner = scope.top_workflow.subprocesses.get(task.id)
        running = inner is not None and not inner.completed and task.task_spec.passes_everything
        return known(inner) if running else None

    def data_of(task: CaseTask) -> dict[str, Any]:
        found = inside(task)
        data = dict(task.data) if found is None else found
        for known_inside in map(inside, task.children if task.task_spec.child is not None else ()):
            if known_inside is not None:
                data = task.task_spec.with_changes(task, data, known_inside, _tell_nobody)
        return data

    return merge_paths([tree.path_to(task) for task in open_tokens], data_of, base_of, _tell_nobody)


def _tell_nobody(_path: str) -> None:
    """What overlaps in a view is no conflict yet."""


def base_of(node: CaseTask, child: CaseTask) -> dict[str, Any]:
    """What the path that begins at `child` started from: its parent's variables, or its own snapshot."""
    snapshot: dict[str, Any] = child.internal_data.get(BASE, node.data)
    return snapshot


def _inside_loop(task: CaseTask) -> bool:
    return any(tree.is_instance(node) for node in tree.above(task))
