"""Values written as FEEL literals, without variables."""

from __future__ import annotations

from typing import Any, Final

from engine.feel import syntax as s
from engine.feel.compiler import compile_node
from engine.feel.errors import Fault, FeelSyntaxError
from engine.feel.expression import compile_once
from engine.feel.parser import Parser
from engine.feel.runtime import Budget, Runtime, Scope

_CONSTRUCTORS: Final = frozenset({"date", "time", "date and time", "duration"})


def literal_value(text: str, budget: Budget | None = None) -> Any:
    """The value of an expression that reads no variables. Raises `Fault` when it is none, or has no value."""
    try:
        expression = compile_once(text)
    except FeelSyntaxError as error:
        raise Fault(str(error)) from None
    names = sorted(expression.names | expression.possible_names)
    if names:
        raise Fault(f"{names[0]!r} is no literal; texts stand in double quotes")
    reasons: list[str] = []
    value = expression.evaluate({}, reasons=reasons, budget=budget)
    if reasons:
        raise Fault(reasons[0])
    return value


def scalar_literal(text: str) -> Any:
    """A number, text, date, time or duration written as a literal or as `date("…")` and its like. Raises `Fault`."""
    try:
        node = Parser(text).expression()
    except FeelSyntaxError as error:
        raise Fault(str(error)) from None
    if not _is_scalar(node):
        raise Fault(f"{text!r} is no literal")
    return compile_node(node)(Scope({}, None, Runtime()))


def _is_scalar(node: s.Node) -> bool:
    if isinstance(node, s.Negate):
        return isinstance(node.operand, s.Literal)
    if isinstance(node, s.Call) and isinstance(node.function, s.Name):
        return node.function.name in _CONSTRUCTORS and all(isinstance(part, s.Literal) for part in node.arguments)
    return isinstance(node, (s.Literal, s.AtLiteral))
