"""Functions that make one value out of a list, given as a list or as arguments of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.feel import operators
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.operators import DECIMAL128
from engine.feel.runtime import Runtime
from engine.values import YearsMonths


def _of_items(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a function that takes one list, or the items one by one."""

    def register(work: Callable[[Runtime, list[Any]], Any]) -> Callable[..., Any]:
        def of_arguments(runtime: Runtime, *items: Any) -> Any:
            return work(runtime, list(items))

        def of_list(runtime: Runtime, items: list[Any]) -> Any:
            runtime.budget.charge(len(items))
            return work(runtime, items)

        builtin(name, "list: list")(of_list)
        builtin(name, "n1: any, n...: any")(of_arguments)
        return work

    return register


def _numbers(items: list[Any]) -> list[Decimal]:
    if not all(type(item) is Decimal for item in items):
        raise Fault("the list holds something else than numbers")
    return items


def _first_by(sign: int, items: list[Any], runtime: Runtime) -> Any:
    if not items:
        return None
    best = items[0]
    for item in items:
        order = operators.order(item, best, runtime)
        if order is None:
            raise Fault("the items have no order")
        if order == sign:
            best = item
    return best


@_of_items("min")
def _min(runtime: Runtime, items: list[Any]) -> Any:
    return _first_by(-1, items, runtime)


@_of_items("max")
def _max(runtime: Runtime, items: list[Any]) -> Any:
    return _first_by(1, items, runtime)


@_of_items("sum")
def _sum(runtime: Runtime, items: list[Any]) -> Any:
    if not items:
        return None
    if type(items[0]) is timedelta and all(type(item) is timedelta for item in items):
        return sum(items, timedelta(0))
    if type(items[0]) is YearsMonths and all(type(item) is YearsMonths for item in items):
        return YearsMonths(sum(item.months for item in items))
    return reduce(DECIMAL128.add, _numbers(items), Decimal(0))


@_of_items("mean")
def _mean(runtime: Runtime, items: list[Any]) -> Any:
    return operators.calculate("/", _sum(runtime, items), Decimal(len(items)), runtime) if items else None


@_of_items("product")
def _product(runtime: Runtime, items: list[Any]) -> Decimal | None:
    return reduce(DECIMAL128.multiply, _numbers(items), Decimal(1)) if items else None


@_of_items("median")
def _median(runtime: Runtime, items: list[Any]) -> Decimal | None:
    if not items:
        return None
    ordered = sorted(_numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return DECIMAL128.divide(DECIMAL128.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@_of_items("stddev")
def _stddev(runtime: Runtime, items: list[Any]) -> Decimal | None:
    """The standard deviation of a sample."""
    if len(items) < 2:
        raise Fault("needs two numbers or more")
    mean = DECIMAL128.divide(reduce(DECIMAL128.add, _numbers(items), Decimal(0)), Decimal(len(items)))
    squares = (DECIMAL128.power(DECIMAL128.subtract(item, mean), Decimal(2)) for item in items)
    return DECIMAL128.sqrt(DECIMAL128.divide(reduce(DECIMAL128.add, squares, Decimal(0)), Decimal(len(items) - 1)))


@_of_items("mode")
def _mode(runtime: Runtime, items: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for number in _numbers(items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


def _logic(name: str, decisive: bool) -> None:
    @_of_items(name)
    def work(runtime: Runtime, items: list[Any]) -> bool | None:
        if any(item is decisive for item in items):
            return decisive
        return not decisive if all(item is (not decisive) for item in items) else None


_logic("all", False)
_logic("any", True)
