"""FEEL in forms: formulas, templates, the names they read, and the scope in which form-js evaluates them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.feel import Budget, BudgetExceeded, Expression, FeelSyntaxError, compile_expression
from engine.feel.syntax import Node
from engine.forms.errors import Wrong

_TEMPLATE_PART: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TEMPLATE_TAG: Final = re.compile(r"^\s*(?:#(?:if|loop)\b|/(?:if|loop)\b)?")
_SCOPE_NAMES: Final = frozenset({"this", "parent", "i", "_this_", "_parent_", "_i_"})

DEFAULT_ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The institution's zone where the caller does not name one."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The present instant (None: unknown), the institution's zone, and the budget all expressions share."""

    now: datetime | None = None
    zone: tzinfo = DEFAULT_ZONE
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees at one place of the form.

    `data` is the whole form's data with the case's variables; `this` is the row of the list around the field (the whole
    data outside of lists), `parent` the scope of the list itself, `i` the row numbers from the outside in, from 1.
    """

    data: Mapping[str, Any]
    this: Any
    circumstances: Circumstances
    parent: Mapping[str, Any] | None = None
    i: tuple[int, ...] = ()

    def names(self) -> dict[str, Any]:
        """The variables as form-js lays them out: a field called `this` hides the row, `_this_` is always the row."""
        special = self._special()
        return {**special, **self.data, **{f"_{name}_": value for name, value in special.items()}}

    def row(self, item: Any, number: int) -> Scope:
        """The scope inside row `number` (from 1) of a list."""
        special = self._special()
        around = self.this if isinstance(self.this, Mapping) else {}
        parent = {**special, **around, **{f"_{name}_": value for name, value in special.items()}}
        return Scope(self.data, item, self.circumstances, parent, (*self.i, number))

    def _special(self) -> dict[str, Any]:
        return {"this": self.this, "parent": self.parent, "i": [Decimal(number) for number in self.i]}


def top_scope(data: Mapping[str, Any], circumstances: Circumstances) -> Scope:
    """The scope of fields that are in no list."""
    return Scope(data, data, circumstances)


class Formula:
    """One FEEL expression of a form. Raises `FeelSyntaxError` for text that is not FEEL."""

    def __init__(self, text: str) -> None:
        self._expression: Expression = compile_expression(text)
        self.text = text
        self.reads = frozenset(self._expression.names | self._expression.possible_names) - _SCOPE_NAMES

    @property
    def node(self) -> Node:
        """What was parsed."""
        return self._expression.node

    def value(self, scope: Scope) -> Any:
        """Its value. Raises `Wrong` when the evaluation exceeds its bounds."""
        around = scope.circumstances
        try:
            return self._expression.evaluate(scope.names(), now=around.now, zone=around.zone, budget=around.budget)
        except BudgetExceeded:
            raise Wrong("expression_failed") from None

    def holds(self, scope: Scope) -> bool:
        """Whether the condition is `true`; null and anything else is not."""
        return self.value(scope) is True


def is_formula(text: Any) -> bool:
    """Whether form-js takes the text for an expression."""
    return isinstance(text, str) and text.startswith("=")


def template_reads(text: str) -> frozenset[str]:
    """The names that a label or text reads, as `=expression` or between `{{` and `}}`. Raises `FeelSyntaxError`."""
    if is_formula(text):
        return Formula(text[1:]).reads
    reads: set[str] = set()
    for part in _TEMPLATE_PART.findall(text):
        inner = _TEMPLATE_TAG.sub("", part, count=1).strip()
        if inner:
            reads |= Formula(inner).reads
    return frozenset(reads)


__all__ = ["Circumstances", "FeelSyntaxError", "Formula", "Scope", "is_formula", "template_reads", "top_scope"]
