"""`loanflow deploy`: check packages, and make a new version of each whose content changed."""

from __future__ import annotations

from pathlib import Path

import click

from loanflow.commands.check import line_of, read_package
from loanflow.commands.common import exit_wrong, the_house


@click.command()
@click.argument("packages", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PACKAGE...")
def deploy(packages: tuple[Path, ...]) -> None:
    """Deploy packages (folders or zips); prints key and version of each process. A package with errors is refused."""
    from engine.errors import CheckFailed
    from engine.service import deployments

    refused = False
    with the_house() as house:
        for path in packages:
            package = read_package(path)
            try:
                with house.step() as step:
                    deployment = deployments.deploy(step, package, None)
                    shown = [(item.key, item.version) for item in deployments.definitions_of(step, deployment)]
            except CheckFailed as error:
                refused = True
                for finding in error.findings:
                    click.echo(line_of(path, finding), err=True)
                continue
            for key, version in shown:
                click.echo(f"{key} {version}")
    if refused:
        exit_wrong()
