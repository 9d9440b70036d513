"""What an evaluation of a model did: which decisions, with which inputs, by which rules, with which results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from engine.feel.runtime import Budget, Runtime
from engine.feel.types import Type


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


class DecisionRuntime(Runtime):
    """The runtime of expressions that belong to the evaluation of a model."""

    __slots__ = ("tables",)

    def __init__(
        self,
        now: datetime | None,
        zone: tzinfo | None,
        reasons: list[str],
        budget: Budget,
        types: Mapping[str, Type],
    ):
        super().__init__(now, zone, reasons, budget, types)
        self.tables: list[TableTrace] = []


def trace_of(runtime: Runtime) -> list[TableTrace] | None:
    """Where a table writes down what matched."""
    return runtime.tables if isinstance(runtime, DecisionRuntime) else None
