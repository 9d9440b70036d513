"""Cuts FEEL text into tokens. Knows nothing of grammar, except that the spelling of other languages is refused here."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from engine.feel.errors import FeelSyntaxError

MAX_SOURCE: Final = 100_000

KEYWORDS: Final = frozenset(
    [
        "and",
        "or",
        "in",
        "between",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "external",
        "true",
        "false",
        "null",
        "not",
    ]
) - {"not"}

_START = (
    r"?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF10-\uFFFD\U00010000-\U000EFFFF"
)
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>[\s\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]+)
    | (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<name>[{_START}][{_START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*)
    | (?P<symbol>\.\.|\*\*|<=|>=|!=|->|==|&&|\|\||[-+*/=<>()\[\]{{}},.:@'!;%^&|$~`\\#])
    """,
    re.VERBOSE | re.DOTALL,
)
_FOREIGN: Final = {
    "==": "write = for equality, not ==",
    "&&": "write and, not &&",
    "||": "write or, not ||",
    "!": "write not(x), not !x",
    "%": "write modulo(a, b), not a % b",
    "^": "write a ** b, not a ^ b",
    "&": "write and, not &",
    "|": "write or, not |",
    ";": "write a comma, not a semicolon",
    "$": "the expression stands without ${…} around its parts",
}
_FULL_WIDTH: Final = dict(zip("，。（）［］｛｝：；“”‘’＝＋－＊／＜＞！、", ",.()[]{}:;\"\"''=+-*/<>!,", strict=True))
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_SIMPLE_ESCAPES: Final = {
    '"': '"',
    "'": "'",
    "\\": "\\",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "/": "/",
}


class Token(NamedTuple):
    """`kind` is number, string, name, symbol or end; `text` is as written; `start` its offset."""

    kind: str
    text: str
    start: int


def tokenize(source: str) -> list[Token]:
    """The tokens of `source` and a last one of kind `end`. Raises `FeelSyntaxError`."""
    if len(source) > MAX_SOURCE:
        raise FeelSyntaxError(f"an expression of more than {MAX_SOURCE} characters")
    half = None if source.isascii() else _SURROGATE.search(source)
    if half is not None:
        raise error_at(source, half.start(), "half of a surrogate pair, which is no character")
    tokens = []
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None or source[position] in _FULL_WIDTH:
            raise error_at(source, position, _unreadable(source[position:]))
        kind = found.lastgroup
        text = found.group()
        if kind == "symbol" and text in _FOREIGN:
            raise error_at(source, position, _FOREIGN[text])
        if source.startswith("/*", position) and kind == "symbol":
            raise error_at(source, position, "a comment that does not end: */ is missing")
        if kind == "name" and not text.isascii():
            _refuse_full_width(source, text, position)
        if kind in ("number", "string", "name", "symbol"):
            tokens.append(Token(kind, text, position))
        position = found.end()
    tokens.append(Token("end", "", len(source)))
    return tokens


def error_at(source: str, position: int, message: str) -> FeelSyntaxError:
    """A syntax error with the line and column of an offset."""
    line = source.count("\n", 0, position) + 1
    column = position - (source.rfind("\n", 0, position) + 1) + 1
    return FeelSyntaxError(message, line, column)


def unescape(literal: str) -> str:
    """The text of a string literal with its quotes."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_escaped, body)
    # \uD83D\uDC0E is one character written as a surrogate pair.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[0] in "uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else "\ufffd"
    return _SIMPLE_ESCAPES.get(code, "\\" + code)


def _unreadable(rest: str) -> str:
    char = rest[0]
    if char == '"':
        return 'a text that does not end: a closing " is missing'
    if char in _FULL_WIDTH:
        return f"write {_FULL_WIDTH[char]} instead of the full-width {char}"
    return f"{char!r} is not part of FEEL"


def _refuse_full_width(source: str, name: str, position: int) -> None:
    """Full-width operators lie among the letters that FEEL allows in names, but nobody means them so."""
    for offset, char in enumerate(name):
        if char in _FULL_WIDTH:
            raise error_at(source, position + offset, _unreadable(char))
