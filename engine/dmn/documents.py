"""The JSON in which `loanflow decide` is asked and answers (contract: one object a line)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.errors import Fault
from engine.feel.literals import literal_value
from engine.feel.model import Function
from engine.feel.printing import number_text, to_text
from engine.feel.runtime import Budget
from engine.values import loads


@dataclass(frozen=True, slots=True)
class Question:
    """Which decision or service, and the values of its inputs by name."""

    decision: str
    inputs: dict[str, Any]


def read_question(line: bytes) -> Question:
    """Reads `{"decision": NAME_OR_ID, "input": {NAME: FEEL literal as text}}`. Raises `Fault` saying what is wrong."""
    try:
        document = loads(line)
    except (ValueError, RecursionError) as error:
        raise Fault(f"not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("decision"), str):
        raise Fault('a line is {"decision": NAME_OR_ID, "input": {NAME: FEEL literal as text}}')
    literals = document.get("input") or {}
    if not isinstance(literals, dict):
        raise Fault("input: must be an object")
    budget = Budget()
    return Question(document["decision"], {name: _value(name, text, budget) for name, text in literals.items()})


def _value(name: str, text: Any, budget: Budget) -> Any:
    if not isinstance(text, str):
        raise Fault(f"input {name!r}: must be a FEEL literal as text, such as {_example(text)}")
    try:
        return literal_value(text, budget)
    except Fault as fault:
        raise Fault(f"input {name!r}: {fault}") from None


def _example(value: Any) -> str:
    return f'"{value}"' if isinstance(value, Decimal) else '"\\"text\\""'


def answer_document(result: Any) -> dict[str, Any]:
    """`{"result": …}` with what JSON lacks as text, and numbers as `{"number": "…"}` only where JSON would lose digits.

    Raises `Fault` when the result is a function.
    """
    return {"result": _plain(result, Budget())}


def _plain(value: Any, budget: Budget) -> Any:
    budget.charge(1)
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is Decimal:
        return value if _survives_json(value) else {"number": number_text(value)}
    if type(value) is list:
        return [_plain(item, budget) for item in value]
    if type(value) is dict:
        return {key: _plain(member, budget) for key, member in value.items()}
    if type(value) is Function:
        raise Fault("the result is a function")
    return to_text(value, budget)


def _survives_json(number: Decimal) -> bool:
    """Whether a reader of JSON with binary doubles still has every digit."""
    try:
        return Decimal(repr(float(number))) == number
    except OverflowError:
        return False
