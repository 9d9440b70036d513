"""`loanflow audit verify`: has anybody changed what happened?"""

from __future__ import annotations

import uuid

import click

from loanflow.commands.common import Broken, exit_wrong, the_house


@click.group()
def audit() -> None:
    """The record of what happened."""


@audit.command("verify")
@click.option("--instance", metavar="ID", type=click.UUID, help="Only this case.")
def verify(instance: uuid.UUID | None) -> None:
    """Recompute the hash chains. Names the first event of each case that was altered; the exit status is then 1."""
    from engine.service import audit as chains
    from models.cases import Instance

    with the_house() as house, house.sessions.reading() as session:
        if instance is not None and session.get(Instance, instance) is None:
            raise Broken(f"There is no case {instance}.")
        verdicts = list(chains.verify(session, instance))
    altered = [verdict for verdict in verdicts if verdict.problem]
    for verdict in altered:
        click.echo(f"case {verdict.instance_id}: event {verdict.seq} {verdict.problem}")
    if altered:
        exit_wrong()
    click.echo(f"{len(verdicts)} cases, {sum(verdict.events for verdict in verdicts)} events: all hashes agree.")
