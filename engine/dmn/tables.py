"""Decision tables: inputs, rules and outputs compiled once, evaluated with a trace of what matched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.dmn.hit_policies import AGGREGATIONS, POLICIES, Hit, aggregate
from engine.dmn.item_types import allowed_values, type_of
from engine.dmn.trace import TableTrace, note_table
from engine.dmn.xml import Element, child, children, id_of, name_of, text_of
from engine.feel.runtime import Evaluator, Runtime, Scope
from engine.feel.syntax import INPUT
from engine.feel.types import Type, coerce

if TYPE_CHECKING:
    from engine.dmn.boxed import BoxedCompiler

Admits = Callable[[Any, Runtime], bool] | None


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: what is tested, as text and compiled, and which values may come."""

    label: str
    evaluate: Evaluator
    type: Type | None
    admits: Admits


@dataclass(frozen=True, slots=True)
class Output:
    """An output column: its name, type, allowed values in order of priority, and what is given when no rule matches."""

    name: str
    type: Type | None
    admits: Admits
    ranked: list[Evaluator]
    default: Evaluator | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input (None admits everything), one expression for each output."""

    id: str
    tests: list[Evaluator | None]
    outputs: list[Evaluator]


@dataclass(frozen=True, slots=True)
class Table:
    """A compiled decision table."""

    id: str
    policy: str
    aggregation: str
    inputs: list[Input] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def evaluate(self, scope: Scope) -> Any:
        """The table's result; what matched goes into the trace."""
        runtime = scope.runtime
        tested = [self._input(column, scope) for column in self.inputs]
        hits = self._hits([value for value, _ in tested], scope) if all(admitted for _, admitted in tested) else []
        result = self._result(hits, scope)
        inputs = [(column.label, value) for column, (value, _) in zip(self.inputs, tested, strict=True)]
        matched = [(hit.index, hit.rule_id) for hit in hits]
        note_table(runtime, TableTrace(self.id, inputs, matched, result))
        return result

    def _input(self, column: Input, scope: Scope) -> tuple[Any, bool]:
        value = column.evaluate(scope)
        if column.type is not None and value is not None:
            fits, value = coerce(value, column.type, scope.runtime)
            if not fits:
                return scope.runtime.null(f"the input {column.label!r} is not of its type"), True
        if column.admits is not None and value is not None and not column.admits(value, scope.runtime):
            scope.runtime.null(f"the input {column.label!r} has a value that is not allowed")
            return value, False
        return value, True

    def _hits(self, values: list[Any], scope: Scope) -> list[Hit]:
        scopes = [Scope({INPUT: value}, scope, scope.runtime) for value in values]
        hits = []
        for index, rule in enumerate(self.rules, 1):
            scope.runtime.budget.charge(1 + len(values))
            if all(test is None or test(tested) is True for test, tested in zip(rule.tests, scopes, strict=False)):
                outputs = [output(scope) for output in rule.outputs]
                hits.append(Hit(index, rule.id, self._admitted(outputs, scope.runtime)))
                if self.policy == "FIRST":
                    break
        return hits

    def _admitted(self, values: list[Any], runtime: Runtime) -> list[Any]:
        return [self._output(column, value, runtime) for column, value in zip(self.outputs, values, strict=False)]

    def _output(self, column: Output, value: Any, runtime: Runtime) -> Any:
        if value is None:
            return None
        if column.type is not None:
            fits, value = coerce(value, column.type, runtime)
            if not fits:
                return runtime.null(f"the output {column.name!r} is not of its type")
        if column.admits is not None and not column.admits(value, runtime):
            return runtime.null(f"the output {column.name!r} has a value that is not allowed")
        return value

    def _result(self, hits: list[Hit], scope: Scope) -> Any:
        if not hits:
            return self._default(scope)
        if self.policy == "COLLECT" and self.aggregation:
            return self._aggregated(hits, scope.runtime)
        return POLICIES[self.policy](hits, self._shape, self._ranks(scope), scope.runtime)

    def _default(self, scope: Scope) -> Any:
        if any(column.default is not None for column in self.outputs):
            values = [column.default(scope) if column.default is not None else None for column in self.outputs]
            return self._shape(values)
        if self.policy == "COLLECT" and self.aggregation == "COUNT":
            return aggregate("COUNT", [], scope.runtime)
        return scope.runtime.null("no rule matches")

    def _aggregated(self, hits: list[Hit], runtime: Runtime) -> Any:
        columns = zip(*(hit.values for hit in hits), strict=True)
        return self._shape([aggregate(self.aggregation, list(values), runtime) for values in columns])

    def _shape(self, values: list[Any]) -> Any:
        """One output is its value, several are a context."""
        if len(self.outputs) == 1:
            return values[0]
        return {column.name: value for column, value in zip(self.outputs, values, strict=True)}

    def _ranks(self, scope: Scope) -> Callable[[list[Any], Runtime], tuple[int, ...]]:
        def ranks(values: list[Any], runtime: Runtime) -> tuple[int, ...]:
            return tuple(_rank(value, column, scope) for column, value in zip(self.outputs, values, strict=True))

        return ranks


