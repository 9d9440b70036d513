"""Finds what form-js's FEEL (feelin, in binary fractions) and ours could judge differently in a form.

A condition, a limit or the choice of options is judged twice: by the browser for the person, by the server for good. So
only what both judge alike may stand there (docs/forms.md names it). What an expression field computes is the server's
alone, and the browser's result a preview; but then no condition may read it, unless both compute it alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from engine.feel import syntax as s
from engine.feel.lexer import KEYWORDS, Token, tokenize
from engine.forms.expressions import Formula
from engine.forms.report import Report
from engine.forms.schema import Field, Leaf, Node

# A double holds that many digits of any decimal number.
MAX_DIGITS: Final = 15
_NUMBER: Final = frozenset({"count", "string length", "abs", "floor", "ceiling", "min", "max"})
_WHOLE: Final = frozenset({"count", "string length", "floor", "ceiling"})
_TEXT: Final = frozenset({"upper case", "lower case", "substring before", "substring after", "string join"})
_BOOLEAN: Final = frozenset({"not", "list contains", "contains", "starts with", "ends with", "all", "any"})
_DATE: Final = frozenset({"date", "today"})
FUNCTIONS: Final = _NUMBER | _TEXT | _BOOLEAN | _DATE
"""Built-in functions that both sides compute alike, whatever the arguments of the right types, null among them."""
_KINDS: Final = {
    **dict.fromkeys(_NUMBER, "number"),
    **dict.fromkeys(_TEXT, "text"),
    **dict.fromkeys(_BOOLEAN, "boolean"),
    **dict.fromkeys(_DATE, "date"),
}
# What the browser holds as text and the server as a value of a kind of its own.
_MOMENTS: Final = {"date": "date(…)", "time": "time(…)", "date and time": "date and time(…)"}
_MOMENT_FIELD: Final = "a field of type "

# Behind these, and behind a keyword, a minus belongs to what follows.
_BEFORE_OPERANDS: Final = frozenset([*"([{,:=<>+-*/", "!=", "<=", ">=", "**", ".."])

Kinds = Mapping[str, str]


def check_agreement(nodes: tuple[Node, ...], fields: list[Field], report: Report) -> None:
    """Reports every condition, limit and choice of options that the browser could judge differently."""
    kinds = {field.path: _kind_of_field(field) for field in fields if "[" not in field.path}
    previews = _previews(nodes, kinds)
    for where, name, formula in report.judged:
        for message in differences(formula, kinds, exact=name not in ("conditional.hide", "readonly", "multiple")):
            report.problems.append((where, f"{name}: {message}"))
        for variable in sorted(formula.reads & previews):
            message = f"{name} reads {variable}, whose expression the browser computes differently"
            report.problems.append((where, message))


def _previews(nodes: tuple[Node, ...], kinds: Kinds) -> frozenset[str]:
    """Variables of expression fields that the browser could compute differently, or from others of them."""
    computed = [(leaf.field.variable, leaf.computed) for leaf in _leaves(nodes) if leaf.computed is not None]
    found = {name for name, formula in computed if any(differences(formula, kinds, exact=True))}
    while more := {name for name, formula in computed if formula.reads & found} - found:
        found |= more
    return frozenset(found)


def _leaves(nodes: tuple[Node, ...]) -> Iterator[Leaf]:
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
        else:
            yield from _leaves(node.children)


def _kind_of_field(field: Field) -> str:
    return _MOMENT_FIELD + field.value_type if field.value_type in _MOMENTS else field.value_type


def differences(formula: Formula, kinds: Kinds, *, exact: bool) -> Iterator[str]:
    """What the two sides could judge differently, each as a message that says what to write instead.

    `kinds` are those of the form's fields by path. Unless `exact`, null and false count as the same, as they do for a
    condition.
    """
    yield from _spelling(formula.text)
    yield from _Judge(kinds).differences(formula.node, exact)


def _spelling(text: str) -> Iterator[str]:
    """What the browser's parser reads differently, where nothing of it is left in the nodes."""
    before: Token | None = None
    tokens = tokenize(text)
    for token, following in pairwise(tokens):
        if token.kind == "number" and "e" in token.text.lower():
            yield f"the browser does not know {token.text}; write the number out"
        begins_operand = before is None or before.text in KEYWORDS or before.text in _BEFORE_OPERANDS
        if token.text == "-" and begins_operand and following.start > token.start + 1:
            yield "the browser takes a minus with a space behind it for a subtraction; write -3"
        before = token


