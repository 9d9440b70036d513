"""YAML 1.2 as Loanflow reads it: numbers are decimals exactly as written, dates and times stay text, no guessing."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import BaseResolver

MAX_CHARACTERS = 500_000
MAX_VALUES = 100_000
MAX_DEPTH = 100
MAX_DIGITS = 6_144
"""Of a number, and its largest exponent: that of FEEL's numbers. Longer ones take minutes to turn into decimals."""
_TAG = "tag:yaml.org,2002:"


class YamlError(ValueError):
    """Text that is not YAML 1.2, or YAML that is refused; `line` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class _CoreResolver(BaseResolver):
    """The core schema of YAML 1.2: only these spellings are anything else than text."""

    processing_version = (1, 2)

    def __init__(
        self, version: Any = None, loader: Any = None
    ) -> None:  # a %YAML directive does not change how we read
        super().__init__(loader)


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):
    _CoreResolver.add_implicit_resolver_base(_TAG + _kind, re.compile(f"^(?:{_pattern})$"), _first)


def load_yaml(text: str | bytes) -> Any:
    """The one document in `text` as dicts, lists, text, `Decimal`, booleans and None; empty text is None.

    Keys are text. Duplicate keys, foreign tags, several documents, and documents that grow out of bounds through
    aliases or nesting raise `YamlError`.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise YamlError("The file is not UTF-8 text.") from None
    if len(text) > MAX_CHARACTERS:
        raise YamlError(f"More than {MAX_CHARACTERS} characters are refused.")
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = _CoreResolver
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(f"Not YAML: {error.problem or error.context}.", mark.line + 1 if mark else None) from None
    except (YAMLError, ValueError) as error:
        raise YamlError(f"Not YAML: {error}.") from None
    except RecursionError:
        raise YamlError("The document is nested too deeply.") from None
    return None if node is None else _Builder().build(node, 0)


class _Builder:
    """Turns nodes into values and counts every value, those behind an alias each time they appear."""

    def __init__(self) -> None:
        self.values = 0

    def build(self, node: Node, depth: int) -> Any:
        self.values += 1
        if self.values > MAX_VALUES:
            raise YamlError(f"More than {MAX_VALUES} values (aliases counted at each use) are refused.", _line(node))
        if depth > MAX_DEPTH:
            raise YamlError(f"Nested more than {MAX_DEPTH} deep.", _line(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, depth)
        if isinstance(node, SequenceNode):
            _require(node, "seq")
            return [self.build(item, depth + 1) for item in node.value]
        return _scalar(node)

    def mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        _require(node, "map")
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            value = self.build(value_node, depth + 1)
            if str(key_node.tag) == _TAG + "merge":
                for source in value if isinstance(value, list) else [value]:
                    if not isinstance(source, dict):
                        raise YamlError("<< takes a map or a list of maps.", _line(key_node))
                    merged = {**source, **merged}
                continue
            key = _key(key_node)
            if key in result:
                raise YamlError(f"The key {key!r} stands here twice.", _line(key_node))
            result[key] = value
        return {**merged, **result}


def _key(node: Node) -> str:
    if not isinstance(node, ScalarNode) or not isinstance(node.value, Hashable):
        raise YamlError("A key must be text.", _line(node))
    return str(node.value)


def _scalar(node: Node) -> Any:
    text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
    if kind in ("str", "timestamp", "merge"):
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float"):
        return _number(text, node)
    raise YamlError(f"The tag {node.tag} is refused; write plain values.", _line(node))


def _number(text: str, node: Node) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise YamlError(f"A number of more than {MAX_DIGITS} digits is refused.", _line(node))
    try:
        number = Decimal(int(text, 0) if text[:2] in ("0o", "0x") else text)
    except ArithmeticError:
        raise YamlError(f"{text} is not a number.", _line(node)) from None
    if number and abs(number.adjusted()) > MAX_DIGITS:
        raise YamlError(f"{text} is too large or too small for a number.", _line(node))
    return number


def _require(node: Node, kind: str) -> None:
    if str(node.tag) != _TAG + kind:
        raise YamlError(f"The tag {node.tag} is refused; write plain values.", _line(node))


def _line(node: Node) -> int | None:
    return node.start_mark.line + 1 if node.start_mark else None
