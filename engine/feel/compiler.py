"""Turns a parsed expression into closures over a scope. Knows FEEL's meaning; the operators are in `operators`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeGuard

from engine.feel import operators, temporal
from engine.feel import syntax as s
from engine.feel.builtins import FUNCTIONS
from engine.feel.functions import call_function, user_function
from engine.feel.loops import compile_for, compile_quantified
from engine.feel.model import Function, Range
from engine.feel.paths import compile_filter, member_of
from engine.feel.runtime import Evaluator, Scope
from engine.feel.types import ANY, BOOLEAN, LIST, NUMBER, STRING, ContextType, ListType, Type


def compile_node(node: s.Node) -> Evaluator:
    """The closure that evaluates a node in a scope."""
    return _COMPILERS[type(node)](node)


def _literal(node: s.Literal) -> Evaluator:
    value = node.value
    return lambda scope: value


def _at_literal(node: s.AtLiteral) -> Evaluator:
    value = temporal.parse_any(node.text)
    if value is None:
        return lambda scope: scope.runtime.null(f'@"{node.text}" is no date, time or duration')
    return lambda scope: value


def _name(node: s.Name) -> Evaluator:
    name = node.name

    def evaluate(scope: Scope) -> Any:
        found, value = scope.find(name)
        if found:
            return value
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        return scope.runtime.null(f"there is no variable {name!r}")

    return evaluate


def _arithmetic(node: s.Arithmetic) -> Evaluator:
    first = compile_node(node.first)
    rest = [(operator, compile_node(operand)) for operator, operand in node.rest]
    calculate = operators.calculate

    def evaluate(scope: Scope) -> Any:
        value = first(scope)
        for operator, operand in rest:
            value = calculate(operator, value, operand(scope), scope.runtime)
        return value

    return evaluate


def _negate(node: s.Negate) -> Evaluator:
    operand = compile_node(node.operand)
    return lambda scope: operators.negate(operand(scope), scope.runtime)


def _compare(node: s.Compare) -> Evaluator:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)
    compare = operators.compare
    return lambda scope: compare(operator, left(scope), right(scope), scope.runtime)


def _logic(node: s.Logic) -> Evaluator:
    operands = [compile_node(operand) for operand in node.operands]
    decisive = node.operator == "or"

    def evaluate(scope: Scope) -> bool | None:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                result = None
        return result

    return evaluate


def _between(node: s.Between) -> Evaluator:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)

    def evaluate(scope: Scope) -> bool | None:
        interval = (low(scope), high(scope))
        tested = value(scope)
        signs = [operators.order(tested, end, scope.runtime) for end in interval]
        if signs[0] is None or signs[1] is None:
            return None
        return signs[0] >= 0 >= signs[1]

    return evaluate


def _in(node: s.In) -> Evaluator:
    value = compile_node(node.value)
    tests = [_test(test) for test in node.tests]
    return lambda scope: _any_holds(tests, Scope({s.INPUT: value(scope)}, scope, scope.runtime))


def _unary_tests(node: s.UnaryTests) -> Evaluator:
    if node.tests is None:
        return lambda scope: True
    tests = [_test(test) for test in node.tests]
    if node.negated:
        return lambda scope: _opposite(_any_holds(tests, scope))
    return lambda scope: _any_holds(tests, scope)


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _any_holds(tests: list[Evaluator], scope: Scope) -> bool | None:
    result: bool | None = False
    for test in tests:
        value = test(scope)
        if value is True:
            return True
        if value is None:
            result = None
    return result


def _test(node: s.Node) -> Evaluator:
    """A unary test as a closure that gives true, false or null for the input in scope."""
    if isinstance(node, s.UnaryComparison):
        operator, operand = node.operator, compile_node(node.operand)
        return lambda scope: operators.compare(operator, scope.find(s.INPUT)[1], operand(scope), scope.runtime)
    evaluator = compile_node(node)
    about_input = s.INPUT in node.mentions
    is_range = isinstance(node, s.RangeNode)

    def evaluate(scope: Scope) -> bool | None:
        value = evaluator(scope)
        tested = scope.find(s.INPUT)[1]
        if about_input and type(value) is bool:
            return value
        if value is None and is_range:
            return None
        return matches(tested, value, scope)

    return evaluate


def matches(tested: Any, value: Any, scope: Scope) -> bool | None:
    """Whether `tested in value`: equal to it, within the range, or held by an item of the list."""
    if type(value) is Range:
        return operators.in_range(tested, value, scope.runtime)
    if type(value) is list:
        scope.runtime.budget.charge(len(value))
    if type(value) is list and type(tested) is not list:
        return any(matches(tested, item, scope) is True for item in value)
    if type(value) is list:
        return operators.equals(tested, value, scope.runtime) is True or any(
            type(item) is list and operators.equals(tested, item, scope.runtime) is True for item in value
        )
    return operators.equals(tested, value, scope.runtime)


def _instance_of(node: s.InstanceOf) -> Evaluator:
    value, target = compile_node(node.value), node.type
    return lambda scope: target.instance(value(scope), scope.runtime)


def _range(node: s.RangeNode) -> Evaluator:
    low, high = compile_node(node.low), compile_node(node.high)
    low_included, high_included = node.low_included, node.high_included
    if _is_number(node.low) and _is_number(node.high):
        interval = Range(node.low.value, node.high.value, low_included, high_included)
        return lambda scope: interval

    def evaluate(scope: Scope) -> Range | None:
        start, end = low(scope), high(scope)
        if start is None or end is None:
            return scope.runtime.null("an end of the range is null")
        return make_range(start, end, low_included, high_included, scope)

    return evaluate


def _is_number(node: s.Node) -> TypeGuard[s.Literal]:
    return isinstance(node, s.Literal) and type(node.value) is Decimal


def make_range(start: Any, end: Any, low_included: bool, high_included: bool, scope: Scope) -> Range | None:
    """A range whose ends, where it has both, are of one ordered kind."""
    if start is not None and end is not None and operators.order(start, end, scope.runtime) is None:
        return None
    if start is None and end is None:
        return scope.runtime.null("a range without ends")
    return Range(start, end, low_included and start is not None, high_included and end is not None)


def _unary_comparison(node: s.UnaryComparison) -> Evaluator:
    operator, operand = node.operator, compile_node(node.operand)

    def evaluate(scope: Scope) -> Range | None:
        value = operand(scope)
        if operator in ("=", "!="):
            return None if value is None else Range(value, value, operator == "=", operator == "=", operator)
        if operator in (">", ">="):
            return make_range(value, None, operator == ">=", False, scope)
        return make_range(None, value, False, operator == "<=", scope)

    return evaluate


def _if(node: s.If) -> Evaluator:
    condition, then, otherwise = compile_node(node.condition), compile_node(node.then), compile_node(node.otherwise)
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def _for(node: s.For) -> Evaluator:
    return compile_for(node, compile_node)


def _quantified(node: s.Quantified) -> Evaluator:
    return compile_quantified(node, compile_node)


def _list(node: s.ListNode) -> Evaluator:
    items = [compile_node(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


def _context(node: s.ContextNode) -> Evaluator:
    entries = [(key, compile_node(value)) for key, value in node.entries]

    def evaluate(scope: Scope) -> dict[str, Any]:
        made: dict[str, Any] = {}
        inner = Scope(made, scope, scope.runtime)
        for key, value in entries:
            made[key] = value(inner)
        return made

    return evaluate


def _path(node: s.Path) -> Evaluator:
    source, member = compile_node(node.source), node.member
    return lambda scope: member_of(source(scope), member, scope.runtime)


def _filter(node: s.Filter) -> Evaluator:
    return compile_filter(node, compile_node)


def _call(node: s.Call) -> Evaluator:
    arguments = [compile_node(argument) for argument in node.arguments]
    names = node.names
    find = _callee(node.function)

    def evaluate(scope: Scope) -> Any:
        function = find(scope)
        if type(function) is not Function:
            return scope.runtime.null(_not_callable(node.function))
        return call_function(function, [argument(scope) for argument in arguments], names, scope.runtime)

    return evaluate


def _callee(node: s.Node) -> Callable[[Scope], Any]:
    if not isinstance(node, s.Name):
        return compile_node(node)
    name = node.name
    built_in = FUNCTIONS.get(name)

    def find(scope: Scope) -> Any:
        """The innermost function of that name: a variable that is none does not hide it."""
        inner: Scope | None = scope
        while inner is not None:
            value = inner.names.get(name)
            if type(value) is Function:
                return value
            inner = inner.parent
        return built_in

    return find


def _not_callable(node: s.Node) -> str:
    return f"there is no function {node.name!r}" if isinstance(node, s.Name) else "this is not a function"


def _function(node: s.FunctionNode) -> Evaluator:
    if node.external:
        return lambda scope: scope.runtime.null("external functions cannot be called")
    body, size, result = compile_node(node.body), node.body.size, _evident_type(node.body)
    return lambda scope: user_function("function", node.parameters, body, scope, size=size, known_result=result)


def _evident_type(node: s.Node) -> Type | None:
    """The type that can be read off literals, and lists and contexts of them; None for all other nodes."""
    if isinstance(node, s.Literal):
        return {Decimal: NUMBER, str: STRING, bool: BOOLEAN}.get(type(node.value))
    if isinstance(node, s.ListNode):
        types = {_evident_type(item) for item in node.items}
        return ListType(types.pop() or ANY) if len(types) == 1 else LIST
    if isinstance(node, s.ContextNode):
        return ContextType(tuple((key, _evident_type(value) or ANY) for key, value in node.entries))
    return None


_COMPILERS: Final[dict[type[s.Node], Callable[[Any], Evaluator]]] = {
    s.Literal: _literal,
    s.AtLiteral: _at_literal,
    s.Name: _name,
    s.Arithmetic: _arithmetic,
    s.Negate: _negate,
    s.Compare: _compare,
    s.Logic: _logic,
    s.Between: _between,
    s.In: _in,
    s.InstanceOf: _instance_of,
    s.RangeNode: _range,
    s.UnaryComparison: _unary_comparison,
    s.UnaryTests: _unary_tests,
    s.If: _if,
    s.For: _for,
    s.Quantified: _quantified,
    s.ListNode: _list,
    s.ContextNode: _context,
    s.Path: _path,
    s.Filter: _filter,
    s.Call: _call,
    s.FunctionNode: _function,
}
