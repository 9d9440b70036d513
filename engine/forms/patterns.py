"""JavaScript regular expressions, matched in time linear in the text: no pattern and no input can hang the server.

The pattern becomes a small automaton whose states advance side by side (Thompson), counted against a bound.
Semantics are those of `new RegExp(pattern).test(text)` without flags, on UTF-16 units as in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.forms.pattern_parser import Assertion, CharSet, Choice, Look, Node, PatternError, Repeat, Sequence, parse

MAX_STATES: Final = 2_000
MAX_STEPS: Final = 500_000

__all__ = ["Pattern", "PatternError", "PatternTooSlow", "utf16_units"]


class PatternTooSlow(RuntimeError):
    """A match would take more than its bound of steps."""


@dataclass(slots=True)
class _State:
    """One state: consumes a unit of `chars`, asserts something, or branches without consuming to all of `next`."""

    next: list[int]
    chars: CharSet | None = None
    assertion: Assertion | None = None
    look: tuple[_Program, bool] | None = None


@dataclass(slots=True)
class _Program:
    states: list[_State]
    start: int
    accept: int


class Pattern:
    """A compiled pattern. Raises `PatternError` for what JavaScript refuses or what has no bounded match."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._program = _build(parse(source))

    def found_in(self, text: str) -> bool:
        """Whether the pattern matches anywhere in `text`. Raises `PatternTooSlow`."""
        return _Run(utf16_units(text)).search(self._program, 0, anchored=False)


def utf16_units(text: str) -> list[int]:
    """The text as JavaScript sees it: characters beyond the basic plane count as two."""
    units = []
    for char in text:
        code = ord(char)
        if code > 0xFFFF:
            code -= 0x10000
            units.append(0xD800 + (code >> 10))
            code = 0xDC00 + (code & 0x3FF)
        units.append(code)
    return units


def _build(root: Node) -> _Program:
    states: list[_State] = []
    accept = _add(states, _State([]))
    start = _emit(states, root, accept)
    return _Program(states, start, accept)


def _add(states: list[_State], state: _State) -> int:
    if len(states) >= MAX_STATES:
        raise PatternError("the pattern is too large")
    states.append(state)
    return len(states) - 1


def _emit(states: list[_State], node: Node, then: int) -> int:
    """Adds states for `node` that lead on to `then`; gives the first one."""
    match node:
        case CharSet():
            return _add(states, _State([then], chars=node))
        case Assertion():
            return _add(states, _State([then], assertion=node))
        case Look(inner, negated):
            return _add(states, _State([then], look=(_build(inner), negated)))
        case Sequence(parts):
            for part in reversed(parts):
                then = _emit(states, part, then)
            return then
        case Choice(options):
            return _add(states, _State([_emit(states, option, then) for option in options]))
        case Repeat(inner, least, most):
            return _emit_repeat(states, inner, least, most, then)


def _emit_repeat(states: list[_State], inner: Node, least: int, most: int | None, then: int) -> int:
    if most is None:
        loop = _add(states, _State([]))
        states[loop].next = [_emit(states, inner, loop), then]
        then = loop
    else:
        end = then
        for _ in range(most - least):
            then = _add(states, _State([_emit(states, inner, then), end]))
    for _ in range(least):
        then = _emit(states, inner, then)
    return then


class _Run:
    """One text being matched; lookaheads share its count of steps."""

    def __init__(self, units: list[int]) -> None:
        self._units = units
        self._steps = 0

    def search(self, program: _Program, start: int, *, anchored: bool) -> bool:
        active: set[int] = set()
        for position in range(start, len(self._units) + 1):
            if position == start or not anchored:
                self._enter(program, program.start, position, active)
            if program.accept in active:
                return True
            if position == len(self._units) or (anchored and not active):
                return False
            active = self._advance(program, active, position)
        return False

    def _advance(self, program: _Program, active: set[int], position: int) -> set[int]:
        unit = self._units[position]
        after: set[int] = set()
        for index in active:
            state = program.states[index]
            if state.chars is not None and state.chars.holds(unit):
                self._enter(program, state.next[0], position + 1, after)
        return after

    def _enter(self, program: _Program, index: int, position: int, active: set[int]) -> None:
        """Adds a state and all that it reaches without consuming anything."""
        waiting = [index]
        while waiting:
            current = waiting.pop()
            if current in active:
                continue
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise PatternTooSlow
            active.add(current)
            state = program.states[current]
            if state.chars is None and self._holds(state, position):
                waiting.extend(state.next)

    def _holds(self, state: _State, position: int) -> bool:
        if state.look is not None:
            inner, negated = state.look
            return self.search(inner, position, anchored=True) is not negated
        return state.assertion is None or state.assertion.holds(self._units, position)
