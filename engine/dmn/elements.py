"""The elements of a decision requirements graph, read from XML and compiled; they refer to each other by key."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.runtime import Evaluator
from engine.feel.types import Type

# The namespace of the model and the id of the element in it.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InputData:
    key: Key
    name: str
    type: Type | None


@dataclass(frozen=True, slots=True)
class Decision:
    """`requires` are input data, decisions, business knowledge models and services, in the order of the file."""

    key: Key
    name: str
    type: Type | None
    requires: tuple[Key, ...]
    logic: Evaluator | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function."""

    key: Key
    name: str
    type: Type | None
    requires: tuple[Key, ...]
    logic: Evaluator | None


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions offered as a function of input data and input decisions."""

    key: Key
    name: str
    type: Type | None
    outputs: tuple[Key, ...]
    input_data: tuple[Key, ...]
    input_decisions: tuple[Key, ...]


Node = InputData | Decision | Knowledge | Service
