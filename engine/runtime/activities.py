"""What people and the program do: user tasks, scripts, operations, decisions, external work, sub-processes, calls."""

from __future__ import annotations

import datetime as dt
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.defaults import CallActivity as LibraryCallActivity
from SpiffWorkflow.bpmn.specs.defaults import ManualTask as LibraryManualTask
from SpiffWorkflow.bpmn.specs.defaults import ScriptTask as LibraryScriptTask
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask as LibraryServiceTask
from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask as LibrarySubProcess
from SpiffWorkflow.bpmn.specs.defaults import UserTask as LibraryUserTask

from engine.bpmn.model import Call, Element
from engine.errors import BpmnError, Invalid, Refused
from engine.runtime import compensation, timing
from engine.runtime.environment import Decided
from engine.runtime.merge import same
from engine.runtime.tokens import RUN_AGAIN, UNLIKE, Token, environment, fail
from engine.runtime.tree import CaseTask, release_holds
from engine.values import check_variable

WORK, EXTERNAL, ANSWER, ITEM, OUTSIDE, SHOWN, FORM = "work", "external", "answer", "item", "outside", "shown", "form"
PAUSED = "paused"
"""Among a step's work: its clock stands, with timers of its own."""
MAX_NAME = 64
"""Characters of a person's name."""

MAX_PRIORITY = 1_000_000


class Activity(Token):
    """An element with input and output parameters."""

    element: Element

    def inputs(self, task: CaseTask) -> dict[str, Any]:
        """The values of the input parameters."""
        world = environment(task)
        return {name: world.source(source, task.data) for name, source in self.element.work.inputs.items()}

    def take(self, task: CaseTask, results: dict[str, Any]) -> None:
        """Results become variables: through the output parameters if there are any, else under their own names."""
        task.data.update(self.mapped(task, results))

    def mapped(self, task: CaseTask, results: dict[str, Any]) -> dict[str, Any]:
        """The variables that results become."""
        outputs = self.element.work.outputs
        if outputs:
            world = environment(task)
            scope = {**task.data, **results}
            results = {name: world.source(source, scope) for name, source in outputs.items()}
        for name, value in results.items():
            check_variable(value, name)
        return results


