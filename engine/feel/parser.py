"""FEEL's grammar (DMN 1.5, 10.3.1) as a hand-written precedence parser.

Hand-written because names may hold spaces and operators: where one ends depends on the names in scope, which a fixed
grammar cannot know. Nesting is bounded, so that no text can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from engine.feel import syntax as s
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import KEYWORDS, Token, error_at, tokenize, unescape
from engine.feel.type_parser import parse_type

MAX_NESTING: Final = 80
_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
_ADDITIVE: Final = frozenset({"+", "-"})
_MULTIPLICATIVE: Final = frozenset({"*", "/"})
_JUEL_WORDS: Final = {
    "eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "div": "/", "mod": "modulo(a, b)", "empty": "count(x) = 0",
}  # fmt: skip
_FUNCTIONS_WITH_KEYWORDS: Final = ("date and time", "years and months duration", "days and time duration")


class Names:
    """Names of more than one token that are known, so that the longest can be matched; single words need no help."""

    def __init__(self, names: Iterable[str] = ()):
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> tuple[str, ...] | None:
        """Makes a name known. Gives its words when that is news, to be passed to `forget`."""
        try:
            words = tuple(token.text for token in tokenize(name) if token.kind != "end")
        except FeelSyntaxError:
            return None
        if len(words) < 2:
            return None
        known = self._by_first.setdefault(words[0], [])
        if words in known:
            return None
        known.append(words)
        known.sort(key=len, reverse=True)
        return words

    def forget(self, words: tuple[str, ...]) -> None:
        """Takes back what `add` gave."""
        self._by_first[words[0]].remove(words)

    def longest(self, tokens: list[Token], position: int) -> int:
        """How many tokens from `position` on make the longest known name; 0 when none does."""
        for words in self._by_first.get(tokens[position].text, ()):
            if all(
                position + offset < len(tokens) and tokens[position + offset].text == word
                for offset, word in enumerate(words)
            ):
                return len(words)
        return 0


class Parser:
    """Parses one text. Every `parse_…` method leaves the position behind what it has read."""

    def __init__(self, source: str, names: Iterable[str] = ()):
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.names = Names(names)
        self._depth = 0
        self._scopes: list[list[tuple[str, ...]]] = []

    # --- whole texts

    def expression(self) -> s.Node:
        """The text as one expression."""
        node = self.parse_expression()
        self._expect_end()
        return node

    def unary_tests(self) -> s.Node:
        """The text as unary tests: `-`, `not(…)`, or tests separated by commas."""
        if self._at("-") and self.tokens[self.position + 1].kind == "end":
            return s.UnaryTests(None, False)
        negated = self._at("not") and self._negates_everything()
        if negated:
            self.position += 2
        tests = self._tests()
        if negated:
            self.expect(")")
        self._expect_end()
        return s.UnaryTests(tests, negated)

    # --- expressions, loosest first

    def parse_expression(self) -> s.Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} levels deep")
        try:
            return self._logic("or")
        finally:
            self._depth -= 1

    def _logic(self, operator: str) -> s.Node:
        operands = [self._operand_of(operator)]
        while self._accept(operator):
            operands.append(self._operand_of(operator))
        return operands[0] if len(operands) == 1 else s.Logic(operator, tuple(operands))

    def _operand_of(self, operator: str) -> s.Node:
        return self._logic("and") if operator == "or" else self._comparison()

    def _comparison(self) -> s.Node:
        left = self._additive()
        while True:
            token = self.tokens[self.position]
            if token.text in _COMPARISONS and token.kind == "symbol":
                self.position += 1
                left = s.Compare(token.text, left, self._additive())
            elif self._accept("between"):
                low = self._additive()
                self.expect("and")
                left = s.Between(left, low, self._additive())
            elif self._accept("in"):
                left = s.In(left, self._in_tests())
            else:
                return left

    def _additive(self) -> s.Node:
        return self._chain(_ADDITIVE, self._multiplicative)

    def _multiplicative(self) -> s.Node:
        return self._chain(_MULTIPLICATIVE, self._power)

    def _power(self) -> s.Node:
        return self._chain(frozenset({"**"}), self._negation)

    def _chain(self, operators: frozenset[str], operand) -> s.Node:  # type: ignore[no-untyped-def]
        first = operand()
        rest = []
        while self.tokens[self.position].text in operators and self.tokens[self.position].kind == "symbol":
            operator = self._next().text
            rest.append((operator, operand()))
        return s.Arithmetic(first, tuple(rest)) if rest else first

    def _negation(self) -> s.Node:
        count = 0
        while self._accept("-"):
            count += 1
        if count > MAX_NESTING:
            raise self.error("too many minus signs")
        node = self._postfix()
        for _ in range(count):
            node = s.Negate(node)
        return node

    def _postfix(self) -> s.Node:
        node = self._primary()
        length = 0
        while True:
            token = self.tokens[self.position]
            if token.kind == "symbol" and token.text == ".":
                self.position += 1
                node = s.Path(node, self._member_name())
            elif token.kind == "symbol" and token.text == "[":
                self.position += 1
                node = s.Filter(node, self.parse_expression())
                self.expect("]")
            elif token.kind == "symbol" and token.text == "(":
                node = self._call(node)
            elif token.text == "instance" and self.tokens[self.position + 1].text == "of":
                self.position += 2
                node = s.InstanceOf(node, parse_type(self))
            else:
                return node
            length += 1
            if length > MAX_NESTING:
                raise self.error(f"more than {MAX_NESTING} steps in one path")

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
                return self._range_from(self._additive(), False)
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
        known = self.names.longest(self.tokens, self.position)
        if known:
            return s.Name(self._take_name(known))
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

    def parse_name(self) -> str:
        """A name: the longest known one, else as many words as stand side by side."""
        known = self.names.longest(self.tokens, self.position) or self._function_with_keyword()
        if known:
            return self._take_name(known)
        first = self.tokens[self.position]
        if first.kind != "name" or first.text in KEYWORDS:
            raise self.error(f"a name is missing before {first.text!r}" if first.text else "a name is missing")
        words = 1
        while self._continues_name(self.position + words):
            word = self.tokens[self.position + words].text
            if word in _JUEL_WORDS and word != "empty":
                raise self.error(f"write {_JUEL_WORDS[word]}, not {word}", self.tokens[self.position + words])
            words += 1
        if first.text == "empty" and words > 1:
            raise self.error(f"write {_JUEL_WORDS['empty']}, not empty x", first)
        return self._take_name(words)

    def _continues_name(self, position: int) -> bool:
        token = self.tokens[position]
        if token.kind != "name" or token.text in KEYWORDS:
            return False
        return not (token.text == "instance" and self.tokens[position + 1].text == "of")

    def _function_with_keyword(self) -> int:
        for name in _FUNCTIONS_WITH_KEYWORDS:
            words = name.split()
            texts = [token.text for token in self.tokens[self.position : self.position + len(words) + 1]]
            if texts == [*words, "("]:
                return len(words)
        return 0

    def _take_name(self, words: int) -> str:
        texts = [token.text for token in self.tokens[self.position : self.position + words]]
        self.position += words
        return join_words(texts)

    def _member_name(self) -> str:
        known = self.names.longest(self.tokens, self.position)
        if known:
            return self._take_name(known)
        token = self.tokens[self.position]
        if token.kind == "name" and token.text in KEYWORDS:
            self.position += 1
            return token.text
        return self.parse_name()

    def _parenthesis(self) -> s.Node:
        self.expect("(")
        if self.tokens[self.position].text in _COMPARISONS and self.tokens[self.position].kind == "symbol":
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
        items = [self._list_item()]
        if self._at(".."):
            return self._range_from(items[0], True)
        while self._accept(","):
            items.append(self._list_item())
        self.expect("]")
        return s.ListNode(tuple(items))

    def _list_item(self) -> s.Node:
        if self.tokens[self.position].text in _COMPARISONS and self.tokens[self.position].kind == "symbol":
            return self._unary_comparison()
        return self.parse_expression()

    def _range_from(self, low: s.Node, low_included: bool) -> s.Node:
        self.expect("..")
        high = self._additive()
        closing = self._next()
        if closing.text not in ("]", ")", "["):
            raise self.error("a range ends with ] or )", closing)
        return s.RangeNode(low, high, low_included, closing.text == "]")

    def _context(self) -> s.Node:
        self.expect("{")
        entries: list[tuple[str, s.Node]] = []
        self._open_scope()
        while not self._accept("}"):
            if entries:
                self.expect(",")
            key = self._context_key()
            if any(key == earlier for earlier, _ in entries):
                raise self.error(f"the name {key!r} occurs twice in one context")
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
        parameters = []
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
            arguments.append(self._list_item())
        return s.Call(function, tuple(arguments), tuple(names) if names else None)

    def _argument_name(self) -> str | None:
        start = self.position
        words = self.names.longest(self.tokens, start)
        if not words:
            while self.tokens[start + words].kind == "name":
                words += 1
        if words and self.tokens[start + words].text == ":":
            name = self._take_name(words)
            self.expect(":")
            return name
        return None

    # --- unary tests

    def _tests(self) -> tuple[s.Node, ...]:
        tests = [self._test()]
        while self._accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> s.Node:
        token = self.tokens[self.position]
        if token.kind == "symbol" and token.text in _COMPARISONS:
            return self._unary_comparison()
        return self.parse_expression()

    def _unary_comparison(self) -> s.Node:
        operator = self._next().text
        return s.UnaryComparison(operator, self._additive())

    def _in_tests(self) -> tuple[s.Node, ...]:
        if not self._at("("):
            token = self.tokens[self.position]
            if token.kind == "symbol" and token.text in _COMPARISONS:
                return (self._unary_comparison(),)
            return (self._additive(),)
        start = self.position
        self.position += 1
        tests = [self._test()]
        if self._at(".."):
            return (self._range_from(tests[0], False),)
        while self._accept(","):
            tests.append(self._test())
        self.expect(")")
        if len(tests) == 1 and self.tokens[self.position].text in (".", "[", "+", "-", "*", "/", "**", "("):
            self.position = start
            return (self._additive(),)
        return tuple(tests)

    def _negates_everything(self) -> bool:
        """Whether the parenthesis after a leading `not` closes at the very end of the text."""
        if self.tokens[self.position + 1].text != "(":
            return False
        depth = 0
        for index in range(self.position + 1, len(self.tokens)):
            token = self.tokens[index]
            if token.kind == "symbol" and token.text in "()":
                depth += 1 if token.text == "(" else -1
                if depth == 0:
                    return self.tokens[index + 1].kind == "end"
        return False

    # --- tokens and scopes

    def error(self, message: str, token: Token | None = None) -> FeelSyntaxError:
        """A syntax error at a token, by default the next one."""
        at = token or self.tokens[min(self.position, len(self.tokens) - 1)]
        return error_at(self.source, at.start, message)

    def expect(self, text: str) -> None:
        """Reads a symbol or keyword that must come next."""
        if not self._accept(text):
            found = self.tokens[self.position].text
            raise self.error(f"{text!r} is missing" + (f" before {found!r}" if found else " at the end"))

    def _accept(self, text: str) -> bool:
        if self._at(text):
            self.position += 1
            return True
        return False

    def _at(self, text: str) -> bool:
        token = self.tokens[self.position]
        return token.text == text and token.kind != "string"

    def _next(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def _expect_end(self) -> None:
        token = self.tokens[self.position]
        if token.kind != "end":
            raise self.error(f"unexpected {token.text!r} after the end of the expression")

    def _open_scope(self) -> None:
        self._scopes.append([])

    def _declare(self, name: str) -> None:
        words = self.names.add(name)
        if words is not None:
            self._scopes[-1].append(words)

    def _close_scope(self) -> None:
        for words in self._scopes.pop():
            self.names.forget(words)


def join_words(words: list[str]) -> str:
    """One spelling for a name of several tokens: a space between two words, none around other characters."""
    name = words[0]
    for before, word in zip(words, words[1:], strict=False):
        both = _wordy(before[-1]) and _wordy(word[0])
        name += f" {word}" if both else word
    return name


def normalize_name(name: str) -> str:
    """The spelling under which a name is found: as `join_words` gives it, whatever the spaces."""
    try:
        words = [token.text for token in tokenize(name) if token.kind != "end"]
    except FeelSyntaxError:
        return name.strip()
    return join_words(words) if words else name.strip()


def _wordy(char: str) -> bool:
    return char.isalnum() or char in "_?" or ord(char) > 127
