"""`loanflow scenario run`: tests of processes, as data, on a throw-away database in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from loanflow.commands.common import Broken, exit_wrong, json_option, print_json


@click.group()
def scenario() -> None:
    """Run scenarios of processes."""


@scenario.command("run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option(
    "--package",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The package that the scenarios are of; without it, the one they lie in.",
)
@click.option("--follow", is_flag=True, help="Print one JSON document a line: each scenario as it ends, the report.")
@json_option
def run(paths: tuple[Path, ...], package: Path | None, follow: bool, as_json: bool) -> None:
    """Run scenario files, or all in a folder. A scenario that fails makes the exit status 1."""
    from engine.scenario import ScenarioError, run_paths
    from loanflow.wiring import scenario_ports

    try:
        told = {"told": _print_line} if follow else {}
        report = run_paths(paths, package=package, ports=scenario_ports(), **told)
    except ScenarioError as error:
        raise Broken(str(error)) from None
    if follow:
        _print_line(report)
    elif as_json:
        print_json(report)
    else:
        _print(report)
    if report["failed"]:
        exit_wrong()


def _print_line(document: dict[str, Any]) -> None:
    from engine.values import dumps

    click.echo(dumps(document))
    sys.stdout.flush()


def _print(report: dict[str, Any]) -> None:
    for item in report["scenarios"]:
        click.echo(f"{'ok  ' if item['ok'] else 'FAIL'} {item['file']}: {item['name']}")
        if item["failure"]:
            click.echo(f"     {item['failure']}")
    missed = report["coverage"]["elements"]["missed"]
    click.echo(f"{report['passed']} passed, {report['failed']} failed")
    if missed:
        click.echo(f"never visited: {', '.join(missed)}")
