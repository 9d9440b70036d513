"""Values that live only inside an evaluation: ranges and functions. They can never be process variables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of comparable values; an end of None is open, as in `(> 5)`, and then not included.

    `operator` is `=` or `!=` for what was written as `(= 5)` or `(!= 5)`; the latter holds all but its ends.
    """

    start: Any
    end: Any
    start_included: bool
    end_included: bool
    operator: str = ""

    def __hash__(self) -> int:
        return hash((self.start_included, self.end_included))


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be called. `call(arguments, names, runtime)` takes positional arguments, or named ones.

    `parameters` are the names in order; None where a built-in function takes several forms. `signature` are the types
    of the parameters and of the result, as far as they are known (None: any); None for a built-in function.
    """

    name: str
    parameters: tuple[str, ...] | None
    call: Callable[[list[Any], tuple[str, ...] | None, Any], Any] = field(repr=False)
    signature: tuple[tuple[Any, ...], Any] | None = field(default=None, repr=False)

    @property
    def arity(self) -> int | None:
        """How many arguments it takes, or None when that varies."""
        return None if self.parameters is None else len(self.parameters)
