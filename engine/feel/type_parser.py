"""Reads types as FEEL spells them: `number`, `list<string>`, `context<a: date>`, `function<number>->number`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel.types import BUILT_IN, ContextType, FunctionType, ListType, NamedType, RangeType, Type

if TYPE_CHECKING:
    from engine.feel.reader import Reader

_LONG_NAMES = ("date and time", "days and time duration", "years and months duration")


def parse_type(parser: Reader) -> Type:
    """The type at the reader's position."""
    parser.descend()
    found = _type(parser)
    parser.ascend()
    return found


def _type(parser: Reader) -> Type:
    name = _long_name(parser) or _name(parser)
    if name in ("list", "range", "context", "function") and parser.tokens[parser.position].text == "<":
        return _generic(parser, name)
    return BUILT_IN.get(name) or NamedType(name)


def _long_name(parser: Reader) -> str | None:
    for name in _LONG_NAMES:
        words = name.split()
        if [token.text for token in parser.tokens[parser.position : parser.position + len(words)]] == words:
            parser.position += len(words)
            return name
    return None


def _name(parser: Reader) -> str:
    if parser.tokens[parser.position].text == "function":
        parser.position += 1
        return "function"
    name = parser.parse_name()
    while parser.tokens[parser.position].text == ".":
        parser.position += 1
        name += "." + parser.parse_name()
    return name


def _generic(parser: Reader, name: str) -> Type:
    parser.expect("<")
    if name == "context":
        return _context(parser)
    if name == "function":
        return _function(parser)
    inner = parse_type(parser)
    parser.expect(">")
    return ListType(inner) if name == "list" else RangeType(inner)


def _context(parser: Reader) -> Type:
    members: list[tuple[str, Type]] = []
    while parser.tokens[parser.position].text != ">":
        if members:
            parser.expect(",")
        member = parser.parse_name()
        parser.expect(":")
        members.append((member, parse_type(parser)))
    parser.expect(">")
    return ContextType(tuple(members))


def _function(parser: Reader) -> Type:
    parameters: list[Type] = []
    while parser.tokens[parser.position].text != ">":
        if parameters:
            parser.expect(",")
        parameters.append(parse_type(parser))
    parser.expect(">")
    parser.expect("->")
    return FunctionType(tuple(parameters), parse_type(parser))
