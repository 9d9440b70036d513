"""Values written as FEEL literals: constants, `@"…"`, constructor calls of dates, lists and contexts of them."""

from __future__ import annotations

from typing import Any

from engine.feel.errors import Fault, FeelSyntaxError


def literal_value(text: str) -> Any:
    """The value of an expression without variables. Raises `Fault` when it is none."""
    from engine.feel.expression import compile_expression

    try:
        expression = compile_expression(text)
    except FeelSyntaxError as error:
        raise Fault(str(error)) from None
    if expression.names or expression.possible_names:
        raise Fault(f"{text[:60]!r} is not a literal")
    return expression.evaluate({})
