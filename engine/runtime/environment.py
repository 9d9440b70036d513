"""What a running workflow may reach (expressions, time, operations, decisions), and what it leaves behind.

One environment lives as long as one step. It stands where SpiffWorkflow expects its script engine (whose default is
plain `eval`), so that nothing of the library can fall back to Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.bpmn.model import Element, Entries, Items, Source, Text
from engine.feel import compile_expression, compile_script, is_wrapped, unwrap
from engine.ports import Calendar
from engine.runtime.tree import CaseTask, innermost_instance
from engine.values import check_variable

CallOperation = Callable[[Element, Mapping[str, Any]], dict[str, Any]]
Decide = Callable[[Element, Mapping[str, Any]], "Decided"]


@dataclass(frozen=True)
class Decided:
    """What a decision gave: its FEEL value, and the trace for the audit.

    `columns` are the outputs of its table, and `by_rule` says that its value is a list of what each rule gave; a
    decision of other logic has no columns. `name` stands for the one value of what has no name of its own.
    """

    value: Any
    name: str
    columns: tuple[str, ...]
    by_rule: bool
    trace: list[dict[str, Any]]


@dataclass
class Trace:
    """What happened while the workflow advanced, in order, for the case's history."""

    entered: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    undone: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)
    outcome: str | None = None


def _no_operation(element: Element, _inputs: Mapping[str, Any]) -> dict[str, Any]:
    raise LookupError(f"nothing is wired to run {element.work.operation}")


def _no_decision(element: Element, _variables: Mapping[str, Any]) -> Decided:
    raise LookupError(f"nothing is wired to decide {element.work.decision_ref}")


@dataclass
class Environment:
    """The world of one step. `now` stands still while it lasts."""

    now: dt.datetime
    calendar: Calendar
    parameters: Mapping[str, Any] = field(default_factory=dict)
    call_operation: CallOperation = _no_operation
    decide: Decide = _no_decision
    savepoint: Callable[[], AbstractContextManager[Any]] = nullcontext
    """Around an element that changes the database: what happens in it stays only if the element is done."""
    trace: Trace = field(default_factory=Trace)
    place: CaseTask | None = None
    """The token that asks. In one of several instances expressions may read its number and the counts."""

    def value(
        self,
        text: str,
        variables: Mapping[str, Any],
        extra: Mapping[str, Any] | None = None,
        reasons: list[str] | None = None,
    ) -> Any:
        """The value of FEEL, with or without `${}` around it, over `variables`, `parameters` and `extra`."""
        expression = compile_expression(unwrap(text) if is_wrapped(text) else text)
        on_top = {**self._counts(text), **(extra or {}), "parameters": self.parameters}
        return expression.evaluate(variables, now=self.now, zone=self.calendar.zone, extra=on_top, reasons=reasons)

    def _counts(self, text: str) -> dict[str, Any]:
        """`loopCounter` (0 for the first) and `nrOf…` of the innermost instance around, for texts that name them."""
        if self.place is None or not ("nrOf" in text or "loopCounter" in text):
            return {}
        instance = innermost_instance(self.place)
        if instance is None:
            return {}
        loop = instance.parent
        counts: dict[str, Any] = loop.task_spec.counts(loop)
        return {**counts, "loopCounter": Decimal(loop.task_spec.number_of(loop, instance))}

    def attribute(self, text: str, variables: Mapping[str, Any]) -> Any:
        """The value of an attribute: of its expression for `${…}` or `=…`, else the text itself."""
        return self.value(text, variables) if is_wrapped(text) else text.strip()

    def wanted(self, text: str, variables: Mapping[str, Any], what: str) -> Any:
        """The value of an attribute that may be null on purpose; one that is null by an error raises `ValueError`."""
        if not is_wrapped(text):
            return text.strip()
        reasons: list[str] = []
        value = self.value(text, variables, reasons=reasons)
        if value is None and reasons:
            raise ValueError(f"{what} has no value: {'; '.join(reasons[:3])}")
        return value

    def holds(self, text: str, variables: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> bool:
        """Whether a condition is `true`; null and everything else is not."""
        return self.value(text, variables, extra) is True

    def source(self, source: Source, variables: Mapping[str, Any]) -> Any:
        """The value of an input or output parameter."""
        if isinstance(source, Text):
            return self.attribute(source.text, variables)
        if isinstance(source, Items):
            return [self.source(item, variables) for item in source.items]
        if isinstance(source, Entries):
            return {key: self.source(entry, variables) for key, entry in source.entries.items()}
        raise ValueError(f"a parameter of kind {source.kind} is not run")

    def script(self, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the lines of a script assign."""
        assigned = compile_script(text).run(
            variables,
            now=self.now,
            zone=self.calendar.zone,
            extra={**self._counts(text), "parameters": self.parameters},
        )
        for name, value in assigned.items():
            check_variable(value, name)
        return assigned
