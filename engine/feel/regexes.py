"""Regular expressions as XPath spells them, on a matcher that is stopped when its time is up.

No rule about patterns (such as forbidding nested repetition) finds every one that backtracks without end, so the
`regex` package does the matching: unlike `re` it takes a time limit, and it knows Unicode properties and the
subtraction of character classes. Time used up is `BudgetExceeded`, never null.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import regex

from engine.feel.errors import BudgetExceeded, Fault
from engine.feel.runtime import Budget

MAX_PATTERN: Final = 1_000
MAX_SECONDS: Final = 0.25
_FLAGS: Final = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE}
_NAME_START: Final = r"\p{L}_:"
_NAME_CHAR: Final = r"\p{L}\p{N}\p{M}_:.\-\u00B7"
_CLASSES: Final = {
    "d": r"\p{Nd}", "D": r"\P{Nd}", "s": r"[\ \t\n\r]", "S": r"[^\ \t\n\r]",
    "w": r"[^\p{P}\p{Z}\p{C}]", "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]", "I": f"[^{_NAME_START}]", "c": f"[{_NAME_CHAR}]", "C": f"[^{_NAME_CHAR}]",
}  # fmt: skip
_PLAIN_ESCAPES: Final = frozenset("nrt\\|.-^?*+{}()[]$")


def search(text: str, pattern: str, flags: str, budget: Budget) -> bool:
    """Whether the pattern occurs in the text. Raises `Fault` for what is no pattern, `BudgetExceeded`."""
    return _timed(_compile(pattern, flags).search, budget, text) is not None


def replace(text: str, pattern: str, replacement: str, flags: str, budget: Budget) -> str:
    """Replaces every occurrence; `$1` in the replacement is the first group."""
    compiled = _compile(pattern, flags)
    if _timed(compiled.search, budget, "") is not None:
        raise Fault("the pattern matches the empty text")
    template = [replacement] if "q" in flags else _template(replacement, compiled.groups)
    pieces: list[str] = []
    length = position = 0
    for found in _timed(lambda subject, timeout: list(compiled.finditer(subject, timeout=timeout)), budget, text):
        made = "".join(part if isinstance(part, str) else (found[part] or "") for part in template)
        pieces += [text[position : found.start()], made]
        length += len(pieces[-2]) + len(made)
        budget.charge(1)
        if length > budget.limits.text:
            break
        position = found.end()
    return budget.text("".join([*pieces, text[position:]]))


def split(text: str, pattern: str, budget: Budget) -> list[str]:
    """The parts between the occurrences of the pattern."""
    compiled = _compile(pattern, "")
    if _timed(compiled.search, budget, "") is not None:
        raise Fault("the delimiter matches the empty text")
    parts, position = [], 0
    for found in _timed(lambda subject, timeout: list(compiled.finditer(subject, timeout=timeout)), budget, text):
        parts.append(text[position : found.start()])
        position = found.end()
    return [*parts, text[position:]]


def _timed(work: Any, budget: Budget, text: str) -> Any:
    seconds = min(MAX_SECONDS, budget.seconds_left())
    budget.charge(1 + len(text) // 16)
    try:
        return work(text, timeout=seconds)
    except TimeoutError:
        raise BudgetExceeded("seconds of a regular expression", MAX_SECONDS) from None


@lru_cache(maxsize=256)
def _compile(pattern: str, flags: str) -> regex.Pattern[str]:
    if len(pattern) > MAX_PATTERN:
        raise BudgetExceeded("characters of a regular expression", MAX_PATTERN)
    if set(flags) - set("smixq"):
        raise Fault(f"unknown flags {flags!r}")
    options = regex.VERSION1
    for flag in set(flags) & _FLAGS.keys():
        options |= _FLAGS[flag]
    try:
        return regex.compile(_translate(pattern, flags), options)
    except (regex.error, OverflowError, RecursionError):
        raise Fault(f"{pattern!r} is not a regular expression") from None


def _translate(pattern: str, flags: str) -> str:
    if "q" in flags:
        return regex.escape(pattern, literal_spaces=True)
    return _Translator(_without_spaces(pattern) if "x" in flags else pattern, flags).translate()


def _without_spaces(pattern: str) -> str:
    """The pattern without white space, but for that within character classes, as the flag x asks."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if char in " \t\n\r" and not depth:
            continue
        kept.append(char)
        if not escaped and char in "[]":
            depth = max(depth + (1 if char == "[" else -1), 0)
        escaped = char == "\\" and not escaped
    return "".join(kept)