class _Judge:
    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def differences(self, node: s.Node, exact: bool) -> Iterator[str]:
        """Those of a node and of all its parts."""
        visit = _VISITS.get(type(node))
        if visit is None:
            yield f"{_WORDS.get(type(node), 'this')} is not among what the browser and the server judge alike"
        else:
            yield from visit(self, node, exact)

    def kind(self, node: s.Node) -> str | None:
        """number, text, boolean, list, context, date; a moment's field; or None where nobody can tell."""
        if isinstance(node, s.Literal):
            return {Decimal: "number", str: "text", bool: "boolean"}.get(type(node.value), "null")
        if isinstance(node, (s.Name, s.Path)):
            kind = self._kinds.get(".".join(_path(node)))
            return None if kind == "any" else kind
        if isinstance(node, s.Call) and isinstance(node.function, s.Name):
            return _KINDS.get(node.function.name)
        if isinstance(node, s.Arithmetic):
            return "text" if "text" in (self.kind(part) for part in s.children(node)) else "number"
        return _KINDS_OF_NODES.get(type(node))

    def whole(self, node: s.Node) -> bool:
        """Whether it is certainly a whole number, which a double adds and multiplies as a decimal does."""
        if isinstance(node, s.Literal):
            return type(node.value) is Decimal and node.value == node.value.to_integral_value()
        if isinstance(node, s.Call) and isinstance(node.function, s.Name):
            return node.function.name in _WHOLE
        return isinstance(node, (s.Arithmetic, s.Negate)) and all(self.whole(part) for part in s.children(node))

    # --- one kind of node each

    def _literal(self, node: s.Literal, exact: bool) -> Iterator[str]:
        if type(node.value) is Decimal and len(node.value.as_tuple().digits) > MAX_DIGITS:
            yield f"the browser rounds numbers of more than {MAX_DIGITS} digits"

    def _nothing(self, node: s.Node, exact: bool) -> Iterator[str]:
        return iter(())

    def _parts(self, node: s.Node, exact: bool) -> Iterator[str]:
        """A node that both sides treat alike if they do so with its parts."""
        for part in s.children(node):
            yield from self.differences(part, True)

    def _context(self, node: s.ContextNode, exact: bool) -> Iterator[str]:
        """Of an option the label is only shown, and never judged."""
        for key, value in node.entries:
            if key != "label":
                yield from self.differences(value, True)

    def _logic(self, node: s.Logic, exact: bool) -> Iterator[str]:
        for part in node.operands:
            yield from self.differences(part, exact)

    def _compare(self, node: s.Compare, exact: bool) -> Iterator[str]:
        yield from self._alike(node.left, node.right, mixed_is_null=node.operator == "=")
        yield from self._parts(node, exact)

    def _alike(self, left: s.Node, right: s.Node, *, mixed_is_null: bool = False) -> Iterator[str]:
        kinds = (self.kind(left), self.kind(right))
        if "null" in kinds:
            return
        for kind in kinds:
            if kind in ("list", "context"):
                yield f"the browser does not compare a {kind}; compare its count or its members"
            elif kind is not None and kind.startswith(_MOMENT_FIELD):
                yield f"{kind} is text in the browser; write {_MOMENTS[kind.removeprefix(_MOMENT_FIELD)]}"
        if None not in kinds and kinds[0] != kinds[1] and not mixed_is_null:
            yield f"it compares {kinds[0]} with {kinds[1]}, which is null here and not in the browser"

    def _between(self, node: s.Between, exact: bool) -> Iterator[str]:
        yield from self._alike(node.value, node.low)
        yield from self._ends(node.low, node.high)
        yield from self.differences(node.value, True)

    def _ends(self, low: s.Node, high: s.Node) -> Iterator[str]:
        """The browser turns an interval round that is empty, and takes a missing end for an open one."""
        literals = (_literal_of(low), _literal_of(high))
        if None in literals or type(literals[0]) is not type(literals[1]) or literals[0] > literals[1]:
            yield "the ends of an interval are literal numbers or dates, the lower first; else write x >= a and x <= b"

    def _in(self, node: s.In, exact: bool) -> Iterator[str]:
        yield from self.differences(node.value, True)
        for test in node.tests:
            yield from self._test(node.value, test, exact)

    def _test(self, value: s.Node, test: s.Node, exact: bool) -> Iterator[str]:
        if isinstance(test, s.ListNode):
            for item in test.items:
                yield from self._test(value, item, exact)
            return
        if isinstance(test, (s.RangeNode, s.UnaryComparison)) and exact:
            yield "whether null lies in a range differs here; compare with < and >"
        if isinstance(test, s.RangeNode):
            yield from self._ends(test.low, test.high)
            yield from self._alike(value, test.low)
        elif isinstance(test, s.UnaryComparison):
            yield from self._alike(value, test.operand)
            yield from self.differences(test.operand, True)
        elif isinstance(test, s.Literal):
            yield from self._alike(value, test)
            yield from self.differences(test, True)
        else:
            yield "after in stand only literals, ranges and comparisons; for a list write list contains(list, x)"

    def _if(self, node: s.If, exact: bool) -> Iterator[str]:
        if self.kind(node.condition) != "boolean":
            yield "the browser takes any value after if for true; write if x = true"
        yield from self.differences(node.condition, False)
        for branch in (node.then, node.otherwise):
            yield from self.differences(branch, exact)

    def _quantified(self, node: s.Quantified, exact: bool) -> Iterator[str]:
        if exact:
            yield f"{node.quantifier} gives null here and false in the browser where a condition is null"
        yield from self._iterators(node)
        yield from self.differences(node.body, False)

    def _for(self, node: s.For, exact: bool) -> Iterator[str]:
        yield from self._iterators(node)
        yield from self.differences(node.body, True)

    def _iterators(self, node: s.For | s.Quantified) -> Iterator[str]:
        for iterator in node.iterators:
            yield from self._parts(iterator, True)

    def _filter(self, node: s.Filter, exact: bool) -> Iterator[str]:
        yield from self.differences(node.source, True)
        yield from self.differences(node.match, False)

    def _arithmetic(self, node: s.Arithmetic, exact: bool) -> Iterator[str]:
        operators = {operator for operator, _ in node.rest}
        if self.kind(node) == "text":
            if any(self.kind(part) not in ("text", None) for part in s.children(node)):
                yield "it joins text with something else"
        elif not operators <= {"+", "-", "*"} or not self.whole(node):
            yield (
                "the browser calculates in binary fractions, where 0.1 + 0.2 is not 0.3; only + - * of whole numbers"
                " (literals, count, string length, floor, ceiling) is the same: let an earlier step calculate it"
            )
        yield from self._parts(node, True)

    def _call(self, node: s.Call, exact: bool) -> Iterator[str]:
        name = node.function.name if isinstance(node.function, s.Name) else None
        if name not in FUNCTIONS or node.names is not None:
            called = f"{name}(…)" if name else "this call"
            yield f"{called} is not among the functions that the browser and the server compute alike"
            return
        if name == "date" and len(node.arguments) != 1:
            yield 'write date("2026-03-02") with the parts in one text'
        for argument in node.arguments:
            yield from self.differences(argument, True)


