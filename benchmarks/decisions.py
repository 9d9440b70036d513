"""Expressions and decisions a second, each with the same written by hand in Python as its floor.

What is measured is evaluation: texts are parsed and compiled once, as they are in a running house. Reading and
compiling is a figure of its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.dmn import Model, read_model
from engine.feel import compile_expression
from engine.feel.expression import compile_once

EXPRESSION = 'amount > 500000 and list contains(["A","AA"], rating)'
ROWS = 20
BATCH = 200
"""Evaluations that are timed together, since one alone is shorter than the clock is exact."""
INPUTS: Mapping[str, Any] = {"amount": Decimal(990_000), "rating": "AA", "age": Decimal(50)}
"""They match the last row alone, so that all rows are looked at."""


def measure(rounds: int) -> dict[str, Any]:
    """Microseconds an evaluation, and how many times as long as the floor of the same rounds."""
    expression, model = compile_expression(EXPRESSION), _model()
    expected = _by_hand(INPUTS)
    if expression.evaluate(INPUTS) is not True or model.evaluate("price", INPUTS).result != expected:
        raise RuntimeError("what is measured is not right")
    return {
        "expression": _compared(lambda: expression.evaluate(INPUTS), lambda: _condition_by_hand(INPUTS), rounds),
        "decision": _compared(lambda: model.evaluate("price", INPUTS), lambda: _by_hand(INPUTS), rounds),
        "compile_us": _microseconds([_batch(lambda: compile_once(EXPRESSION)) for _ in range(rounds)]),
    }


def as_lines(measured: Mapping[str, Any]) -> list[str]:
    """The report for people."""
    lines = ["", "FEEL and DMN (floor: the same written by hand in Python)"]
    for title, name in (
        (f"expressions: {EXPRESSION}", "expression"),
        (f"decisions: {ROWS} rows, 3 inputs", "decision"),
    ):
        one = measured[name]
        lines += [
            f"  {title}",
            f"    {one['per_second']:>10,.0f}/s  p50 {one['us']} us  floor {one['floor_us']} us  ratio {one['ratio']}",
        ]
    return [*lines, f"  compiling the expression    p50 {measured['compile_us']} us"]


def _compared(work: Callable[[], Any], floor: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Batches of the measured thing and of its floor in turn, so that a noisy machine disturbs both alike."""
    times, floors = [], []
    for _ in range(rounds):
        times.append(_batch(work))
        floors.append(_batch(floor))
    median, least = statistics.median(times), statistics.median(floors)
    return {
        "per_second": round(1 / median),
        "us": _microseconds(times),
        "floor_us": _microseconds(floors),
        "ratio": round(median / least, 1),
    }


def _batch(work: Callable[[], Any]) -> float:
    """Seconds a call."""
    begin = time.perf_counter()
    for _ in range(BATCH):
        work()
    return (time.perf_counter() - begin) / BATCH


def _microseconds(times: list[float]) -> float:
    return round(statistics.median(times) * 1_000_000, 2)


def _model() -> Model:
    columns = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in (("amount", "number"), ("rating", "string"), ("age", "number"))
    )
    rules = "".join(
        f'<rule id="r{row}"><inputEntry><text>[{50_000 * row}..{50_000 * (row + 1)})</text></inputEntry>'
        f'<inputEntry><text>"A","AA"</text></inputEntry><inputEntry><text>&gt;= {18 + row}</text></inputEntry>'
        f'<outputEntry><text>"g{row}"</text></outputEntry><outputEntry><text>{row} / 1000</text></outputEntry></rule>'
        for row in range(ROWS)
    )
    return read_model(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:bench" name="bench">'
        f'<decision id="price" name="price"><decisionTable id="table" hitPolicy="UNIQUE">{columns}'
        f'<output name="grade" typeRef="string"/><output name="rate" typeRef="number"/>{rules}'
        "</decisionTable></decision></definitions>"
    )


def _condition_by_hand(variables: Mapping[str, Any]) -> bool:
    return bool(variables["amount"] > _HALF_A_MILLION and variables["rating"] in ["A", "AA"])


_HALF_A_MILLION = Decimal(500_000)
_TABLE = [
    (Decimal(50_000 * row), Decimal(50_000 * (row + 1)), ["A", "AA"], Decimal(18 + row), f"g{row}", Decimal(row))
    for row in range(ROWS)
]
_THOUSAND = Decimal(1_000)


def _by_hand(variables: Mapping[str, Any]) -> dict[str, Any] | None:
    """The table as somebody would write it for this one purpose: no types, no trace, no reasons, no bounds."""
    amount, rating, age = variables["amount"], variables["rating"], variables["age"]
    hits = [
        (grade, rate / _THOUSAND)
        for low, high, ratings, years, grade, rate in _TABLE
        if low <= amount < high and rating in ratings and age >= years
    ]
    return {"grade": hits[0][0], "rate": hits[0][1]} if len(hits) == 1 else None