class PassTask(Activity, LibraryManualTask):
    """A task, or a manual task: work outside of the program, which it does not wait for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = False


class UserTask(Activity, LibraryUserTask):
    """Waits for a person. Who and by when is settled when the token arrives and stands in its internal data."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        inputs = {} if self.element.work.operation is not None else self.inputs(my_task)
        my_task.internal_data[WORK] = self._assignment(my_task, {**my_task.data, **inputs})
        self._show(my_task, inputs)
        return True

    def _show(self, task: CaseTask, inputs: dict[str, Any]) -> None:
        """Input parameters are seen by the form alone; what they hide comes back when the step is done."""
        if inputs:
            task.internal_data[OUTSIDE] = {name: task.data[name] for name in inputs if name in task.data}
            task.internal_data[SHOWN] = inputs
            task.data = {**task.data, **inputs}

    def hide(self, task: CaseTask) -> None:
        """Take away the input parameters that were shown to the form and that it has not changed."""
        outside, shown = task.internal_data.pop(OUTSIDE, {}), task.internal_data.pop(SHOWN, {})
        for name, value in shown.items():
            if name in task.data and same(task.data[name], value):
                del task.data[name]
                task.data.update({name: outside[name]} if name in outside else {})

    def _assignment(self, task: CaseTask, seen: dict[str, Any]) -> dict[str, Any]:
        human, world = self.element.human, environment(task)
        counted_in = "natural" if self.element.calendar == "natural" else "working"

        def instant(text: str | None, what: str) -> str | None:
            value = None if text is None else world.wanted(text, seen, what)
            if value is None:
                return None
            return timing.moment(value, world, counted_in, what).astimezone(dt.UTC).isoformat()  # type: ignore[arg-type]

        assignee = None if human.assignee is None else world.attribute(human.assignee, seen)
        if assignee is not None and not isinstance(assignee, str):
            raise ValueError(f"the assignee is {assignee!r}, which is no person's name")
        if assignee is not None and (len(assignee) > MAX_NAME or not assignee.isprintable()):
            raise ValueError(f"the assignee is {assignee[:MAX_NAME]!r}, which can be nobody's name")
        if not assignee and not human.roles:
            raise ValueError("the assignee has no value and the step has no role: nobody could do it")
        priority = 50 if human.priority is None else world.attribute(human.priority, seen)
        try:
            priority = int(priority)
        except (TypeError, ValueError):
            raise ValueError(f"the priority is {priority!r}, which is no whole number") from None
        if abs(priority) > MAX_PRIORITY:
            raise ValueError(f"the priority is {priority}, and {MAX_PRIORITY} is the highest")
        return {
            "assignee": assignee or None,
            "due": instant(human.due_date, "the due date"),
            "follow_up": instant(human.follow_up, "the follow-up date"),
            "priority": priority,
            **task.internal_data.pop(UNLIKE, {}),
        }

    def _run(self, my_task: CaseTask) -> bool:
        """What the operation of a form refuses is told to the person, and nothing has happened.

        What it, or an output parameter, cannot do is no fault of the person: an incident, with the form kept for the
        retry.
        """
        release_holds(my_task)
        if self.element.work.operation is None:
            try:
                results = self.mapped(my_task, {})
            except Exception as error:
                fail(my_task, error, RUN_AGAIN)
                return False
            self.hide(my_task)
            my_task.data.update(results)
            return True
        top, before = my_task.workflow.top_workflow, my_task.data
        try:
            self._operate(my_task, my_task.internal_data[FORM])
        except BpmnError as error:
            my_task.data = before
            if top.throw_code("error", error.code, my_task, error.variables, str(error)):
                return False
            raise Refused(
                "form_invalid", str(error), errors={"": [{"code": error.code, "message": str(error)}]}
            ) from error
        except (Refused, Invalid):
            raise
        except Exception as error:
            my_task.data = before
            fail(my_task, error, RUN_AGAIN)
            return False
        del my_task.internal_data[FORM]
        return True

    def _operate(self, task: CaseTask, form: dict[str, Any]) -> None:
        """The form stands in place of variables while the operation runs; only what it gives stays."""
        world, before = environment(task), task.data
        task.data = {**before, **form}
        inputs = self.inputs(task)
        with world.savepoint():
            results = self.mapped(task, world.call_operation(self.element, inputs))
        task.data = {**before, **results}


