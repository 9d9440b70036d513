"""`loanflow decide`: evaluates decisions of a DMN file, a line of JSON for each; needs no database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from engine.dmn import DmnError, Model, read_model
from engine.dmn.documents import answer_document, read_question
from engine.dmn.imports import import_loader
from engine.feel import BudgetExceeded
from engine.feel.errors import Fault
from engine.values import dumps
from loanflow.commands.common import BROKEN, Broken

LARGEST_LINE = 1_000_000
"""Bytes of a line that are read."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--input", "questions", type=click.File("rb"), default="-", help="Lines of JSON; standard input else.")
def decide(file: Path, questions: BinaryIO) -> None:
    """Evaluate decisions of FILE.

    Reads lines {"decision": NAME_OR_ID, "input": {NAME: FEEL literal}} and writes {"result": …} or {"error": "…"} for
    each. Imported models come from the folder of FILE.
    """
    model = _load(file)
    for line in questions:
        if line.strip():
            click.echo(dumps(_answer(model, line)))


def _load(file: Path) -> Model:
    try:
        return read_model(file.read_bytes(), import_loader(lambda: _beside(file)))
    except OSError as error:
        raise Broken(f"{file}: {error.strerror}") from None
    except DmnError as error:
        raise Broken(f"{file}: {error}") from None


def _beside(file: Path) -> Mapping[str, bytes]:
    others = sorted(other for other in file.resolve().parent.glob("*.dmn") if other.is_file())
    return {other.name: other.read_bytes() for other in others if other.name != file.name}


def _answer(model: Model, line: bytes) -> dict[str, Any]:
    try:
        if len(line) > LARGEST_LINE:
            raise Fault(f"a line of more than {LARGEST_LINE} bytes")
        question = read_question(line)
        outcome = model.evaluate(question.decision, question.inputs, now=_now(), replace_decisions=True)
        return answer_document(outcome.result)
    except (DmnError, BudgetExceeded, Fault) as error:
        return {"error": str(error)}


def _now() -> datetime:
    from loanflow.wiring import SystemClock

    return SystemClock().now().astimezone(_institution())


def _institution() -> ZoneInfo:
    """The institution's zone, in which `today()` is meant."""
    try:
        return ZoneInfo(os.environ.get("LOANFLOW_TIMEZONE") or "Asia/Shanghai")
    except (KeyError, ValueError, OSError):
        click.echo("loanflow: LOANFLOW_TIMEZONE: there is no such time zone", err=True)
        sys.exit(BROKEN)
