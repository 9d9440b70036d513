"""What an evaluation carries with it: the names in scope, the time, the reasons for nulls, and the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from time import thread_time
from typing import Any, Final

from engine.feel.errors import BudgetExceeded
from engine.feel.syntax import STEPS_OF_A_CONTEXT
from engine.feel.types import Type

MAX_REASONS: Final = 50
_CLOCK_EVERY: Final = 512
# Making texts counts too, a step for every 8 characters, so that all texts together stay within memory.
_CHARACTERS_PER_STEP: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation. `steps` counts parts of expressions evaluated and items and characters handled; `text`
    characters of any text made, `items` of any list made, `calls` nested calls of functions, `seconds` of processor
    time, so that a busy machine fails no expression that an idle one evaluates."""

    steps: int = 2_000_000
    text: int = 100_000
    items: int = 10_000
    calls: int = 200
    seconds: float = 0.8


DEFAULT_LIMITS: Final = Limits()


class Budget:
    """What is left of the limits. One budget may be shared by several evaluations that belong together."""

    __slots__ = ("_deadline", "_next_look", "calls", "limits", "steps")

    def __init__(self, limits: Limits = DEFAULT_LIMITS):
        self.limits = limits
        self.steps = 0
        self.calls = 0
        self._next_look = _CLOCK_EVERY
        self._deadline: float | None = None

    def charge(self, steps: int) -> None:
        """Counts work done. Raises `BudgetExceeded`."""
        self.steps += steps
        if self.steps >= self._next_look:
            self._next_look = self.steps + _CLOCK_EVERY
            if self.steps > self.limits.steps:
                raise BudgetExceeded("steps", self.limits.steps)
            self.seconds_left()

    def seconds_left(self) -> float:
        """Seconds that remain since the first look, always more than zero. Raises `BudgetExceeded` when none do."""
        now = thread_time()
        if self._deadline is None:
            self._deadline = now + self.limits.seconds
        left = self._deadline - now
        if left <= 0:
            raise BudgetExceeded("seconds", self.limits.seconds)
        return left

    def text(self, value: str) -> str:
        """The text, if it is not too long."""
        self.characters(len(value))
        return value

    def characters(self, count: int) -> None:
        """Allows a text of so many characters, and counts the work of making it."""
        if count > self.limits.text:
            raise BudgetExceeded("characters of a text", self.limits.text)
        self.charge(count >> _CHARACTERS_PER_STEP)

    def items(self, count: int) -> None:
        """Allows a list of so many items, and counts the work of making it."""
        if count > self.limits.items:
            raise BudgetExceeded("items of a list", self.limits.items)
        self.charge(count)

    def enter(self) -> None:
        """Begins a call of a function; `leave` ends it."""
        self.calls += 1
        if self.calls > self.limits.calls:
            raise BudgetExceeded("nested calls", self.limits.calls)
        self.charge(1)

    def leave(self) -> None:
        """Ends a call."""
        self.calls -= 1


class Runtime:
    """The circumstances of one evaluation. `zone` is the institution's, for date-times without one."""

    __slots__ = ("budget", "now", "reasons", "types", "zone")

    def __init__(
        self,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        reasons: list[str] | None = None,
        budget: Budget | None = None,
        types: Mapping[str, Type] | None = None,
    ):
        self.now = now
        self.zone = zone
        self.reasons = reasons
        self.budget = budget if budget is not None else Budget()
        self.types = types or {}

    def measured(self, value: Any) -> Any:
        """A value that a built-in function made, once it is found to be within bounds."""
        if type(value) is str:
            self.budget.characters(len(value))
        elif type(value) is list:
            self.budget.items(len(value))
        elif type(value) is dict:
            self.budget.charge(STEPS_OF_A_CONTEXT + len(value))
        return value

    def null(self, reason: str) -> Any:
        """Gives null and remembers why."""
        if self.reasons is not None and len(self.reasons) < MAX_REASONS:
            self.reasons.append(reason)

    def charge(self, steps: int) -> None:
        """Counts work done. Raises `BudgetExceeded`."""
        self.budget.charge(steps)

    def resolve(self, name: str) -> Type | None:
        """The item definition of this name."""
        self.budget.charge(1)
        return self.types.get(name)


class Scope:
    """Names and their values; what is not found here is looked up in the scope around it."""

    __slots__ = ("names", "parent", "runtime")

    def __init__(self, names: Mapping[str, Any], parent: Scope | None, runtime: Runtime):
        self.names = names
        self.parent = parent
        self.runtime = runtime

    def find(self, name: str) -> tuple[bool, Any]:
        """Whether the name is in scope, and its value."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                value = scope.names[name]
                return True, Decimal(value) if type(value) is int else value
            scope = scope.parent
        return False, None


Evaluator = Callable[[Scope], Any]
