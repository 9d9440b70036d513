"""Boxed expressions: compiles the XML of a decision's logic into closures over a FEEL scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.dmn.item_types import type_of
from engine.dmn.problems import Problems
from engine.dmn.tables import compile_table
from engine.dmn.xml import Element, child, children, id_of, local, name_of, text_of
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, compile_expression, compile_unary_tests
from engine.feel.functions import call_function, user_function
from engine.feel.loops import Source, items_to_iterate, iterate_for, iterate_quantified
from engine.feel.model import Function
from engine.feel.paths import filter_items
from engine.feel.runtime import Evaluator, Runtime, Scope
from engine.feel.types import Type, coerce

_FEEL_LANGUAGES: Final = ("feel", "/feel", "/feel/")


def fitted(value: Any, target: Type | None, what: str, runtime: Runtime) -> Any:
    """The value converted to its declared type; null with a reason when it is not of that type."""
    if target is None or value is None:
        return value
    fits, converted = coerce(value, target, runtime)
    return converted if fits else runtime.null(f"{what} is not of its type")


class BoxedCompiler:
    """Compiles boxed expressions. `names` are names with spaces that are in scope, `problems` takes what is wrong."""

    def __init__(self, names: frozenset[str], problems: Problems):
        self.names = names
        self.problems = problems

    def logic_of(self, parent: Element) -> Evaluator | None:
        """The expression that is a child of `parent`, or None when it has none."""
        found = child(parent, *_COMPILERS)
        return None if found is None else self.compile(found)

    def compile(self, element: Element) -> Evaluator:
        """The closure for a boxed expression; its value is fitted to the expression's own `typeRef`."""
        evaluator = _COMPILERS[local(element)](self, element)
        target = type_of(element.get("typeRef"))
        if target is None or local(element) in ("functionDefinition", "decisionTable"):
            return evaluator
        return lambda scope: fitted(evaluator(scope), target, "the expression's value", scope.runtime)

    def knowledge(self, element: Element) -> Evaluator | None:
        """The function of a business knowledge model; before DMN 1.2 its logic could be any boxed expression."""
        logic = child(element, "encapsulatedLogic")
        return None if logic is None else _function(self, logic, name_of(element))

    def feel(self, element: Element, text: str | None, unary: bool = False) -> Evaluator:
        """The closure for a FEEL text; one that does not parse is a problem, and null."""
        expression = self.expression(element, text, unary)
        if expression is None:
            return lambda scope: scope.runtime.null(f"the expression of {id_of(element)} does not parse")
        return expression.run_in

    def expression(self, element: Element, text: str | None, unary: bool = False) -> Expression | None:
        """The compiled FEEL text, or None (a problem) when it does not parse."""
        language = (element.get("expressionLanguage") or "feel").lower()
        if not language.endswith(_FEEL_LANGUAGES):
            self.problems.add(id_of(element), f"expression language {element.get('expressionLanguage')}: only FEEL is")
            return None
        if not text:
            self.problems.add(id_of(element), "an expression is empty")
            return None
        try:
            return compile_unary_tests(text, self.names) if unary else compile_expression(text, self.names)
        except FeelSyntaxError as error:
            self.problems.add(id_of(element), str(error))
            return None

    def part(self, element: Element, name: str) -> Evaluator:
        """The boxed expression within the child `name`."""
        holder = child(element, name)
        found = self.logic_of(holder) if holder is not None else None
        if found is None:
            self.problems.add(id_of(element), f"{local(element)} lacks its part {name}")
            return lambda scope: scope.runtime.null(f"{name} is missing")
        return found


def _literal(compiler: BoxedCompiler, element: Element) -> Evaluator:
    if child(element, "importedValues") is not None:
        compiler.problems.add(id_of(element), "imported values are not supported")
        return lambda scope: scope.runtime.null("imported values are not supported")
    return compiler.feel(element, text_of(element))


