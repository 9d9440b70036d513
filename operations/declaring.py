"""How an operation is declared: a function of the call and its inputs, with all that a designer needs to know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import Invalid
from engine.ports import Operation, OperationCall
from engine.values import check_variable
from operations.inputs import Input, read_inputs

Outputs = dict[str, Any]


def operation(
    name: str,
    title: str,
    *,
    inputs: Mapping[str, Input],
    outputs: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    text_input: str | None = None,
) -> Callable[[Callable[..., Outputs]], Operation]:
    """Makes a function the operation `name`: it is called with the inputs only after each was read.

    What is wrong with them is `engine.errors.Invalid`; what the diagram may catch is a `BpmnError` named in `errors`.
    `text_input` is the input that names a text of the package's `notices.yaml`.
    """

    def declare(function: Callable[..., Outputs]) -> Operation:
        def run(call: OperationCall, /, **given: Any) -> Outputs:
            gives = function(call, **read_inputs(inputs, given))
            for output, value in gives.items():
                check_variable(value, output)
            if gives.keys() != outputs.keys():
                raise TypeError(f"{name} gives {sorted(gives)}, and says that it gives {sorted(outputs)}")
            return gives

        explained = {input_name: wanted.about for input_name, wanted in inputs.items()}
        return Operation(name, title, run, explained, dict(outputs), dict(errors or {}), text_input)

    return declare


def business_day(call: OperationCall) -> dt.date:
    """The day of the call in the institution's zone."""
    return call.now.astimezone(call.zone).date()


def refuse(name: str, problem: str) -> Invalid:
    """The error for an input that can be read but does not fit what is on record; raise it."""
    return Invalid(f"{name}: {problem}", {name: problem})
