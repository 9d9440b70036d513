"""Several at once or one after another, and again while a condition holds.

SpiffWorkflow lets a completion condition see only the last child, leaves `nrOf…` unknown, and connects handlers to the
definition that all cases share. Here each child is gathered into its parent and taken out of the tree as it ends, so
that a vote of 500 costs no more per voter than one of five.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask as LibraryParallel,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    SequentialMultiInstanceTask as LibrarySequential,
)
from SpiffWorkflow.bpmn.specs.defaults import StandardLoopTask as LibraryLoop

from engine.bpmn.model import Element
from engine.bpmn.model import MultiInstance as MultiInstanceModel
from engine.bpmn.model import StandardLoop as StandardLoopModel
from engine.runtime import compensation, tree
from engine.runtime.activities import ITEM
from engine.runtime.errors import NotACollection
from engine.runtime.merge import Conflict, merge, same
from engine.runtime.tokens import GATHER_AGAIN, Token, environment, fail
from engine.runtime.tree import INCIDENT, CaseTask, put

MAX_INSTANCES = 2_000
"""More instances than this at once open an incident instead."""

GATHERED, TOTAL, DONE, REMAINING, INDEX = "gathered", "total", "done", "remaining", "index"
BEGUN_WITH = "begun with"


class _Loop(Token):
    """An activity whose children are instances of the activity proper (`child`)."""

    element: Element
    child: str

    def with_changes(
        self, task: CaseTask, data: dict[str, Any], known: dict[str, Any], conflict: Conflict
    ) -> dict[str, Any]:
        """`data` with what an instance has changed that knows `known`."""
        return known

    def counts(self, task: CaseTask) -> dict[str, Decimal]:
        """How many instances there are, where that is known beforehand."""
        return {}

    def number_of(self, task: CaseTask, child: CaseTask) -> int:
        """The number of an instance, 0 for the first."""
        return int(child.internal_data.get(INDEX, task.internal_data[DONE]))

    def begun_with(self, task: CaseTask) -> dict[str, Any]:
        """What was known around the instances that run now when they began."""
        return task.data

    def own_variables(self, task: CaseTask, child: CaseTask) -> dict[str, Any]:
        """What an instance knows and nobody around it: whoever undoes it later needs it."""
        return {}

    def gather(self, task: CaseTask, child: CaseTask) -> None:
        """An instance is done: take what it gave, and see whether that was the last."""
        self.collect(task, child)
        tree.remove(child)
        self.check_complete(task)

    def collect(self, task: CaseTask, child: CaseTask) -> None:
        """Take what an instance gave."""
        raise NotImplementedError

    def check_complete(self, task: CaseTask) -> None:
        """Go on, or end. A condition that fails is an incident at the activity; nobody's work is lost by it."""
        task.internal_data.pop(INCIDENT, None)
        try:
            complete = self.is_complete(task)
        except Exception as error:
            fail(task, error, GATHER_AGAIN)
            return
        if complete:
            self.end(task)
        else:
            task._set_state(TaskState.STARTED)
            self.next(task)

    def drop(self, task: CaseTask) -> None:
        """An instance was taken away without being done: it counts no more."""
        raise NotImplementedError

    def is_complete(self, task: CaseTask) -> bool:
        """Whether nothing more is to be done."""
        raise NotImplementedError

    def next(self, task: CaseTask) -> None:
        """Begin what comes after an instance."""

    def end(self, task: CaseTask) -> None:
        """Take the rest away and go on."""
        for child in task.children:
            tree.cancel(child)
            tree.remove(child)
        task._ready()

    def _on_complete_hook(self, my_task: CaseTask) -> None:
        compensation.remember_instances(my_task)

    def begin_child(self, task: CaseTask, data: dict[str, Any], **internal: Any) -> None:
        """A token at the activity proper."""
        put(task, task.workflow.spec.task_specs[self.child], data, **internal)


