"""Calling functions: those that an expression or a model defines, and any function with its budget."""

from __future__ import annotations

from typing import Any

from engine.feel.model import Function
from engine.feel.runtime import Evaluator, Runtime, Scope
from engine.feel.types import Type, coerce


def call_function(function: Function, arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime) -> Any:
    """Calls with positional arguments, or with named ones when `names` is given."""
    runtime.budget.enter()
    try:
        return function.call(arguments, names, runtime)
    finally:
        runtime.budget.leave()


def user_function(
    name: str,
    parameters: tuple[tuple[str, Type | None], ...],
    body: Evaluator,
    scope: Scope,
    result_type: Type | None = None,
) -> Function:
    """A function whose body is evaluated in `scope` with its parameters on top."""
    order = tuple(parameter for parameter, _ in parameters)

    def call(arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime) -> Any:
        if names is not None:
            if sorted(names) != sorted(order):
                return runtime.null(f"{name}: the parameters are called {', '.join(order) or 'nothing'}")  # type: ignore[func-returns-value]
            given = dict(zip(names, arguments, strict=True))
            arguments = [given[parameter] for parameter in order]
        if len(arguments) != len(order):
            return runtime.null(f"{name}: takes {len(order)} arguments, not {len(arguments)}")  # type: ignore[func-returns-value]
        values = {}
        for (parameter, expected), argument in zip(parameters, arguments, strict=True):
            fits, value = (True, argument) if expected is None else coerce(argument, expected, runtime.resolve)
            if not fits:
                return runtime.null(f"{name}: {parameter} is not of its type")  # type: ignore[func-returns-value]
            values[parameter] = value
        result = body(Scope(values, scope, runtime))
        if result_type is None:
            return result
        fits, result = coerce(result, result_type, runtime.resolve)
        return result if fits else runtime.null(f"{name}: the result is not of its type")  # type: ignore[func-returns-value]

    return Function(name, order, call)
