"""FEEL's grammar (DMN 1.5, 10.3.1) as a hand-written precedence parser.

Hand-written because names may hold spaces and operators: where one ends depends on the names in scope, which a fixed
grammar cannot know. Nesting is bounded, so that no text can exhaust the stack.
"""

from __future__ import annotations

from typing import Final

from engine.feel import syntax as s
from engine.feel.primaries import COMPARISONS, Primaries
from engine.feel.reader import MAX_NESTING
from engine.feel.type_parser import parse_type

_COMPARISON_LEVEL: Final = 3
_LEVELS: Final = {
    "or": 1,
    "and": 2,
    **dict.fromkeys((*COMPARISONS, "between", "in"), _COMPARISON_LEVEL),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "**": 6,
}


class Parser(Primaries):
    """Parses one text. Every `parse_…` method leaves the position behind what it has read."""

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
        self.descend()
        in_range_end, self._in_range_end = self._in_range_end, False
        node = self._binary(1)
        self._in_range_end = in_range_end
        self.ascend()
        return node

    def _binary(self, level: int, left: s.Node | None = None) -> s.Node:
        """Operands joined by operators that bind at least as tightly as `level`; `left` has been read already."""
        left = self._negation() if left is None else left
        while (found := self._operator_level()) >= level:
            left = self._joined(left, found)
        return left

    def _operator_level(self) -> int:
        token = self.tokens[self.position]
        return 0 if token.kind == "string" else _LEVELS.get(token.text, 0)

    def _joined(self, left: s.Node, level: int) -> s.Node:
        if level == _COMPARISON_LEVEL:
            return self._comparison(left)
        operators, operands = [], [left]
        while self._operator_level() == level:
            operators.append(self._next().text)
            operands.append(self._binary(level + 1))
        if level < _COMPARISON_LEVEL:
            return s.Logic(operators[0], tuple(operands))
        return s.Arithmetic(left, tuple(zip(operators, operands[1:], strict=True)))

    def _comparison(self, left: s.Node) -> s.Node:
        operator = self._next().text
        if operator == "in":
            return s.In(left, self._in_tests())
        right = self._operand()
        if operator != "between":
            return s.Compare(operator, left, right)
        self.expect("and")
        return s.Between(left, right, self._operand())

    def _operand(self) -> s.Node:
        """What stands on one side of a comparison."""
        return self._binary(_COMPARISON_LEVEL + 1)

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

    def _postfix(self, node: s.Node | None = None) -> s.Node:
        node = self._primary() if node is None else node
        length = 0
        while True:
            token = self.tokens[self.position]
            if token.kind == "symbol" and token.text == ".":
                self.position += 1
                node = s.Path(node, self._member_name())
            elif token.kind == "symbol" and token.text == "[":
                if self._in_range_end and self._closes_range(node):
                    return node
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

    # --- unary tests

    def _tests(self) -> tuple[s.Node, ...]:
        tests = [self._test()]
        while self._accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _in_tests(self) -> tuple[s.Node, ...]:
        if not self._at("("):
            token = self.tokens[self.position]
            if token.kind == "symbol" and token.text in COMPARISONS:
                return (self._unary_comparison(),)
            return (self._operand(),)
        self.position += 1
        tests = [self._test()]
        if self._at(".."):
            return (self._range_from(tests[0], False),)
        while self._accept(","):
            tests.append(self._test())
        self.expect(")")
        if len(tests) == 1:
            # The parenthesis may only have begun an operand, as in (a + b) * 2; reading it again from its beginning
            # would double the work with every level of nesting.
            return (self._binary(_COMPARISON_LEVEL + 1, self._postfix(tests[0])),)
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