def _literal_of(node: s.Node) -> Any:
    """The value of a number as written, or the text of `date("…")`; None for anything else."""
    if isinstance(node, s.Negate):
        inner = _literal_of(node.operand)
        return None if inner is None or isinstance(inner, str) else -inner
    if isinstance(node, s.Call) and node.function == s.Name("date") and len(node.arguments) == 1:
        argument = node.arguments[0]
        return argument.value if isinstance(argument, s.Literal) and isinstance(argument.value, str) else None
    return node.value if isinstance(node, s.Literal) and isinstance(node.value, Decimal) else None


def _path(node: s.Node) -> tuple[str, ...]:
    if isinstance(node, s.Name):
        return (node.name,)
    if isinstance(node, s.Path):
        inner = _path(node.source)
        return (*inner, node.member) if inner else ()
    return ()


_KINDS_OF_NODES: Final[Mapping[type[s.Node], str]] = {
    **dict.fromkeys((s.Compare, s.Logic, s.Between, s.In, s.Quantified), "boolean"),
    **dict.fromkeys((s.ListNode, s.For), "list"),
    s.ContextNode: "context",
    s.Negate: "number",
}
_VISITS: Final[Mapping[type[s.Node], Callable[..., Iterator[str]]]] = {
    s.Literal: _Judge._literal,
    s.Name: _Judge._nothing,
    s.Path: _Judge._parts,
    s.Compare: _Judge._compare,
    s.Logic: _Judge._logic,
    s.Between: _Judge._between,
    s.In: _Judge._in,
    s.If: _Judge._if,
    s.Quantified: _Judge._quantified,
    s.For: _Judge._for,
    s.Filter: _Judge._filter,
    s.Arithmetic: _Judge._arithmetic,
    s.Negate: _Judge._parts,
    s.Call: _Judge._call,
    s.ListNode: _Judge._parts,
    s.ContextNode: _Judge._context,
}
_WORDS: Final[Mapping[type[s.Node], str]] = {
    s.AtLiteral: '@"…"',
    s.InstanceOf: "instance of",
    s.RangeNode: "a range as a value",
    s.UnaryComparison: "a comparison without its left side",
    s.FunctionNode: "a function",
}