class _MultiInstance(_Loop):
    model: MultiInstanceModel

    def _update_hook(self, my_task: CaseTask) -> bool:
        items = self._items(my_task)
        my_task.internal_data.update({GATHERED: [], TOTAL: len(items), DONE: 0})
        if not items:
            self._give_output(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        if not same(my_task.data, my_task.parent.data):
            my_task.internal_data[BEGUN_WITH] = my_task.data  # repaired in a retry
        self.begin(my_task, items)
        return False

    def begin(self, task: CaseTask, items: list[Any]) -> None:
        """Begin the first instance, or all."""
        raise NotImplementedError

    def _items(self, task: CaseTask) -> list[Any]:
        world = environment(task)
        if self.model.collection is not None:
            items = world.value(self.model.collection, task.data)
            if not isinstance(items, list):
                raise NotACollection(self.element_id, items)
        else:
            number = world.value(self.model.cardinality or "0", task.data)
            if not isinstance(number, Decimal) or number != int(number) or number < 0:
                raise ValueError(f"the number of instances is {number!r}, which is no whole number")
            self._bound(number)
            items = [Decimal(index) for index in range(int(number))]
        self._bound(len(items))
        return items

    def _bound(self, number: Decimal | int) -> None:
        if number > MAX_INSTANCES:
            raise ValueError(f"{self.element_id} would run {number} times; {MAX_INSTANCES} is the limit")

    def begin_instance(self, task: CaseTask, index: int, item: Any) -> None:
        """Begin the instance for one item."""
        variable = self.model.element_variable
        data = {**task.data, variable: item} if variable else dict(task.data)
        self.begin_child(task, data, **{ITEM: item, INDEX: index})

    def collect(self, task: CaseTask, child: CaseTask) -> None:
        state = task.internal_data
        state[DONE] += 1
        if self.model.output_collection:
            given = child.data.get(self.model.output_item) if self.model.output_item else None
            state[GATHERED] = [*state[GATHERED], given]
            return
        conflict = task.workflow.top_workflow.conflict(self.element_id)
        task.data = self.with_changes(task, task.data, child.data, conflict)

    def drop(self, task: CaseTask) -> None:
        task.internal_data[TOTAL] -= 1
        self.check_complete(task)

    def begun_with(self, task: CaseTask) -> dict[str, Any]:
        begun: dict[str, Any] = task.internal_data.get(BEGUN_WITH, task.parent.data)
        return task.data if self.model.sequential else begun

    def own_variables(self, task: CaseTask, child: CaseTask) -> dict[str, Any]:
        begun, variable = self.begun_with(task), self.model.element_variable
        return {
            name: value
            for name, value in child.data.items()
            if (name == variable or self.model.output_collection)
            and (name not in begun or not same(value, begun[name]))
        }

    def with_changes(
        self, task: CaseTask, data: dict[str, Any], known: dict[str, Any], conflict: Conflict
    ) -> dict[str, Any]:
        base = self.begun_with(task)
        own, variable = dict(known), self.model.element_variable
        if variable is not None:  # the item is the instance's own; a variable of that name around it stays as it is
            own.pop(variable, None)
            own.update({variable: base[variable]} if variable in base else {})
        merged: dict[str, Any] = merge(base, data, own, conflict)
        return merged

    def is_complete(self, task: CaseTask) -> bool:
        state = task.internal_data
        if state[DONE] >= state[TOTAL]:
            return True
        if self.model.completion_condition is None:
            return False
        gathered = {self.model.output_collection: state[GATHERED]} if self.model.output_collection else {}
        return environment(task).holds(self.model.completion_condition, task.data, {**self.counts(task), **gathered})

    def counts(self, task: CaseTask) -> dict[str, Decimal]:
        state = task.internal_data
        return {
            "nrOfInstances": Decimal(state[TOTAL]),
            "nrOfCompletedInstances": Decimal(state[DONE]),
            "nrOfActiveInstances": Decimal(1 if self.model.sequential else state[TOTAL] - state[DONE]),
        }

    def end(self, task: CaseTask) -> None:
        self._give_output(task)
        super().end(task)

    def _give_output(self, task: CaseTask) -> None:
        state = task.internal_data
        if self.model.output_collection:
            task.data = {**task.data, self.model.output_collection: state[GATHERED]}
        for key in (GATHERED, TOTAL, DONE, REMAINING, BEGUN_WITH):
            state.pop(key, None)


class ParallelMultiInstance(_MultiInstance, LibraryParallel):
    """All instances at once."""

    def begin(self, task: CaseTask, items: list[Any]) -> None:
        for index, item in enumerate(items):
            self.begin_instance(task, index, item)


class SequentialMultiInstance(_MultiInstance, LibrarySequential):
    """One instance after another, in the order of the collection as it was at the beginning."""

    def begin(self, task: CaseTask, items: list[Any]) -> None:
        task.internal_data[REMAINING] = items
        self.next(task)

    def next(self, task: CaseTask) -> None:
        first, *rest = task.internal_data[REMAINING]
        task.internal_data[REMAINING] = rest
        self.begin_instance(task, task.internal_data[TOTAL] - len(rest) - 1, first)


class StandardLoop(_Loop, LibraryLoop):
    """Again while the condition holds, at most `loopMaximum` times."""

    model: StandardLoopModel

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task.internal_data[DONE] = 0
        if self.model.test_before and self.is_complete(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self.next(my_task)
        return False

    def collect(self, task: CaseTask, child: CaseTask) -> None:
        task.internal_data[DONE] += 1
        task.data = dict(child.data)

    def drop(self, task: CaseTask) -> None:
        """The round counts, so that a loop that is skipped again and again comes to its end."""
        task.internal_data[DONE] += 1
        self.check_complete(task)

    def is_complete(self, task: CaseTask) -> bool:
        if self.model.maximum is not None and task.internal_data[DONE] >= int(self.model.maximum):
            return True
        return self.model.condition is not None and not environment(task).holds(self.model.condition, task.data)

    def next(self, task: CaseTask) -> None:
        self.begin_child(task, dict(task.data))
