"""What an evaluation of a model did: which decisions, with which inputs, by which rules, with which results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from engine.feel.errors import BudgetExceeded
from engine.feel.model import Function, Range
from engine.feel.printing import to_text
from engine.feel.runtime import Budget, Limits, Runtime
from engine.feel.types import Type
from engine.feel.wide import WIDE, FineTime
from engine.values import MAX_ITEMS


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One evaluation of a decision table: input expressions with their values, matched rules as (number from 1, id)."""

    table: str
    inputs: list[tuple[str, Any]]
    matched: list[tuple[int, str]]
    outputs: Any


@dataclass(slots=True)
class DecisionTrace:
    """One evaluated decision: the values it required, the tables it ran through, and its result."""

    decision: str
    id: str
    inputs: dict[str, Any] = field(default_factory=dict)
    tables: list[TableTrace] = field(default_factory=list)
    outputs: Any = None

    @property
    def matched(self) -> list[tuple[int, str]]:
        """The rules that matched, over all tables of the decision."""
        return [rule for table in self.tables for rule in table.matched]


def readable(value: Any) -> Any:
    """A value of a trace as a variable could hold it.

    Functions, ranges and far years, which live only inside an evaluation, are written as their text; so is that a value
    has more parts than a variable may have.
    """
    try:
        return _readable(value, Budget(Limits(steps=MAX_ITEMS)))
    except BudgetExceeded:
        return f"more than {MAX_ITEMS} parts"


def _readable(value: Any, budget: Budget) -> Any:
    if type(value) is dict:
        budget.charge(len(value))
        return {key: _readable(member, budget) for key, member in value.items()}
    if type(value) is list:
        budget.charge(len(value))
        return [_readable(item, budget) for item in value]
    return to_text(value, budget) if type(value) in (Function, Range, FineTime, *WIDE) else value


class DecisionRuntime(Runtime):
    """The runtime of one model's expressions.

    `under_way`: tables of the decisions being made, innermost last; `violations`: tables whose rules contradict their
    hit policy.
    """

    __slots__ = ("under_way", "violations")

    def __init__(
        self,
        now: datetime | None,
        zone: tzinfo | None,
        reasons: list[str] | None,
        budget: Budget,
        types: Mapping[str, Type],
        under_way: list[list[TableTrace]],
        violations: list[str],
    ):
        super().__init__(now, zone, reasons, budget, types)
        self.under_way = under_way
        self.violations = violations

    def with_types(self, types: Mapping[str, Type]) -> DecisionRuntime:
        """The same circumstances for expressions of another model."""
        return DecisionRuntime(self.now, self.zone, self.reasons, self.budget, types, self.under_way, self.violations)


def note_table(runtime: Runtime, table: TableTrace) -> None:
    """Writes down what a table did, under the decision being made."""
    if isinstance(runtime, DecisionRuntime) and runtime.under_way:
        runtime.under_way[-1].append(table)


def violated(runtime: Runtime, reason: str) -> Any:
    """Gives null, as DMN wants it, and remembers that the table's rules contradict its hit policy."""
    if isinstance(runtime, DecisionRuntime):
        runtime.violations.append(reason)
    return runtime.null(reason)
