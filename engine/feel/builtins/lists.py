"""Functions that look into lists and make new ones. No list is ever changed."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel import operators
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.functions import call_function
from engine.feel.model import Function
from engine.feel.runtime import Runtime


@builtin("list contains", "list: list, element: any")
def _list_contains(runtime: Runtime, items: list[Any], element: Any) -> bool:
    return any(_same(item, element, runtime) for item in items)


@builtin("count", "list: list")
def _count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@builtin("sublist", "list: list, start position: number, [length: number?]")
def _sublist(items: list[Any], start: Decimal, length: Decimal | None) -> list[Any]:
    first = _index(items, start)
    if length is None:
        return items[first:]
    if int(length) < 0 or first + int(length) > len(items):
        raise Fault("the list is not as long as that")
    return items[first : first + int(length)]


@builtin("append", "list: list, item...: any")
def _append(runtime: Runtime, items: list[Any], *more: Any) -> list[Any]:
    runtime.budget.items(len(items) + len(more))
    return [*items, *more]


@builtin("concatenate", "list...: list")
def _concatenate(runtime: Runtime, *lists: list[Any]) -> list[Any]:
    runtime.budget.items(sum(len(items) for items in lists))
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any")
def _insert_before(runtime: Runtime, items: list[Any], position: Decimal, item: Any) -> list[Any]:
    index = _index(items, position)
    runtime.budget.items(len(items) + 1)
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list: list, position: number")
def _remove(items: list[Any], position: Decimal) -> list[Any]:
    index = _index(items, position)
    return items[:index] + items[index + 1 :]


@builtin("list replace", "list: list, position: number, newItem: any")
def _list_replace_at(items: list[Any], position: Decimal, item: Any) -> list[Any]:
    index = _index(items, position)
    return [*items[:index], item, *items[index + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def _list_replace_where(runtime: Runtime, items: list[Any], match: Function, new: Any) -> list[Any]:
    if match.arity not in (None, 2):
        raise Fault("the match takes the item and the new item")
    replaced = []
    for item in items:
        verdict = call_function(match, [item, new], None, runtime)
        if type(verdict) is not bool:
            raise Fault("the match gives neither true nor false")
        replaced.append(new if verdict else item)
    return replaced


@builtin("reverse", "list: list")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of", "list: list, match: any")
def _index_of(runtime: Runtime, items: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(position) for position, item in enumerate(items, 1) if _same(item, match, runtime)]


@builtin("union", "list...: list")
def _union(runtime: Runtime, *lists: list[Any]) -> list[Any]:
    return _distinct_values(runtime, _concatenate(runtime, *lists))


@builtin("distinct values", "list: list")
def _distinct_values(runtime: Runtime, items: list[Any]) -> list[Any]:
    distinct: list[Any] = []
    for item in items:
        if not any(_same(item, known, runtime) for known in distinct):
            distinct.append(item)
    return distinct


@builtin("duplicate values", "list: list")
def _duplicate_values(runtime: Runtime, items: list[Any]) -> list[Any]:
    return [
        item for item in _distinct_values(runtime, items) if sum(_same(item, other, runtime) for other in items) > 1
    ]


@builtin("flatten", "list: list")
def _flatten(runtime: Runtime, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        if type(item) is list:
            flat.extend(_flatten(runtime, item))
        else:
            flat.append(item)
    runtime.budget.items(len(flat))
    return flat


@builtin("sort", "list: list, [precedes: function?]")
def _sort(runtime: Runtime, items: list[Any], precedes: Function | None) -> list[Any]:
    if precedes is not None and precedes.arity not in (None, 2):
        raise Fault("the order takes two items")

    def comes_before(left: Any, right: Any) -> bool:
        if precedes is not None:
            return call_function(precedes, [left, right], None, runtime) is True
        sign = operators.order(left, right, runtime)
        if sign is None:
            raise Fault("the items have no order")
        return sign < 0

    def compare(left: Any, right: Any) -> int:
        """Only what comes before without being preceded itself, so that an order such as `<=` leaves equals alone."""
        runtime.budget.charge(1)
        return -1 if comes_before(left, right) and (precedes is None or not comes_before(right, left)) else 0

    return sorted(items, key=cmp_to_key(compare))


def _index(items: list[Any], position: Decimal) -> int:
    """The Python index of a position that counts from 1, or from the end with -1."""
    index = int(position)
    if index == 0 or abs(index) > len(items):
        raise Fault(f"there is no position {position} in a list of {len(items)}")
    return index - 1 if index > 0 else len(items) + index


def _same(left: Any, right: Any, runtime: Runtime) -> bool:
    runtime.budget.charge(1)
    return type(left) is type(right) and operators.equals(left, right, runtime) is True
