"""What a decision table gives when several rules match: the hit policies and aggregators of DMN (8.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from engine.dmn.trace import violated
from engine.feel import operators
from engine.feel.builtins import FUNCTIONS
from engine.feel.runtime import Runtime

# The rank of each output value: its place among the output values of its column, by column.
Ranks = Callable[[list[Any], Runtime], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: its place in the table (from 1), its id, and the values of its output columns."""

    index: int
    rule_id: str
    values: list[Any]


Shape = Callable[[list[Any]], Any]
Policy = Callable[[Sequence[Hit], Shape, Ranks, Runtime], Any]


def _unique(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    if len(hits) > 1:
        return violated(runtime, f"hit policy UNIQUE: rules {_numbers(hits)} match")
    return shape(hits[0].values)


def _any(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    if any(operators.equals(hit.values, hits[0].values, runtime) is not True for hit in hits[1:]):
        return violated(runtime, f"hit policy ANY: rules {_numbers(hits)} match with different outputs")
    return shape(hits[0].values)


def _first(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    return shape(hits[0].values)


def _priority(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    return shape(_by_rank(hits, ranks, runtime)[0].values)


def _rule_order(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    return [shape(hit.values) for hit in hits]


def _output_order(hits: Sequence[Hit], shape: Shape, ranks: Ranks, runtime: Runtime) -> Any:
    return [shape(hit.values) for hit in _by_rank(hits, ranks, runtime)]


def _by_rank(hits: Sequence[Hit], ranks: Ranks, runtime: Runtime) -> list[Hit]:
    return sorted(hits, key=lambda hit: ranks(hit.values, runtime))


def _numbers(hits: Sequence[Hit]) -> str:
    return ", ".join(str(hit.index) for hit in hits)


def aggregate(aggregation: str, values: list[Any], runtime: Runtime) -> Any:
    """COLLECT with SUM, COUNT, MIN or MAX."""
    if aggregation == "COUNT":
        return Decimal(len(values))
    return FUNCTIONS[aggregation.lower()].call([values], None, runtime)


def gives_list(policy: str | None, aggregation: str | None) -> bool:
    """Whether a table of this hit policy gives a list of what each matching rule gave."""
    upper = (policy or "").upper()
    return upper in ("RULE ORDER", "OUTPUT ORDER") or (upper == "COLLECT" and not aggregation)


AGGREGATIONS: Final = frozenset({"SUM", "COUNT", "MIN", "MAX"})
POLICIES: Final[dict[str, Policy]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _rule_order,
}
