"""`loanflow operations`: what service tasks and accepted forms may call."""

from __future__ import annotations

from collections.abc import Mapping

import click

from loanflow.commands.common import json_option, print_json


@click.command()
@json_option
def operations(as_json: bool) -> None:
    """List operations with their inputs, outputs and errors."""
    from loanflow.wiring import operations_of_the_house

    found = sorted(operations_of_the_house().values(), key=lambda operation: operation.name)
    if as_json:
        parts = ("name", "title")
        maps = ("inputs", "outputs", "errors")
        print_json(
            {
                "operations": [
                    {name: getattr(item, name) for name in parts} | {name: dict(getattr(item, name)) for name in maps}
                    for item in found
                ]
            }
        )
        return
    for item in found:
        click.echo(f"{item.name}  {item.title}")
        for label, entries in (("in", item.inputs), ("out", item.outputs), ("error", item.errors)):
            _print_entries(label, entries)


def _print_entries(label: str, entries: Mapping[str, str]) -> None:
    for name, meaning in entries.items():
        click.echo(f"  {label:<5} {name}: {meaning}")
