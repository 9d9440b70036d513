"""Script tasks: lines of `name = expression`, each of which sees what the earlier ones gave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, compile_expression
from engine.feel.lexer import KEYWORDS, tokenize
from engine.feel.runtime import Budget

_ASSIGNMENT: Final = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)")
_TAKEN: Final = frozenset({"parameters", "item"})
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `name = expression`; `line` counts from 1."""

    name: str
    expression: Expression
    line: int


class Script:
    """A compiled script. `names` are the variables that it reads and does not itself give."""

    def __init__(self, assignments: tuple[Assignment, ...]):
        self.assignments = assignments
        given: set[str] = set()
        names: set[str] = set()
        for assignment in assignments:
            names |= assignment.expression.names - given
            given.add(assignment.name)
        self.names = frozenset(names)

    def run(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        reasons: list[str] | None = None,
        budget: Budget | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The new values by name. All lines share one budget. Raises `BudgetExceeded`."""
        budget = budget if budget is not None else Budget()
        given: dict[str, Any] = {}
        for assignment in self.assignments:
            given[assignment.name] = assignment.expression.evaluate(
                {**variables, **given}, now=now, zone=zone, reasons=reasons, budget=budget, extra=extra
            )
        return given


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """Compiles a script. Raises `FeelSyntaxError` with the line within the whole script."""
    return Script(tuple(_assignment(first_line, part) for first_line, part in _statements(text)))


def _statements(text: str) -> list[tuple[int, str]]:
    """The statements with the line each begins on: a statement ends with its line, unless a bracket is open."""
    statements: list[tuple[int, str]] = []
    tokens = tokenize(text)
    depth = begun = 0
    for index, (token, following) in enumerate(pairwise(tokens)):
        if token.kind == "symbol":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
        end = token.start + len(token.text)
        if following.kind == "end" or (depth <= 0 and "\n" in text[end : following.start]):
            start = tokens[begun].start
            statements.append((text.count("\n", 0, start) + 1, text[start:end]))
            begun = index + 1
            depth = 0
    return statements


def _assignment(line: int, statement: str) -> Assignment:
    found = _ASSIGNMENT.match(statement)
    if found is None:
        raise FeelSyntaxError("a line of a script is name = expression", line)
    name = found[1]
    column = found.start(1) + 1
    if name in _TAKEN or name.startswith("nrOf"):
        raise FeelSyntaxError(f"{name} cannot be assigned", line, column)
    if name in KEYWORDS:
        raise FeelSyntaxError(f"{name} is a word of FEEL and cannot be assigned", line, column)
    try:
        expression = compile_expression(statement[found.end() :])
    except FeelSyntaxError as error:
        offset = found.end() if error.line == 1 else 0
        raise FeelSyntaxError(error.message, line + error.line - 1, error.column + offset) from None
    return Assignment(name, expression, line)