def _rank(value: Any, column: Output, scope: Scope) -> int:
    tested = Scope({INPUT: value}, scope, scope.runtime)
    ranks = (place for place, holds in enumerate(column.ranked) if holds(tested) is True)
    return next(ranks, len(column.ranked))


def compile_table(compiler: BoxedCompiler, element: Element) -> Evaluator:
    """The closure for a `decisionTable`."""
    table = Table(
        id_of(element),
        _policy(compiler, element),
        _aggregation(compiler, element),
        [_compile_input(compiler, column) for column in children(element, "input")],
        [_compile_output(compiler, column, element) for column in children(element, "output")],
    )
    if not table.outputs:
        compiler.problems.add(table.id, "a decision table without output")
        return lambda scope: scope.runtime.null("a decision table without output")
    for rule in children(element, "rule"):
        compiled = _compile_rule(compiler, rule)
        if len(compiled.tests) != len(table.inputs) or len(compiled.outputs) != len(table.outputs):
            compiler.problems.add(id_of(rule), "a rule has one entry for each input and output")
            return lambda scope: scope.runtime.null("a rule lacks an entry")
        table.rules.append(compiled)
    return table.evaluate


def _policy(compiler: BoxedCompiler, element: Element) -> str:
    policy = (element.get("hitPolicy") or "UNIQUE").upper()
    if policy not in POLICIES:
        compiler.problems.add(id_of(element), f"unknown hit policy {policy!r}")
        return "UNIQUE"
    return policy


def _aggregation(compiler: BoxedCompiler, element: Element) -> str:
    aggregation = (element.get("aggregation") or "").upper()
    if aggregation and aggregation not in AGGREGATIONS:
        compiler.problems.add(id_of(element), f"unknown aggregation {aggregation!r}")
        return ""
    return aggregation


def _compile_input(compiler: BoxedCompiler, column: Element) -> Input:
    expression = child(column, "inputExpression")
    text = text_of(expression)
    if expression is None:
        compiler.problems.add(id_of(column), "an input without expression")
        return Input("", lambda scope: None, None, None)
    admits = allowed_values(child(column, "inputValues"), compiler.problems)
    return Input(text or "", compiler.feel(expression, text), type_of(expression.get("typeRef")), admits)


def _compile_output(compiler: BoxedCompiler, column: Element, table: Element) -> Output:
    values = child(column, "outputValues")
    default = child(column, "defaultOutputEntry")
    default_text = text_of(default)
    return Output(
        name_of(column) or name_of(table),
        type_of(column.get("typeRef")),
        allowed_values(values, compiler.problems),
        _ranked(compiler, values),
        compiler.feel(default, default_text) if default_text else None,
    )


def _ranked(compiler: BoxedCompiler, values: Element | None) -> list[Evaluator]:
    """One test for each of the output values, highest priority first."""
    text = text_of(values)
    expression = compiler.expression(values, text, unary=True) if text else None
    return expression.tests() if expression is not None else []


def _compile_rule(compiler: BoxedCompiler, rule: Element) -> Rule:
    tests: list[Evaluator | None] = []
    for entry in children(rule, "inputEntry"):
        text = text_of(entry)
        tests.append(None if not text or text == "-" else compiler.feel(entry, text, unary=True))
    outputs = []
    for entry in children(rule, "outputEntry"):
        text = text_of(entry)
        outputs.append((lambda scope: None) if not text or text == "-" else compiler.feel(entry, text))
    return Rule(id_of(rule), tests, outputs)
