"""The register of rules: each a small function over a subject that yields the places where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from engine.check.finding import Finding, Level
from engine.check.subject import Subject


@dataclass(frozen=True)
class Spot:
    """A place and what is wrong there."""

    file: str
    element: str | None
    line: int | None
    message: str


class Placed(Protocol):
    """Anything of a diagram that has an id, a file and a line."""

    @property
    def id(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def line(self) -> int: ...


def at(place: Placed, message: str, line: int | None = None) -> Spot:
    """A spot at an element, flow, process or message; `line` where it is known better."""
    return Spot(place.file, place.id, line or place.line, message)


Judgement = Callable[[Subject], Iterator[Spot]]


@dataclass(frozen=True)
class Rule:
    """A rule with its stable id; `summary` is one sentence for the documentation."""

    id: str
    level: Level
    summary: str
    judge: Judgement

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule finds. A rule that stumbles over a hostile package says so instead of raising."""
        try:
            for spot in self.judge(subject):
                yield Finding(self.id, self.level, spot.file, spot.element, spot.line, spot.message)
        except Exception as error:
            message = f"The package could not be judged by this rule ({type(error).__name__}: {error})."
            yield Finding(self.id, "error", "", None, None, message)


RULES: dict[str, Rule] = {}


def error(rule_id: str, summary: str) -> Callable[[Judgement], Judgement]:
    """Registers a rule whose findings forbid deployment."""
    return _registering(rule_id, "error", summary)


def warning(rule_id: str, summary: str) -> Callable[[Judgement], Judgement]:
    """Registers a rule whose findings are advice."""
    return _registering(rule_id, "warning", summary)


def _registering(rule_id: str, level: Level, summary: str) -> Callable[[Judgement], Judgement]:
    def register(judge: Judgement) -> Judgement:
        if rule_id in RULES:
            raise ValueError(f"The rule {rule_id} is registered twice.")
        RULES[rule_id] = Rule(rule_id, level, summary, judge)
        return judge

    return register
