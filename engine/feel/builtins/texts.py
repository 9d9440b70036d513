"""Functions of texts. Characters are Unicode code points, as in FEEL."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import regexes
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.runtime import Runtime


@builtin("substring", "string: string, start position: number, [length: number?]")
def _substring(text: str, start: Decimal, length: Decimal | None) -> str:
    position = int(start)
    if position == 0 or abs(position) > len(text):
        raise Fault(f"there is no position {position}")
    first = position - 1 if position > 0 else len(text) + position
    if length is None:
        return text[first:]
    if int(length) < 1:
        raise Fault("the length is less than 1")
    return text[first : first + int(length)]


@builtin("string length", "string: string")
def _string_length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case", "string: string")
def _upper_case(text: str) -> str:
    return text.upper()


@builtin("lower case", "string: string")
def _lower_case(text: str) -> str:
    return text.lower()


@builtin("substring before", "string: string, match: string")
def _substring_before(text: str, match: str) -> str:
    before, found, _ = text.partition(match) if match else ("", "", text)
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def _substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string, match: string")
def _contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string: string, match: string")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("matches", "input: string, pattern: string, [flags: string?]")
def _matches(runtime: Runtime, text: str, pattern: str, flags: str | None) -> bool:
    return regexes.search(text, pattern, flags or "", runtime.budget)


@builtin("replace", "input: string, pattern: string, replacement: string, [flags: string?]")
def _replace(runtime: Runtime, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    return regexes.replace(text, pattern, replacement, flags or "", runtime.budget)


@builtin("split", "string: string, delimiter: string")
def _split(runtime: Runtime, text: str, delimiter: str) -> list[str]:
    return regexes.split(text, delimiter, runtime.budget)


@builtin("string join", "list: list, [delimiter: string?]")
def _string_join(runtime: Runtime, items: list[Any], delimiter: str | None) -> str:
    parts = [item for item in items if item is not None]
    if not all(type(part) is str for part in parts):
        raise Fault("the list holds something else than texts")
    separator = delimiter or ""
    length = sum(len(part) for part in parts) + len(separator) * max(len(parts) - 1, 0)
    runtime.budget.characters(length)
    return separator.join(parts)
