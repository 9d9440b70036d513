"""How a built-in function is declared: its name, its parameters with types, and a Python function for it.

Arguments are fitted to the declared types first; what does not fit is null with a reason, so that the functions
themselves see only what they ask for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any, Final

from engine.feel import wide
from engine.feel.errors import Fault
from engine.feel.model import Function, Range
from engine.feel.operators import kind_name
from engine.feel.runtime import Runtime
from engine.values import YearsMonths

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": tuple(wide.DATES),
    "time": tuple(wide.TIMES),
    "date time": tuple(wide.DATE_TIMES),
    "day": tuple(wide.DATES | wide.DATE_TIMES),
    "days": (timedelta,),
    "months": (YearsMonths,),
    "duration": (timedelta, YearsMonths),
    "list": (list,),
    "context": (dict,),
    "range": (Range,),
    "function": (Function,),
    "point": (Decimal, str, timedelta, YearsMonths, *wide.TIMES, *wide.DATES, *wide.DATE_TIMES),
}
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `name: type`; `[name: type]` is optional, `type?` allows null, `name...` takes any number."""

    name: str
    kinds: tuple[type, ...] | None
    optional: bool
    nullable: bool
    variadic: bool

    def fit(self, value: Any) -> Any:
        """The value as the parameter wants it, or `_MISSING` when it cannot be that."""
        if self.kinds is None:
            return value
        if value is None:
            return None if self.nullable else _MISSING
        if type(value) in self.kinds:
            return value
        if self.kinds == (list,):
            return [value]
        if type(value) is list and len(value) == 1 and type(value[0]) in self.kinds:
            return value[0]
        if type(value) is date and datetime in self.kinds:
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        return _MISSING


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    work: Callable[..., Any]
    exact: int = field(init=False)
    """How many arguments it takes, none more and none missing; -1 where it takes any number."""

    def __post_init__(self) -> None:
        exact = -1 if any(parameter.variadic for parameter in self.parameters) else len(self.parameters)
        object.__setattr__(self, "exact", exact)

    def arrange(self, arguments: list[Any], names: tuple[str, ...] | None) -> list[Any] | None:
        """The arguments in the order of the parameters, fitted; None when they do not belong to this form."""
        if names is None and len(arguments) == self.exact:
            return self._fitted(arguments)
        ordered = self._by_position(arguments) if names is None else self._by_name(arguments, names)
        if ordered is None:
            return None
        fitted: list[Any] = []
        for parameter, value in ordered:
            if value is _MISSING:
                if not parameter.optional:
                    return None
                fitted.append(None)
                continue
            value = parameter.fit(value)
            if value is _MISSING:
                return None
            fitted.append(value)
        return fitted

    def _fitted(self, arguments: list[Any]) -> list[Any] | None:
        """The usual call, which names nothing and leaves nothing out."""
        fitted = []
        for parameter, value in zip(self.parameters, arguments, strict=True):
            value = parameter.fit(value)
            if value is _MISSING:
                return None
            fitted.append(value)
        return fitted

    def _by_position(self, arguments: list[Any]) -> list[tuple[Parameter, Any]] | None:
        parameters = self.parameters
        if parameters and parameters[-1].variadic:
            if len(arguments) < len(parameters):
                return None
            parameters += (parameters[-1],) * (len(arguments) - len(parameters))
        if len(arguments) > len(parameters):
            return None
        missing = [_MISSING] * (len(parameters) - len(arguments))
        return list(zip(parameters, arguments + missing, strict=True))

    def _by_name(self, arguments: list[Any], names: tuple[str, ...]) -> list[tuple[Parameter, Any]] | None:
        given = dict(zip(names, arguments, strict=True))
        if len(given) != len(names) or not given.keys() <= {parameter.name for parameter in self.parameters}:
            return None
        return [(parameter, given.get(parameter.name, _MISSING)) for parameter in self.parameters]


FUNCTIONS: Final[dict[str, Function]] = {}
_FORMS: Final[dict[str, list[Form]]] = {}


def builtin(name: str, signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a form of the function `name`. The Python function gets the runtime first when it asks for `runtime`."""

    def register(work: Callable[..., Any]) -> Callable[..., Any]:
        forms = _FORMS.setdefault(name, [])
        wants_runtime = "runtime" in inspect.signature(work).parameters
        forms.append(Form(_parameters(signature), work if wants_runtime else _without_runtime(work)))
        if name not in FUNCTIONS:
            FUNCTIONS[name] = Function(name, None, _caller(name, forms))
        return work

    return register


def _without_runtime(work: Callable[..., Any]) -> Callable[..., Any]:
    return lambda runtime, *arguments: work(*arguments)


def _parameters(signature: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(part.strip()) for part in signature.split(",") if part.strip())


def _parameter(text: str) -> Parameter:
    optional = text.startswith("[")
    name, _, kind = text.strip("[]").partition(":")
    kind = kind.strip()
    nullable = kind.endswith("?")
    kinds = None if kind in ("", "any") else _KINDS[kind.rstrip("?")]
    return Parameter(name.strip().removesuffix("..."), kinds, optional, nullable, name.strip().endswith("..."))


def _caller(name: str, forms: list[Form]) -> Callable[[list[Any], tuple[str, ...] | None, Runtime], Any]:
    def call(arguments: list[Any], names: tuple[str, ...] | None, runtime: Runtime) -> Any:
        for form in forms:
            fitted = form.arrange(arguments, names)
            if fitted is None:
                continue
            try:
                return runtime.measured(form.work(runtime, *fitted))
            except Fault as fault:
                return runtime.null(f"{name}: {fault}")
            except (DecimalException, OverflowError, ValueError):
                return runtime.null(f"{name}: the result is out of range")
        given = ", ".join(kind_name(argument) for argument in arguments)
        return runtime.null(f"{name}: cannot be called with ({given})")

    return call
