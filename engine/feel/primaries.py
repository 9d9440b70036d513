"""The innermost parts of FEEL's grammar: literals, names, lists, ranges, contexts, `if`, `for`, functions and calls.

What they are joined by, and how tightly, is the parser's; these parts come back to it for whole expressions.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine.feel import syntax as s
from engine.feel.lexer import KEYWORDS, Token, unescape
from engine.feel.reader import Reader
from engine.feel.type_parser import parse_type
from engine.feel.types import Type

COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
# Keywords with which an expression can begin.
_BEGINNINGS: Final = frozenset({"if", "for", "some", "every", "function", "true", "false", "null"})


class Primaries(Reader):
    """Reads one primary, without operators around it."""

    def parse_expression(self) -> s.Node:
        """Any expression; the parser's."""
        raise NotImplementedError

    def _operand(self) -> s.Node:
        """What stands on one side of a comparison; the parser's."""
        raise NotImplementedError

    # --- primaries

    def _primary(self) -> s.Node:
        token = self.tokens[self.position]
        if token.kind == "number":
            self.position += 1
            return s.Literal(self._number(token))
        if token.kind == "string":
            self.position += 1
            return s.Literal(unescape(token.text))
        if token.kind == "name":
            return self._word(token)
        if token.kind == "symbol":
            if token.text == "(":
                return self._parenthesis()
            if token.text == "[":
                return self._list_or_range()
            if token.text == "]":
                self.position += 1
                return self._range_from(self._operand(), False)
            if token.text == "{":
                return self._context()
            if token.text == "@":
                self.position += 1
                literal = self._next()
                if literal.kind != "string":
                    raise self.error('after @ comes a text, as in @"2026-03-02"', literal)
                return s.AtLiteral(unescape(literal.text))
            if token.text == "'":
                raise self.error('write text in double quotes, "…"')
        if token.kind == "end":
            raise self.error("the expression stops too early" if self.position else "the expression is empty")
        raise self.error(f"unexpected {token.text!r}")

    def _number(self, token: Token) -> Decimal:
        value = Decimal(token.text)
        if value.adjusted() > 6144 or value.adjusted() < -6176:
            raise self.error("a number beyond the range of 34 digits with exponents up to 6144", token)
        return value

    def _word(self, token: Token) -> s.Node:
        known = self._known_name()
        if known is not None:
            return s.Name(known)
        constants = {"true": True, "false": False, "null": None}
        if token.text in constants:
            self.position += 1
            return s.Literal(constants[token.text])
        reader = {"if": self._if, "for": self._for, "some": self._quantified, "every": self._quantified}.get(token.text)
        if reader is not None:
            return reader()
        if token.text == "function" and self.tokens[self.position + 1].text == "(":
            return self._function()
        if token.text in KEYWORDS:
            raise self.error(f"unexpected {token.text!r}")
        return s.Name(self.parse_name())

    def _member_name(self) -> str:
        known = self._known_name()
        if known is not None:
            return known
        token = self.tokens[self.position]
        if token.kind == "name" and token.text in KEYWORDS:
            self.position += 1
            return token.text
        return self.parse_name()

    def _parenthesis(self) -> s.Node:
        self.expect("(")
        if self.tokens[self.position].text in COMPARISONS and self.tokens[self.position].kind == "symbol":
            test = self._unary_comparison()
            self.expect(")")
            return test
        inner = self.parse_expression()
        if self._at(".."):
            return self._range_from(inner, False)
        self.expect(")")
        return inner

    def _list_or_range(self) -> s.Node:
        self.expect("[")
        if self._accept("]"):
            return s.ListNode(())
        items = [self._test()]
        if self._at(".."):
            return self._range_from(items[0], True)
        while self._accept(","):
            items.append(self._test())
        self.expect("]")
        return s.ListNode(tuple(items))

    def _range_from(self, low: s.Node, low_included: bool) -> s.Node:
        self.expect("..")
        self._in_range_end = True
        high = self._operand()
        self._in_range_end = False
        closing = self._next()
        if closing.text not in ("]", ")", "["):
            raise self.error("a range ends with ] or )", closing)
        return s.RangeNode(low, high, low_included, closing.text == "]")

    def _closes_range(self, node: s.Node) -> bool:
        """Whether a [ after the end of a range closes it, as in [1..10[, instead of beginning a filter."""
        if isinstance(node, (s.Literal, s.AtLiteral)):
            return True
        following = self.tokens[self.position + 1]
        if following.kind == "symbol":
            return following.text not in ("(", "[", "{", "-", "@", "<", "<=", ">", ">=", "=", "!=")
        return following.kind == "end" or following.text in KEYWORDS - _BEGINNINGS

    def _context(self) -> s.Node:
        self.expect("{")
        entries: list[tuple[str, s.Node]] = []
        keys: set[str] = set()
        self._open_scope()
        while not self._accept("}"):
            if entries:
                self.expect(",")
            key = self._context_key()
            if key in keys:
                raise self.error(f"the name {key!r} occurs twice in one context")
            keys.add(key)
            self.expect(":")
            entries.append((key, self.parse_expression()))
            self._declare(key)
        self._close_scope()
        return s.ContextNode(tuple(entries))

    def _context_key(self) -> str:
        token = self.tokens[self.position]
        if token.kind == "string":
            self.position += 1
            return unescape(token.text)
        words = 0
        while self.tokens[self.position + words].text not in (":", "}", "{", ",", "") or words == 0:
            if self.tokens[self.position + words].kind in ("string", "end"):
                break
            words += 1
        if not words or token.kind != "name":
            raise self.error("the name of an entry is missing")
        return self._take_name(words)

    def _if(self) -> s.Node:
        self.expect("if")
        condition = self.parse_expression()
        self.expect("then")
        then = self.parse_expression()
        self.expect("else")
        return s.If(condition, then, self.parse_expression())

    def _for(self) -> s.Node:
        self.expect("for")
        self._open_scope()
        iterators = self._iterators("return")
        body = self.parse_expression()
        self._close_scope()
        return s.For(iterators, body)

    def _quantified(self) -> s.Node:
        quantifier = self._next().text
        self._open_scope()
        iterators = self._iterators("satisfies")
        body = self.parse_expression()
        self._close_scope()
        return s.Quantified(quantifier, iterators, body)

    def _iterators(self, end: str) -> tuple[s.Iterator, ...]:
        iterators = []
        while True:
            variable = self.parse_name()
            self.expect("in")
            source = self.parse_expression()
            stop = self.parse_expression() if self._accept("..") else None
            iterators.append(s.Iterator(variable, source, stop))
            self._declare(variable)
            if not self._accept(","):
                break
        self.expect(end)
        return tuple(iterators)

    def _function(self) -> s.Node:
        self.expect("function")
        self.expect("(")
        self._open_scope()
        parameters: list[tuple[str, Type | None]] = []
        while not self._accept(")"):
            if parameters:
                self.expect(",")
            name = self.parse_name()
            parameters.append((name, parse_type(self) if self._accept(":") else None))
            self._declare(name)
        external = self._accept("external")
        body = self.parse_expression()
        self._close_scope()
        return s.FunctionNode(tuple(parameters), body, external)

    def _call(self, function: s.Node) -> s.Node:
        self.expect("(")
        arguments: list[s.Node] = []
        names: list[str] = []
        while not self._accept(")"):
            if arguments:
                self.expect(",")
            if (not arguments or names) and (name := self._argument_name()):
                names.append(name)
            elif names:
                raise self.error("all arguments of a call are named, or none is")
            arguments.append(self._test())
        return s.Call(function, tuple(arguments), tuple(names) if names else None)

    def _argument_name(self) -> str | None:
        start = self.position
        words, known = self.names.longest(self.tokens, start)
        if not words:
            while self.tokens[start + words].kind == "name":
                words += 1
        if words and self.tokens[start + words].text == ":":
            name = self._take_name(words)
            self.expect(":")
            return known or name
        return None

    def _test(self) -> s.Node:
        token = self.tokens[self.position]
        if token.kind == "symbol" and token.text in COMPARISONS:
            return self._unary_comparison()
        return self.parse_expression()

    def _unary_comparison(self) -> s.Node:
        operator = self._next().text
        return s.UnaryComparison(operator, self._operand())
