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


def arguments_by_parameter(
    name: str, parameters: tuple[str, ...], arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime
) -> list[Any] | None:
    """The arguments in the order of the parameters; None, with a reason, when they do not belong together."""
    if names is not None:
        if sorted(names) != sorted(parameters):
            return runtime.null(f"{name}: the parameters are called {', '.join(parameters) or 'nothing'}")
        given = dict(zip(names, arguments, strict=True))
        return [given[parameter] for parameter in parameters]
    if len(arguments) != len(parameters):
        return runtime.null(f"{name}: takes {len(parameters)} arguments, not {len(arguments)}")
    return arguments


def user_function(
    name: str,
    parameters: tuple[tuple[str, Type | None], ...],
    body: Evaluator,
    scope: Scope,
    result_type: Type | None = None,
    size: int = 1,
    known_result: Type | None = None,
) -> Function:
    """A function whose body, of that size, is evaluated in `scope` with its parameters on top.

    The result is fitted to `result_type`; `known_result` is a type that it is known to have anyway.
    """
    order = tuple(parameter for parameter, _ in parameters)

    def call(arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime) -> Any:
        ordered = arguments_by_parameter(name, order, arguments, names, runtime)
        if ordered is None:
            return None
        values = {}
        for (parameter, expected), argument in zip(parameters, ordered, strict=True):
            fits, value = (True, argument) if expected is None else coerce(argument, expected, scope.runtime)
            if not fits:
                return runtime.null(f"{name}: {parameter} is not of its type")
            values[parameter] = value
        runtime.budget.charge(size)
        result = body(Scope(values, scope, scope.runtime))
        if result_type is None:
            return result
        fits, result = coerce(result, result_type, scope.runtime)
        return result if fits else runtime.null(f"{name}: the result is not of its type")

    return Function(name, order, call, (tuple(expected for _, expected in parameters), result_type or known_result))
