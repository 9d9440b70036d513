"""Gathers what is wrong with a schema, and reads its properties without trusting their types."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from engine.forms.expressions import FeelSyntaxError, Formula, is_formula
from engine.forms.kinds import Bound, to_number

_JUDGED: Final = frozenset(
    {"conditional.hide", "readonly", "multiple", "valuesExpression", "min", "max", "minLength", "maxLength"}
)


class Report:
    """Problems forbid deployment, warnings do not; each is (field key or id, message). `reads`: what formulas read.

    `judged` are the formulas that browser and server both evaluate and must agree on, with where and what they are;
    `lists` the variables from which fields take their options.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []
        self.warnings: list[tuple[str, str]] = []
        self.reads: set[str] = set()
        self.lists: set[str] = set()
        self.judged: list[tuple[str, str, Formula]] = []

    def on(self, component: Mapping[str, Any]) -> Reader:
        """A reader of one component that reports under its key or id."""
        return Reader(self, component)


class Reader:
    """Reads the properties of one component; what is wrong goes to the report, and a harmless value comes back."""

    def __init__(self, report: Report, component: Mapping[str, Any]) -> None:
        self._report = report
        self.component = component
        self.type = str(component.get("type"))[:50]
        where = component.get("key") or component.get("path") or component.get("id") or self.type
        self.where = str(where)[:100]
        rules = component.get("validate")
        self.rules: Mapping[str, Any] = rules if isinstance(rules, Mapping) else {}

    def problem(self, message: str) -> None:
        """Reports what forbids the form."""
        self._report.problems.append((self.where, message))

    def warning(self, message: str) -> None:
        """Reports what a designer should look at."""
        self._report.warnings.append((self.where, message))

    def text(self, name: str) -> str:
        """A text property; empty when it is missing."""
        value = self.component.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem(f"{name} is not text")
            return ""
        return value

    def flag(self, name: str, *, default: bool = False, of: Mapping[str, Any] | None = None) -> bool:
        """A boolean property."""
        value = (self.component if of is None else of).get(name)
        if isinstance(value, bool):
            return value
        if value is not None and value != "":
            self.problem(f"{name} must be true or false; expressions are not evaluated here")
        return default

    def toggle(self, name: str) -> bool | Formula:
        """A property that is a boolean or a formula."""
        value = self.component.get(name)
        if isinstance(value, str) and is_formula(value):
            return self.formula(value[1:], name) or False
        return self.flag(name)

    def number(self, name: str) -> Decimal | None:
        """A number, perhaps written as text."""
        value = self.component.get(name)
        if value is None or value == "":
            return None
        number = to_number(value)
        if number is None:
            self.problem(f"{name} is not a number; expressions are not evaluated here")
        return number

    def count(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number between two bounds."""
        number = self.number(name)
        if number is None:
            return None
        if number != number.to_integral_value() or not least <= number <= most:
            self.problem(f"{name} must be a whole number from {least} to {most}")
            return None
        return int(number)

    def bound(self, name: str) -> Bound:
        """A limit among the rules: a number or a formula."""
        value = self.rules.get(name)
        if value is None or value == "":
            return Bound()
        if is_formula(value):
            return Bound(formula=self.formula(value[1:], name))
        number = to_number(value)
        if number is None:
            self.problem(f"{name} is neither a number nor an expression that begins with =")
        return Bound(fixed=number)

    def formula(self, text: str, name: str) -> Formula | None:
        """The compiled text (without its leading =); None when it is not FEEL."""
        try:
            formula = Formula(text)
        except FeelSyntaxError as error:
            self.problem(f"{name}: {error}")
            return None
        self._report.reads |= formula.reads
        if name in _JUDGED:
            self._report.judged.append((self.where, name, formula))
        return formula

    def condition(self) -> Formula | None:
        """`conditional.hide`."""
        conditional = self.component.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
        if hide is None or hide == "":
            return None
        if not is_formula(hide):
            self.problem("conditional.hide must be an expression that begins with =")
            return None
        return self.formula(hide[1:], "conditional.hide")

    def read_list(self, name: str) -> None:
        """Notes the variable that holds a field's options."""
        if name:
            self._report.lists.add(name)
            self._report.reads.add(name)

    def read_names(self, names: frozenset[str]) -> None:
        """Notes names that the browser needs to show a text."""
        self._report.reads |= names
