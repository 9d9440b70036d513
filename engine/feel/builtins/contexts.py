"""Functions of contexts."""

from __future__ import annotations

from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.runtime import Runtime


@builtin("get value", "m: context, key: string")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get entries", "m: context")
def _get_entries(runtime: Runtime, context: dict[str, Any]) -> list[dict[str, Any]]:
    return [runtime.measured({"key": key, "value": value}) for key, value in context.items()]


@builtin("context", "entries: list")
def _context(entries: list[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or not {"key", "value"} <= entry.keys() or type(entry["key"]) is not str:
            raise Fault("an entry is a context with a key and a value")
        if entry["key"] in made:
            raise Fault(f"the key {entry['key']!r} occurs twice")
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
def _context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def _context_put_deep(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys or not all(type(key) is str for key in keys):
        raise Fault("the keys are texts, one at least")
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0], {})
    if inner is None:
        inner = {}
    if type(inner) is not dict:
        raise Fault(f"{keys[0]!r} is not a context")
    return {**context, keys[0]: _context_put_deep(inner, keys[1:], value)}


@builtin("context merge", "contexts: list")
def _context_merge(runtime: Runtime, contexts: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for context in contexts:
        if type(context) is not dict:
            raise Fault("the list holds something else than contexts")
        merged |= context
        runtime.budget.charge(len(context))
    return merged
