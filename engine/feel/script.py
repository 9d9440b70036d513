"""Script tasks: lines of `name = expression`, each of which sees what the earlier ones gave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
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
    lines: list[str] = []
    begun = 1
    for number, line in enumerate(_without_comments(text).split("\n"), 1):
        if not lines:
            begun = number
        lines.append(line)
        if _open_brackets("\n".join(lines), begun) <= 0:
            statement = "\n".join(lines)
            if statement.strip():
                statements.append((begun, statement))
            lines = []
    if any(line.strip() for line in lines):
        statements.append((begun, "\n".join(lines)))
    return statements


_COMMENT_OR_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


def _without_comments(text: str) -> str:
    """Comments become nothing but their line breaks, so that lines keep their numbers."""

    def blank(found: re.Match[str]) -> str:
        part = found.group()
        return part if part.startswith('"') else "\n" * part.count("\n")

    return _COMMENT_OR_TEXT.sub(blank, text)


def _open_brackets(statement: str, line: int) -> int:
    try:
        tokens = tokenize(statement)
    except FeelSyntaxError as error:
        raise FeelSyntaxError(error.message, line + error.line - 1, error.column) from None
    symbols = [token.text for token in tokens if token.kind == "symbol"]
    return sum(symbol in _OPENING for symbol in symbols) - sum(symbol in _CLOSING for symbol in symbols)


def _assignment(line: int, statement: str) -> Assignment:
    line += len(statement) - len(statement.lstrip("\n"))
    statement = statement.lstrip("\n")
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