class ScriptTask(Activity, LibraryScriptTask):
    """Lines of `name = expression`."""

    def __init__(self, spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(spec, bpmn_id, script=None, **kwargs)

    def _run_hook(self, my_task: CaseTask) -> bool:
        scope = {**my_task.data, **self.inputs(my_task)}
        self.take(my_task, environment(my_task).script(self.element.work.script or "", scope))
        return True


class OperationTask(Activity, LibraryServiceTask):
    """Calls an operation of the house, in a savepoint of its own."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        world, work = environment(my_task), self.element.work
        with world.savepoint():
            outputs = world.call_operation(self.element, self.inputs(my_task))
            if work.result_variable:
                outputs = {**outputs, work.result_variable: outputs}
            self.take(my_task, outputs)
        return True


class DecisionTask(Activity, LibraryServiceTask):
    """Asks a decision; the result goes into the result variable, shaped as `camunda:mapDecisionResult` says."""

    def _run_hook(self, my_task: CaseTask) -> bool:
        world, work = environment(my_task), self.element.work
        decided = world.decide(self.element, {**my_task.data, **self.inputs(my_task)})
        world.trace.decisions += decided.trace
        result = shape(decided, work.map_decision_result or "resultList")
        self.take(my_task, {work.result_variable or "decisionResult": result})
        return True


def shape(decided: Decided, kind: str) -> Any:
    """A decision's value as one of Camunda's four shapes.

    What a rule gives is a value in a table of one column, be it a context or a list, and a context of entries in a
    table of several. The context of a decision of other logic has entries too, and its list is one of results, unless
    the value as such is asked for (`singleEntry`).
    """
    table, value = bool(decided.columns), decided.value
    listed = decided.by_rule if table else kind != "singleEntry"
    results = [] if value is None else value if listed and isinstance(value, list) else [value]
    if kind in ("singleEntry", "singleResult") and len(results) > 1:
        raise ValueError(f"the decision gave {len(results)} results where {kind} expects one")
    has_entries = len(decided.columns) > 1
    if kind in ("singleEntry", "collectEntries"):
        if has_entries and results:
            raise ValueError(f"the decision gave the entries {', '.join(decided.columns)} where {kind} expects one")
        entries = results
    else:
        name = decided.columns[0] if table else decided.name
        entries = [
            result if has_entries or (not table and isinstance(result, dict)) else {name: result} for result in results
        ]
    if kind in ("singleEntry", "singleResult"):
        return entries[0] if entries else None
    return list(entries)


class ExternalTask(Activity, LibraryServiceTask):
    """Waits for another program that fetches work of its topic."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        inputs = self.inputs(my_task)
        my_task.internal_data[EXTERNAL] = {"topic": self.element.work.topic, "variables": inputs or dict(my_task.data)}
        my_task._set_state(TaskState.WAITING)
        return False

    def answer(self, task: CaseTask, results: dict[str, Any]) -> None:
        """The other program is done. What it gave is kept until it has become variables, so that a retry has it."""
        release_holds(task)
        del task.internal_data[EXTERNAL]
        task.internal_data[ANSWER] = results
        task._ready()

    def _run_hook(self, my_task: CaseTask) -> bool:
        self.take(my_task, my_task.internal_data[ANSWER])
        del my_task.internal_data[ANSWER]
        return True


class ScopeTask(Activity):
    """An activity with a scope of its own inside."""

    spec: str

    @property
    def passes_everything(self) -> bool:
        """Whether all that is known inside will come back, and is therefore known outside already."""
        return True

    def _update_hook(self, my_task: CaseTask) -> bool:
        data = self.data_for(my_task)
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        my_task._set_state(TaskState.STARTED)
        inner.begin(data)
        return False

    def data_for(self, task: CaseTask) -> dict[str, Any]:
        """What the scope begins with."""
        return {**task.data, **self.inputs(task)}

    def on_scope_finished(self, task: CaseTask, scope: Any) -> None:
        """The scope is done; its results come back when the token goes on."""
        task.internal_data["result"] = scope.result
        if scope.done and scope.spec.shares_variables:
            task.internal_data[compensation.DONE] = scope.done
        task._ready()

    def _run_hook(self, my_task: CaseTask) -> bool:
        result = my_task.internal_data["result"]
        self.bring_back(my_task, result)
        del my_task.internal_data["result"]
        return True

    def bring_back(self, task: CaseTask, result: dict[str, Any]) -> None:
        """An embedded sub-process works on the variables around it."""
        task.data = dict(result)
        self.take(task, {})


class SubProcess(ScopeTask, LibrarySubProcess):
    """An embedded sub-process."""


class UndoneSubProcess(SubProcess):
    """A completed sub-process that is undone: only what undoes its activities runs in it, inside out."""

    visible = False

    def _update_hook(self, my_task: CaseTask) -> bool:
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        my_task._set_state(TaskState.STARTED)
        inner.begin_undoing(my_task.data, my_task.internal_data[compensation.UNDOES]["done"])
        return False

    def on_scope_finished(self, task: CaseTask, scope: Any) -> None:
        task.internal_data["result"] = scope.result
        task._ready()

    def bring_back(self, task: CaseTask, result: dict[str, Any]) -> None:
        task.data = dict(result)


class CallActivity(ScopeTask, LibraryCallActivity):
    """A process with a life of its own; `camunda:in` and `camunda:out` say what passes, without any everything does."""

    @property
    def passes_everything(self) -> bool:
        return self._call().passes_everything

    def data_for(self, task: CaseTask) -> dict[str, Any]:
        if self.passes_everything:
            return super().data_for(task)
        return self._pass(self._call().ins, task, task.data)

    def bring_back(self, task: CaseTask, result: dict[str, Any]) -> None:
        if self.passes_everything:
            super().bring_back(task, result)
            return
        self.take(task, {})
        task.data.update(self._pass(self._call().outs, task, result))

    def _call(self) -> Call:
        assert self.element.call is not None
        return self.element.call

    def _pass(self, passes: Any, task: CaseTask, source: dict[str, Any]) -> dict[str, Any]:
        passed: dict[str, Any] = {}
        for item in passes:
            if item.everything:
                passed.update(source)
            elif item.source_expression and item.target:
                passed[item.target] = environment(task).attribute(item.source_expression, source)
            elif item.source and item.target:
                passed[item.target] = source.get(item.source)
        return passed
