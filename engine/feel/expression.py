"""The public face of FEEL: texts compiled once, kept in a bounded cache, and evaluated against variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

from engine.feel import syntax as s
from engine.feel import wide
from engine.feel.compiler import compile_node
from engine.feel.errors import BudgetExceeded, FeelSyntaxError
from engine.feel.free_names import free_names, missing_functions
from engine.feel.parser import Parser
from engine.feel.runtime import Budget, Evaluator, Runtime, Scope
from engine.feel.temporal import in_zone

_CACHE_SIZE: Final = 4096
# Longer texts are compiled every time, so that the cache stays small.
_CACHED_TEXT: Final = 4000


class Expression:
    """A compiled expression. `names` are the variables it reads; `possible_names` may be something else instead.

    They are members of the items in a filter, or built-in functions of that name.
    """

    __slots__ = ("_node", "_run", "names", "possible_names", "size", "text")

    def __init__(self, text: str, node: s.Node):
        self.text = text
        self._node = node
        self.names, self.possible_names = free_names(node)
        self.size = node.size
        self._run: Evaluator = compile_node(node)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    @property
    def node(self) -> s.Node:
        """What was parsed."""
        return self._node

    @property
    def missing_functions(self) -> frozenset[str]:
        """Functions that it calls and that do not exist, unless the caller gives them as variables (as DMN does)."""
        return missing_functions(self._node)

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        reasons: list[str] | None = None,
        budget: Budget | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value for these variables; errors are null, and why is appended to `reasons`.

        `extra` are names on top of the variables (`parameters`, `item`, …). `now` (aware) is what `now()` gives; `zone`
        is the institution's zone, in which date-times without zone are meant. Raises `BudgetExceeded`.
        """
        runtime = Runtime(now, zone, reasons, budget)
        value = self.run(variables, runtime, extra)
        return value if zone is None else settle(value, zone, runtime.budget)

    def run(self, variables: Mapping[str, Any], runtime: Runtime, extra: Mapping[str, Any] | None = None) -> Any:
        """Evaluates within a larger evaluation, whose circumstances `runtime` carries."""
        scope = Scope(variables, None, runtime)
        if extra:
            scope = Scope(extra, scope, runtime)
        return self.run_in(scope)

    def run_in(self, scope: Scope) -> Any:
        """Evaluates in a scope."""
        scope.runtime.budget.charge(self.size)
        try:
            return self._run(scope)
        except RecursionError:
            raise BudgetExceeded("depth", "the stack") from None

    def tests(self) -> list[Evaluator]:
        """For unary tests: each of them on its own, in the order written."""
        if not isinstance(self._node, s.UnaryTests) or self._node.tests is None:
            return []
        return [compile_node(s.UnaryTests((test,), False)) for test in self._node.tests]

    def holds(self, tested: Any, variables: Mapping[str, Any], **circumstances: Any) -> bool:
        """For unary tests: whether they hold for the value."""
        extra = {**(circumstances.pop("extra", None) or {}), s.INPUT: tested}
        return self.evaluate(variables, extra=extra, **circumstances) is True


def settle(value: Any, zone: tzinfo, budget: Budget) -> Any:
    """Date-times without zone become the institution's, and nanoseconds are cut off, in lists and contexts too."""
    kind = type(value)
    if kind is datetime:
        return in_zone(value, zone)
    if kind in (wide.WideDateTime, wide.FineTime):
        stored = wide.coarse(value)
        return in_zone(stored, zone) if type(stored) is datetime else stored
    if kind is list:
        budget.charge(len(value))
        return [settle(item, zone, budget) for item in value]
    if kind is dict:
        budget.charge(len(value))
        return {key: settle(member, zone, budget) for key, member in value.items()}
    return value


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Compiles an expression. `names` are known names, where they hold more than letters. Raises `FeelSyntaxError`."""
    return _compiled(text, names, False)


def compile_unary_tests(text: str, names: Iterable[str] = ()) -> Expression:
    """Compiles unary tests, as in a cell of a decision table; the tested value is `?`. Raises `FeelSyntaxError`."""
    return _compiled(text, names, True)


def _compiled(text: str, names: Iterable[str], unary: bool) -> Expression:
    compiler = _compile_cached if len(text) <= _CACHED_TEXT else compile_once
    return compiler(text, frozenset(names), unary)


def compile_once(text: str, names: frozenset[str] = frozenset(), unary: bool = False) -> Expression:
    """Compiles a text that is not worth keeping, as one from outside hardly comes again. Raises `FeelSyntaxError`."""
    parser = Parser(text, names)
    try:
        return Expression(text, parser.unary_tests() if unary else parser.expression())
    except RecursionError:
        raise FeelSyntaxError("nested too deeply") from None


_compile_cached = lru_cache(maxsize=_CACHE_SIZE)(compile_once)


def unwrap(text: str) -> str:
    """The expression of a BPMN attribute or element: from `${` to the last `}`, or after a leading `=`.

    Raises `FeelSyntaxError` when it is neither, or when there is text around it.
    """
    stripped = text.strip()
    if stripped.startswith("="):
        return stripped[1:].strip()
    if stripped.startswith("${") and stripped.endswith("}"):
        return stripped[2:-1].strip()
    if "${" in stripped:
        raise FeelSyntaxError('the whole text is one expression, ${…}; join texts inside it, as in ${"Nr " + nr}')
    raise FeelSyntaxError("an expression is written ${…} or begins with =")


def is_wrapped(text: str) -> bool:
    """Whether an attribute holds an expression rather than plain text."""
    stripped = text.strip()
    return stripped.startswith("=") or "${" in stripped