class _Translator:
    """Rewrites XPath's spelling into that of the `regex` package, refusing what XPath does not have."""

    def __init__(self, pattern: str, flags: str):
        self.pattern = pattern
        self.flags = flags
        self.position = 0

    def translate(self) -> str:
        written = []
        while self.position < len(self.pattern):
            written.append(self._next())
        return "".join(written)

    def _next(self) -> str:
        char = self._take()
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._class()
        if char == "(" and self.pattern.startswith("?", self.position):
            return self._group()
        if char == "{":
            return self._repetition()
        if char == "$" and "m" not in self.flags:
            return r"\Z"
        if char == "." and "s" not in self.flags:
            return r"[^\n\r]"
        if char in "*+?}" and self.pattern.startswith("+", self.position):
            raise self._fault()
        return "\\" + char if char in "#~&]}" and char != "}" else char

    def _take(self) -> str:
        char = self.pattern[self.position]
        self.position += 1
        return char

    def _fault(self) -> Fault:
        return Fault(f"{self.pattern!r} is not a regular expression")

    def _group(self) -> str:
        if not self.pattern.startswith("?:", self.position):
            raise self._fault()
        self.position += 2
        return "(?:"

    def _repetition(self) -> str:
        end = self.pattern.find("}", self.position)
        body = self.pattern[self.position : end] if end > 0 else ""
        low, _, high = body.partition(",")
        if not low.isdecimal() or (high and not high.isdecimal()) or len(body) > 12:
            raise self._fault()
        self.position = end + 1
        return "{" + body + "}"

    def _escape(self, inside: bool = False) -> str:
        if self.position >= len(self.pattern):
            raise self._fault()
        char = self._take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "pP":
            return "\\" + char + self._property()
        if char.isdecimal() and char != "0" and not inside:
            return f"(?:\\{char})"
        if char in _PLAIN_ESCAPES:
            return "\\" + char
        raise self._fault()

    def _property(self) -> str:
        end = self.pattern.find("}", self.position)
        if end < 0 or not self.pattern.startswith("{", self.position):
            raise self._fault()
        name = self.pattern[self.position + 1 : end]
        self.position = end + 1
        return "{" + (f"In{name[2:]}" if name.startswith("Is") else name) + "}"

    def _class(self) -> str:
        written = "["
        if self.pattern.startswith("^", self.position):
            self.position += 1
            written += "^"
        empty = True
        while self.position < len(self.pattern):
            char = self._take()
            if char == "]":
                if empty:
                    raise self._fault()
                return written + "]"
            if char == "-" and self.pattern.startswith("[", self.position):
                self.position += 1
                written += "--" + self._class()
            elif char == "[":
                raise self._fault()
            elif char == "\\":
                written += self._escape(inside=True)
            else:
                written += "\\" + char if char in "&~|#^ " or (char == "-" and self._literal_dash(empty)) else char
            empty = False
        raise self._fault()

    def _literal_dash(self, empty: bool) -> bool:
        return empty or self.pattern.startswith("]", self.position)


def _template(replacement: str, groups: int) -> list[str | int]:
    """The replacement as texts and numbers of groups."""
    parts: list[str | int] = []
    position = 0
    while position < len(replacement):
        char = replacement[position]
        following = replacement[position + 1 : position + 2]
        if char == "\\":
            if following not in ("\\", "$"):
                raise Fault(r"in the replacement write \\ for \ and \$ for $")
            parts.append(following)
            position += 2
        elif char == "$":
            digits = _group_number(replacement[position + 1 :], groups)
            if not digits:
                raise Fault("in the replacement a number follows $")
            parts.append(int(digits) if int(digits) <= groups else "")
            position += 1 + len(digits)
        else:
            parts.append(char)
            position += 1
    return parts


def _group_number(rest: str, groups: int) -> str:
    """The digits after `$` that number a group: as many as there may be groups for, at least one."""
    digits = ""
    for char in rest:
        if not (char.isascii() and char.isdigit()) or (digits and int(digits + char) > groups):
            break
        digits += char
    return digits
