"""Reads a JavaScript regular expression (no flags) into a tree.

Back-references and look-behind are refused: they cannot be matched in bounded time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DEPTH: Final = 50
_MAX_REPEAT: Final = 1_000

Ranges = tuple[tuple[int, int], ...]

_DIGIT: Final[Ranges] = ((0x30, 0x39),)
_WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACES: Final[Ranges] = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_LINE_ENDS: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CONTROL: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}


class PatternError(ValueError):
    """The pattern is not a regular expression that the browser and the server both understand."""


@dataclass(frozen=True, slots=True)
class CharSet:
    """One unit out of (or, negated, outside) some ranges."""

    ranges: Ranges
    negated: bool = False

    def holds(self, unit: int) -> bool:
        """Whether the unit belongs to the set."""
        return any(low <= unit <= high for low, high in self.ranges) is not self.negated


@dataclass(frozen=True, slots=True)
class Assertion:
    """`^`, `$`, `\\b` or `\\B`."""

    kind: str

    def holds(self, units: list[int], position: int) -> bool:
        """Whether it holds between the units before and after `position`."""
        if self.kind == "^":
            return position == 0
        if self.kind == "$":
            return position == len(units)
        before = position > 0 and _WORD_SET.holds(units[position - 1])
        after = position < len(units) and _WORD_SET.holds(units[position])
        return (before is not after) is (self.kind == "b")


@dataclass(frozen=True, slots=True)
class Look:
    """A lookahead, perhaps negated."""

    inner: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """At least `least` and at most `most` times (None: any number)."""

    inner: Node
    least: int
    most: int | None


Node = CharSet | Assertion | Look | Sequence | Choice | Repeat
_WORD_SET: Final = CharSet(_WORD)


def parse(source: str) -> Node:
    """The tree of a pattern. Raises `PatternError`."""
    parser = _Parser(source)
    tree = parser.choice(0)
    if not parser.at_end():
        raise PatternError("a ) without its (")
    return tree


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0

    def at_end(self) -> bool:
        return self._position >= len(self._source)

    def choice(self, depth: int) -> Node:
        if depth > _DEPTH:
            raise PatternError("brackets are nested too deeply")
        options = [self._sequence(depth)]
        while self._take("|"):
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while not self.at_end() and self._peek() not in "|)":
            parts.append(self._quantified(self._atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _atom(self, depth: int) -> Node:
        char = self._next()
        if char in "*+?":
            raise PatternError(f"nothing to repeat before {char}")
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._char_class()
        if char == ".":
            return CharSet(_LINE_ENDS, negated=True)
        if char in "^$":
            return Assertion(char)
        if char == "\\":
            return self._escape()
        if char == "{" and self._braces_at(self._position - 1) is not None:
            raise PatternError("nothing to repeat before {")
        return _literal(ord(char))

    def _group(self, depth: int) -> Node:
        look: bool | None = None
        if self._take("?"):
            if self._take("="):
                look = False
            elif self._take("!"):
                look = True
            elif self._source.startswith(("<=", "<!"), self._position):
                raise PatternError("look-behind is not supported")
            elif self._take("<"):
                self._position = self._source.find(">", self._position) + 1
                if self._position == 0:
                    raise PatternError("a group name without its >")
            elif not self._take(":"):
                raise PatternError("an unknown kind of group")
        inner = self.choice(depth + 1)
        if not self._take(")"):
            raise PatternError("a ( without its )")
        return inner if look is None else Look(inner, look)

    def _quantified(self, atom: Node) -> Node:
        bounds = self._quantifier()
        if bounds is None:
            return atom
        self._take("?")  # Lazy or greedy makes no difference to whether there is a match.
        if isinstance(atom, Assertion):
            raise PatternError("nothing to repeat")
        if not self.at_end() and (self._peek() in "*+?" or self._braces_at(self._position) is not None):
            raise PatternError("nothing to repeat")
        return Repeat(atom, *bounds)

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        braces = self._braces_at(self._position)
        if braces is None:
            return None
        least, most, self._position = braces
        if most is not None and most < least:
            raise PatternError("numbers out of order in { }")
        if max(least, most or 0) > _MAX_REPEAT:
            raise PatternError(f"more than {_MAX_REPEAT} repetitions")
        return least, most

    def _braces_at(self, start: int) -> tuple[int, int | None, int] | None:
        """`{2}`, `{2,}` or `{2,5}`, and where it ends; anything else after `{` is literal, as in JavaScript."""
        end = self._source.find("}", start)
        if not self._source.startswith("{", start) or end < 0:
            return None
        least, comma, most = self._source[start + 1 : end].partition(",")
        if not _is_count(least) or not (_is_count(most) or most == ""):
            return None
        return int(least), (int(most) if most else None) if comma else int(least), end + 1

    def _char_class(self) -> Node:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            first = self._class_atom()
            if self._source.startswith("-", self._position) and not self._source.startswith("-]", self._position):
                self._next()
                last = self._class_atom()
                if isinstance(first, int) and isinstance(last, int):
                    if last < first:
                        raise PatternError("a range out of order in [ ]")
                    ranges.append((first, last))
                    continue
                ranges.extend([*_as_ranges(first), (0x2D, 0x2D), *_as_ranges(last)])
                continue
            ranges.extend(_as_ranges(first))
        return CharSet(tuple(ranges), negated)

    def _class_atom(self) -> int | Ranges:
        char = self._next("a [ without its ]")
        if char != "\\":
            if ord(char) > 0xFFFF:
                raise PatternError(f"{char} in [ ] means nothing without the u flag, which forms do not set")
            return ord(char)
        if self._take("b"):
            return 8
        escaped = self._escape()
        if not isinstance(escaped, CharSet):
            return ord("B")
        if escaped.negated:
            return _complement(escaped.ranges)
        low, high = escaped.ranges[0]
        return low if len(escaped.ranges) == 1 and low == high else escaped.ranges

    def _escape(self) -> Node:
        char = self._next("a \\ at the end")
        if char in "dDwWsS":
            ranges = {"d": _DIGIT, "w": _WORD, "s": SPACES}[char.lower()]
            return CharSet(ranges, negated=char.isupper())
        if char in "bB":
            return Assertion(char)
        if char in "pP" and self._source.startswith("{", self._position):
            raise PatternError(f"\\{char}{{…}} means nothing without the u flag, which forms do not set")
        if char in "123456789" or (char == "k" and self._source.startswith("<", self._position)):
            raise PatternError("back-references are not supported")
        if char == "c":
            raise PatternError("\\c is not supported")
        if char in "xu":
            digits = self._source[self._position : self._position + (2 if char == "x" else 4)]
            if len(digits) == (2 if char == "x" else 4) and all(digit in "0123456789abcdefABCDEF" for digit in digits):
                self._position += len(digits)
                return _literal(int(digits, 16))
        return _literal(_CONTROL.get(char, ord(char)))

    def _peek(self) -> str:
        return self._source[self._position]

    def _next(self, missing: str = "the pattern ends too early") -> str:
        if self.at_end():
            raise PatternError(missing)
        self._position += 1
        return self._source[self._position - 1]

    def _take(self, char: str) -> bool:
        found = self._source.startswith(char, self._position)
        self._position += found
        return found


def _literal(code: int) -> Node:
    if code > 0xFFFF:
        code -= 0x10000
        high, low = 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)
        return Sequence((CharSet(((high, high),)), CharSet(((low, low),))))
    return CharSet(((code, code),))


def _as_ranges(atom: int | Ranges) -> Ranges:
    return ((atom, atom),) if isinstance(atom, int) else atom


def _complement(ranges: Ranges) -> Ranges:
    gaps = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return (*gaps, (start, 0xFFFF))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
