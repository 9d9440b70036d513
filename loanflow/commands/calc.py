"""`loanflow calc`: schedules and allocation of payments from JSON to JSON; needs no setting and no database."""

import json
from collections.abc import Callable
from typing import Any, BinaryIO

import click

from lending.allocation import allocate
from lending.allocation_documents import allocations_document, read_events
from lending.documents import Fields, parse_document
from lending.errors import InvalidField
from lending.schedule import build_schedule
from lending.schedule_documents import read_terms, schedule_document

LARGEST_INPUT = 16 * 1024 * 1024
"""Bytes read at most."""


class BrokenInput(click.ClickException):
    """The input cannot be computed with; the message names the field."""

    exit_code = 2


@click.group()
def calc() -> None:
    """Repayment schedules and payments: JSON in, JSON out."""


def _takes_json(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--json", "as_json", is_flag=True, expose_value=False, help="JSON, as without it.")(command)
    return click.argument("file", type=click.File("rb"), default="-")(command)


@calc.command()
@_takes_json
def schedule(file: BinaryIO) -> None:
    """Compute a repayment schedule from the terms in FILE (standard input without it)."""
    _answer(file, _schedule)


@calc.command(name="allocate")
@_takes_json
def allocate_payments(file: BinaryIO) -> None:
    """Spread the payments in FILE (standard input without it) over what is owed."""
    _answer(file, _allocations)


def _schedule(document: Fields) -> dict[str, Any]:
    terms = read_terms(document)
    return schedule_document(build_schedule(terms), terms.unit)


def _allocations(document: Fields) -> dict[str, Any]:
    return allocations_document(allocate(*read_events(document)))


def _answer(file: BinaryIO, compute: Callable[[Fields], dict[str, Any]]) -> None:
    raw = file.read(LARGEST_INPUT + 1)
    if len(raw) > LARGEST_INPUT:
        raise BrokenInput(f"input: is longer than {LARGEST_INPUT} bytes")
    try:
        document = compute(parse_document(raw))
    except InvalidField as error:
        raise BrokenInput(str(error)) from error
    click.echo(json.dumps(document, indent=2))