def _context(compiler: BoxedCompiler, element: Element) -> Evaluator:
    entries: list[tuple[str, Evaluator, Type | None]] = []
    result: Evaluator | None = None
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        value = compiler.logic_of(entry)
        if value is None:
            compiler.problems.add(id_of(entry), "an entry without expression")
        elif variable is None:
            result = value
        else:
            entries.append((name_of(variable), value, type_of(variable.get("typeRef"))))

    def evaluate(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inner = Scope(made, scope, scope.runtime)
        for name, value, target in entries:
            made[name] = fitted(value(inner), target, name, scope.runtime)
        return made if result is None else result(inner)

    return evaluate


def _list(compiler: BoxedCompiler, element: Element) -> Evaluator:
    items = [compiler.compile(item) for item in children(element, *_COMPILERS)]
    return lambda scope: [item(scope) for item in items]


def _relation(compiler: BoxedCompiler, element: Element) -> Evaluator:
    columns = [(name_of(column), type_of(column.get("typeRef"))) for column in children(element, "column")]
    rows = [[compiler.compile(cell) for cell in children(row, *_COMPILERS)] for row in children(element, "row")]

    def evaluate(scope: Scope) -> list[dict[str, Any]]:
        return [
            {
                name: fitted(cell(scope), target, name, scope.runtime)
                for (name, target), cell in zip(columns, row, strict=False)
            }
            for row in rows
        ]

    return evaluate


def _invocation(compiler: BoxedCompiler, element: Element) -> Evaluator:
    function = compiler.logic_of(element)
    bindings = list(children(element, "binding"))
    names = tuple(name_of(parameter) for binding in bindings for parameter in children(binding, "parameter"))
    arguments = [compiler.logic_of(binding) for binding in bindings]

    def evaluate(scope: Scope) -> Any:
        called = function(scope) if function is not None else None
        if type(called) is not Function:
            return scope.runtime.null("what is invoked is not a function")
        values = [argument(scope) if argument is not None else None for argument in arguments]
        return call_function(called, values, names if names else None, scope.runtime)

    return evaluate


def _function(compiler: BoxedCompiler, element: Element, name: str = "function") -> Evaluator:
    parameters = tuple(
        (name_of(parameter), type_of(parameter.get("typeRef"))) for parameter in children(element, "formalParameter")
    )
    kind = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "kind"), "FEEL")
    if kind.upper() in ("J", "JAVA", "P", "PMML"):
        compiler.problems.add(id_of(element), f"functions of kind {kind} are not supported")
        return lambda scope: scope.runtime.null(f"functions of kind {kind} are not supported")
    inner = BoxedCompiler(compiler.names | {name for name, _ in parameters}, compiler.problems)
    body = inner.logic_of(element)
    if body is None:
        compiler.problems.add(id_of(element), "a function without body")
        return lambda scope: scope.runtime.null("a function without body")
    target = type_of(element.get("typeRef"))
    return lambda scope: user_function(name, parameters, body, scope, target)


def _conditional(compiler: BoxedCompiler, element: Element) -> Evaluator:
    condition, then, otherwise = (compiler.part(element, name) for name in ("if", "then", "else"))

    def evaluate(scope: Scope) -> Any:
        verdict = condition(scope)
        if verdict is not None and type(verdict) is not bool:
            return scope.runtime.null("a condition is true or false")
        return then(scope) if verdict is True else otherwise(scope)

    return evaluate


def _filter(compiler: BoxedCompiler, element: Element) -> Evaluator:
    source, match = compiler.part(element, "in"), compiler.part(element, "match")

    def evaluate(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return scope.runtime.null("nothing to filter: null")
        return filter_items(value if type(value) is list else [value], match, scope, strict=True)

    return evaluate


def _for(compiler: BoxedCompiler, element: Element) -> Evaluator:
    return iterate_for([_iterator(compiler, element)], compiler.part(element, "return"))


def _quantified(compiler: BoxedCompiler, element: Element) -> Evaluator:
    satisfies = compiler.part(element, "satisfies")
    return iterate_quantified(local(element), [_iterator(compiler, element)], satisfies, strict=True)


def _iterator(compiler: BoxedCompiler, element: Element) -> Source:
    source = compiler.part(element, "in")
    variable = (element.get("iteratorVariable") or "").strip()
    return Source(variable, lambda scope: items_to_iterate(source(scope), scope.runtime))


_COMPILERS: Final[dict[str, Callable[[BoxedCompiler, Element], Evaluator]]] = {
    "literalExpression": _literal,
    "decisionTable": compile_table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
