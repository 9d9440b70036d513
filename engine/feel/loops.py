"""`for`, `some` and `every`: iterating over lists, ranges and their combinations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.feel import operators
from engine.feel import syntax as s
from engine.feel.model import Range
from engine.feel.runtime import Budget, Evaluator, Runtime, Scope

Compile = Callable[[s.Node], Evaluator]
# A turn of a loop makes a scope of its own, and keeps a result.
_STEPS_OF_A_TURN: Final = 2


@dataclass(frozen=True, slots=True)
class Source:
    """What a variable iterates over: its items (None, with a reason, where there are none to have), and the size."""

    variable: str
    items: Callable[[Scope], list[Any] | None]
    size: int = 1


def compile_for(node: s.For, compile_node: Compile) -> Evaluator:
    """`for` gives the list of results; `partial` is the list so far."""
    sources = [_source(iterator, compile_node) for iterator in node.iterators]
    return iterate_for(sources, compile_node(node.body), node.body.size, s.PARTIAL in node.body.mentions)


def iterate_for(sources: list[Source], body: Evaluator, size: int = 1, uses_partial: bool = True) -> Evaluator:
    """`for` with compiled parts, which boxed expressions share. `size` is the body's."""

    def evaluate(scope: Scope) -> list[Any] | None:
        budget = scope.runtime.budget
        results: list[Any] = []
        for inner in _combinations(sources, scope, {s.PARTIAL: results}):
            if inner is None:
                return None
            budget.charge(size + _STEPS_OF_A_TURN)
            if len(results) >= budget.limits.items:
                budget.items(len(results) + 1)
            value = body(inner)
            results.append(_as_it_was(value, results, budget) if uses_partial else value)
        return results

    return evaluate


def _as_it_was(value: Any, partial: list[Any], budget: Budget) -> Any:
    """The value with copies of `partial` as it is now, so that no list ever holds itself."""
    if value is partial:
        budget.items(len(partial))
        return list(partial)
    if type(value) is list:
        budget.items(len(value))
        return [_as_it_was(item, partial, budget) for item in value]
    if type(value) is dict:
        budget.charge(len(value))
        return {key: _as_it_was(member, partial, budget) for key, member in value.items()}
    return value


def compile_quantified(node: s.Quantified, compile_node: Compile) -> Evaluator:
    """`some` is a chain of `or`, `every` one of `and`."""
    sources = [_source(iterator, compile_node) for iterator in node.iterators]
    return iterate_quantified(node.quantifier, sources, compile_node(node.body), node.body.size)


def iterate_quantified(
    quantifier: str, sources: list[Source], body: Evaluator, size: int = 1, strict: bool = False
) -> Evaluator:
    """`some` and `every` with compiled parts; `strict` ones are null when a condition is not a boolean."""
    decisive = quantifier == "some"

    def evaluate(scope: Scope) -> bool | None:
        result: bool | None = not decisive
        for inner in _combinations(sources, scope, {}):
            if inner is None:
                return None
            scope.runtime.budget.charge(size + _STEPS_OF_A_TURN)
            value = body(inner)
            if value is decisive:
                return decisive
            if strict and value is not None and type(value) is not bool:
                return scope.runtime.null(f"a condition is true or false, not {operators.kind_name(value)}")
            if value is not (not decisive):
                result = None
        return result

    return evaluate


def _combinations(sources: list[Source], scope: Scope, names: dict[str, Any]) -> Iterator[Scope | None]:
    """A scope for each combination, the last variable changing fastest; None when a source cannot be iterated."""
    source = sources[0]
    scope.runtime.budget.charge(source.size + len(names))
    items = source.items(Scope(names, scope, scope.runtime))
    if items is None:
        yield None
        return
    for item in items:
        bound = {**names, source.variable: item}
        if len(sources) == 1:
            yield Scope(bound, scope, scope.runtime)
        else:
            yield from _combinations(sources[1:], scope, bound)


def _source(iterator: s.Iterator, compile_node: Compile) -> Source:
    source, size = compile_node(iterator.source), iterator.size
    if iterator.end is None:
        return Source(iterator.variable, lambda scope: items_to_iterate(source(scope), scope.runtime), size)
    end = compile_node(iterator.end)
    return Source(iterator.variable, lambda scope: _counted(source(scope), end(scope), scope.runtime), size)


def items_to_iterate(value: Any, runtime: Runtime) -> list[Any] | None:
    """The items of a list or range, or the value as the only one; None, with a reason, where there are none to have."""
    if type(value) is list:
        return value
    if type(value) is Range:
        return _range_items(value, runtime)
    if value is None:
        runtime.null("nothing to iterate over: null")
        return None
    return [value]


def _range_items(interval: Range, runtime: Runtime) -> list[Any] | None:
    items = _counted(interval.start, interval.end, runtime)
    if items is None:
        return None
    return [item for item in items if operators.in_range(item, interval, runtime)]


def _counted(start: Any, end: Any, runtime: Runtime) -> list[Any] | None:
    """All numbers or days from `start` to `end`, upwards or downwards."""
    if type(start) is date and type(end) is date:
        days = (end - start).days
        runtime.budget.items(abs(days) + 1)
        return [start + timedelta(days=step if days >= 0 else -step) for step in range(abs(days) + 1)]
    if type(start) is Decimal and type(end) is Decimal:
        steps = abs(int(end - start))
        runtime.budget.items(steps + 1)
        return [start + step if end >= start else start - step for step in range(steps + 1)]
    runtime.null(f"cannot iterate from {operators.kind_name(start)} to {operators.kind_name(end)}")
    return None
